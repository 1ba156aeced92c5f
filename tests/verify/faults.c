/* faults.c - plants faults in right products and counts how many the verdict finds: the table in
 * docs/accuracy.md.
 *
 *   faults N TRIALS [FLOPS]   FLOPS: of the device in float64, which decides the width of blocks;
 *                             1.34e13 by default, a Hopper's: 8 columns at N = 10000
 *
 * A right C is what OpenBLAS makes of A rounded as the arithmetic says, with the bias that the
 * arithmetic has on Hopper. Each fault is planted TRIALS times, in other places, for matmul in C
 * and for sum-aat in the C that is added up, also with rows of A scaled (probes.h). Exit 1 if a
 * right C is called wrong. */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "harness/base/need.h"
#include "harness/measure/verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One fault in a product: c of n rows, b the rounded operands, `at` a random number below n, size
 * the relative error of a single entry. */
struct plant {
    float *c;
    const float *b;
    size_t n, at, at_col;
    double size;
};

static void nothing(struct plant *p)
{
    (void)p;
}

static void last_k_lost(struct plant *p)
{
    const size_t n = p->n, k = n - 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            p->c[i * n + j] -= p->b[i * n + k] * p->b[j * n + k];
}

enum { TILE = 128 };

static size_t tile_of(const struct plant *p, size_t place)
{
    return place % (p->n / TILE) * TILE;
}

static void tile_lost(struct plant *p)
{
    const size_t row = tile_of(p, p->at), col = tile_of(p, p->at_col);
    for (size_t i = row; i < row + TILE; i++)
        for (size_t j = col; j < col + TILE; j++)
            p->c[i * p->n + j] = p->c[j * p->n + i] = 0;
}

static void row_and_column_lost(struct plant *p)
{
    for (size_t j = 0; j < p->n; j++)
        p->c[p->at * p->n + j] = p->c[j * p->n + p->at] = 0;
}

static void diagonal_lost(struct plant *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->c[i * p->n + i] = 0;
}

static void diagonal_doubled(struct plant *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->c[i * p->n + i] *= 2;
}

static void columns_swapped(struct plant *p)
{
    const size_t row = p->at % (p->n - 64), col = p->at_col % (p->n - 1);
    for (size_t i = row; i < row + 64; i++) {
        float *c = p->c + i * p->n + col, kept = c[0];
        c[0] = c[1];
        c[1] = kept;
    }
}

static void tile_from_elsewhere(struct plant *p)
{
    const size_t row = tile_of(p, p->at), col = tile_of(p, p->at_col),
                 from = tile_of(p, p->at_col + 1);
    for (size_t i = 0; i < TILE; i++)
        for (size_t j = 0; j < TILE; j++) {
            const float c = p->c[(row + i) * p->n + from + j];
            p->c[(row + i) * p->n + col + j] = p->c[(col + j) * p->n + row + i] = c;
        }
}

static void one_entry(struct plant *p)
{
    const size_t col = p->at_col == p->at ? (p->at + 1) % p->n : p->at_col;
    float *c = p->c + p->at * p->n + col;
    *c = (float)((double)*c * (1 + p->size));
}

static const struct {
    const char *name;
    void (*plant)(struct plant *p);
    bool of_sums; /* it changes a sum */
} faults[] = {
    {"none: called wrong", nothing, true},
    {"last k lost everywhere", last_k_lost, true},
    {"tile and its mirror lost", tile_lost, true},
    {"row and column lost", row_and_column_lost, true},
    {"diagonal lost", diagonal_lost, true},
    {"diagonal doubled", diagonal_doubled, true},
    {"tile computed from other columns", tile_from_elsewhere, true},
    {"two columns of a tile swapped", columns_swapped, false},
    {"one entry, 10 x the worst error", one_entry, false},
};

