/* rows.h - the rows that formats are written from: all runs of one key and one class on one card,
 * or on one host if that is a CPU, whatever the host was called (read_place()). */
#ifndef HARNESS_EXPORT_ROWS_H
#define HARNESS_EXPORT_ROWS_H

#include "harness/reading/readings.h"

/* One run of a row. */
struct export_run {
    const struct reading *reading;
    const struct read_result *result;
};

struct export_row {
    const char *key, *device, *card; /* card: a GPU's UUID, or "" */
    const char *host, *place;        /* of the reading: `label` and `place` */
    char *name; /* the key, with the host (device, place, class) behind it where it has several */
    char class[200]; /* "cpu.threads=1", where other rows of this key and place are of other ones */
    const struct read_result *result; /* of the latest run */
    const struct reading *reading;
    struct export_run *runs; /* first `count` timed ones, then `bad`, then `waived` ones, each by
                                their start */
    size_t count;
    size_t bad, waived; /* runs that failed or were wrong; runs that cannot run on the device */
    size_t cold;        /* single cold runs that were left out, because there are warm ones */
    char *reason;       /* of the last of these, clean; or "" */

    /* Of the runs' medians; of one run, its own. NaN without a run. */
    double median_s, low_s, high_s, confidence;
    double flops, bytes_per_s, peak_share, sum_error;
    bool is_over_peak; /* no share is given, because of PEAK_WITHHELD_WHY */
};

struct export_rows {
    struct export_row
        *list; /* by backend, operation, arithmetic, variant, N, host, device, place, class */
    size_t count;
    struct export_run *runs; /* where the rows' runs are */
    size_t simulated;        /* readings of simulated devices that were left out */
};

/* Makes the rows; with simulated devices only on request, because their times mean nothing. */
void export_collect(const struct readings *readings, bool with_simulated, struct export_rows *rows);

/* Half the width of the 99 % interval relative to the median; NaN without an interval. */
double export_half_width(const struct export_row *row);
/* export_is_noisy(): whether the interval, or that of most runs if a few runs have none in common,
 * is too wide to rank the row. export_ok(): the state of a timed row, "ok" or too noisy. */
bool export_is_noisy(const struct export_row *row);
const char *export_ok(const struct export_row *row);

/* The state of a row without a time, and its reason: "waived: needs cc 9.0"; the caller frees it.
 */
char *export_untimed(const struct export_row *row);

/* How many runs failed or were wrong. */
size_t export_bad(const struct export_rows *rows);
/* "wrong: rel. error 2e-04", the message of a run that failed or was wrong; the caller frees it. */
char *export_message(const struct read_result *result);

void export_free(struct export_rows *rows);

#endif
