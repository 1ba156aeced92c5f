/* library.h - the BLAS libraries that can take part: a table of those with a name, to which files
 * can be added, and one of them loaded.
 *
 * They are loaded when the program runs, so a machine without any of them still has the variants of
 * loops. The functions are those of the C interface (CBLAS). */
#ifndef CPU_BLAS_LIBRARY_H
#define CPU_BLAS_LIBRARY_H

#include "harness/base/status.h"

#include <fenv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLAS_OPENBLAS, /* row 0: what `auto` runs and others are compared with */
    BLAS_NAMED = 10,
    BLAS_FILES = 8, /* files that a user may name, in the rows after those */
    BLAS_MAX = BLAS_NAMED + BLAS_FILES,
    BLAS_NAME_BYTES = 32
};

struct blas_row {
    char name[BLAS_NAME_BYTES]; /* in --blas and in the names of variants: "blis" */
    const char *title;          /* "BLIS" */
    const char *marker;         /* a function that no other library has; NULL: not checked */
    const char *files[6];       /* what the dynamic linker is asked for, in turn, until NULL */
    const char *install;        /* what to do if there is none */
};

extern struct blas_row blas_rows[BLAS_MAX];
extern size_t blas_row_count;

/* The row whose name that is, or -1. */
int blas_row_named(const char *name);

/* Adds the file as a row, or finds the row that has it, and returns its index. Its name is that of
 * the file, without "lib" and ".so…", followed by -2, -3 … where that name is taken. -1, and
 * STATUS_USAGE in *why, if there is no such file, or no room for it. */
int blas_row_add(const char *file, struct failure *why);

/* CBLAS's constants. */
enum { BLAS_ROW_MAJOR = 101, BLAS_NO_TRANS = 111, BLAS_TRANS = 112, BLAS_LOWER = 122 };

/* All integers are passed as 64 bits. A library built for 32 reads the lower half of each, because
 * on x86-64 and AArch64 an argument has a register or 8 bytes of the stack to itself. So a build
 * with 64-bit integers (ILP64) is called like any other. */
#define BLAS_GEMM(function, type)                                                                  \
    void (*function)(int order, int trans_a, int trans_b, int64_t m, int64_t n, int64_t k,         \
                     type alpha, const type *a, int64_t lda, const type *b, int64_t ldb,           \
                     type beta, type *c, int64_t ldc)
#define BLAS_SYRK(function, type)                                                                  \
    void (*function)(int order, int uplo, int trans, int64_t n, int64_t k, type alpha,             \
                     const type *a, int64_t lda, type beta, type *c, int64_t ldc)

struct blas {
    void *library;
    BLAS_GEMM(sgemm, float);
    BLAS_SYRK(ssyrk, float);
    BLAS_GEMM(dgemm, double); /* NULL, like dsyrk, if the library lacks either */
    BLAS_SYRK(dsyrk, double);
    void (*set_threads)(int64_t threads); /* NULL, like get_threads, if it has no such call */
    int (*get_threads)(void);
    bool is_openblas, prints;                  /* it printed something in its trial */
    int integer_bits;                          /* of its arguments; 0 if unknown */
    char version[64], core[96], threading[16]; /* "" if the library does not say */
    char config[256];                          /* OpenBLAS's own words */
    char file[512];                            /* the file that was loaded */
};

/* State of this program that is kept safe while a library's code runs. */
struct blas_guest {
    int output;
    fenv_t mode;
};

/* Called before and after code of a library. In between, its output goes to standard error instead
 * of standard output; afterwards this thread has its own rounding mode again. */
void blas_enter(struct blas_guest *guest);
void blas_leave(const struct blas_guest *guest);

/* Loads the first of the row's files that exists, set to that many threads. STATUS_FAILED with a
 * reason if there is none or it lacks what it must have; *is_absent is set if none exists. */
enum status blas_open(const struct blas_row *row, int threads, struct blas *blas, bool *is_absent,
                      struct failure *why);

/* The threads that it runs; 1 if it has no call that says so. */
int blas_threads(const struct blas *blas);

#endif
