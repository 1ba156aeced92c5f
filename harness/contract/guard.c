/* guard.c - finds calls that hang: the calling thread sets and clears a state, and another thread
 * reads it ten times a second, so a call costs only two stores. */
#include "harness/contract/guard.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { TICK_NS = 100000000, MS_NS = 1000000 };

/* The speeds of a slow device, used if a device's own are unknown. */
static const double slow_flops = 1e11, slow_bytes = 1e10;

/* Values of `state` other than the number of a call: no call is in progress, or the watcher has
 * taken over. */
#define IDLE 0u
#define HUNG UINT64_MAX

static struct {
    const struct backend *inner;
    guard_hung hung;
    void *context;
    pthread_t watcher;
    bool is_watched, has_no_limit;
    uint64_t calls;
    double work_seconds; /* how long the job's problem takes once, at the device's peak */
    _Atomic uint64_t state;
    /* The call in progress; written before its number is stored in `state`. */
    const char *what;
    const struct variant *variant;
    nanos limit_ns; /* 0: none */
} guard;

static void take_over(enum status status, double seconds)
{
    struct failure why;
    const struct variant *v = guard.variant;
    if (status == STATUS_INTERRUPTED)
        fail(&why, status, "interrupted; nothing was saved");
    else
        fail(&why, status,
             "the device has not answered for %.0f s while %s%s%s%s%s: it or its driver hangs. "
             "dmesg may say why, and a reset or a reboot ends it; to wait longer: "
             "GPUBENCH_HANG_SECONDS=%.0f",
             seconds, guard.what, v ? " " : "", v ? arithmetic_name(v->arithmetic) : "",
             v ? "/" : "", v ? v->name : "", 10 * seconds);
    guard.hung(guard.context, v, &why);
    abort(); /* hung() has returned, which it must not */
}

/* The time of a call is the sum of the thread's ticks, each counted as at most two: a process that
 * was stopped or suspended for an hour does not hang. */
static void *watch(void *unused)
{
    (void)unused;
    const struct timespec tick = {0, TICK_NS};
    uint64_t seen = IDLE;
    nanos elapsed = 0, interrupted = 0;
    for (nanos last = clock_now();;) {
        nanosleep(&tick, NULL);
        const nanos now = clock_now(), step = now - last;
        last = now;
        uint64_t state = atomic_load(&guard.state);
        if (state != seen || state == IDLE) {
            seen = state;
            elapsed = interrupted = 0;
            continue;
        }
        elapsed += step < 2 * TICK_NS ? step : 2 * TICK_NS;
        interrupted += interrupt_requested() ? step : 0;
        const nanos limit = guard.limit_ns;
        const bool hangs = limit && elapsed >= limit;
        const bool is_given_up = interrupted >= (nanos)GUARD_INTERRUPT_MS * MS_NS;
        if ((hangs || is_given_up) && atomic_compare_exchange_strong(&guard.state, &state, HUNG))
            take_over(is_given_up ? STATUS_INTERRUPTED : STATUS_LOST, (double)elapsed * 1e-9);
    }
    return NULL;
}

static bool is_watcher(void)
{
    return guard.is_watched && pthread_equal(pthread_self(), guard.watcher);
}

