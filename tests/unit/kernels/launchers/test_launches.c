/* test_launches.c - what every GPU variant asks of the driver: memory, copies, and the shape of
 * each launch, on an H100 that is a struct of functions that take notes. Compared with
 * tests/golden/launches.txt, which UPDATE_GOLDEN=1 writes anew; kernels of Hopper run nowhere
 * without such a GPU, so nothing else sees a wrong shape of theirs. */
#include "kernels/backend/gpu_backend.h"
#include "tests/unit/golden.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note_times(const struct sample *sample)
{
    fprintf(notes, "  %lld ns a launch, of steps", (long long)sample->device_ns);
    for (int i = 0; i < VARIANT_STEPS_MAX; i++)
        fprintf(notes, " %lld", (long long)sample->step_ns[i]);
    fprintf(notes, ", of %u\n", sample->launches);
}

static void note(struct device *d, const struct variant *v, uint64_t n, const char *how)
{
    const struct problem p = {v->op, n, 1, RANGE_UNIT,
                              strstr(arithmetic_name(v->arithmetic), "f64") ? ELEMENT_F64
                                                                            : ELEMENT_F32};
    struct plan plan;
    struct job *job = NULL;
    struct sample sample;
    struct failure why = {0};
    noting_begin();
    gpu_backend.plan(d, v, &p, &plan);
    fprintf(notes, "%s/%s/%s n=%llu%s: %llu bytes, %u rows\n", op_name(v->op),
            arithmetic_name(v->arithmetic), v->name, (unsigned long long)n, how,
            (unsigned long long)plan.bytes, plan.panel_rows);
    enum status status = gpu_backend.begin(d, &plan, &job, &why);
    if (status == STATUS_OK)
        status = gpu_backend.load(job, v, &why);
    if (status == STATUS_OK)
        status = gpu_backend.run(job, v, 1, &sample, &why);
    if (status != STATUS_OK)
        fprintf(notes, "  %s\n", why.text);
    else
        note_times(&sample);
    gpu_backend.end(job);
}

/* Blocks of C of a rank in a ring, which has the rows from 256 on and two other ranks' panels. */
static void note_ring(struct device *d, const struct variant *v)
{
    static const struct block blocks[] = {
        {PANEL_OWN, 300, 0, 300}, {PANEL_EVEN, 300, 0, 200}, {PANEL_ODD, 256, 128, 128}};
    const struct problem p = {OP_SUM_AAT, 1000, 1, RANGE_UNIT, element_of(v->arithmetic)};
    struct plan plan;
    struct job *job = NULL;
    struct sample sample = {0};
    struct failure why = {0};
    double sum;
    d->share = (struct share){256, 556, 0, true, 2, 300};
    if (!gpu_backend.can_run(d, v, &p, why.text, sizeof why.text)) {
        fprintf(notes, "%s/%s in a ring: %s\n", arithmetic_name(v->arithmetic), v->name, why.text);
        return;
    }
    noting_begin();
    gpu_backend.plan(d, v, &p, &plan);
    fprintf(notes, "%s/%s in a ring: %llu bytes\n", arithmetic_name(v->arithmetic), v->name,
            (unsigned long long)plan.bytes);
    enum status status = gpu_backend.begin(d, &plan, &job, &why);
    if (status == STATUS_OK)
        status = gpu_backend.load(job, v, &why);
    for (size_t i = 0; i < 3 && status == STATUS_OK; i++)
        status = gpu_backend.run_block(job, v, &blocks[i], &sample, &sum, &why);
    if (status != STATUS_OK)
        fprintf(notes, "  %s\n", why.text);
    else
        note_times(&sample);
    gpu_backend.end(job);
}

