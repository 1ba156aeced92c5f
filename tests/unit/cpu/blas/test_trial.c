/* test_trial.c - how the trial of a BLAS library ends, and what is known of it then. */
#include "cpu/blas/trial.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "tests/unit/cpu/blas/stand_in.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

enum { PATIENCE_S = 30 };

static bool is_haswell(const char *core)
{
    return strcmp(core, "Haswell") == 0;
}

static struct trial tried(const char *file, int threads)
{
    const struct blas_row row = stand_in_row(file);
    const struct trial t = trial_run(&row, threads, NULL, is_haswell, PATIENCE_S);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "no child is left");
    return t;
}

Test(trial, a_library_that_multiplies_is_right_and_its_file_is_known)
{
    const struct trial t = tried("libplain.so.3.10.3", 1);
    cr_expect_eq(t.end, TRIAL_RIGHT);
    cr_expect(!t.prints && t.flops == 0 && !*t.core && !*t.why && !t.signal);
    cr_expect_str_eq(strrchr(t.file, '/'), "/libplain.so.3.10.3");
    cr_expect_eq(tried("libblis.so", 3).end, TRIAL_RIGHT);
    cr_expect_eq(tried("libsuffix.so", 1).end, TRIAL_RIGHT);
}

/* The library itself looks, while it loads. */
Test(trial, its_process_may_crash_print_and_be_ended_without_a_trace)
{
    signal(SIGTERM, SIG_IGN);
    const struct trial t = tried("libchecks.so", 1);
    cr_expect_eq(t.end, TRIAL_RIGHT, "%s", t.why);
}

Test(trial, its_speed_is_known_if_it_is_timed)
{
    const struct blas_row row = stand_in_row("libblis.so");
    const struct trial t = trial_run(&row, 1, NULL, NULL, PATIENCE_S);
    cr_expect(t.flops > 1e6 && t.flops < 1e14, "%g", t.flops);
}

Test(trial, products_are_tried_on_one_thread_and_on_as_many_as_will_run)
{
    cr_expect_eq(tried("libcrowded.so", 1).end, TRIAL_RIGHT);
    cr_expect_eq(tried("libcrowded.so", 2).end, TRIAL_WRONG);
}

Test(trial, faults_are_told_apart)
{
    static const struct {
        const char *file;
        enum trial_end end;
        const char *why;
        int signal;
    } cases[] = {
        {"libwrong.so", TRIAL_WRONG, "", 0},
        {"libfirst.so", TRIAL_WRONG, "", 0}, /* the first entry alone */
        {"liblies.so", TRIAL_DISOBEYS, "asked for 1 thread, it says that it runs 7", 0},
        {"libends.so", TRIAL_CRASHED, "", 0},
        {"libaborts.so", TRIAL_CRASHED, "no kernel", SIGABRT},
        {"libown.so", TRIAL_CRASHED, "", SIGABRT}, /* a message of this program is no reason */
        {"libupward.so", TRIAL_CHANGES_MODE, "", 0},
        {"libflushes.so", TRIAL_CHANGES_MODE, "", 0},
        {"libidle.so", TRIAL_WRONG, "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct trial t = tried(cases[i].file, 1);
        cr_expect_eq(t.end, cases[i].end, "%s: %d", cases[i].file, (int)t.end);
        cr_expect_str_eq(t.why, cases[i].why);
        cr_expect_eq(t.signal, cases[i].signal);
        cr_expect_eq(t.prints, t.signal == SIGABRT);
        cr_expect_eq(t.flops, 0);
    }
}

/* One that cannot be asked is measured by the time of its process: two threads take 1.6 to 2.2
 * times that of one where both have a core, and less on a loaded machine. */
Test(trial, the_time_of_threads_that_nobody_asked_for_is_told)
{
    const struct trial t = tried("libbusy.so", 1);
    cr_expect(t.end == TRIAL_RIGHT || t.end == TRIAL_DISOBEYS);
    if (t.end == TRIAL_DISOBEYS)
        cr_expect_eq(
            strncmp(t.why, "it cannot be asked for 1 thread, it uses the CPU time of ", 57), 0);
}

Test(trial, what_is_printed_is_noticed_and_shown_to_nobody)
{
    const struct trial t = tried("libprints.so", 1);
    cr_expect_eq(t.end, TRIAL_RIGHT);
    cr_expect(t.prints);
    cr_expect_str_empty(t.why);
}

Test(trial, a_library_that_is_missing_or_lacks_a_function_says_so)
{
    const struct blas_row missing = {
        .title = "Stand-in", .files = {"libno-such-blas.so"}, .install = "build it"};
    struct trial t = trial_run(&missing, 1, NULL, NULL, PATIENCE_S);
    cr_expect_eq(t.end, TRIAL_ABSENT);
    cr_expect_eq(strncmp(t.why, "Stand-in cannot be loaded (libno-such-blas.so: ", 47), 0, "%s",
                 t.why);
    cr_expect_str_empty(t.file);
    t = tried("libnosyrk.so", 1);
    cr_expect_eq(t.end, TRIAL_NO_LIBRARY);
    cr_expect(strstr(t.why, "has no cblas_ssyrk"), "%s", t.why);
}

Test(trial, without_a_limit_it_is_waited_for)
{
    const struct blas_row row = stand_in_row("libplain.so.3.10.3");
    cr_expect_eq(trial_run(&row, 1, NULL, NULL, 0).end, TRIAL_RIGHT);
}

Test(trial, one_that_does_not_come_back_is_ended)
{
    const struct blas_row row = stand_in_row("libhangs.so");
    const nanos start = clock_now();
    const struct trial t = trial_run(&row, 1, NULL, NULL, 0.01);
    cr_expect_eq(t.end, TRIAL_HUNG);
    cr_expect_gt(clock_now() - start, 10000000);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "no child is left");
}

