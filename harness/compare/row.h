/* row.h - the rules of a comparison and its rows. */
#ifndef HARNESS_COMPARE_ROW_H
#define HARNESS_COMPARE_ROW_H

#include "harness/compare/noise.h"
#include "harness/reading/readings.h"
#include "harness/stats/change.h"

struct compare_rules {
    double alpha;
    double threshold;   /* for all rows; 0: CHANGE_GPU, CHANGE_CPU or CHANGE_CARDS, as the row
                           requires */
    bool is_cross_host; /* the user wants to compare different machines */
    bool is_complete;   /* a row that only the base has is an error, not a note */
    bool is_paired;     /* both sides took turns, so a difference of clocks is caused by the change
                           itself */
    const struct noise *noise; /* of the machine, or NULL; no threshold is below twice the noise */
};

/* One side of a row. */
struct compare_side {
    size_t processes; /* how many have a time */
    size_t left_out;  /* how many have none: failed, wrong, waived, or cold among warm ones */
    size_t
        strays; /* how many have a time on a class of machine for which the other side has none */
    const struct reading *stray; /* one of these */
    size_t copies;    /* how many repeat the samples of another process of the side; left out too */
    size_t old;       /* of the new side: how many repeat samples of the base */
    double median_s;  /* median of the process medians */
    double spread;    /* half of its 99 % interval, relative; NaN with fewer than 8 processes */
    double sm_hz;     /* median over the processes; NaN if unknown */
    double cpu_flops; /* likewise: the CPU's rate of plain multiply-adds during the run */
    size_t throttled; /* how many have a sample that was throttled by heat or by the hardware */
    uint32_t throttle;
    size_t loaded;                 /* how many ran on a CPU together with other programs */
    double load;                   /* the highest load among these */
    size_t slow_links;             /* how many ran on a GPU whose PCIe link was below its maximum */
    double link_share;             /* the slowest of these links, as a share of its maximum */
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
    struct shift shift;  /* of logarithms; change_of() makes it a ratio */
    struct shift by_cpu; /* the shift of time × cpu_flops; NaN if unknown or paired */
    double p;            /* corrected for all rows */
    double threshold;
    bool is_other_card; /* the threshold is the one for different cards or hosts of one model */
    double noise;       /* the machine's noise; NaN if unknown */
    char noise_measured[24];
    size_t unsure_checks; /* how many checks in a row were UNSURE, with this one */
    enum change change;
    bool is_wrong;    /* ROW_BROKEN: the answer was wrong, not just an error */
    char reason[320]; /* why the row is UNSURE or not judged; or "" */
};

struct comparison {
    struct compare_row *rows;
    size_t count;
};

#endif
