/* peak.c - measures the peak with chains of independent multiply-adds.
 *
 * Each step multiplies and adds in twelve registers that do not wait for one another, enough to
 * cover the latency of two pipes everywhere. All threads start together and do the same, so that
 * those which share a core, or a power limit, cannot each claim the whole of it. Time is the
 * thread's CPU time: another program that takes the core for a while makes the measurement longer,
 * not the peak smaller. */
#include "cpu/loops/peak.h"

#include "cpu/chip/isa.h"
#include "harness/base/clock.h"

#include <stdlib.h>

enum {
#if defined(__aarch64__)
    WINDOWS = 10, /* SVE's and NEON's in turns */
#else
    WINDOWS = 5,
#endif
    WINDOW_NS = 900000,
    LEAD_NS = 300000, /* for the threads to wake up */
    STEPS = 8192,     /* tens of µs, so reading the clock in between costs nothing */
    THREADS_MAX = 1024
};

/* Does STEPS steps and returns the FLOP done. The empty asm stops the compiler from dropping or
 * merging the chains; as one is 1 and zero is 0, the values never leave 1. */
#define FMA_LOOP(name, target, bytes, registers, keep)                                             \
    target static double name(float one, float zero)                                               \
    {                                                                                              \
        typedef float vector __attribute__((vector_size(bytes)));                                  \
        vector x[registers], factor = (vector){0} + one, term = (vector){0} + zero;                \
        _Pragma("GCC unroll 16") for (int r = 0; r < (registers); r++) x[r] = factor;              \
        for (int step = 0; step < STEPS; step++) {                                                 \
            _Pragma("GCC unroll 16") for (int r = 0; r < (registers); r++)                         \
            {                                                                                      \
                x[r] = x[r] * factor + term;                                                       \
                __asm__ volatile("" : keep(x[r]));                                                 \
            }                                                                                      \
        }                                                                                          \
        return 2.0 * (double)STEPS * (registers) * (double)((bytes) / sizeof(float));              \
    }

#if defined(__x86_64__)
FMA_LOOP(fma_avx512, ISA_TARGET_AVX512, 64, 12, "+v")
FMA_LOOP(fma_avx2, ISA_TARGET_AVX2, 32, 12, "+x")
FMA_LOOP(fma_baseline, , 16, 12, "+x")
#elif defined(__aarch64__)
FMA_LOOP(fma_baseline, , 16, 16, "+w")

/* The same in SVE's registers, whose width is known only when the program runs. */
ISA_TARGET_SVE static double fma_sve(float one, float zero)
{
#define ONE(r) "mov z" #r ".d, z16.d\n"
#define FMA(r) "fmad z" #r ".s, p0/m, z16.s, z17.s\n"
#define EACH(op)                                                                                   \
    op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) \
        op(15)
    unsigned steps = STEPS;
    __asm__ volatile(
        "ptrue p0.s\n"
        "mov z16.s, %s[one]\n"
        "mov z17.s, %s[zero]\n" EACH(ONE) "1:\n" EACH(FMA) "subs %w[steps], %w[steps], #1\n"
                                                           "b.ne 1b\n"
        : [steps] "+r"(steps)
        : [one] "w"(one), [zero] "w"(zero)
        : "cc", "p0", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
          "v12", "v13", "v14", "v15", "v16", "v17");
    return 2.0 * (double)(STEPS * 16 * (isa_sve_bytes() / (int)sizeof(float)));
}
#else
FMA_LOOP(fma_baseline, , 16, 8, "+m")
#endif

/* The registers are those of the instruction set, and on AArch64 those of the window: NEON has more
 * pipes than SVE on some CPUs, and an emulator may do SVE's wider steps more slowly. */
static double fma_steps(enum isa isa, int window)
{
    /* Volatile, so that the factors are not known when compiling. */
    static volatile float one = 1.0f, zero = 0.0f;

#if defined(__x86_64__)
    if (isa == ISA_AVX512)
        return fma_avx512(one, zero);
    if (isa == ISA_AVX2)
        return fma_avx2(one, zero);
#elif defined(__aarch64__)
    if (isa_sve_bytes() > 16 && window % 2 == 0)
        return fma_sve(one, zero);
#endif
    (void)isa;
    (void)window;
    return fma_baseline(one, zero);
}

struct peak {
    enum isa isa;
    nanos start;
    double flops[THREADS_MAX][WINDOWS]; /* FLOP/s of each thread in each window */
};

static nanos thread_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (nanos)t.tv_sec * 1000000000u + (nanos)t.tv_nsec;
}

static double measure_window(enum isa isa, int window)
{
    nanos begin = thread_time(), ran_ns;
    double flop = 0;

    do {
        flop += fma_steps(isa, window);
        ran_ns = thread_time() - begin;
    } while (ran_ns < WINDOW_NS);
    return flop / ((double)ran_ns * 1e-9);
}

static void measure_threads(void *context, size_t first, size_t end)
{
    struct peak *p = context;

    while (clock_now() < p->start) /* at work, not asleep: a core that idles lowers its clock */
        fma_steps(p->isa, 0);
    for (size_t thread = first; thread < end; thread++)
        for (int w = 0; w < WINDOWS; w++)
            p->flops[thread][w] = measure_window(p->isa, w);
}

double peak_f32_flops(struct parallel *pool)
{
    int threads = parallel_threads(pool) < THREADS_MAX ? parallel_threads(pool) : THREADS_MAX;
    struct peak *p = calloc(1, sizeof *p);
    double best = 0;

    if (!p)
        return 0;
    p->isa = isa_level();
    p->start = clock_now() + LEAD_NS;
    parallel_for(pool, (size_t)threads, 1, measure_threads, p);
    for (int w = 0; w < WINDOWS; w++) {
        double sum = 0;
        for (int t = 0; t < threads; t++)
            sum += p->flops[t][w];
        best = sum > best ? sum : best;
    }
    free(p);
    return best;
}
