/* soaks.c - the soaks among many hosts' results: those that did not end in OK, by name. */
#include "bench/verdict/verdicts.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/words.h"
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
            grid_add(&g, clean_text(reason, sizeof reason, r->soak_reason));
            shown++;
        }
    grid_text(to, &g);
    grid_free(&g);
}

enum status verdicts_of_soaks(FILE *to, const struct readings *readings, bool colored,
                              struct failure *why)
{
    size_t soaks = 0, faulty = 0, slow = 0;
    const struct reading *first = NULL;
    for (size_t i = 0; i < readings->count; i++) {
        const struct reading *r = &readings->list[i];
        if (!*r->soak_verdict)
            continue;
        soaks++;
        faulty += is_faulty(r);
        slow += !is_ok(r) && !is_faulty(r);
        if (!first || (is_faulty(r) && !is_faulty(first)))
            first = is_ok(r) ? first : r;
    }
    if (!soaks)
        return STATUS_OK;
    if (to) {
        fprintf(to, "%zu soak%s: %zu OK, %zu slow or throttled, %zu faulty\n", soaks,
                soaks == 1 ? "" : "s", soaks - faulty - slow, slow, faulty);
        print_bad(to, readings, colored);
    }
    if (!faulty && !slow)
        return STATUS_OK;
    return fail(why, faulty ? STATUS_WRONG : STATUS_REGRESSION,
                "%zu of %zu soaks did not end in OK: %.200s is %s.", faulty + slow, soaks,
                first->label, first->soak_verdict);
}
