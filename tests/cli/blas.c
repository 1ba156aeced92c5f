/* blas.c - a BLAS library of plain loops for blas.bats, whose faults are chosen when it is
 * compiled: START is what it does while it loads and CALL at each product, -DWRONG makes one entry
 * wrong, SPOIL(c, n) is what else spoils a product, -DNO_SYRK lacks a routine, -DIDLE has one that
 * does nothing, and -DBUSY multiplies in two threads whatever was asked. -DTHREADS has BLIS's
 * calls, -DHALF those for its version and for setting threads alone, and -DAOCL, -DMKL and -DNVPL
 * those of the libraries that cannot be redistributed, as their documentation has them; -DLIES
 * ignores the number of threads that they are given. INT is the type of its integers, NAME(x) adds
 * a suffix to names. */
#pragma GCC diagnostic ignored "-Wunused-parameter" /* of CBLAS's many, few are needed */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef INT
#define INT int
#endif
#ifndef NAME
#define NAME(x) x
#endif

#ifndef CALL
#define CALL
#endif
#ifdef IDLE
#define IS_IDLE(is_lower) (is_lower)
#else
#define IS_IDLE(is_lower) 0
#endif

/* Makes results below the smallest normal number zero. */
__attribute__((unused)) static void flush_to_zero(void)
{
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8000);
#elif defined(__aarch64__)
    __builtin_aarch64_set_fpcr(__builtin_aarch64_get_fpcr() | 1 << 24);
#endif
}

/* Aborts, with a word about it, unless the process is one that may crash and print unseen: a
 * trial's. */
__attribute__((unused)) static void check_trial(void)
{
    struct rlimit core, file;
    struct sigaction interrupt, too_large, end;
    int at_death = 0;
    struct stat out, errors;
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_FSIZE, &file);
    sigaction(SIGINT, 0, &interrupt);
    sigaction(SIGXFSZ, 0, &too_large);
    sigaction(SIGTERM, 0, &end);
    prctl(PR_GET_PDEATHSIG, &at_death);
    fstat(1, &out);
    fstat(2, &errors);
    const char *wrong = core.rlim_cur || core.rlim_max                         ? "core file"
                        : file.rlim_cur != 1 << 20 || file.rlim_max != 1 << 20 ? "file size"
                        : interrupt.sa_handler != SIG_IGN                      ? "SIGINT"
                        : too_large.sa_handler != SIG_IGN                      ? "SIGXFSZ"
                        : end.sa_handler != SIG_DFL                            ? "SIGTERM"
                        : at_death != SIGKILL                                  ? "death"
                        : out.st_ino != errors.st_ino || !S_ISREG(out.st_mode) ? "output"
                                                                               : 0;
    if (wrong) {
        fprintf(stderr, "%s\n", wrong);
        abort();
    }
}
#ifdef HELPER
void helper_(void)
{
    HELPER;
}
#endif
#ifdef START
static void *wait_forever(void *nothing)
{
    for (;;)
        pause();
}
static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, wait_forever, 0);
}
__attribute__((constructor)) static void start(void)
{
    START;
}
#endif

