/* test_plan.c - what runs on an open device, what does not, and what is said about it. */
#include "bench/run/run.h"
#include "harness/base/need.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { OWN, SLOW, FAST, TENSOR, OTHER, PRODUCT, COUNT };
static const struct variant table[COUNT] = {
    [OWN] = {OP_SUM_AAT, "own-gemm", ARITH_F32, .library = true, .blas = "own"},
    [SLOW] = {.op = OP_SUM_AAT, .name = "slow", .arithmetic = ARITH_F32},
    [FAST] = {OP_SUM_AAT, "fast", ARITH_F32, .note = "in tiles"},
    [TENSOR] = {.op = OP_SUM_AAT, .name = "tensor", .arithmetic = ARITH_TF32},
    [OTHER] = {OP_SUM_AAT, "other-gemm", ARITH_F32, .library = true, .blas = "other"},
    [PRODUCT] = {.op = OP_MATMUL, .name = "product", .arithmetic = ARITH_F32},
};

/* What the device says: per variant why it cannot run, whether it is too large, and the state of
 * its library; the backend's choice in each arithmetic; whether the job fits. */
static const char *cannot[COUNT];
static bool is_large[COUNT], is_job_large;
static enum library_state state[COUNT];
static const struct variant *own_choice[ARITH_COUNT];

static bool can_run(const struct device *device, const struct variant *v, const struct problem *p,
                    char *reason, size_t bytes)
{
    (void)device;
    (void)p;
    const char *why = cannot[v - table];
    snprintf(reason, bytes, "%s", why ? why : "");
    return !why;
}

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device;
    *out = (struct plan){.problem = *p, .fits = !(v ? is_large[v - table] : is_job_large)};
    if (!out->fits)
        snprintf(out->sentence, sizeof out->sentence, "needs 9 GiB");
}

static enum library_state library_state(const struct device *device, const struct variant *v)
{
    (void)device;
    return state[v - table];
}

static const struct variant *choose(const struct device *device, const struct problem *p,
                                    enum arithmetic arithmetic)
{
    (void)device;
    (void)p;
    return own_choice[arithmetic];
}

static const struct backend backend = {.name = "gpu",
                                       .variants = table,
                                       .variant_count = COUNT,
                                       .can_run = can_run,
                                       .plan = plan,
                                       .library_state = library_state,
                                       .auto_variant = choose};
static const struct place place = {.backend = &backend};
static struct options options;
static struct run run;
static struct failure why;

/* Plans a run of the chosen variants: "fast/ok slow/waived", or the failure's sentence. */
static const char *planned(enum op op, const int *chosen, size_t count, unsigned automatic)
{
    static const char *const words[] = {"ok", "waived", "failed", "wrong"};
    static char text[1024];
    run_end(&run);
    run = (struct run){.options = &options, .place = &place, .automatic = automatic};
    run.result.problem = (struct problem){.op = op, .n = 100};
    snprintf(run.result.device.name, sizeof run.result.device.name, "Example");
    run.chosen = need_array(COUNT + ARITH_COUNT, sizeof *run.chosen);
    for (size_t i = 0; i < count; i++)
        run.chosen[run.chosen_count++] = &table[chosen[i]];
    why = (struct failure){0};
    text[0] = '\0';
    if (run_plan(&run, &why) != STATUS_OK)
        return why.text;
    for (size_t i = 0; i < run.result.contestant_count; i++)
        sprintf(text + strlen(text), "%s%s/%s", i ? " " : "",
                run.result.contestants[i].variant->name, words[run.result.contestants[i].state]);
    return text;
}
#define CHOSEN(...) (const int[]){__VA_ARGS__}, sizeof(const int[]){__VA_ARGS__} / sizeof(int)
#define NONE        NULL, 0

static void forget(void)
{
    memset(cannot, 0, sizeof cannot);
    memset(is_large, 0, sizeof is_large);
    memset(state, 0, sizeof state);
    memset(own_choice, 0, sizeof own_choice);
    is_job_large = false;
    options = (struct options){0};
}

Test(plan, one_variant_that_cannot_run_is_refused_with_another_that_can, .fini = forget)
{
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(FAST), 0), "fast/ok");
    cannot[FAST] = "needs cc 9.0";
    own_choice[ARITH_F32] = &table[OTHER];
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(FAST), 0),
                     "sum-aat/f32/fast cannot run on Example: needs cc 9.0. "
                     "--variant other-gemm can run here.");
    cr_expect_eq(why.status, STATUS_FAILED);
    cannot[OTHER] = cannot[OWN] = "is missing";
    cr_expect(strstr(planned(OP_SUM_AAT, CHOSEN(FAST), 0), "--variant slow can run here."));
    cannot[SLOW] = "is broken";
    cr_expect(strstr(planned(OP_SUM_AAT, CHOSEN(FAST), 0),
                     "needs cc 9.0. gpubench list shows what each variant needs."));
    cannot[PRODUCT] = "is missing";
    cr_expect(strstr(planned(OP_MATMUL, CHOSEN(PRODUCT), 0), "gpubench list shows"));
}