Test(trial, an_interrupt_ends_it)
{
    const struct blas_row row = stand_in_row("libhangs.so");
    interrupt_request(SIGINT);
    cr_expect_eq(trial_run(&row, 1, NULL, NULL, PATIENCE_S).end, TRIAL_INTERRUPTED);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "no child is left");
}

/* With no threads it is only looked for. */
Test(trial, one_that_is_there_need_not_be_loaded_to_know_it)
{
    const struct blas_row missing = {.title = "Stand-in", .files = {"libno-such-blas.so"}},
                          row = stand_in_row("libwrong.so");
    cr_expect_eq(trial_run(&missing, 0, NULL, NULL, PATIENCE_S).end, TRIAL_ABSENT);
    const struct trial t = trial_run(&row, 0, NULL, NULL, PATIENCE_S);
    cr_expect(t.end != TRIAL_ABSENT && t.end != TRIAL_WRONG, "%d", (int)t.end);
}

/* So one as large as OpenBLAS cannot even be mapped, and does not hang. This one asks for ever. */
Test(trial, one_that_is_only_looked_for_has_no_room)
{
    const struct blas_row row = stand_in_row("libopenblas.so");
    clean_environment();
    setenv("SHIM_TAKES", "8", 1);
    if (!limits_work())
        cr_skip_test("limits of address space mean nothing here");
    cr_expect_eq(trial_run(&row, 0, NULL, NULL, 0.1).end, TRIAL_HUNG);
}

/* ---- OpenBLAS */

static struct trial tried_core(const char *core, int threads)
{
    const struct blas_row row = stand_in_row("libopenblas.so");
    return trial_run(&row, threads, core, is_haswell, PATIENCE_S);
}

Test(trial, of_openblas_the_core_type_is_known)
{
    clean_environment();
    struct trial t = tried_core(NULL, 2);
    cr_expect_eq(t.end, TRIAL_RIGHT);
    cr_expect_str_eq(t.core, "Prescott");
    cr_expect_eq(t.flops, 0, "it is not to be timed");
    t = tried_core("Haswell", 1);
    cr_expect(t.end == TRIAL_RIGHT && t.flops > 0);
    t = tried_core("haswell", 1);
    cr_expect_eq(t.end, TRIAL_RIGHT, "whatever the case of its letters");
    cr_expect_str_eq(t.core, "haswell");
    t = tried_core("Zen", 1);
    cr_expect_eq(t.end, TRIAL_OTHER, "it has no such kernels");
    cr_expect_str_eq(t.core, "Zen");
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    cr_expect_str_eq(tried_core(NULL, 1).core, "Haswell", "the user's");
    cr_expect_str_eq(tried_core("", 1).core, "Prescott", "its own");
    cr_expect_str_eq(getenv("OPENBLAS_CORETYPE"), "Haswell");
}

Test(trial, kernels_of_openblas_that_fail_are_named)
{
    clean_environment();
    setenv("SHIM_WRONG", "Haswell", 1);
    cr_expect_eq(tried_core("Haswell", 1).end, TRIAL_WRONG);
    setenv("SHIM_WRONG_BY", "1.00001", 1);
    cr_expect_eq(tried_core("Haswell", 1).end, TRIAL_RIGHT, "within the tolerance of 2e-5");
    setenv("SHIM_WRONG_BY", "1.00003", 1);
    cr_expect_eq(tried_core("Haswell", 1).end, TRIAL_WRONG);
    setenv("SHIM_WRONG", "", 1);
    setenv("SHIM_WRONG_F64", "Haswell", 1);
    cr_expect_eq(tried_core("Haswell", 1).end, TRIAL_WRONG, "double precision alone");
    setenv("SHIM_CRASH", "Haswell", 1);
    const struct trial t = tried_core("Haswell", 1);
    cr_expect_eq(t.end, TRIAL_CRASHED);
    cr_expect_eq(t.signal, SIGILL);
    cr_expect_str_eq(t.core, "Haswell");
}

Test(trial, the_words_for_each_end)
{
    static const char *const want[] = {
        "right",      "wrong product", "not available",         "more threads than asked for",
        "no library", "no library",    "changed rounding mode", "ended early",
        "no end",     "interrupt"};
    for (int end = TRIAL_RIGHT; end <= TRIAL_INTERRUPTED; end++) {
        const struct trial t = {.end = (enum trial_end)end};
        char text[64];
        trial_words(&t, text, sizeof text);
        cr_expect_str_eq(text, want[end]);
    }
    const struct trial crash = {.end = TRIAL_CRASHED, .signal = 4},
                       hung = {.end = TRIAL_HUNG, .signal = 9};
    char text[64];
    trial_words(&crash, text, sizeof text);
    cr_expect_str_eq(text, "crash (signal 4)");
    trial_words(&hung, text, sizeof text);
    cr_expect_str_eq(text, "no end");
}
