/* faults.c - plants faults in right products and counts how many the verdict finds: the table in
 * docs/accuracy.md.
 *
 *   faults N TRIALS [FLOPS]   FLOPS: of the device in float64, which decides the width of blocks;
 *                             1.34e13 by default, a Hopper's: 8 columns at N = 10000
 *
 * A right C is what OpenBLAS makes of A rounded as the arithmetic says, with the bias that the
 * arithmetic has on Hopper. Each fault is planted TRIALS times, in other places, for matmul in C
 * and for sum-aat in the C that is added up, also with rows of A scaled (probes.h); the fault that
 * sum-aat finds by chance 20 times as often. Then single entries, off by 10 times the worst error
 * of a right C, at 1000 places of C, each in a row of its own. Exit 1 if a right C is called wrong.
 *
 * Last, entries of A that a sum of A (reduce) loses or adds twice. faults_f64.c is the same in
 * float64.
 *
 * Beyond N = 2000 the blocks of the rows that a fault changed and of 100 others are compared, and
 * only if nothing else has found the fault. */
#include "harness/verify/verify.h"
#include "tests/verify/planted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum arithmetic arithmetic;
    enum adding adds;
    int bits;          /* of the operands' fraction */
    double bias, of_n; /* as on Hopper */
} arithmetics[] = {
#ifdef FLOAT64
    {"f64", ARITH_F64, ADDS_TO_NEAREST, 52, 0, 0},
#else
    {"f32", ARITH_F32, ADDS_TO_NEAREST, 23, 0, 0},
    {"f32-3xf16", ARITH_F32_3XF16, ADDS_PROMOTED, 23, -1.8e-7, 0},
    {"f32-2xf16", ARITH_F32_2XF16, ADDS_PROMOTED, 17, -1.9e-7, 0},
    {"tf32, f16", ARITH_TF32, ADDS_PROMOTED, 10, -5e-7, 0},
    {"bf16", ARITH_BF16, ADDS_PROMOTED, 7, -5e-7, 0},
    {"tf32 of cuBLAS", ARITH_TF32, ADDS_TRUNCATED, 10, 0, -7.5e-9},
    {"bf16 of cuBLAS", ARITH_BF16, ADDS_TRUNCATED, 7, 0, -4.4e-9},
#endif
};
enum { ARITHMETICS = sizeof arithmetics / sizeof *arithmetics };

static struct device_facts hopper = {.truncation = 7.5e-9, .f64_flops = 1.34e13};

#ifdef FLOAT64
static const enum element element = ELEMENT_F64;
static const char multiplier[] = "openblas-dgemm";

static real rounded(real x, int bits)
{
    (void)bits;
    return x;
}
#else
static const enum element element = ELEMENT_F32;
static const char multiplier[] = "openblas-sgemm";

static real rounded(real x, int bits)
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
#endif

