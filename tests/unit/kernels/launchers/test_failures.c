/* test_failures.c - what becomes of a job if one call of the driver fails, whichever: the sentences
 * that a job of each variant ends in, compared with tests/golden/failures.txt, which
 * UPDATE_GOLDEN=1 writes anew. The driver is that of test_launches.c. */
#include "kernels/backend/gpu_backend.h"
#include "tests/unit/golden.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1000, ENTRIES = 2 };

/* What is done with a job. */
struct scene {
    struct device device;
    const struct variant *v;
    enum status (*act)(struct job *job, const struct variant *v, struct failure *why);
};

static struct problem problem_of(const struct variant *v)
{
    return (struct problem){v->op, N, 1, RANGE_UNIT, element_of(v->arithmetic)};
}

/* Does it all with a driver whose call `fails_at` fails; 0: none. */
static enum status play(const struct scene *s, unsigned fails_at, struct failure *why)
{
    struct device d = s->device;
    const struct problem p = problem_of(s->v);
    struct plan plan;
    struct job *job = NULL;
    noting_begin();
    noting_calls = 0;
    noting_fails_at = fails_at;
    gpu_backend.plan(&d, s->v, &p, &plan);
    enum status status = gpu_backend.begin(&d, &plan, &job, why);
    if (status == STATUS_OK)
        status = gpu_backend.load(job, s->v, why);
    if (status == STATUS_OK)
        status = s->act(job, s->v, why);
    gpu_backend.end(job);
    return status;
}

/* How a job ends if a call fails. The driver's own words are left out where they are the last. */
static void say_end(char *line, size_t bytes, enum status status, const char *said)
{
    static const char error[] = ": CUDA error 1";
    const char *end = strstr(said, error);
    const bool is_last = end && !end[sizeof error - 1];
    const int used = snprintf(line, bytes, "  %s: ", noting_failed);
    snprintf(line + used, bytes - (size_t)used, "%.*s\n", is_last ? (int)(end - said) : 300,
             status == STATUS_OK ? "all goes on" : said);
}

/* Adds the ends that are not in *text yet, under a heading. Nothing is called after a call that
 * failed, unless it can be done without. */
static void note(FILE *to, char *const *text, const char *how, const struct scene *s)
{
    char heading[96], line[400];
    struct failure why = {0};
    snprintf(heading, sizeof heading, "%s/%s/%s%s", op_name(s->v->op),
             arithmetic_name(s->v->arithmetic), s->v->name, how);
    cr_expect_eq(play(s, 0, &why), STATUS_OK, "%s: %s", heading, why.text);
    const unsigned all = noting_calls;
    bool is_headed = false;
    for (unsigned i = 1; i <= all; i++) {
        const enum status status = play(s, i, &why);
        cr_expect(status == STATUS_OK || noting_calls == i,
                  "%s: %u calls after %s, call %u, which failed: %s", heading, noting_calls - i,
                  noting_failed, i, why.text);
        say_end(line, sizeof line, status, why.text);
        fflush(to);
        if (status && strstr(*text, line))
            continue;
        fprintf(to, "%s%s%s", is_headed ? "" : heading, is_headed ? "" : "\n", line);
        is_headed = true;
    }
}

static enum status run_once(struct job *job, const struct variant *v, struct failure *why)
{
    struct sample sample;
    return gpu_backend.run(job, v, 1, &sample, why);
}

static enum status run_thrice(struct job *job, const struct variant *v, struct failure *why)
{
    struct sample sample;
    return gpu_backend.run(job, v, 3, &sample, why);
}

static enum status run_cold(struct job *job, const struct variant *v, struct failure *why)
{
    const enum status status = gpu_backend.go_cold(job, why);
    return status ? status : run_once(job, v, why);
}

static enum status check(struct job *job, const struct variant *v, struct failure *why)
{
    struct sample sample;
    struct mismatches found = {0};
    const enum status status = gpu_backend.keep(job, v, why);
    return status ? status : gpu_backend.run_checked(job, v, 2, &sample, &found, why);
}

static enum status run_block(struct job *job, const struct variant *v, struct failure *why)
{
    static const struct block blocks[] = {{PANEL_OWN, 300, 0, 300}, {PANEL_EVEN, 300, 0, 200}};
    struct sample sample = {0};
    double sum;
    const enum status status = gpu_backend.run_block(job, v, &blocks[0], &sample, &sum, why);
    return status ? status : gpu_backend.run_block(job, v, &blocks[1], &sample, &sum, why);
}

