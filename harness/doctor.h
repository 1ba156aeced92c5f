/* doctor.h - one line of `gpubench doctor`: something this machine has, has not, or has in a way
 * that costs time. */
#ifndef HARNESS_DOCTOR_H
#define HARNESS_DOCTOR_H

#include <stddef.h>

struct doctor_line {
    char what[32];   /* "driver", "cuBLAS" */
    char found[160]; /* "580.159.04 (CUDA 13.0)" */
    enum {
        DOCTOR_OK,
        DOCTOR_WARN,
        DOCTOR_MISSING
    } state;          /* fine · works, but slower or less · something cannot work */
    char advice[256]; /* what to do about it, "" if nothing */
};

/* What the GPU backend knows: driver, devices, image, cuBLAS, NVML, persistence, JIT cache. Never
 * fails: what is not there is a line. Returns how many lines it wrote, at most max. */
size_t gpu_doctor(struct doctor_line *lines, size_t max);

#endif
