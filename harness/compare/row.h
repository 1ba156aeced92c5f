/* row.h - the rules of a comparison and its rows. */
#ifndef HARNESS_COMPARE_ROW_H
#define HARNESS_COMPARE_ROW_H

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
    size_t processes; /* those with a time */
    size_t left_out;  /* the others: failed, wrong, waived, or cold among warm ones */
    size_t strays;    /* with a time, of classes of machines that the other side has no time of */
    const struct reading *stray; /* one of these */
    size_t copies;               /* with the samples of another process of the side: left out too */
    size_t old;                  /* of the new side: those with samples that the base has too */
    double median_s;             /* of the process medians */
    double spread;    /* half of its 99 % interval, relative; NaN with fewer than 8 processes */
    double sm_hz;     /* median over the processes; NaN if unknown */
    double cpu_flops; /* likewise: how fast the CPU did plain multiply-adds meanwhile */
    size_t throttled; /* processes with a sample slowed by heat or by the hardware */
    uint32_t throttle;
    size_t loaded;                 /* processes of a CPU with other programs beside them */
    double load;                   /* the highest load of these */
    size_t slow_links;             /* processes of a GPU whose PCIe link was below its maximum */
    double link_share;             /* the least of these, as a share of the maximum */
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
    char noise_measured[24];
    size_t unsure_checks; /* this one and those before it, in a row */
    enum change change;
    bool is_wrong;    /* ROW_BROKEN: the answer was wrong, not just an error */
    char reason[320]; /* why UNSURE or not judged; "" if there is nothing to say */
};

struct comparison {
    struct compare_row *rows;
    size_t count;
};

#endif
