/* test_cpu_openblas.c - OpenBLAS may be missing, and its threads are the user's choice. */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "cpu/backend/libraries.h"
#include "tests/unit/cpu/backend/opened.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(cpu_backend, without_openblas_its_variants_say_what_to_install)
{
    struct device *device = open_cpu(1);
    const struct variant *v = find_variant(OP_SUM_AAT, "openblas-sgemm");
    struct problem p = {.op = OP_SUM_AAT, .n = 10};
    struct failure why = {0};
    char reason[256];
    struct job *job;

    device->blas = NULL;
    snprintf(device->no_blas.text, sizeof device->no_blas.text, "OpenBLAS is missing");
    cr_expect_not(cpu->can_run(device, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "OpenBLAS is missing");
    job = begin_job(device, OP_SUM_AAT, 10);
    cr_expect_eq(cpu->load(job, v, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "OpenBLAS is missing");
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, a_library_that_is_missing_or_not_openblas_is_refused_in_a_sentence)
{
    const struct blas_row missing = {.title = "OpenBLAS",
                                     .files = {"libno-such-blas.so.0", "libno-such-blas.so"},
                                     .install = "apt-get install libopenblas0-pthread"};
    const struct blas_row other = {.title = "OpenBLAS", .files = {"libm.so.6"}, .install = "x"};
    struct blas blas;
    struct failure why = {0};
    bool is_absent;

    cr_expect_eq(blas_open(&missing, 1, &blas, &is_absent, &why), STATUS_FAILED);
    cr_expect(is_absent);
    cr_expect(strstr(why.text, "OpenBLAS cannot be loaded (libno-such-blas.so.0:"), "%s", why.text);
    cr_expect(strstr(why.text, "apt-get install libopenblas0-pthread"), "%s", why.text);
    cr_expect_eq(blas_open(&other, 1, &blas, &is_absent, &why), STATUS_FAILED);
    cr_expect_not(is_absent);
    cr_expect(strstr(why.text, "libm.so.6 has no cblas_sgemm"), "%s", why.text);
}

Test(cpu_backend, threads_are_the_least_of_what_is_asked_and_what_the_user_gives_openblas)
{
    static const struct {
        const char *variable;
        int asked, threads;
        const char *by;
    } cases[] = {{"", 2, 2, "request"},
                 {"1", 2, 1, "OPENBLAS_NUM_THREADS"},
                 {"8", 2, 2, "request"},
                 {"many", 3, 3, "request"},
                 {"-1", 1, 1, "request"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct facts facts = {0};
        setenv("OPENBLAS_NUM_THREADS", cases[i].variable, 1);
        struct device *device = open_cpu(cases[i].asked);
        cpu->facts(device, &facts);
        cr_expect_eq(facts_get(&facts, "cpu.threads")->integer, cases[i].threads, "case %zu", i);
        cr_expect_eq(facts_get(&facts, "blas.threads")->integer, cases[i].threads, "case %zu", i);
        cr_expect_str_eq(facts_get_text(&facts, "cpu.threads_by"), cases[i].by);
        facts_free(&facts);
        cpu->close(device);
    }
}

Test(cpu_backend, loading_openblas_leaves_the_environment_as_it_was)
{
    unsetenv("OPENBLAS_NUM_THREADS");
    cpu->close(open_cpu(1));
    cr_expect_null(getenv("OPENBLAS_NUM_THREADS"));
    setenv("OPENBLAS_NUM_THREADS", "2", 1);
    cpu->close(open_cpu(1));
    cr_expect_str_eq(getenv("OPENBLAS_NUM_THREADS"), "2");
}

Test(cpu_backend, of_all_libraries_a_slow_one_is_left_out_and_openblas_or_one_asked_for_is_not)
{
    struct device *device = open_with_every_library(1);
    const struct problem p = {.op = OP_SUM_AAT, .n = 1 << 20};
    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        const bool is_openblas = cpu_library_of(device, v) == device->blas;
        char reason[256] = "";
        if (!cpu_library_of(device, v) || v->op != p.op || v->arithmetic != ARITH_F32)
            continue;
        device->loads_all = true;
        cr_expect_eq(cpu_library_can_run(device, v, &p, reason, sizeof reason), is_openblas,
                     "%s %s", v->name, reason);
        cr_expect(is_openblas || strstr(reason, "s a run: add --blas"), "%s", reason);
        device->loads_all = false;
        cr_expect(cpu_library_can_run(device, v, &p, reason, sizeof reason), "%s", v->name);
    }
    cpu->close(device);
}