static const struct variant *multiplies(void)
{
    const struct variant *found = NULL;
    for (size_t i = 0; i < cpu_backend.variant_count; i++) {
        const struct variant *v = &cpu_backend.variants[i];
        if (v->op == OP_MATMUL && v->arithmetic == plain_arithmetic(element) &&
            (!found || !strcmp(v->name, multiplier)))
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

static struct variant model(enum op op, size_t a)
{
    return (struct variant){.op = op,
                            .name = "v",
                            .arithmetic = arithmetics[a].arithmetic,
                            .adds = arithmetics[a].adds};
}

static void new_oracle(enum op op, struct oracle *oracle)
{
    const struct problem p = {op, now.n, job->problem.seed, RANGE_UNIT, element};
    struct failure why = {0};
    forget();
    must(oracle_make(&backend, job, &p, oracle, &why), &why);
    oracle->device = &hopper;
}

/* The verdict on C as it is. */
static struct verdict judged(const struct oracle *oracle, size_t a, bool by_blocks)
{
    const struct variant v = model(oracle->problem.op, a);
    struct failure why = {0};
    struct verdict verdict;
    backend.c_block_errors = by_blocks ? block_errors : NULL;
    must(verify(&backend, job, &v, oracle, 0, &verdict, &why), &why);
    return verdict;
}

static void list_rows(const struct oracle *oracle)
{
    enum { OTHERS = 100 };
    row_count = 0;
    for (size_t i = 0; i < now.rows; i++)
        rows[row_count++] = (uint32_t)(now.row + i);
    for (uint32_t i = 0; i < OTHERS; i++)
        rows[row_count++] = oracle_random(oracle, 1000 + i) % (uint32_t)now.n;
}

/* Whether a fault at a place of number t is found. */
static bool is_found(const struct oracle *oracle, size_t a, size_t f, uint32_t t)
{
    now.at = oracle_random(oracle, 2 * t) % now.n;
    now.at_col = oracle_random(oracle, 2 * t + 1) % now.n;
    now.rows = now.cols = 0;
    fault = f;
    faults[f].plant(&now);
    list_rows(oracle);
    struct verdict v = judged(oracle, a, now.n <= COMPARED_N);
    if (v.ok && oracle->problem.op == OP_MATMUL && now.n > COMPARED_N)
        v = judged(oracle, a, true);
    if (f == 0 && !v.ok)
        printf("    %s\n", v.reason);
    if (f > 0)
        pull_out();
    now.rows = now.cols = 0;
    return !v.ok;
}

/* The share of trials in which a fault is found. */
static double found(enum op op, size_t a, size_t f, unsigned trials)
{
    const bool by_chance = op == OP_SUM_AAT && faults[f].plant == tile_from_elsewhere;
    const unsigned places = by_chance ? 20 : 1;
    unsigned count = 0;
    for (unsigned t = 0; t < trials; t++) {
        struct oracle oracle;
        new_oracle(op, &oracle);
        for (unsigned place = 0; place < places; place++)
            count += is_found(&oracle, a, f, place);
        oracle_free(&oracle);
    }
    return (double)count / (trials * places);
}

/* The share of single wrong entries that are found, each in a row of its own, some at a time so
 * that few of them are among the sampled ones, from which the limit is made. */
static double found_entries(size_t a, double size)
{
    enum { PLACES = 1000 };
    const size_t n = now.n, most = n * n / 16384 < n / 4 ? n * n / 16384 : n / 4;
    unsigned tried = 0, count = 0;
    fault = 0;
    while (tried < PLACES) {
        struct oracle oracle;
        new_oracle(OP_MATMUL, &oracle);
        row_count = most < PLACES - tried ? most ? most : 1 : PLACES - tried;
        uint32_t *cols = need_array(row_count, sizeof *cols);
        for (size_t i = 0; i < row_count; i++) {
            rows[i] = (uint32_t)(i * n / row_count +
                                 oracle_random(&oracle, (uint32_t)i) % (n / row_count));
            cols[i] = oracle_random(&oracle, 5000 + (uint32_t)i) % (uint32_t)n;
            real *c = now.c + rows[i] * n + cols[i];
            *c = (real)((wide)*c * (1 + size));
        }
        const struct verdict verdict = judged(&oracle, a, true);
        for (size_t i = 0; i < row_count; i++) {
            const double error = row_errors[rows[i]] / ((double)n / 4);
            count += rows[i] == cols[i] ? size > verdict.limit.entry : error > verdict.limit.block;
            now.c[rows[i] * n + cols[i]] = now.right[rows[i] * n + cols[i]];
        }
        tried += (unsigned)row_count;
        free(cols);
        oracle_free(&oracle);
    }
    return (double)count / tried;
}

/* Makes the product of A, rounded as an arithmetic says. */
static void make_product(size_t a, const struct variant *v, real *right, real *b)
{
    const size_t n = now.n;
    const double by = 1 + arithmetics[a].bias + arithmetics[a].of_n * (double)n;
    real *in = job->a, *c;
    struct failure why = {0};
    struct sample sample;
    for (size_t i = 0; i < n * n; i++)
        in[i] = b[i] = rounded(in[i], arithmetics[a].bits);
    must(cpu_backend.run(job, v, 1, &sample, &why), &why);
    must(cpu_backend.scale_rows(job, v, NULL, &why), &why);
    c = job->c;
    for (size_t i = 0; i < n * n; i++)
        right[i] = c[i] = (real)((wide)c[i] * by);
    now.c = c;
}

/* The share of trials in which a fault in a sum of A is found. */
static double found_in_sum(size_t f, unsigned trials)
{
    enum { PLACES = 20 };
    const struct variant v = {
        .op = OP_REDUCE, .name = "v", .arithmetic = plain_arithmetic(element)};
    const uint64_t entries = (uint64_t)now.n * now.n;
    const size_t count = sum_faults[f].entries ? sum_faults[f].entries : now.n;
    unsigned found_count = 0;
    fault = f;
    for (unsigned t = 0; t < trials; t++) {
        struct oracle oracle;
        struct failure why = {0};
        struct verdict verdict;
        now.factors = NULL;
        new_oracle(OP_REDUCE, &oracle);
        for (uint32_t place = 0; place < PLACES; place++) {
            const uint64_t row = oracle_random(&oracle, 2 * place) % now.n;
            now.at = row * now.n +
                     (sum_faults[f].entries ? oracle_random(&oracle, 2 * place + 1) % now.n : 0);
            now.at = now.at < entries - count ? now.at : entries - count;
            must(verify(&backend, job, &v, &oracle, 0, &verdict, &why), &why);
            found_count += !verdict.ok;
        }
        oracle_free(&oracle);
    }
    return (double)found_count / (trials * PLACES);
}

static void print_shares(double share[2][FAULTS][ARITHMETICS])
{
    for (size_t f = 0; f < FAULTS; f++) {
        printf("%-34s", faults[f].name);
        for (size_t a = 0; a < ARITHMETICS; a++)
            if (faults[f].of_sums)
                printf(" | %6.3f %7.3f", share[0][f][a], share[1][f][a]);
            else
                printf(" | %6.3f %7s", share[0][f][a], "-");
        printf("\n");
    }
    printf("(each: matmul, sum-aat)\n");
}

/* Opens the CPU and makes a job of order n that v has been loaded for. */
static void begin(size_t n, const struct variant *v)
{
    const struct problem p = {OP_MATMUL, n, 1, RANGE_UNIT, element};
    struct failure why = {0};
    struct device *device;
    struct plan plan;
    must(cpu_backend.open(&(struct device_request){0}, &device, &why), &why);
    if (!cpu_backend.can_run(device, v, &p, why.text, sizeof why.text))
        must(STATUS_FAILED, &why);
    cpu_backend.plan(device, NULL, &p, &plan);
    must(cpu_backend.begin(device, &plan, &job, &why), &why);
    must(cpu_backend.load(job, v, &why), &why);
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
    static double share[2][FAULTS][ARITHMETICS], entries[ARITHMETICS];
    bool is_wrong = false;
    begin(n, v);
    real *right = need_array(n * n, sizeof *right), *b = need_array(n * n, sizeof *b);
    plant_backend(right, b, n);
    printf("N = %zu, %u trials\n%-34s", n, trials, "fault");
    for (size_t a = 0; a < ARITHMETICS; a++)
        printf(" | %-14s", arithmetics[a].name);
    printf("\n");
    for (size_t a = 0; a < ARITHMETICS; a++) {
        struct oracle oracle;
        make_product(a, v, right, b);
        fault = 0;
        new_oracle(OP_MATMUL, &oracle);
        now.size = 10 * judged(&oracle, a, false).worst_entry;
        oracle_free(&oracle);
        for (size_t f = 0; f < FAULTS; f++) {
            share[0][f][a] = found(OP_MATMUL, a, f, trials);
            share[1][f][a] = faults[f].of_sums ? found(OP_SUM_AAT, a, f, trials) : 0;
        }
        entries[a] = found_entries(a, now.size);
        is_wrong = is_wrong || share[0][0][a] > 0 || share[1][0][a] > 0;
        fprintf(stderr, "%s done\n", arithmetics[a].name);
    }
    print_shares(share);
    printf("%-34s", "one entry, at 1000 places");
    for (size_t a = 0; a < ARITHMETICS; a++)
        printf(" | %6.3f %7s", entries[a], "-");
    printf("\n\n%-34s | reduce\n", "fault in a sum of A");
    for (size_t f = 0; f < SUM_FAULTS; f++) {
        const double share_of_sums = found_in_sum(f, trials);
        is_wrong = is_wrong || (f == 0 && share_of_sums > 0);
        printf("%-34s | %6.3f\n", sum_faults[f].name, share_of_sums);
    }
    return is_wrong;
}
