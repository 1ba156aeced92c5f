/* blas.c - a BLAS library of plain loops for blas.bats, whose faults are chosen when it is
 * compiled: -DHANG never loads, -DCRASH dies of SIGSEGV in its loader, -DWRONG makes one entry
 * wrong, -DNO_SYRK lacks a routine, -DTHREADS has calls to set the threads, -DLIES ignores what
 * they ask for, and -DBUSY multiplies in two threads whatever was asked. INT is the type of its
 * integers, NAME(x) adds a suffix to names. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#ifndef INT
#define INT int
#endif
#ifndef NAME
#define NAME(x) x
#endif

#if defined(HANG) || defined(CRASH)
__attribute__((constructor)) static void start(void)
{
#ifdef CRASH
    raise(SIGSEGV);
#endif
    for (;;)
        pause();
}
#endif

#ifdef THREADS
static int64_t threads = 7;
char *bli_info_get_version_str(void)
{
    return "1.2.3";
}
void bli_thread_set_num_threads(int64_t count)
{
#ifndef LIES
    threads = count;
#endif
}
int64_t bli_thread_get_num_threads(void)
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
#else
#define SPOIL(c, n) (void)0
#endif
#ifdef NO_SYRK
#define SYRK(...)
#else
#define SYRK(...) __VA_ARGS__
#endif

ROUTINES(float, cblas_sgemm, cblas_ssyrk)
ROUTINES(double, cblas_dgemm, cblas_dsyrk)
