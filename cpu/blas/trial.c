/* trial.c - the child process, the product that it computes, and the parent that waits. */
#define _GNU_SOURCE 1 /* pipe2, memfd_create */

#include "cpu/blas/trial.h"

#include "cpu/blas/room.h"
#include "cpu/chip/isa.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* No multiple of any tile, and too large for the paths that OpenBLAS has for small matrices. */
enum { N = 250, ROUNDS = 4, TICK_MS = 50 };

/* Entries are sums of N products in [0,1); rounding moves them by some 1e-6 in float32, 1e-15 in
 * float64. */
static const double tolerance = 2e-5, tolerance_f64 = 1e-13;

static struct {
    float a[N * N], c[N * N];
    double a64[N * N], c64[N * N];
    double transposed[N * N]; /* of a, so that the loop below runs along rows */
    double want[N * N];       /* A·Aᵀ in float64, lower triangle */
    bool is_made;
} p;

ISA_BODY void multiply_body(void)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            for (int j = 0; j <= i; j++)
                p.want[i * N + j] += p.a64[i * N + k] * p.transposed[k * N + j];
}
ISA_VERSIONS(multiply, (void), ())

static void make_product(void)
{
    uint32_t state = 1;
    if (p.is_made)
        return;
    for (int i = 0; i < N * N; i++) {
        state = state * 1664525u + 1013904223u;
        p.a[i] = (float)(state >> 8) * 0x1p-24f;
        p.a64[i] = p.transposed[i % N * N + i / N] = (double)p.a[i];
    }
    multiply();
    p.is_made = true;
}

/* ---- in the child */

static void clear_c(void)
{
    for (int i = 0; i < N * N; i++)
        p.c64[i] = p.c[i] = NAN;
}

static bool is_near(int row, int column, bool is_f64, double want)
{
    const int at = row * N + column;
    return fabs((is_f64 ? p.c64[at] : (double)p.c[at]) - want) <=
           want * (is_f64 ? tolerance_f64 : tolerance);
}

static bool is_right(bool is_f64, bool has_upper)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++) {
            const double want = p.want[i * N + j];
            if (!is_near(i, j, is_f64, want) || (has_upper && !is_near(j, i, is_f64, want)))
                return false;
        }
    clear_c();
    return true;
}

static void gemm(const struct blas *blas)
{
    blas->sgemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, N, N, N, 1, p.a, N, p.a, N, 0, p.c, N);
}

static bool products_are_right(const struct blas *blas)
{
    gemm(blas);
    if (!is_right(false, true))
        return false;
    blas->ssyrk(BLAS_ROW_MAJOR, BLAS_LOWER, BLAS_NO_TRANS, N, N, 1, p.a, N, 0, p.c, N);
    if (!is_right(false, false))
        return false;
    if (!blas->dgemm)
        return true;
    blas->dgemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, N, N, N, 1, p.a64, N, p.a64, N, 0, p.c64,
                N);
    if (!is_right(true, true))
        return false;
    blas->dsyrk(BLAS_ROW_MAJOR, BLAS_LOWER, BLAS_NO_TRANS, N, N, 1, p.a64, N, 0, p.c64, N);
    return is_right(true, false);
}

/* Rounds to the nearest, and keeps numbers that are too small for their full precision. */
static bool mode_is_usual(void)
{
    volatile float smallest = FLT_MIN;
    return fegetround() == FE_TONEAREST && smallest / 2 > 0;
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* CPU time, so that other programs do not count; the best of a few rounds, the first of which warms
 * up. */
static double time_gemm(const struct blas *blas)
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        const double from = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        gemm(blas);
        best = fmin(best, seconds_of(CLOCK_THREAD_CPUTIME_ID) - from);
    }
    return 2.0 * (double)N * (double)N * (double)N / fmax(best, 1e-9);
}

/* Whether the library, when one thread is requested, reports one thread and uses the CPU time of
 * one. If not, *t describes what it does. OpenBLAS's threads wait for work in a loop, so only their
 * number is checked. */
static bool obeys(const struct blas *blas, struct trial *t)
{
    if (blas->set_threads)
        blas->set_threads(1);
    const int says = blas_threads(blas);
    const double process = seconds_of(CLOCK_PROCESS_CPUTIME_ID),
                 thread = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (int round = 0; round < ROUNDS && !blas->is_openblas; round++)
        gemm(blas);
    const double all = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - process,
                 own = seconds_of(CLOCK_THREAD_CPUTIME_ID) - thread;
    if (says != 1)
        snprintf(t->why, sizeof t->why, "asked for 1 thread, it says that it runs %d", says);
    else if (!blas->is_openblas && all > 1.5 * own)
        snprintf(t->why, sizeof t->why, "%s, it uses the CPU time of %.1f",
                 blas->set_threads ? "asked for 1 thread" : "it cannot be asked for 1 thread",
                 all / own);
    return !t->why[0];
}

static void tell(int to, const struct trial *t)
{
    if (write(to, t, sizeof *t) != sizeof *t)
        _exit(1);
}

/* Keeps what the library prints, about unknown core types or before it aborts, from the user; not
 * more than a megabyte of it. Writes no core file. */
