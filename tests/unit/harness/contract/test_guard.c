/* test_guard.c - every call of a backend that may hang has a time limit, and what hung is named. */
#include "harness/contract/guard.h"

#include "harness/base/interrupt.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void hang(void)
{
    for (;;)
        pause();
}

static const struct device_facts facts_of_device;
static const struct device_facts *device_facts(const struct device *device)
{
    (void)device;
    return &facts_of_device;
}

static const struct variant v = {.name = "v", .arithmetic = ARITH_TF32};
static const struct plan plan = {.problem = {.n = 8}};

/* The calls, X(member, what is said of it, arguments). */
#define CALLS(X)                                                                                   \
    X(open, "being opened", (NULL, NULL, NULL))                                                    \
    X(count, "counting the devices", (NULL, NULL))                                                 \
    X(close, "being closed", (NULL))                                                               \
    X(facts, "being asked what it is", (NULL, NULL))                                               \
    X(begin, "making A", (NULL, &plan, NULL, NULL))                                                \
    X(end, "giving memory back", (NULL))                                                           \
    X(load, "loading tf32/v", (NULL, &v, NULL))                                                    \
    X(run, "running tf32/v", (NULL, &v, 3, NULL, NULL))                                            \
    X(run_block, "running tf32/v", (NULL, &v, NULL, NULL, NULL, NULL))                             \
    X(answer, "reading the answer of tf32/v", (NULL, &v, NULL, NULL))                              \
    X(poison, "poisoning the output", (NULL, NULL))                                                \
    X(oracle_column_sums, "making the float64 references", (NULL, NULL, NULL))                     \
    X(oracle_columns_of, "making the float64 references", (NULL, 0, 0, NULL, NULL))                \
    X(oracle_a_times, "making the float64 references", (NULL, NULL, NULL, NULL))                   \
    X(oracle_dots, "making the float64 references", (NULL, NULL, 0, NULL, NULL))                   \
    X(a_entries, "verifying", (NULL, NULL, 0, NULL, NULL))                                         \
    X(c_row_sums, "verifying", (NULL, NULL, NULL))                                                 \
    X(c_entries, "verifying", (NULL, NULL, 0, NULL, NULL))                                         \
    X(c_block_errors, "verifying", (NULL, NULL, 1, NULL, NULL, NULL))                              \
    X(scale_rows, "verifying", (NULL, NULL, NULL, NULL))                                           \
    X(go_cold, "emptying its caches", (NULL, NULL))                                                \
    X(keep, "keeping the answer of tf32/v", (NULL, &v, NULL))                                      \
    X(run_checked, "running tf32/v", (NULL, &v, 1, NULL, NULL, NULL))                              \
    X(try_sms, "trying its multiprocessors", (NULL, (struct entry){0}, NULL, NULL))                \
    X(health, "being asked for its faults", (NULL, NULL))

static const char *const whats[] = {
#define X(member, what, arguments) what,
    CALLS(X)
#undef X
};
enum { COUNT = sizeof whats / sizeof *whats, RIGHT = 7, OTHER_WORDS = 8 };

/* In the watcher of a child; `context` is what should be said. The watcher counts a tick as 0.1 to
 * 0.2 s, and a limit of ten times that would have been enough. */
static void hung(void *context, const struct variant *of, const struct failure *why)
{
    const char *limit = strstr(why->text, "GPUBENCH_HANG_SECONDS=");
    char words[128];
    if (!limit || (strcmp(limit, "GPUBENCH_HANG_SECONDS=1") != 0 &&
                   strcmp(limit, "GPUBENCH_HANG_SECONDS=2") != 0))
        _exit(OTHER_WORDS);
    snprintf(words, sizeof words, " s while %s: it or its driver hangs", (const char *)context);
    const bool names_variant = strstr(context, "tf32/v") != NULL;
    _exit(why->status == STATUS_LOST && strstr(why->text, words) && names_variant == (of == &v)
              ? RIGHT
              : OTHER_WORDS);
}

