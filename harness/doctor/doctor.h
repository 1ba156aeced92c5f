/* doctor.h - the lines of `gpubench doctor`: what works on this machine, what is missing or slow,
 * and what to type to mend it. */
#ifndef HARNESS_DOCTOR_H
#define HARNESS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARN, /* works, but slower or in part */
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

/* Adds a line and truncates texts that are too long. Does nothing if the sheet is full. */
__attribute__((format(printf, 5, 6))) void doctor_add(struct doctor_sheet *sheet, const char *what,
                                                      enum doctor_state state, const char *advice,
                                                      const char *found, ...);

/* The word for a state: "ok", "warn" or "fail". */
const char *doctor_word(enum doctor_state state);

/* Adds lines for the driver, devices, images, variants, NVIDIA's libraries, NVML and the JIT cache.
 * Never fails: a missing item becomes a line that says so. */
void gpu_doctor(struct doctor_sheet *sheet);

/* Adds lines, read from files, for the card and its kernel module, device nodes, persistence
 * daemon, udev rule and container runtime; none on a machine without an NVIDIA card. If a GPU
 * works, each is at most a warning. */
void host_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works);

/* Adds a line that says whether this container has a GPU, or how this host can give GPUs to
 * containers (container.c). */
void container_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works);

/* Adds a line about the user if it has no entry in /etc/passwd, no home, or one that cannot be
 * written, as is common in containers (user.c). This is not a fault: features that need a home have
 * lines of their own. */
void user_doctor(struct doctor_sheet *sheet);

#endif
