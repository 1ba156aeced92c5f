/* seeds.c - verifies right products of millions of small matrices, and counts false alarms.
 *
 *   seeds FIRST COUNT   seeds FIRST … FIRST + COUNT - 1, of order 1 + seed % 32: on each range a
 *                       product in FP32, and one other operation and arithmetic by turns
 *
 * The products are plain loops with rounded operands (tests/unit/fake_backend.c). A line for each
 * false alarm, then their number; exit 1 if there was one. */
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* How near to its limit the worst right result came, of each kind of error. */
static struct {
    double sum, row, rel_f, bias, entry, weighted;
} nearest;

static void note(double *nearest_share, double error, double limit)
{
    if (!isnan(error) && limit > 0)
        *nearest_share = fmax(*nearest_share, fabs(error) / limit);
}

static bool is_right(struct problem p, enum arithmetic arithmetic)
{
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic, .steps = {"work"}};
    struct job *job = fake_job(p, FAULT_NONE, (struct entry){0, 0});
    struct oracle oracle;
    struct sample sample;
    struct verdict verdict = {.ok = false};
    struct failure why = {0};
    enum status status = oracle_make(&fake_backend, job, &p, &oracle, &why);
    if (status == STATUS_OK)
        status = fake_backend.run(job, &v, 1, &sample, &why);
    if (status == STATUS_OK)
        status = verify(&fake_backend, job, &v, &oracle, 0, &verdict, &why);
    if (status == STATUS_OK && !verdict.ok)
        printf("seed %llu, N = %llu, %s, %s, %s: %s\n", (unsigned long long)p.seed,
               (unsigned long long)p.n, op_name(p.op), arithmetic_name(arithmetic),
               range_name(p.range), verdict.reason);
    else if (status != STATUS_OK)
        printf("seed %llu: %s\n", (unsigned long long)p.seed, why.text);
    note(&nearest.sum, verdict.sum_error, verdict.limit.sum);
    note(&nearest.row, verdict.row_error, verdict.limit.row);
    note(&nearest.rel_f, verdict.rel_f, verdict.limit.rel_f);
    note(&nearest.bias, verdict.bias, verdict.limit.bias);
    note(&nearest.entry, verdict.worst_entry, verdict.limit.entry);
    note(&nearest.weighted, verdict.weighted_error, verdict.limit.weighted);
    oracle_free(&oracle);
    fake_backend.end(job);
    return verdict.ok;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const unsigned long long first = strtoull(argv[1], NULL, 10),
                             count = strtoull(argv[2], NULL, 10);
    unsigned long long verdicts = 0, alarms = 0;
    for (unsigned long long seed = first; seed < first + count; seed++)
        for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++) {
            struct problem p = {OP_MATMUL, 1 + seed % 32, seed, (enum range)range, ELEMENT_F32};
            alarms += !is_right(p, ARITH_F32);
            const unsigned long long turn = seed / 32, arithmetics = ARITH_FP8 + 1;
            const enum arithmetic arithmetic = (enum arithmetic)(turn % arithmetics);
            p.op = (enum op)(turn / arithmetics % OP_COUNT);
            verdicts += 2;
            /* The loops round denormal rows as no f16 kernel does, which scales them first. int8
             * and fp8 do not multiply such rows. */
            if (arithmetic >= ARITH_F16 && p.range == RANGE_WIDE)
                verdicts--;
            else
                alarms += !is_right(p, p.op == OP_REDUCE ? ARITH_F32 : arithmetic);
        }
    printf("seeds %llu to %llu, N <= 32: %llu right results, %llu called wrong\n", first,
           first + count - 1, verdicts, alarms);
    printf("the worst in shares of their limits: sum %.2f, row %.2f, relF %.2f, bias %.2f, entry "
           "%.2f, weighted sum %.2f\n",
           nearest.sum, nearest.row, nearest.rel_f, nearest.bias, nearest.entry, nearest.weighted);
    return alarms > 0;
}
