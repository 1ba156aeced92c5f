/* test_choices.c - on GPUs of each generation and problems of each kind: which variants are left
 * out and why, what memory the others take, and which one `auto` takes. Compared with
 * choices.txt and memory.txt of tests/golden, which UPDATE_GOLDEN=1 writes anew. Libraries are left
 * out, because what they say hangs on what is installed; variants of the other type of entries are
 * listed once, on the oldest GPU. */
#include "kernels/backend/gpu.h"
#include "kernels/job/stream.h"
#include "tests/unit/golden.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASONS = 64, REASON_BYTES = 256, NAMES_BYTES = 4096 };

/* Variants of which the same can be said. */
static struct group {
    char said[REASON_BYTES], names[NAMES_BYTES];
} groups[REASONS];
static size_t group_count;

static void add(const char *said, const char *name, const char *arithmetic)
{
    size_t i = 0;
    while (i < group_count && strcmp(groups[i].said, said) != 0)
        i++;
    cr_assert_lt(i, REASONS);
    if (i == group_count) {
        snprintf(groups[i].said, REASON_BYTES, "%s", said);
        groups[i].names[0] = '\0';
        group_count++;
    }
    const size_t used = strlen(groups[i].names);
    snprintf(groups[i].names + used, NAMES_BYTES - used, " %s/%s", arithmetic, name);
}

static void note(FILE *to, const char *device, const struct device *d, const struct problem *p)
{
    group_count = 0;
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        char said[REASON_BYTES] = "";
        const bool is_of_other_type = element_of(v->arithmetic) != p->element;
        if (v->op != p->op || v->library || (is_of_other_type && d->cc != 30))
            continue;
        if (gpu_can_run(d, v, p, said, sizeof said)) {
            struct plan plan;
            struct cut cut = {0};
            gpu_plan(d, v, p, &plan);
            int used = snprintf(said, sizeof said, "%" PRIu64 " bytes, %zu partials, %u rows",
                                plan.bytes, gpu_partials(d, p, v), plan.panel_rows);
            if (d->share.of && gpu_cut(d, v, p, 1, &cut))
                snprintf(said + used, sizeof said - (size_t)used, ", from %llu, %llu on",
                         (unsigned long long)cut.row, (unsigned long long)cut.col);
        }
        add(said, v->name, arithmetic_name(v->arithmetic));
    }
    fprintf(to, "%s: %s n=%llu%s%s\n", device, op_name(p->op), (unsigned long long)p->n,
            p->element == ELEMENT_F64 ? " f64" : "", p->range == RANGE_WIDE ? " wide" : "");
    for (size_t i = 0; i < group_count; i++)
        fprintf(to, "  %s:%s\n", groups[i].said, groups[i].names);
    fputs("  auto:", to);
    for (unsigned a = 0; a < ARITH_COUNT; a++) {
        const struct variant *v =
            gpu_auto(gpu_variants, gpu_variant_count, d, p, (enum arithmetic)a);
        if (v)
            fprintf(to, " %s/%s", arithmetic_name((enum arithmetic)a), v->name);
    }
    fputc('\n', to);
}

static struct device gpu(int cc, int sms, double tflops, unsigned shared_kib, uint64_t mib)
{
    struct device d = noting_h100(); /* it has every call, and none is made */
    d.cu.version = 12080;            /* too old for cubins, which only builds with nvcc have */
    d.cc = cc;
    d.sms = sms;
    d.l2_bytes = 4 << 20;
    d.shared_optin_bytes = (int)shared_kib << 10;
    d.facts.peak_flops[ARITH_F32] = tflops * 1e12;
    d.facts.peak_flops[ARITH_F64] = tflops * 1e12 / 32;
    d.facts.memory_free = d.facts.memory_total = mib << 20;
    return d;
}

static void note_all_ops(FILE *to, const char *name, const struct device *d, uint64_t n,
                         enum element element)
{
    for (unsigned op = 0; op < OP_COUNT; op++)
        note(to, name, d, &(struct problem){(enum op)op, n, 1, RANGE_UNIT, element});
}

/* With all bytes that the problem needs, one less, one row of a streamed A, and some between. */
static void note_memory(FILE *to, struct device *d, const struct problem *p)
{
    static const unsigned kib[] = {12288, 11264, 10240, 9216, 8192, 7168, 6144, 5632, 4096, 512, 0};
    enum { COUNT = 3 + sizeof kib / sizeof *kib };
    struct plan plan;
    gpu_plan(d, NULL, p, &plan);
    uint64_t memory[COUNT] = {plan.bytes, plan.bytes - 1};
    d->facts.memory_free = d->memory_limit = 1;
    gpu_plan(d, NULL, p, &plan); /* of sum-aat: all but A, and two strips of 64 rows */
    memory[2] = plan.bytes - 127 * stream_row_bytes(p);
    for (size_t i = 3; i < COUNT; i++)
        memory[i] = (uint64_t)kib[i - 3] << 10;
    for (size_t i = 0; i < COUNT; i++) {
        d->facts.memory_free = d->memory_limit = memory[i];
        gpu_plan(d, NULL, p, &plan);
        fprintf(to, "%s n=%" PRIu64 "%s with %" PRIu64 " bytes: %" PRIu64 ", %u rows, %s%s\n",
                op_name(p->op), p->n, p->element == ELEMENT_F64 ? " f64" : "", d->memory_limit,
                plan.bytes, plan.panel_rows, plan.fits ? "fits; " : "", plan.sentence);
        for (size_t k = 0; k < gpu_variant_count; k++) {
            const struct variant *v = &gpu_variants[k];
            if (v->op != p->op || v->library || element_of(v->arithmetic) != p->element ||
                v->arithmetic != plain_arithmetic(p->element))
                continue;
            gpu_plan(d, v, p, &plan);
            fprintf(to, "  %s: %" PRIu64 ", %s\n", v->name, plan.bytes,
                    plan.fits ? "fits" : plan.sentence);
        }
    }
}