static const struct {
    const char *name;
    enum arithmetic arithmetic;
    enum adding adds;
    int bits;          /* of the operands' fraction */
    double bias, of_n; /* as on Hopper */
} arithmetics[] = {
    {"f32", ARITH_F32, ADDS_TO_NEAREST, 23, 0, 0},
    {"tf32, f16", ARITH_TF32, ADDS_PROMOTED, 10, -5e-7, 0},
    {"bf16", ARITH_BF16, ADDS_PROMOTED, 7, -5e-7, 0},
    {"tf32 of cuBLAS", ARITH_TF32, ADDS_TRUNCATED, 10, 0, -7.5e-9},
    {"bf16 of cuBLAS", ARITH_BF16, ADDS_TRUNCATED, 7, 0, -4.4e-9},
};

static struct device_facts hopper = {.truncation = 7.5e-9, .f64_flops = 1.34e13};

/* What the wrapped backend answers: the sum of C with the factors of its rows and columns. */
static const float *factors;

static enum status answer(struct job *job, const struct variant *v, double *sum,
                          struct failure *why)
{
    (void)v, (void)why;
    const float *c = job->c;
    *sum = 0;
    for (size_t i = 0; i < job->n; i++) {
        double row = 0;
        for (size_t j = 0; j < job->n; j++)
            row += (double)c[i * job->n + j] * (factors ? (double)factors[j] : 1);
        *sum += row * (factors ? (double)factors[i] : 1);
    }
    return STATUS_OK;
}

static enum status run(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    (void)job, (void)v, (void)launches, (void)sample, (void)why;
    return STATUS_OK;
}

static enum status poison(struct job *job, struct failure *why)
{
    (void)job, (void)why;
    return STATUS_OK;
}

static enum status scale_rows(struct job *job, const struct variant *v, const float *factor,
                              struct failure *why)
{
    factors = factor;
    return cpu_backend.scale_rows(job, v, factor, why);
}

static float rounded(float x, int bits)
{
    const int drop = 23 - bits;
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    if (drop > 0) {
        u += (1u << (drop - 1)) - 1 + (u >> drop & 1);
        u &= ~((1u << drop) - 1);
    }
    memcpy(&x, &u, sizeof x);
    return x;
}

static const struct variant *multiplies(void)
{
    const struct variant *found = NULL;
    for (size_t i = 0; i < cpu_backend.variant_count; i++) {
        const struct variant *v = &cpu_backend.variants[i];
        if (v->op == OP_MATMUL && v->arithmetic == ARITH_F32 &&
            (!found || !strcmp(v->name, "openblas-sgemm")))
            found = v;
    }
    return found;
}

static void must(enum status status, const struct failure *why)
{
    if (status == STATUS_OK)
        return;
    fprintf(stderr, "faults: %s\n", why->text);
    exit(2);
}

/* The share of trials in which a fault is found; `right` is C without it. */
static double found(struct backend *backend, struct job *job, enum op op, size_t a, size_t f,
                    const float *right, const float *b, double size, unsigned trials)
{
    const size_t n = job->n;
    unsigned count = 0;
    for (unsigned t = 0; t < trials; t++) {
        struct problem p = {op, n, job->problem.seed, RANGE_UNIT, ELEMENT_F32};
        const struct variant v = {.op = op,
                                  .name = "v",
                                  .arithmetic = arithmetics[a].arithmetic,
                                  .adds = arithmetics[a].adds};
        struct oracle oracle;
        struct verdict verdict;
        struct failure why = {0};
        memcpy(job->c, right, n * n * sizeof *right);
        must(oracle_make(backend, job, &p, &oracle, &why), &why);
        oracle.device = &hopper;
        struct plant plant = {
            job->c, b, n, oracle_random(&oracle, 1) % n, oracle_random(&oracle, 2) % n, size};
        faults[f].plant(&plant);
        must(verify(backend, job, &v, &oracle, 0, &verdict, &why), &why);
        count += !verdict.ok;
        if (f == 0 && !verdict.ok)
            printf("    %s\n", verdict.reason);
        oracle_free(&oracle);
    }
    return (double)count / trials;
}

