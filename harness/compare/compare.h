/* compare.h - two sets of results side by side: matched by key and class of machine, judged by the
 * rules of change.h.
 *
 * The unit is a process: one value, the median of its samples, for each result file. */
#ifndef HARNESS_COMPARE_H
#define HARNESS_COMPARE_H

#include "harness/compare/noise.h"
#include "harness/reading/readings.h"
#include "harness/stats/change.h"

struct compare_rules {
    double alpha;
    double threshold;          /* of all, or 0: CHANGE_GPU, CHANGE_CPU, CHANGE_CARDS as it fits */
    bool is_cross_host;        /* other machines are meant to be compared */
    bool is_complete;          /* what only the base has is an error, not a note */
    bool is_paired;            /* both took turns: a clock that differs is the change's own doing */
    const struct noise *noise; /* of the machine, or NULL: no threshold is below twice it */
};

/* One side of a row. */
struct compare_side {
    size_t processes;
    double median_s;  /* of the process medians */
    double spread;    /* half of its 99 % interval, relative; NaN with fewer than 8 processes */
    double sm_hz;     /* median over the processes; NaN if unknown */
    double cpu_flops; /* likewise: how fast the CPU did plain multiply-adds meanwhile */
    size_t throttled; /* processes with a sample slowed by heat or by the hardware */
    uint32_t throttle;
    const struct reading *reading; /* one of them */
};

enum row_state {
    ROW_JUDGED,
    ROW_OTHER_MACHINE, /* measured on both sides, on machines of different classes */
    ROW_ONLY_BASE,
    ROW_ONLY_NEW,
    ROW_BROKEN, /* failed or wrong on the new side */
};

struct compare_row {
    const char *key;
    enum row_state state;
    struct compare_side base, now;
    struct shift shift;  /* of logarithms: change_of() */
    struct shift by_cpu; /* the same of time × cpu_flops, unless paired; NaN where not known */
    double p;            /* corrected for all rows */
    double threshold;
    bool is_other_card; /* the threshold is that between cards or hosts of one model */
    double noise;       /* known of the machine; NaN if not */
    enum change change;
    bool is_wrong;    /* ROW_BROKEN: the answer was wrong, not just an error */
    char reason[320]; /* why UNSURE or not judged; "" if there is nothing to say */
};

struct comparison {
    struct compare_row *rows;
    size_t count;
};

/* Compares; rows are in the order of their keys and point into the readings. STATUS_NOT_COMPARABLE
 * if a simulated device is among the readings. To be freed. */
enum status compare(const struct readings *base, const struct readings *now,
                    const struct compare_rules *rules, struct comparison *out, struct failure *why);
void comparison_free(struct comparison *c);

/* The same of runs that took turns, pair by pair: run i of `a` belongs to run i of `b`. */
enum status compare_pairs(const struct readings *a, const struct readings *b,
                          const struct compare_rules *rules, struct comparison *out,
                          struct failure *why);

/* Refuses results of simulated devices, whose times mean nothing. */
enum status compare_refuse_simulated(const struct readings *r, struct failure *why);

/* What the rows amount to, by the order of exit codes: STATUS_WRONG or STATUS_FAILED for a broken
 * row, STATUS_NOT_COMPARABLE if nothing was judged or a row is of other machines (or missing, if
 * the rules say so), STATUS_REGRESSION, STATUS_INCONCLUSIVE if is_strict. A sentence for each but
 * the first and the last. */
enum status comparison_outcome(const struct comparison *c, const struct compare_rules *rules,
                               bool is_strict, struct failure *why);

/* In a second comparison, of new runs, what the first found SLOW has to be slower by the threshold
 * again, and by itself; else it is UNSURE. */
void comparison_confirm(struct comparison *first, const struct comparison *second,
                        const struct compare_rules *rules);

/* How many rows were judged so. */
size_t comparison_count(const struct comparison *c, enum change change);

/* NVML's clocks-event reasons that mean heat or hardware; the power cap is normal at full load. */
#define COMPARE_THROTTLE (0x8u | 0x20u | 0x40u | 0x80u)

/* ---- the parts that both kinds of comparison are made of */

/* Turns SLOW or FAST into UNSURE where throttling or clocks explain it, and puts the reason of an
 * UNSURE into words. `questions`: how many rows were corrected for each other. */
void compare_doubt(struct compare_row *row, const struct compare_rules *rules, size_t questions);

/* Holm's correction over all judged rows, then the verdicts and their doubts. */
enum status compare_judge_rows(struct comparison *c, const struct compare_rules *rules,
                               struct failure *why);

/* The threshold of a row with a result like `result`; is_one: all of it ran on one card or host. */
void compare_choose_threshold(struct compare_row *row, const struct read_result *result,
                              bool is_one, const struct compare_rules *rules);

/* Fills everything of a side but `reading` from its processes' results. */
void compare_describe_side(struct compare_side *side, const struct read_result *const *results,
                           size_t count);

#endif