static void call(size_t i, void (*inside)(void))
{
    struct backend inner = {.device_facts = device_facts};
#define X(member, what, arguments) inner.member = (__typeof__(inner.member))inside;
    CALLS(X)
#undef X
    const struct backend *guarded = guard_backend(&inner);
    size_t at = 0;
#define X(member, what, arguments)                                                                 \
    if (at++ == i)                                                                                 \
        guarded->member arguments;
    CALLS(X)
#undef X
}

/* Each call in a process of its own, which should exit with that status. */
static void expect_of_each(void (*inside)(void), int want)
{
    pid_t children[COUNT];
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    for (size_t i = 0; i < COUNT; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            alarm(30); /* for a call without a limit */
            guard_on_hang(hung, (void *)(uintptr_t)whats[i]);
            call(i, inside);
            usleep(600000); /* longer than the limit */
            _exit(0);
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        int ended = 0;
        waitpid(children[i], &ended, 0);
        cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == want, "%s, the call %zu: %x", whats[i],
                  i, (unsigned)ended);
    }
}

Test(guard, a_call_that_hangs_is_named_whichever_it_is, .timeout = 60)
{
    expect_of_each(hang, RIGHT);
}

static void return_at_once(void) {}

Test(guard, after_a_call_that_returned_nothing_hangs, .timeout = 60)
{
    expect_of_each(return_at_once, 0);
}

/* How often the job's work each call may take, in the order of CALLS; c_block_errors is called for
 * blocks of one column. */
static const unsigned work[COUNT] = {0, 0, 0, 0, 1, 0,  1, 3, 1, 1, 1, 1, 1,
                                     1, 1, 1, 1, 1, 65, 1, 1, 1, 1, 1, 0};
static nanos noted;

static void note_limit(void)
{
    noted = guard_limit();
}

static void never(void *context, const struct variant *of, const struct failure *why)
{
    (void)context, (void)of, (void)why;
    _exit(1);
}

/* Work of 2·8³ FLOP and 8²·4 bytes takes 1.024 and 2.56 s on this device. */
static const struct device_facts slow = {.peak_flops = {[ARITH_F32] = 1000}, .peak_bytes = 100};
static const struct device_facts *slow_facts(const struct device *device)
{
    (void)device;
    return &slow;
}