/* All that verification and a soak ask of a job. */
static void note_services(struct device *d, const struct variant *v, uint64_t n)
{
    enum { MOST = 3000 };
    static const struct entry entries[] = {{0, 0}, {1, 200}, {299, 17}};
    static const float factors[MOST] = {1};
    static double doubles[MOST];
    static long double sums[MOST];
    static uint32_t cols[MOST];
    struct job *job = NULL;
    struct sample sample;
    struct mismatches found = {0};
    struct failure why = {0};
    double sum;
    const bool is_f64 = v->arithmetic == ARITH_F64;
    const struct problem p = {v->op, n, 1, RANGE_WIDE, is_f64 ? ELEMENT_F64 : ELEMENT_F32};
    struct plan plan;
    noting_begin();
    gpu_backend.plan(d, v, &p, &plan);
    fprintf(notes, "services of %s/%s n=%llu\n", op_name(v->op), v->name, (unsigned long long)n);
    enum status status = gpu_backend.begin(d, &plan, &job, &why);
#define CALL(what, call)                                                                           \
    do {                                                                                           \
        fputs(" " what "\n", notes);                                                               \
        if (status == STATUS_OK)                                                                   \
            status = call;                                                                         \
    } while (0)
    CALL("load", gpu_backend.load(job, v, &why));
    CALL("poison", gpu_backend.poison(job, &why));
    CALL("three", gpu_backend.run(job, v, 3, &sample, &why));
    if (status == STATUS_OK)
        note_times(&sample);
    CALL("answer", gpu_backend.answer(job, v, &sum, &why));
    CALL("column sums", gpu_backend.oracle_column_sums(job, sums, &why));
    CALL("columns of rows", gpu_backend.oracle_columns_of(job, 64, 100, sums, &why));
    CALL("A times x", gpu_backend.oracle_a_times(job, sums, sums, &why));
    CALL("dots", gpu_backend.oracle_dots(job, entries, 3, sums, &why));
    CALL("entries", gpu_backend.a_entries(job, entries, 3, doubles, &why));
    if (v->op == OP_MATMUL) {
        CALL("rows of C", gpu_backend.c_row_sums(job, sums, &why));
        CALL("entries of C", gpu_backend.c_entries(job, entries, 3, doubles, &why));
        CALL("blocks", gpu_backend.c_block_errors(job, doubles, 64, doubles, cols, &why));
    }
    CALL("factors", gpu_backend.scale_rows(job, v, factors, &why));
    CALL("no factors", gpu_backend.scale_rows(job, v, NULL, &why));
    if (!plan.panel_rows) {
        CALL("keep", gpu_backend.keep(job, v, &why));
        CALL("checked", gpu_backend.run_checked(job, v, 2, &sample, &found, &why));
        if (status == STATUS_OK)
            note_times(&sample);
        CALL("cold", gpu_backend.go_cold(job, &why));
        CALL("run", gpu_backend.run(job, v, 1, &sample, &why));
    }
    if (status != STATUS_OK)
        fprintf(notes, "  %s\n", why.text);
    gpu_backend.end(job);
}

Test(launches, of_each_variant_are_the_golden_ones)
{
    char *text;
    size_t bytes;
    notes = open_memstream(&text, &bytes);
    for (size_t i = 0; i < gpu_backend.variant_count; i++) {
        const struct variant *v = &gpu_backend.variants[i];
        if (v->library)
            continue;
        struct device whole = noting_h100(), small = whole, shared = whole, ring = whole,
                      odd = whole, little = whole;
        const struct problem p = {.op = v->op, .n = 1024};
        struct cut cut;
        note(&whole, v, 1000, "");
        odd.sms = 7;
        odd.l2_bytes = 0; /* unknown */
        note(&odd, v, 2177, " on 7 SMs");
        if (strstr(v->name, "moduli")) /* 32 columns in the last chunk of A, and one more */
            note(&whole, v, 1056, ""), note(&whole, v, 1057, "");
        shared.share = (struct share){.begin = 1, .end = 2, .of = 3};
        if (v->op != OP_SUM_AAT && gpu_backend.cut(&shared, v, &p, 1, &cut))
            note(&shared, v, 1024, " a third");
        if (v->op == OP_REDUCE)
            note(&shared, v, 1, " a third, without a row");
        if (v->op != OP_SUM_AAT)
            continue;
        small.facts.memory_free = 14 << 20;
        note(&small, v, 2000, " streamed");
        if (strstr(v->name, "triangle"))
            note(&small, v, 2177, " streamed"); /* a row more than whole tiles */
        if (strstr(v->name, "wgmma"))
            note(&small, v, 2050, " streamed"); /* two launches of a column more than whole steps */
        note(&shared, v, 1024, " a third");
        little.share = (struct share){.begin = 0, .end = 1, .of = 3};
        if (gpu_backend.cut(&little, v, &p, 1, &cut))
            note(&little, v, 64, " a third");
        small.share = shared.share;
        note(&small, v, 2048, " a third, streamed");
        note(&small, v, 2177, " a third, streamed");
        note_ring(&ring, v);
    }
    static const char *const served[] = {"triangle", "naive", "one-pass"};
    for (size_t i = 0; i < gpu_backend.variant_count; i++)
        for (size_t k = 0; k < 3; k++) {
            const struct variant *v = &gpu_backend.variants[i];
            const bool is_plain = v->arithmetic == ARITH_F32 || v->arithmetic == ARITH_F64;
            struct device d = noting_h100(), small = d, slow = d;
            if (!is_plain || strcmp(v->name, served[k]) != 0)
                continue;
            note_services(&d, v, 300);
            slow.kernel_timeout = true;
            note(&slow, v, 3000, " in pieces");
            small.facts.memory_free = 14 << 20;
            if (v->op == OP_SUM_AAT)
                note_services(&small, v, 2000);
        }
    fclose(notes);
    golden_expect("tests/golden/launches.txt", text);
    free(text);
}
