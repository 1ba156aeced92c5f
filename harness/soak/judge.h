/* judge.h - the verdict of a soak. */
#ifndef HARNESS_SOAK_JUDGE_H
#define HARNESS_SOAK_JUDGE_H

#include "harness/soak/soak.h"

enum soak_outcome { SOAK_OK, SOAK_SLOW, SOAK_THROTTLED, SOAK_FAULTY };

struct soak_verdict {
    enum soak_outcome outcome;
    char reason[768];  /* "" if it is OK */
    char remark[1024]; /* remarks that are not faults, as sentences; or "" */
};

/* FAULTY     a launch left other bits, an answer was wrong at the end, A has changed, the device
 *            was lost or failed, a counter of uncorrectable faults rose, or the driver
 *            reported an Xid.
 * THROTTLED  heat, hardware or a power brake held clocks back for 1 % of the time or more. A power
 *            cap is normal at full load, so it is only a remark.
 * SLOW       some variant was slower in the last half than in the first by more than 2 % and more
 *            than the 99 % intervals of both medians, and nothing held clocks back. */
struct soak_verdict soak_judge(const struct soak *soak);

/* The word for an outcome: "OK", "SLOW", "THROTTLED" or "FAULTY". */
const char *soak_outcome_name(enum soak_outcome outcome);

/* The name of a counter in result files, for example "ecc_corrected". */
const char *soak_health_name(enum health counter);

/* Whether a clocks-event reason, a bit of NVML's mask, is heat, hardware or a power brake. */
bool soak_is_throttling(unsigned bit);

/* The share of the time, 0 to 1, of the most frequent such reason. */
double soak_throttled_share(const struct soak *soak);

#endif