static void be_quiet(int output)
{
    enum { OUTPUT_BYTES = 1 << 20 };
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){OUTPUT_BYTES, OUTPUT_BYTES});
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* the parent is interrupted too, and ends the child */
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void work(const struct blas_row *row, int threads, const char *core,
                 bool (*is_timed)(const char *core), int to, int output)
{
    struct blas blas;
    struct failure why;
    struct trial t = {.end = TRIAL_NO_LIBRARY};
    bool is_absent;
    be_quiet(output);
    if (threads == 0)
        room_leave(1 << 20);
    if (core && *core)
        setenv("OPENBLAS_CORETYPE", core, 1);
    else if (core)
        unsetenv("OPENBLAS_CORETYPE");
    if (blas_open(row, threads, &blas, &is_absent, &why) != STATUS_OK) {
        t.end = is_absent ? TRIAL_ABSENT : TRIAL_NO_LIBRARY;
        snprintf(t.why, sizeof t.why, "%.*s", (int)sizeof t.why - 1, why.text);
        tell(to, &t);
        _exit(0);
    }
    t.end = TRIAL_CRASHED; /* until the rest is known */
    snprintf(t.core, sizeof t.core, "%.31s",
             core && *core      ? core
             : blas.is_openblas ? blas.core
                                : "");
    snprintf(t.file, sizeof t.file, "%s", blas.file);
    tell(to, &t);
    if (threads == 0)
        _exit(0);
    t.end = TRIAL_OTHER;
    if (!blas.is_openblas || strcasecmp(t.core, blas.core) == 0) {
        const bool is_obedient = obeys(&blas, &t); /* before others wait for work in a loop */
        clear_c();
        t.end = !is_obedient                ? TRIAL_DISOBEYS
                : products_are_right(&blas) ? TRIAL_RIGHT
                                            : TRIAL_WRONG;
        if (t.end == TRIAL_RIGHT && (!is_timed || is_timed(t.core)))
            t.flops = time_gemm(&blas);
        if (t.end == TRIAL_RIGHT && !mode_is_usual())
            t.end = TRIAL_CHANGES_MODE;
        if (t.end == TRIAL_RIGHT && threads > 1) {
            blas.set_threads ? blas.set_threads(threads) : (void)0;
            gemm(&blas);
            t.end = is_right(false, true) ? TRIAL_RIGHT : TRIAL_WRONG;
        }
    }
    fflush(stdout); /* so that the parent knows of it */
    tell(to, &t);
    _exit(0);
}

/* ---- in the parent */

/* Reads the child's messages until it ends; returns false if it must be killed. */
static bool listen(int from, double seconds, struct trial *t)
{
    const nanos start = clock_now();
    for (;;) {
        struct pollfd more = {.fd = from, .events = POLLIN};
        struct trial told;
        if (poll(&more, 1, TICK_MS) > 0) {
            if (read(from, &told, sizeof told) != (ssize_t)sizeof told)
                return true;
            *t = told;
        }
        if (interrupt_requested()) {
            t->end = TRIAL_INTERRUPTED;
            return false;
        }
        if (seconds > 0 && (double)(clock_now() - start) * 1e-9 > seconds) {
            t->end = TRIAL_HUNG;
            return false;
        }
    }
}

/* The first line of what was printed, unless it is this program's own. */
static void read_first_line(int output, char *line, size_t bytes)
{
    const ssize_t got = pread(output, line, bytes - 1, 0);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "gpubench: ", 10) == 0)
        line[0] = '\0';
}

struct trial trial_run(const struct blas_row *row, int threads, const char *core,
                       bool (*is_timed)(const char *core), double seconds)
{
    struct trial t = {.end = TRIAL_CRASHED};
    int ends[2], ended = 0;
    make_product();
    snprintf(t.core, sizeof t.core, "%s", core ? core : "");
    if (pipe2(ends, O_CLOEXEC) != 0)
        return t;
    const int output = memfd_create("trial", MFD_CLOEXEC);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0)
        work(row, threads, core, is_timed, ends[1], output);
    close(ends[1]);
    if (child > 0) {
        if (!listen(ends[0], seconds, &t))
            kill(child, SIGKILL);
        while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
            ;
        if (t.end == TRIAL_CRASHED && WIFSIGNALED(ended))
            t.signal = WTERMSIG(ended);
        if (t.end == TRIAL_CRASHED)
            read_first_line(output, t.why, sizeof t.why);
    }
    t.prints = lseek(output, 0, SEEK_END) > 0;
    close(output);
    close(ends[0]);
    return t;
}

void trial_words(const struct trial *t, char *text, size_t bytes)
{
    static const char *const words[] = {
        [TRIAL_RIGHT] = "right",           [TRIAL_WRONG] = "wrong product",
        [TRIAL_OTHER] = "not available",   [TRIAL_DISOBEYS] = "more threads than asked for",
        [TRIAL_ABSENT] = "no library",     [TRIAL_NO_LIBRARY] = "no library",
        [TRIAL_CRASHED] = "ended early",   [TRIAL_HUNG] = "no end",
        [TRIAL_INTERRUPTED] = "interrupt", [TRIAL_CHANGES_MODE] = "changed rounding mode",
    };
    if (t->end == TRIAL_CRASHED && t->signal)
        snprintf(text, bytes, "crash (signal %d)", t->signal);
    else
        snprintf(text, bytes, "%s", words[t->end]);
}
