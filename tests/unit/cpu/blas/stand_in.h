/* stand_in.h - the BLAS libraries of plain loops that are built beside the unit tests' program
 * (tests/unit/stand_ins.mk). */
#ifndef TESTS_UNIT_CPU_BLAS_STAND_IN_H
#define TESTS_UNIT_CPU_BLAS_STAND_IN_H

#include "cpu/blas/library.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The path of one of them. It stays valid until a hundred more have been asked for. */
static inline const char *stand_in(const char *file)
{
    static char paths[100][1024];
    static size_t count;
    char *const path = paths[count++ % 100];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof *paths - 64);
    cr_assert(length > 0 && length < (ssize_t)sizeof *paths - 64);
    path[length] = '\0';
    snprintf(strrchr(path, '/'), 60, "/blas/%s", file);
    return path;
}

/* A row for one of them, as for a file that a user names. */
static inline struct blas_row stand_in_row(const char *file)
{
    return (struct blas_row){
        .name = "stand-in", .title = "Stand-in", .files = {stand_in(file)}, .install = "build it"};
}

/* Without what the environment may say about OpenBLAS. */
static inline void clean_environment(void)
{
    static const char *const variables[] = {
        "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "SHIM_OWN",   "SHIM_KNOWS",
        "SHIM_SLOW",         "SHIM_WRONG",           "SHIM_CRASH", "SHIM_CAP"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
}

/* Lifts the limits of memory that this process was started with, or skips the test. */
static inline void lift_limits(void)
{
    struct rlimit space, data;
    getrlimit(RLIMIT_AS, &space);
    getrlimit(RLIMIT_DATA, &data);
    if (space.rlim_max != RLIM_INFINITY || data.rlim_max != RLIM_INFINITY)
        cr_skip_test("memory is limited");
    setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    setrlimit(RLIMIT_DATA, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
}

/* Whether limits of address space mean what they say: AddressSanitizer reserves terabytes, and
 * qemu-user does not pass limits on. clang tells of AddressSanitizer only by __has_feature. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
static inline bool limits_work(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#endif
    return !__has_feature(address_sanitizer) && !getenv("QEMU_LD_PREFIX");
}

#endif
