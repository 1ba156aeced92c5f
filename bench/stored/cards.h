/* cards.h - finds which GPU failed to open, by asking the driver or from stored results of this
 * machine. */
#ifndef BENCH_CARDS_H
#define BENCH_CARDS_H

#include "bench/cli/options.h"
#include "harness/contract/device.h"

/* The GPUs of which the results directory has runs of this machine (a digest, host.machine), with
 * the same CUDA_VISIBLE_DEVICES. `index` is the device's number in its last run. */
struct known_cards {
    size_t count;
    struct known_card {
        char uuid[DEVICE_UUID_BYTES];
        int index;
    } list[CARDS_MAX];
};
void cards_known(const struct options *options, const char *machine, struct known_cards *known);

/* The UUID of device `index`, which did not open: the one that the driver reported before it
 * failed. If the driver found no device at all, or reported no UUID, it is the UUID of the device
 * that had this number in its last run; if it found too few, the only known one that is missing.
 * NULL if none of these rules decides. */
const char *cards_failed(const struct cards *found, const struct known_cards *known, int index);

#endif