Test(guard, a_call_may_take_sixty_seconds_and_two_hundred_times_its_work)
{
    struct backend inner = {.device_facts = slow_facts};
    setenv("GPUBENCH_HANG_SECONDS", "60", 1);
    guard_on_hang(never, NULL);
#define X(member, what, arguments) inner.member = (__typeof__(inner.member))note_limit;
    CALLS(X)
#undef X
    const struct backend *guarded = guard_backend(&inner);
    guarded->begin(NULL, &plan, NULL, NULL);
    size_t at = 0;
#define X(member, what, arguments)                                                                 \
    noted = 0;                                                                                     \
    guarded->member arguments;                                                                     \
    cr_expect_float_eq((double)noted * 1e-9, 60 + (double)GUARD_TIMES * work[at] * (1.024 + 2.56), \
                       1e-6, #member ": %.3f s", (double)noted * 1e-9);                            \
    at++;
    CALLS(X)
#undef X
    guarded->c_block_errors(NULL, NULL, 32, NULL, NULL, NULL);
    cr_expect_float_eq((double)noted * 1e-9, 60 + (double)GUARD_TIMES * 3 * (1.024 + 2.56), 1e-6);
    guard_enter("being examined");
    cr_expect_eq(guard_limit(), (nanos)60 * 1000000000);
    guard_leave();
}

static nanos limit_of(const struct backend *guarded)
{
    noted = 1;
    guarded->poison(NULL, NULL);
    return noted;
}

Test(guard, there_is_no_limit_of_zero_nor_of_decades_nor_on_a_cpu)
{
    struct backend inner = {.poison = (__typeof__(inner.poison))note_limit,
                            .begin = (__typeof__(inner.begin))note_limit,
                            .device_facts = device_facts};
    setenv("GPUBENCH_HANG_SECONDS", "0", 1);
    guard_on_hang(never, NULL);
    cr_expect_eq(limit_of(guard_backend(&inner)), 0);
    setenv("GPUBENCH_HANG_SECONDS", "999999999", 1);
    cr_expect_eq(limit_of(guard_backend(&inner)), (nanos)999999999 * 1000000000);
    setenv("GPUBENCH_HANG_SECONDS", "60", 1);
    cr_expect_eq(limit_of(guard_interrupts(&inner)), 0);
    /* A device that does not say how fast it is has 1e11 FLOP/s and 1e10 bytes/s. */
    const struct plan large = {.problem = {.n = 100000}};
    setenv("GPUBENCH_HANG_SECONDS", "1", 1);
    const struct backend *guarded = guard_backend(&inner);
    guarded->begin(NULL, &large, NULL, NULL);
    cr_expect_float_eq((double)noted * 1e-9, 1 + (double)GUARD_TIMES * (2e15 / 1e11 + 4e10 / 1e10),
                       1e-3);
    const struct plan largest = {.problem = {.n = PROBLEM_MAX_N}};
    guarded->begin(NULL, &largest, NULL, NULL);
    cr_expect_eq(noted, 0);
}

static void ends(void *context, const struct variant *of, const struct failure *why)
{
    (void)context, (void)of;
    _exit(why->status == STATUS_INTERRUPTED ? RIGHT : OTHER_WORDS);
}

static enum status sleep_and_interrupt(struct job *job, struct failure *why)
{
    (void)job, (void)why;
    usleep(500000); /* longer than the limit */
    interrupt_request(SIGTERM);
    hang();
    return STATUS_OK;
}

Test(guard, on_a_cpu_only_an_interrupt_ends_a_call, .timeout = 60)
{
    int ended = 0;
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    const pid_t child = fork();
    if (child == 0) {
        const struct backend inner = {.poison = sleep_and_interrupt};
        alarm(30);
        guard_on_hang(ends, NULL);
        guard_interrupts(&inner)->poison(NULL, NULL);
        _exit(1);
    }
    waitpid(child, &ended, 0);
    cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == RIGHT, "%x", (unsigned)ended);
}

static void returns(void *context, const struct variant *of, const struct failure *why)
{
    (void)context, (void)of, (void)why;
}

Test(guard, a_process_that_hangs_ends_even_if_nobody_ends_it, .timeout = 60)
{
    int ended = 0;
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    const pid_t child = fork();
    if (child == 0) {
        struct backend inner = {.poison = (__typeof__(inner.poison))hang};
        const struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        alarm(30);
        guard_on_hang(returns, NULL);
        guard_backend(&inner)->poison(NULL, NULL);
        _exit(1);
    }
    waitpid(child, &ended, 0);
    cr_expect(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGABRT, "%x", (unsigned)ended);
}

static size_t runs;

static enum status run(struct job *job, const struct variant *of, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    (void)job, (void)sample;
    runs += launches;
    return fail(why, STATUS_WRONG, "%s", of->name);
}

Test(guard, calls_and_their_outcomes_are_passed_on_and_what_is_missing_stays_so)
{
    struct failure why;
    struct backend inner = fake_backend;
    inner.run = run;
    inner.c_block_errors = NULL;
    const struct backend *guarded = guard_backend(&inner);
    cr_expect_eq(guarded->run(NULL, &v, 5, NULL, &why), STATUS_WRONG);
    cr_expect_str_eq(why.text, "v");
    cr_expect_eq(runs, 5);
    static const size_t absent[] = {
        offsetof(struct backend, count),       offsetof(struct backend, oracle_columns_of),
        offsetof(struct backend, run_block),   offsetof(struct backend, c_block_errors),
        offsetof(struct backend, go_cold),     offsetof(struct backend, keep),
        offsetof(struct backend, run_checked), offsetof(struct backend, try_sms),
        offsetof(struct backend, health)};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        void *member;
        memcpy(&member, (const char *)guarded + absent[i], sizeof member);
        cr_expect_null(member, "%zu", i);
    }
    cr_expect_not_null(guarded->scale_rows);
}
