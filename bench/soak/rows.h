/* rows.h - what a soak shows while it runs: a row for each GPU.
 *
 * Several GPUs are soaked by a process each. Their rows lie in memory that the processes share: a
 * child fills in its own, and the parent prints all. */
#ifndef BENCH_SOAK_ROWS_H
#define BENCH_SOAK_ROWS_H

#include "harness/base/clock.h"
#include "harness/soak/soak.h"

#include <stdio.h>

/* SOAK_GAVE_UP: ended before the first launch. */
enum soak_stage { SOAK_STARTS, SOAK_GAVE_UP, SOAK_RUNS, SOAK_ENDS, SOAK_ENDED };

struct soak_row {
    int device;
    enum soak_stage stage;
    char name[64];
    double share; /* of the preparation, or of what is verified again at the end; less than 0:
                     unknown */
    double elapsed_s, total_s;
    double flops; /* of the last second */
    double sm_mhz, power_w, temperature_c, memory_c;
    double throttled_share;
    uint32_t throttle;
    uint64_t launches, wrong;
    bool is_saved;    /* its result */
    char reason[400]; /* why it had no launch; "" if it had one, or may have */
};

/* Rows for these GPUs (-1: the CPU), shared with children that are started later. NULL with a
 * message if there is no memory. */
struct soak_row *soak_rows_new(const int *devices, int count, struct failure *why);

/* In a child: its row, or NULL if no parent has made one. */
struct soak_row *soak_row_of_parent(int device);

/* Fills in a row after a batch. */
void soak_row_update(struct soak_row *row, const struct soak *soak);

/* Prints rows as they are now: on a terminal redrawn once a second, elsewhere a line each once a
 * minute, from the first second of all soaks on, or earlier if making matrices takes long. */
struct soak_display {
    FILE *to;
    const struct soak_row *rows;
    int count;
    bool is_terminal, is_quiet;
    int lines; /* on the terminal now */
    nanos start, next;
    bool was_under_way;
};
struct soak_display soak_display_new(FILE *to, const struct soak_row *rows, int count, bool quiet);
void soak_display_tick(struct soak_display *d);
void soak_display_wipe(struct soak_display *d);

/* Returns the name of a row's device, for example "GPU 0", or "CPU". */
const char *soak_row_label(const struct soak_row *row, char *out, size_t bytes);

#endif