/* The references of verification, the values that they are compared with, and new values. */
static enum status verify(struct job *job, const struct variant *v, struct failure *why)
{
    static const struct entry entries[ENTRIES] = {{0, 0}, {1, 200}};
    static const float factors[N] = {1};
    static double doubles[N];
    static long double sums[N];
    static uint32_t cols[N];
    double sum;
    enum status status = gpu_backend.poison(job, why);
    if (!status)
        status = gpu_backend.answer(job, v, &sum, why);
    if (!status)
        status = gpu_backend.oracle_column_sums(job, sums, why);
    if (!status)
        status = gpu_backend.oracle_columns_of(job, 64, 100, sums, why);
    if (!status)
        status = gpu_backend.oracle_a_times(job, sums, sums, why);
    if (!status)
        status = gpu_backend.oracle_dots(job, entries, ENTRIES, sums, why);
    if (!status)
        status = gpu_backend.a_entries(job, entries, ENTRIES, doubles, why);
    if (!status && v->op == OP_MATMUL)
        status = gpu_backend.c_row_sums(job, sums, why);
    if (!status && v->op == OP_MATMUL)
        status = gpu_backend.c_entries(job, entries, ENTRIES, doubles, why);
    if (!status && v->op == OP_MATMUL)
        status = gpu_backend.c_block_errors(job, doubles, 4, doubles, cols, why);
    return status ? status : gpu_backend.scale_rows(job, v, factors, why);
}

/* Its driver is too old for cubins, which only builds with nvcc have. */
static struct device device_of_scenes(void)
{
    struct device d = noting_h100();
    d.cu.version = 12080;
    return d;
}

static void note_variant(FILE *to, char *const *text, const struct variant *v)
{
    struct scene s = {.device = device_of_scenes(), .v = v, .act = run_once};
    const struct problem p = problem_of(v);
    char reason[160];
    struct cut cut;
    note(to, text, "", &s);
    s.device.share = (struct share){.begin = 1, .end = 2, .of = 3};
    if (v->op == OP_SUM_AAT && gpu_backend.cut(&s.device, v, &p, 1, &cut))
        note(to, text, " a third", &s);
    if (v->op != OP_SUM_AAT)
        return;
    s.device.share = (struct share){256, 556, 0, true, 2, 300};
    s.act = run_block;
    if (gpu_backend.can_run(&s.device, v, &p, reason, sizeof reason))
        note(to, text, " in a ring", &s);
    s = (struct scene){.device = device_of_scenes(), .v = v, .act = run_once};
    s.device.facts.memory_free = 6 << 20;
    if (gpu_backend.can_run(&s.device, v, &p, reason, sizeof reason))
        note(to, text, " streamed", &s);
}

/* Of a plain variant, all else that a job can be asked for. */
static void note_services(FILE *to, char *const *text, const struct variant *v)
{
    struct scene s = {.device = device_of_scenes(), .v = v, .act = run_thrice};
    note(to, text, " thrice", &s);
    s.act = run_cold;
    note(to, text, " with a cold cache", &s);
    s.act = check;
    note(to, text, " checked", &s);
    s.act = verify;
    note(to, text, " verified", &s);
    s.act = run_once;
    s.device.kernel_timeout = true;
    note(to, text, " in pieces", &s);
    s.device.facts.memory_free = 6 << 20;
    s.act = verify;
    if (v->op == OP_SUM_AAT)
        note(to, text, " streamed and verified", &s);
}

Test(failures, of_any_call_of_the_driver_end_in_the_golden_sentences)
{
    static const char *const served[] = {"triangle", "naive", "one-pass"};
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    notes = fopen("/dev/null", "we");
    cr_assert(notes);
    for (size_t i = 0; i < gpu_backend.variant_count; i++) {
        const struct variant *v = &gpu_backend.variants[i];
        if (v->library)
            continue;
        note_variant(to, &text, v);
        for (size_t k = 0; k < sizeof served / sizeof *served; k++)
            if (strcmp(v->name, served[k]) == 0 &&
                (v->arithmetic == ARITH_F32 || v->arithmetic == ARITH_F64))
                note_services(to, &text, v);
    }
    fclose(notes);
    fclose(to);
    golden_expect("tests/golden/failures.txt", text);
    free(text);
}
