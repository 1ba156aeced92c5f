/* soaks.c - the soaks among many hosts' results: those that did not end in OK, by name. */
#include "bench/verdict/verdicts.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/words.h"
#include "harness/reading/digest.h"
#include "harness/text/clean.h"

#include <string.h>

enum { SHOWN = 50, REASON_BYTES = 400 };

static bool is_ok(const struct reading *r)
{
    return strcmp(r->soak_verdict, "OK") == 0;
}

static bool is_faulty(const struct reading *r)
{
    return strcmp(r->soak_verdict, "FAULTY") == 0;
}

static bool is_cut_short(const struct reading *r)
{
    return strcmp(r->soak_verdict, SOAK_CUT_SHORT) == 0;
}

/* Of two soaks the one that decides: faulty, then slow or throttled, then cut short. */
static int rank_of(const struct reading *r)
{
    return is_faulty(r) ? 3 : is_ok(r) ? 0 : is_cut_short(r) ? 1 : 2;
}

/* Faulty ones first. */
static void print_bad(FILE *to, const struct readings *readings, bool colored)
{
    struct grid g = {.columns = 4, .left = ~0u};
    size_t shown = 0;
    for (int faulty = 1; faulty >= 0; faulty--)
        for (size_t i = 0; i < readings->count && shown < SHOWN; i++) {
            const struct reading *r = &readings->list[i];
            char reason[REASON_BYTES], name[READ_NAME_MAX];
            if (!*r->soak_verdict || is_ok(r) || is_faulty(r) != (bool)faulty)
                continue;
            clean_text(name, sizeof name, r->label);
            grid_add(&g, name);
            grid_addf(&g, "%.12s", r->card);
            grid_tint(&g, colored, faulty ? TINT_BAD : TINT_WARN, r->soak_verdict);
            grid_add(&g, is_cut_short(r) ? "interrupted before the time that was asked for"
                                         : clean_text(reason, sizeof reason, r->soak_reason));
            shown++;
        }
    grid_text(to, &g);
    grid_free(&g);
}

enum status verdicts_of_soaks(FILE *to, const struct readings *readings, bool colored,
                              struct failure *why)
{
    size_t soaks = 0, faulty = 0, slow = 0, cut = 0;
    const struct reading *first = NULL;
    for (size_t i = 0; i < readings->count; i++) {
        const struct reading *r = &readings->list[i];
        if (!*r->soak_verdict)
            continue;
        soaks++;
        faulty += is_faulty(r);
        cut += is_cut_short(r);
        slow += rank_of(r) == 2;
        if (rank_of(r) > (first ? rank_of(first) : 0))
            first = r;
    }
    if (!soaks)
        return STATUS_OK;
    if (to) {
        fprintf(to, "%zu soak%s: %zu OK, %zu slow or throttled, %zu faulty", soaks,
                soaks == 1 ? "" : "s", soaks - faulty - slow - cut, slow, faulty);
        if (cut)
            fprintf(to, ", %zu cut short", cut);
        fputc('\n', to);
        print_bad(to, readings, colored);
    }
    if (!first)
        return STATUS_OK;
    return fail(why,
                faulty ? STATUS_WRONG
                : slow ? STATUS_REGRESSION
                       : STATUS_INCONCLUSIVE,
                "%zu of %zu soaks did not end in OK: %.200s is %s.", faulty + slow + cut, soaks,
                first->label, first->soak_verdict);
}
