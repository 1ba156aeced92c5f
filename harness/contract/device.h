/* device.h - how a device is requested, and what the harness needs to know about it. */
#ifndef HARNESS_DEVICE_H
#define HARNESS_DEVICE_H

#include "harness/contract/problem.h"

/* The devices that a backend has found, as many of them as fit: what is known if one of them does
 * not open. */
enum { CARDS_MAX = 64, DEVICE_UUID_BYTES = 48 };
struct cards {
    int count;                               /* 0 if it found none, or failed before */
    char uuid[CARDS_MAX][DEVICE_UUID_BYTES]; /* "" if unknown */
};

struct device_request {
    int index;             /* which device of this backend */
    int threads;           /* cpu: 0 = as many as affinity and cgroup allow */
    bool is_bound;         /* cpu: keep each thread on a CPU of its own */
    const char *libraries; /* cpu: names of BLAS libraries beside OpenBLAS, with commas between;
                              "*" = all that are found; NULL = none */
    const char *image;     /* gpu: NULL = best, or "native", "hopper", "ampere", "portable" */
    struct share share;    /* this process's share of the problem; of = 0: the whole problem */
    uint64_t memory_limit; /* gpu: bytes that may be used, 0 = all that are free */
    struct cards *found;   /* gpu: filled in before the device is opened; NULL = not wanted */
};

/* What the harness needs to know about a device; facts() adds everything else. */
struct device_facts {
    char name[128];               /* "NVIDIA H100 80GB HBM3", "AMD EPYC 9454P" */
    char place[32];               /* "/gpu:0", "/cpu:0", as the original script names it */
    char uuid[DEVICE_UUID_BYTES]; /* "GPU-…", whichever process asks; "" for a CPU, or if unknown */
    char summary[256];            /* one line for people: cc, driver, image · or · cores, library */
    double peak_flops[ARITH_COUNT];     /* FLOP/s at the maximum clock, 0 if unknown */
    double peak_bytes;                  /* bytes/s of device memory, 0 if unknown */
    uint64_t memory_total, memory_free; /* bytes; the cpu's are within cgroup limits */
    uint64_t cache_bytes;               /* of the last cache before memory, 0 if unknown */
    double f64_flops;   /* FLOP/s in float64 that verification may count on, 0 if unknown */
    double truncation;  /* the relative error for each k of a sum of positive products in tensor
                           cores  (ADDS_TRUNCATED), measured on this generation; 0 if unknown */
    char warning[1024]; /* why the device is slower than it could be, one sentence a line; or "" */
    char note[256];     /* what is to be said below its figures, or "" */
    bool simulated; /* a fake device of the tests, whose results are not compared or published */
};

#endif
