/* problem.c - names of operations, arithmetics and ranges, and the number of operations of a
 * problem. */
#include "harness/contract/problem.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const op_names[OP_COUNT] = {
    [OP_SUM_AAT] = "sum-aat",
    [OP_MATMUL] = "matmul",
    [OP_REDUCE] = "reduce",
};

static const struct {
    const char *name, *note;
} arithmetics[ARITH_COUNT] = {
#define X(name, text, note) [ARITH_##name] = {text, note},
    ARITHMETIC_LIST(X)
#undef X
};

const char *op_name(enum op op)
{
    return op_names[op];
}

const char *arithmetic_name(enum arithmetic arithmetic)
{
    return arithmetics[arithmetic].name;
}

const char *arithmetic_note(enum arithmetic arithmetic)
{
    return arithmetics[arithmetic].note;
}

const char *range_name(enum range range)
{
    static const char *const names[] = {
        [RANGE_UNIT] = "[0,1)", [RANGE_SIGNED] = "[-1,1)", [RANGE_WIDE] = "wide"};
    return names[range];
}

const char *element_name(enum element element)
{
    return element == ELEMENT_F64 ? "f64" : "f32";
}

uint64_t element_bytes(enum element element)
{
    return element == ELEMENT_F64 ? sizeof(double) : sizeof(float);
}

enum element element_of(enum arithmetic arithmetic)
{
    return arithmetic == ARITH_F64 || arithmetic == ARITH_F64_INT8 ? ELEMENT_F64 : ELEMENT_F32;
}

enum arithmetic plain_arithmetic(enum element element)
{
    return element == ELEMENT_F64 ? ARITH_F64 : ARITH_F32;
}

bool op_parse(const char *text, enum op *op)
{
    for (int i = 0; i < OP_COUNT; i++)
        if (strcmp(text, op_names[i]) == 0) {
            *op = (enum op)i;
            return true;
        }
    return false;
}

bool arithmetic_parse(const char *text, enum arithmetic *arithmetic)
{
    for (int i = 0; i < ARITH_COUNT; i++)
        if (strcmp(text, arithmetics[i].name) == 0) {
            *arithmetic = (enum arithmetic)i;
            return true;
        }
    return false;
}

double problem_flop(const struct problem *p)
{
    const double n = (double)p->n;
    return p->op == OP_REDUCE ? n * n : 2 * n * n * n;
}

double problem_flop_done(const struct problem *p, bool symmetric)
{
    const double n = (double)p->n;
    return symmetric && p->op != OP_REDUCE ? n * n * (n + 1) : problem_flop(p);
}

double problem_bytes(const struct problem *p)
{
    const double matrix = (double)p->n * (double)p->n * (double)element_bytes(p->element);
    return p->op == OP_MATMUL ? 2 * matrix : matrix;
}

struct cut cut_of_tiles(uint64_t n, uint64_t tile, uint32_t at, uint32_t of)
{
    const uint64_t down = (n + tile - 1) / tile, tiles = down * (down + 1) / 2;
    const uint64_t number = (uint64_t)((unsigned __int128)tiles * at / of);
    /* The row is exact, because up to PROBLEM_MAX_N a double holds the number and its root. */
    const uint64_t row = (uint64_t)((sqrt(8 * (double)number + 1) - 1) / 2);
    if (row == down)
        return (struct cut){.row = n};
    const uint64_t left = n - row * tile;
    return (struct cut){row * tile, left < tile ? left : tile,
                        (number - row * (row + 1) / 2) * tile};
}

struct cut cut_of_rows(uint64_t n, uint64_t grain, uint32_t at, uint32_t of)
{
    const uint64_t grains = (n + grain - 1) / grain;
    const uint64_t row = grain * (uint64_t)((unsigned __int128)grains * at / of);
    return (struct cut){.row = row < n ? row : n};
}

struct rows rows_of_share(uint64_t n, uint64_t grain, const struct share *share)
{
    if (!share->of)
        return (struct rows){0, n};
    const uint64_t first = cut_of_rows(n, grain, share->begin, share->of).row;
    return (struct rows){first, cut_of_rows(n, grain, share->end, share->of).row - first};
}