Test(plan, one_variant_that_is_too_large_is_refused_with_the_way_out, .fini = forget)
{
    is_large[TENSOR] = is_large[PRODUCT] = true;
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(TENSOR), 0),
                     "N = 100: sum-aat/tf32/tensor on Example needs 9 GiB. Choose a smaller N.");
    cr_expect_eq(why.status, STATUS_NO_MEMORY);
    cr_expect_str_eq(planned(OP_MATMUL, CHOSEN(PRODUCT), 0),
                     "N = 100: matmul/f32/product on Example needs 9 GiB. sum-aat gives the same "
                     "sum in less: leave out --op matmul, or choose a smaller N.");
    cr_expect_eq(why.status, STATUS_NO_MEMORY);
}

Test(plan, the_backends_own_choice_is_added_once_and_recorded, .fini = forget)
{
    const unsigned both = 1u << ARITH_F32 | 1u << ARITH_TF32;
    own_choice[ARITH_F32] = &table[FAST];
    cr_expect_str_eq(planned(OP_SUM_AAT, NONE, 1u << ARITH_F32), "fast/ok");
    cr_expect_not(run.is_table);
    cr_expect_str_eq(facts_get_text(&run.result.facts, "auto.f32"), "fast: in tiles");
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(SLOW, FAST), 1u << ARITH_F32), "slow/ok fast/ok");
    cr_expect(run.is_table);
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(FAST), 1u << ARITH_F32), "fast/ok");
    cr_expect_not(run.is_table);
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(FAST), 0), "fast/ok");
    cr_expect_null(facts_get(&run.result.facts, "auto.f32"));

    /* Where no variant can run, the message gives one as an example, with the reason. In plain
     * arithmetic no variant is left at all. */
    cannot[TENSOR] = "needs cc 8.0";
    cr_expect_str_eq(planned(OP_SUM_AAT, NONE, both), "fast/ok tensor/waived");
    cr_expect_str_eq(run.result.contestants[1].reason, "needs cc 8.0");
    cr_expect_null(facts_get(&run.result.facts, "auto.tf32"));
    own_choice[ARITH_F32] = NULL;
    cannot[OWN] = "is missing";
    cannot[SLOW] = "is slow";
    cr_expect_str_eq(planned(OP_SUM_AAT, NONE, both),
                     "no f32 variant of sum-aat can run on Example (slow is slow): gpubench list "
                     "shows what each needs.");
    cr_expect_eq(why.status, STATUS_FAILED);
    cr_expect(strstr(planned(OP_REDUCE, NONE, both), "(no variant is left)"));
}

Test(plan, a_job_that_does_not_fit_is_refused_where_the_backend_chooses, .fini = forget)
{
    own_choice[ARITH_F32] = &table[FAST];
    is_job_large = true;
    cr_expect_str_eq(planned(OP_SUM_AAT, NONE, 1u << ARITH_F32), "needs 9 GiB");
    cr_expect_eq(why.status, STATUS_NO_MEMORY);
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(FAST), 0), "fast/ok");
}

Test(plan, a_table_has_a_row_for_what_cannot_run_but_none_for_libraries_that_are_absent,
     .fini = forget)
{
    cannot[OWN] = cannot[OTHER] = "is missing";
    state[OWN] = state[OTHER] = LIBRARY_ABSENT;
    cannot[FAST] = "needs cc 9.0";
    is_large[SLOW] = true;
    options.all = true;
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(OWN, SLOW, FAST, OTHER), 0),
                     "own-gemm/waived slow/waived fast/waived");
    cr_expect_str_eq(run.result.contestants[1].reason, "needs 9 GiB");
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(TENSOR), 0), "tensor/ok");
    cr_expect(run.is_table);
    options.blas = "other";
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(OWN, OTHER), 0),
                     "own-gemm/waived other-gemm/waived");
    options = (struct options){.all = true, .variants = "*-gemm"};
    state[OTHER] = LIBRARY_BROKEN;
    cr_expect_str_eq(planned(OP_SUM_AAT, CHOSEN(OWN, OTHER), 0),
                     "own-gemm/waived other-gemm/failed");
}
