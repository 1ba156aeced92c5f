/* failures.c - the results of many hosts that failed, were wrong or were waived, by name. */
#include "bench/terminal/grid.h"
#include "bench/verdict/verdicts.h"
#include "harness/text/append.h"
#include "harness/text/clean.h"

enum { SHOWN = 50, TEXT_BYTES = 1024 };

char *verdicts_bad(const struct fleet_bad *bad, char *out, size_t bytes)
{
    const struct {
        const char *word;
        size_t count;
    } states[] = {{"wrong", bad->wrong}, {"failed", bad->failed}, {"waived", bad->waived}};
    char reason[TEXT_BYTES / 2];
    *out = '\0';
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].count)
            append_item(out, bytes, ", ", "%s in %zu of %zu run%s", states[i].word, states[i].count,
                        bad->runs, bad->runs == 1 ? "" : "s");
    if (*bad->reason)
        append_text(out, bytes, ": %s", clean_text(reason, sizeof reason, bad->reason));
    return out;
}

static bool is_failure(const struct fleet_bad *bad)
{
    return bad->failed || bad->wrong;
}

/* Those that were only waived come last. */
static void print_bad(FILE *to, const struct fleet *f, bool colored)
{
    struct grid g = {.columns = 4, .left = ~0u};
    size_t shown = 0;
    for (int failures = 1; failures >= 0; failures--)
        for (size_t i = 0; i < f->bad_count && shown < SHOWN; i++) {
            const struct fleet_bad *b = &f->bad[i];
            char text[TEXT_BYTES], id[16];
            if (is_failure(b) != (bool)failures)
                continue;
            grid_add(&g, *b->label ? b->label : "(no name)");
            snprintf(id, sizeof id, "%.12s", b->id);
            grid_add(&g, clean_utf8(id));
            grid_add(&g, b->key);
            grid_tint(&g, colored, failures ? TINT_BAD : TINT_WARN,
                      verdicts_bad(b, text, sizeof text));
            shown++;
        }
    grid_text(to, &g);
    grid_free(&g);
    if (f->bad_count > shown)
        fprintf(to, "  %zu more; gpubench compare --json lists all\n", f->bad_count - shown);
}

enum status verdicts_of_failures(FILE *to, const struct fleet *f, bool colored, struct failure *why)
{
    const struct fleet_bad *worst = NULL;
    size_t failures = 0;
    char text[TEXT_BYTES];
    for (size_t i = 0; i < f->bad_count; i++) {
        const struct fleet_bad *b = &f->bad[i];
        failures += is_failure(b);
        if (is_failure(b) && (!worst || (b->wrong && !worst->wrong)))
            worst = b;
    }
    if (to && f->bad_count) {
        fprintf(to, "%zu failed or wrong, %zu waived where others have a time\n", failures,
                f->bad_count - failures);
        print_bad(to, f, colored);
    }
    if (!worst)
        return STATUS_OK;
    return fail(why, worst->wrong ? STATUS_WRONG : STATUS_FAILED, "%.200s, %.200s: %.500s",
                *worst->label ? worst->label : "(no name)", worst->key,
                verdicts_bad(worst, text, sizeof text));
}
