/* notes.c - what has to be said of measured rows beyond their figures. */
#include "bench/notes.h"

#include "bench/words.h"
#include "harness/reference.h"

#include <string.h>

enum { LABEL = 13 };

static bool is_measured(const struct contestant *c)
{
    return c->state == CONTESTANT_OK && c->count > 0;
}

static bool has_arithmetic(const struct result *r, enum arithmetic arithmetic)
{
    for (size_t i = 0; i < r->contestant_count; i++)
        if (is_measured(&r->contestants[i]) && r->contestants[i].variant->arithmetic == arithmetic)
            return true;
    return false;
}

/* "× library   f32 and f32-3xf16 against cublas-sgemm, tf32 against cublas-gemm". */
static void print_references(FILE *to, const struct result *r)
{
    const struct contestant *references[ARITH_COUNT];
    size_t count = 0;
    for (int a = 0; a < ARITH_COUNT; a++) {
        const struct contestant *reference = reference_for(r, (enum arithmetic)a);
        if (reference && reference->variant->arithmetic == (enum arithmetic)a)
            references[count++] = reference;
    }
    if (count < 2)
        return;
    fputs("  ", to);
    words_left(to, "× library", LABEL);
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "" : "; ";
        for (int a = 0; a < ARITH_COUNT; a++)
            if (has_arithmetic(r, (enum arithmetic)a) &&
                reference_for(r, (enum arithmetic)a) == references[i]) {
                fprintf(to, "%s%s", before, arithmetic_name((enum arithmetic)a));
                before = ", ";
            }
        fprintf(to, " against %s", references[i]->variant->name);
    }
    fputc('\n', to);
}

static void print_label(FILE *to, const struct result *r)
{
    if (!has_arithmetic(r, ARITH_F32_2XF16))
        return;
    fputs("  ", to);
    words_left(to, arithmetic_name(ARITH_F32_2XF16), LABEL);
    fprintf(to, "%s%s\n", arithmetic_note(ARITH_F32_2XF16),
            r->problem.range == RANGE_SIGNED
                ? "; these entries are in [-1,1), where it has a few times the error of f32"
                : "");
}

void notes_print(FILE *to, const struct result *r)
{
    print_references(to, r);
    print_label(to, r);
}
