/* doctor.h - the lines of `gpubench doctor`: what this machine has, has not, or has in a way that
 * costs time, and what to type then. */
#ifndef HARNESS_DOCTOR_H
#define HARNESS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARN, /* works, but slower or less */
    DOCTOR_FAIL  /* something cannot work */
};

struct doctor_line {
    char what[32];   /* "driver", "cuBLAS" */
    char found[320]; /* "580.159.04 (CUDA 13.0)" */
    enum doctor_state state;
    char advice[512]; /* what to do about it, "" if nothing */
};

struct doctor_sheet {
    struct doctor_line *line;
    size_t count, max;
};

/* Adds a line, cut where a text is too long; none if the sheet is full. */
__attribute__((format(printf, 5, 6))) void doctor_add(struct doctor_sheet *sheet, const char *what,
                                                      enum doctor_state state, const char *advice,
                                                      const char *found, ...);

/* "ok", "warn", "fail". */
const char *doctor_word(enum doctor_state state);

/* What the GPU backend knows: driver, devices, images, variants, NVIDIA's libraries, NVML, JIT
 * cache. Never fails: what is not there is a line. */
void gpu_doctor(struct doctor_sheet *sheet);

/* What files say about the way to the GPU: the card and the kernel module, device nodes,
 * persistence daemon, udev rule, container runtime. Nothing on a machine without an NVIDIA card.
 * Where a GPU works all the same, nothing here is worse than a warning. */
void host_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works);

/* Whether a container got a GPU and how, or what on this host would give it one
 * (doctor_container.c). */
void container_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works);

/* Who we are, where that is unusual as in containers: no entry in /etc/passwd, no home, or one that
 * cannot be written. No fault in itself: what needs a home has lines of its own (doctor_user.c). */
void user_doctor(struct doctor_sheet *sheet);

#endif