__attribute__((unused)) static int threads = 7;
#ifdef LIES
#define SET(count)
#else
#define SET(count) threads = (int)(count)
#endif
#if defined(THREADS) || defined(AOCL) || defined(HALF)
char *bli_info_get_version_str(void)
{
#ifdef AOCL
    return "AOCL-BLAS 5.0.0 Build 20241104";
#else
    return "1.2.3";
#endif
}
void bli_thread_set_num_threads(int64_t count)
{
    SET(count);
}
#endif
#if defined(THREADS) || defined(AOCL)
int64_t bli_thread_get_num_threads(void)
{
    return threads;
}
#endif
#ifdef AOCL
int64_t bli_info_get_enable_openmp(void)
{
    return 1;
}
int64_t bli_info_get_blas_int_type_size(void)
{
    return 8 * sizeof(INT);
}
int bli_arch_query_id(void)
{
    return 4;
}
char *bli_arch_string(int id)
{
    return id == 4 ? "zen\0334" : "other";
}
#endif
#ifdef MKL
static int layer = 1; /* ILP64, as by MKL_INTERFACE_LAYER, until somebody asks for another */
static int is_dynamic = 1;
int MKL_Set_Interface_Layer(int code)
{
    return layer = code;
}
void MKL_Set_Dynamic(int to)
{
    is_dynamic = to;
}
void MKL_Set_Num_Threads(int count)
{
    SET(is_dynamic ? 1 : count);
}
int MKL_Get_Max_Threads(void)
{
    return threads;
}
void MKL_Get_Version(void *to)
{
    struct {
        int major, minor, update;
        char *status, *build, *processor, *platform;
    } *version = to;
    version->major = 2025, version->minor = 0, version->update = 1;
    version->processor = "Intel(R) Advanced Vector Extensions 512";
}
#endif
#ifdef NVPL
int nvpl_blas_get_version(void)
{
    return 10203;
}
void nvpl_blas_set_num_threads(int count)
{
    SET(count);
}
int nvpl_blas_get_max_threads(void)
{
    return threads;
}
#endif

#define ROUTINES(type, gemm, syrk)                                                                 \
    static void *multiply_##gemm(void *arguments)                                                  \
    {                                                                                              \
        void **all = arguments;                                                                    \
        const type *a = all[0];                                                                    \
        type *c = all[1];                                                                          \
        const INT n = *(INT *)all[2], end = all[3] ? 0 : n;                                        \
        for (INT i = 0; i < n; i++)                                                                \
            for (INT j = 0; j < (end ? end : i + 1); j++) {                                        \
                type sum = 0;                                                                      \
                for (INT k = 0; k < n; k++)                                                        \
                    sum += a[i * n + k] * a[j * n + k];                                            \
                c[i * n + j] = sum;                                                                \
            }                                                                                      \
        return 0;                                                                                  \
    }                                                                                              \
    static void start_##gemm(INT n, const type *a, type *c, int is_lower)                          \
    {                                                                                              \
        void *all[] = {(void *)a, c, &n, is_lower ? c : 0};                                        \
        if (IS_IDLE(is_lower))                                                                     \
            return;                                                                                \
        CALL;                                                                                      \
        BOTH(multiply_##gemm, all);                                                                \
        SPOIL(c, n);                                                                               \
    }                                                                                              \
    void NAME(gemm)(int order, int ta, int tb, INT m, INT n, INT k, type alpha, const type *a,     \
                    INT lda, const type *b, INT ldb, type beta, type *c, INT ldc)                  \
    {                                                                                              \
        start_##gemm(n, a, c, 0);                                                                  \
    }                                                                                              \
    SYRK(void NAME(syrk)(int order, int uplo, int trans, INT n, INT k, type alpha, const type *a,  \
                         INT lda, type beta, type *c, INT ldc) { start_##gemm(n, a, c, 1); })

#ifdef BUSY
#define BOTH(f, all)                                                                               \
    {                                                                                              \
        pthread_t other;                                                                           \
        pthread_create(&other, 0, f, all);                                                         \
        f(all);                                                                                    \
        pthread_join(other, 0);                                                                    \
    }
#else
#define BOTH(f, all) f(all)
#endif
#ifdef WRONG
#define SPOIL(c, n) (c)[(n - 1) * n + n / 2] *= 1.001f
#elif !defined SPOIL
#define SPOIL(c, n) (void)0
#endif
#ifdef NO_SYRK
#define SYRK(...)
#else
#define SYRK(...) __VA_ARGS__
#endif

ROUTINES(float, cblas_sgemm, cblas_ssyrk)
ROUTINES(double, cblas_dgemm, cblas_dsyrk)