/* The worst error of a sampled entry of a right C. */
static double worst_entry(struct backend *backend, struct job *job, size_t a)
{
    struct problem p = {OP_MATMUL, job->n, job->problem.seed, RANGE_UNIT, ELEMENT_F32};
    const struct variant v = {.op = OP_MATMUL,
                              .name = "v",
                              .arithmetic = arithmetics[a].arithmetic,
                              .adds = arithmetics[a].adds};
    struct oracle oracle;
    struct verdict verdict;
    struct failure why = {0};
    must(oracle_make(backend, job, &p, &oracle, &why), &why);
    must(verify(backend, job, &v, &oracle, 0, &verdict, &why), &why);
    oracle_free(&oracle);
    return verdict.worst_entry;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        return 2;
    if (argc == 4)
        hopper.f64_flops = strtod(argv[3], NULL);
    const size_t n = strtoul(argv[1], NULL, 10);
    const unsigned trials = (unsigned)strtoul(argv[2], NULL, 10);
    const struct variant *v = multiplies();
    struct backend backend = cpu_backend;
    struct failure why = {0};
    struct device *device;
    struct job *job;
    struct plan plan;
    struct sample sample;
    bool is_wrong = false;
    backend.answer = answer;
    backend.run = run;
    backend.poison = poison;
    backend.scale_rows = scale_rows;
    must(cpu_backend.open(&(struct device_request){0}, &device, &why), &why);
    if (!cpu_backend.can_run(device, v, &(struct problem){OP_MATMUL, n, 1, RANGE_UNIT, ELEMENT_F32},
                             why.text, sizeof why.text))
        must(STATUS_FAILED, &why);
    cpu_backend.plan(device, NULL, &(struct problem){OP_MATMUL, n, 1, RANGE_UNIT, ELEMENT_F32},
                     &plan);
    must(cpu_backend.begin(device, &plan, &job, &why), &why);
    must(cpu_backend.load(job, v, &why), &why);
    float *right = need_array(n * n, sizeof *right), *b = need_array(n * n, sizeof *b);
    printf("N = %zu, %u trials\n%-34s", n, trials, "fault");
    for (size_t a = 0; a < sizeof arithmetics / sizeof *arithmetics; a++)
        printf(" | %-16s", arithmetics[a].name);
    printf("\n");
    static double share[2][sizeof faults / sizeof *faults]
                       [sizeof arithmetics / sizeof *arithmetics];
    for (size_t a = 0; a < sizeof arithmetics / sizeof *arithmetics; a++) {
        float *in = job->a;
        for (size_t i = 0; i < n * n; i++)
            in[i] = b[i] = rounded(in[i], arithmetics[a].bits);
        must(cpu_backend.run(job, v, 1, &sample, &why), &why);
        must(cpu_backend.scale_rows(job, v, NULL, &why), &why);
        const double by = 1 + arithmetics[a].bias + arithmetics[a].of_n * (double)n;
        float *c = job->c;
        for (size_t i = 0; i < n * n; i++)
            right[i] = c[i] = (float)((double)c[i] * by);
        const double size = 10 * worst_entry(&backend, job, a);
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
            share[0][f][a] = found(&backend, job, OP_MATMUL, a, f, right, b, size, trials);
            share[1][f][a] = faults[f].of_sums
                                 ? found(&backend, job, OP_SUM_AAT, a, f, right, b, size, trials)
                                 : (double)NAN;
        }
        is_wrong = is_wrong || share[0][0][a] > 0 || share[1][0][a] > 0;
    }
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
        printf("%-34s", faults[f].name);
        for (size_t a = 0; a < sizeof arithmetics / sizeof *arithmetics; a++) {
            if (isnan(share[1][f][a]))
                printf(" | %7.3f %8s", share[0][f][a], "-");
            else
                printf(" | %7.3f %8.3f", share[0][f][a], share[1][f][a]);
        }
        printf("\n");
    }
    printf("(each: matmul, sum-aat)\n");
    free(right);
    free(b);
    cpu_backend.end(job);
    cpu_backend.close(device);
    return is_wrong;
}