/* If no thread can be created, calls go on unwatched. */
static void start_watching(void)
{
    sigset_t all, before;
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    guard.is_watched = pthread_create(&guard.watcher, NULL, watch, NULL) == 0;
    if (guard.is_watched)
        pthread_detach(guard.watcher);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void enter(const char *what, const struct variant *v, double launches)
{
    if (is_watcher() || !guard.hung)
        return;
    if (!guard.is_watched)
        start_watching();
    const double grace = clock_hang_seconds(),
                 limit = grace + (double)GUARD_TIMES * launches * guard.work_seconds;
    guard.what = what;
    guard.variant = v;
    guard.limit_ns = grace > 0 && limit < 1e9 && !guard.has_no_limit ? (nanos)(limit * 1e9) : 0;
    atomic_store(&guard.state, ++guard.calls);
}

static void leave(void)
{
    if (is_watcher() || !guard.hung)
        return;
    if (atomic_exchange(&guard.state, IDLE) == HUNG)
        for (;;) /* the call returned too late: the watcher is ending the process */
            pause();
}

/* ---- the backend, call by call ---- */

#define GUARDED(what, v, launches, call)                                                           \
    enter(what, v, launches);                                                                      \
    const enum status status = guard.inner->call;                                                  \
    leave();                                                                                       \
    return status

static enum status open_device(const struct device_request *request, struct device **device,
                               struct failure *why)
{
    GUARDED("being opened", NULL, 0, open(request, device, why));
}

static enum status count_devices(int *count, struct failure *why)
{
    GUARDED("counting the devices", NULL, 0, count(count, why));
}

static void close_device(struct device *device)
{
    enter("being closed", NULL, 0);
    guard.inner->close(device);
    leave();
}

static void facts(const struct device *device, struct facts *facts)
{
    enter("being asked what it is", NULL, 0);
    guard.inner->facts(device, facts);
    leave();
}

static enum status begin(struct device *device, const struct plan *plan, struct job **job,
                         struct failure *why)
{
    const struct problem *p = &plan->problem;
    const struct device_facts *d = guard.inner->device_facts(device);
    const double flops = d->peak_flops[plain_arithmetic(p->element)], bytes = d->peak_bytes;
    guard.work_seconds = problem_flop(p) / (flops > 0 ? flops : slow_flops) +
                         problem_bytes(p) / (bytes > 0 ? bytes : slow_bytes);
    GUARDED("making A", NULL, 1, begin(device, plan, job, why));
}

static void end(struct job *job)
{
    enter("giving memory back", NULL, 0);
    guard.inner->end(job);
    leave();
}

static enum status load(struct job *job, const struct variant *v, struct failure *why)
{
    GUARDED("loading", v, 1, load(job, v, why));
}

static enum status run(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    GUARDED("running", v, launches, run(job, v, launches, sample, why));
}

static enum status run_block(struct job *job, const struct variant *v, const struct block *block,
                             struct sample *sample, double *sum, struct failure *why)
{
    GUARDED("running", v, 1, run_block(job, v, block, sample, sum, why));
}

static enum status answer(struct job *job, const struct variant *v, double *sum,
                          struct failure *why)
{
    GUARDED("reading the answer of", v, 1, answer(job, v, sum, why));
}

static enum status poison(struct job *job, struct failure *why)
{
    GUARDED("poisoning the output", NULL, 1, poison(job, why));
}

static enum status column_sums(struct job *job, long double *out, struct failure *why)
{
    GUARDED("making the float64 references", NULL, 1, oracle_column_sums(job, out, why));
}

static enum status columns_of(struct job *job, uint64_t first_row, uint64_t rows, long double *out,
                              struct failure *why)
{
    GUARDED("making the float64 references", NULL, 1,
            oracle_columns_of(job, first_row, rows, out, why));
}

static enum status a_times(struct job *job, const long double *x, long double *out,
                           struct failure *why)
{
    GUARDED("making the float64 references", NULL, 1, oracle_a_times(job, x, out, why));
}

static enum status dots(struct job *job, const struct entry *e, size_t count, long double *out,
                        struct failure *why)
{
    GUARDED("making the float64 references", NULL, 1, oracle_dots(job, e, count, out, why));
}

static enum status a_entries(struct job *job, const struct entry *e, size_t count, double *out,
                             struct failure *why)
{
    GUARDED("verifying", NULL, 1, a_entries(job, e, count, out, why));
}

static enum status c_row_sums(struct job *job, long double *out, struct failure *why)
{
    GUARDED("verifying", NULL, 1, c_row_sums(job, out, why));
}

static enum status c_entries(struct job *job, const struct entry *e, size_t count, double *out,
                             struct failure *why)
{
    GUARDED("verifying", NULL, 1, c_entries(job, e, count, out, why));
}

static enum status c_block_errors(struct job *job, const double *x, unsigned width, double *out,
                                  uint32_t *col, struct failure *why)
{
    /* Float64 is up to 64 times as slow as the job. */
    GUARDED("verifying", NULL, 1 + 64.0 / width, c_block_errors(job, x, width, out, col, why));
}

static enum status scale_rows(struct job *job, const struct variant *v, const float *factor,
                              struct failure *why)
{
    GUARDED("verifying", NULL, 1, scale_rows(job, v, factor, why));
}

static enum status go_cold(struct job *job, struct failure *why)
{
    GUARDED("emptying its caches", NULL, 1, go_cold(job, why));
}

static enum status keep(struct job *job, const struct variant *v, struct failure *why)
{
    GUARDED("keeping the answer of", v, 1, keep(job, v, why));
}

static enum status run_checked(struct job *job, const struct variant *v, unsigned launches,
                               struct sample *sample, struct mismatches *found, struct failure *why)
{
    GUARDED("running", v, launches, run_checked(job, v, launches, sample, found, why));
}

static enum status try_sms(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                           struct failure *why)
{
    GUARDED("trying its multiprocessors", NULL, 1, try_sms(job, at, trial, why));
}

static void health(const struct device *device, int64_t counters[HEALTH_COUNT])
{
    enter("being asked for its faults", NULL, 0);
    guard.inner->health(device, counters);
    leave();
}

const struct backend *guard_backend(const struct backend *inner)
{
    static struct backend guarded;
    guard.inner = inner;
    guard.has_no_limit = false;
    guarded = *inner;
    guarded.open = open_device;
    if (inner->count)
        guarded.count = count_devices;
    guarded.close = close_device;
    guarded.facts = facts;
    guarded.begin = begin;
    guarded.end = end;
    guarded.load = load;
    guarded.run = run;
    guarded.answer = answer;
    guarded.poison = poison;
    guarded.oracle_column_sums = column_sums;
    guarded.oracle_a_times = a_times;
    guarded.oracle_dots = dots;
    guarded.a_entries = a_entries;
    guarded.c_row_sums = c_row_sums;
    guarded.c_entries = c_entries;
    if (inner->oracle_columns_of)
        guarded.oracle_columns_of = columns_of;
    if (inner->run_block)
        guarded.run_block = run_block;
    if (inner->c_block_errors)
        guarded.c_block_errors = c_block_errors;
    if (inner->scale_rows)
        guarded.scale_rows = scale_rows;
    if (inner->go_cold)
        guarded.go_cold = go_cold;
    if (inner->keep)
        guarded.keep = keep;
    if (inner->run_checked)
        guarded.run_checked = run_checked;
    if (inner->try_sms)
        guarded.try_sms = try_sms;
    if (inner->health)
        guarded.health = health;
    return &guarded;
}

const struct backend *guard_interrupts(const struct backend *inner)
{
    const struct backend *guarded = guard_backend(inner);
    guard.has_no_limit = true;
    return guarded;
}

void guard_enter(const char *what)
{
    enter(what, NULL, 0);
}

void guard_leave(void)
{
    leave();
}

void guard_on_hang(guard_hung hung, void *context)
{
    guard.hung = hung;
    guard.context = context;
}

nanos guard_limit(void)
{
    return guard.limit_ns;
}