Test(choices, hang_on_memory_as_in_the_golden_text)
{
    static const struct problem problems[] = {{OP_SUM_AAT, 10000, 1, RANGE_UNIT, ELEMENT_F32},
                                              {OP_SUM_AAT, 3001, 1, RANGE_UNIT, ELEMENT_F64},
                                              {OP_MATMUL, 10000, 1, RANGE_UNIT, ELEMENT_F32},
                                              {OP_REDUCE, 10000, 1, RANGE_UNIT, ELEMENT_F32}};
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        struct device ampere = gpu(80, 108, 19, 163, 80000), hopper = gpu(90, 132, 67, 227, 80000);
        note_memory(to, &ampere, &problems[i]);
        fputs("Hopper: ", to);
        note_memory(to, &hopper, &problems[i]);
    }
    fclose(to);
    golden_expect("tests/golden/memory.txt", text);
    free(text);
}

Test(choices, of_every_generation_are_the_golden_ones)
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    static const struct {
        const char *name;
        int cc, sms;
        double tflops;
        unsigned shared_kib, mib;
    } generations[] = {{"Kepler", 30, 2, 0.7, 48, 2000},        {"Maxwell", 52, 16, 5, 48, 4000},
                       {"Turing", 75, 40, 8, 64, 15000},        {"Ampere", 80, 108, 19, 163, 80000},
                       {"Ada", 89, 128, 82, 99, 24000},         {"Hopper", 90, 132, 67, 227, 80000},
                       {"Blackwell", 100, 148, 74, 227, 180000}};
    for (size_t i = 0; i < sizeof generations / sizeof *generations; i++) {
        const struct device d = gpu(generations[i].cc, generations[i].sms, generations[i].tflops,
                                    generations[i].shared_kib, generations[i].mib);
        note_all_ops(to, generations[i].name, &d, 1000, ELEMENT_F32);
        note_all_ops(to, generations[i].name, &d, 10000, ELEMENT_F64);
    }
    struct device hopper = gpu(90, 132, 67, 227, 80000), d = hopper;
    static const uint64_t orders[] = {16,   63,   64,   128,  300,    512,
                                      2048, 4095, 4096, 8192, 130000, 130001};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        note_all_ops(to, "Hopper", &hopper, orders[i], ELEMENT_F32);
    for (unsigned op = 0; op < OP_COUNT; op++)
        note(to, "Hopper", &hopper,
             &(struct problem){(enum op)op, 1000, 1, RANGE_WIDE, ELEMENT_F32});
    d.facts.simulated = true;
    note_all_ops(to, "simulated Hopper", &d, 1000, ELEMENT_F32);
    d = hopper;
    d.cu.version = 11080;
    note_all_ops(to, "Hopper with CUDA 11.8", &d, 1000, ELEMENT_F32);
    d.cu.version = 8000;
    note_all_ops(to, "Hopper with CUDA 8.0", &d, 1000, ELEMENT_F32);
    d = hopper;
    d.cu.cuTensorMapEncodeTiled = NULL;
    d.cu.version = 13000;
    note_all_ops(to, "Hopper without tensor maps", &d, 1000, ELEMENT_F32);
    d = hopper;
    d.cu.cuLaunchKernelEx = NULL;
    d.cu.version = 13000;
    note_all_ops(to, "Hopper without launches of clusters", &d, 1000, ELEMENT_F64);
    d = hopper;
    d.image_family = "ampere";
    note_all_ops(to, "Hopper with ampere images", &d, 1000, ELEMENT_F32);
    d = hopper;
    d.kernel_timeout = true;
    note_all_ops(to, "Hopper with a display", &d, 50000, ELEMENT_F32);
    note(to, "Hopper with a display", &d,
         &(struct problem){OP_MATMUL, 35000, 1, RANGE_UNIT, ELEMENT_F32});
    d = hopper;
    d.facts.memory_free = 64 << 20;
    note_all_ops(to, "Hopper with 64 MiB", &d, 10000, ELEMENT_F32);
    d.memory_limit = d.facts.memory_free;
    note_all_ops(to, "Hopper limited to 64 MiB", &d, 10000, ELEMENT_F32);
    note_all_ops(to, "Hopper limited to 64 MiB", &d, 10000, ELEMENT_F64);
    d.facts.memory_free = (uint64_t)3 << 30;
    note_all_ops(to, "Hopper with 3 GiB", &d, 28000, ELEMENT_F32);
    d = hopper;
    d.share = (struct share){.begin = 1, .end = 2, .of = 3};
    note_all_ops(to, "Hopper of three", &d, 1000, ELEMENT_F32);
    d.share = (struct share){256, 556, 0, true, 2, 300};
    const struct problem p = {OP_SUM_AAT, 1000, 1, RANGE_UNIT, ELEMENT_F32}; /* of a ring */
    note(to, "Hopper in a ring", &d, &p);
    d.facts.memory_free = 4 << 20;
    note(to, "Hopper in a ring with 4 MiB", &d, &p);
    fclose(to);
    golden_expect("tests/golden/choices.txt", text);
    free(text);
}
