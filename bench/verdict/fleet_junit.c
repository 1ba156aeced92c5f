/* fleet_junit.c - a fleet as JUnit, for acceptance in CI: one test case for each card,
 * and one more for each whose runs failed. */
#include "bench/terminal/words.h"
#include "bench/verdict/verdicts.h"
#include "harness/base/need.h"
#include "harness/result/store.h"
#include "harness/stats/stats.h"
#include "harness/text/clean.h"
#include "harness/text/markup.h"

#include <stdlib.h>

static void put_case(FILE *to, const struct fleet_model *m, const struct fleet_host *h)
{
    char label[2 * READ_NAME_MAX], text[640], change[WORDS_BYTES], time[WORDS_BYTES];
    fputs("    <testcase classname=\"", to);
    markup_xml(to, m->key);
    markup_xml(to, m->kind);
    fputs("\" name=\"", to);
    markup_xml(to, fleet_label(m, h, label, sizeof label));
    fprintf(to, "\" time=\"%.3f\">\n", h->median_s * (double)h->runs);
    if (h->is_outlier) {
        snprintf(text, sizeof text, "outlier: %s, %s from the median of %zu%s%s",
                 words_time(time, h->median_s),
                 verdicts_change(change, h->median_s / m->median_s - 1), m->count,
                 *h->reason ? ": " : "", h->reason);
        fputs("      <failure type=\"outlier\" message=\"", to);
        markup_xml(to, text);
        fputs("\">", to);
        markup_xml(to, text); /* GitLab shows the element and not its message */
        fputs("</failure>\n", to);
    } else if (!fleet_is_judged(m, h)) {
        fprintf(to, "      <skipped message=\"not judged: %s\"/>\n",
                h->is_noisy ? STATS_NOISY_WHY : "too few of this model");
    }
    fputs("    </testcase>\n", to);
}

/* Its runs that have a time, if there are any, are a case of their own. */
static void put_bad(FILE *to, const struct fleet_bad *b)
{
    char text[1024];
    fputs("    <testcase classname=\"", to);
    markup_xml(to, b->key);
    fputs("\" name=\"", to);
    snprintf(text, sizeof text, "%s %.12s: runs without a time", b->label, b->id);
    markup_xml(to, clean_utf8(text));
    fputs("\" time=\"0.000\">\n", to);
    const bool is_error = b->failed || b->wrong;
    fprintf(to, "      <%s message=\"", is_error ? "error type=\"failed\"" : "skipped");
    markup_xml(to, verdicts_bad(b, text, sizeof text));
    fputs("\"", to);
    if (is_error) {
        fputs(">", to);
        markup_xml(to, text);
    }
    fputs(is_error ? "</error>\n    </testcase>\n" : "/>\n    </testcase>\n", to);
}

enum status verdicts_write_fleet_junit(const struct fleet *f, const char *file, struct failure *why)
{
    char *text, counts[160];
    size_t bytes, cases = f->bad_count, outliers = 0, errors = 0, unjudged = 0;
    FILE *to = need_stream(&text, &bytes);
    for (size_t i = 0; i < f->count; i++) {
        cases += f->models[i].count;
        outliers += f->models[i].outliers;
        for (size_t k = 0; k < f->models[i].count; k++)
            unjudged += !fleet_is_judged(&f->models[i], &f->models[i].hosts[k]);
    }
    for (size_t i = 0; i < f->bad_count; i++)
        errors += f->bad[i].failed || f->bad[i].wrong;
    snprintf(counts, sizeof counts,
             "tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0.000\"", cases,
             outliers, errors, f->bad_count - errors + unjudged);
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"gpubench.compare\" %s>\n",
            counts);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->models[i].count; k++)
            put_case(to, &f->models[i], &f->models[i].hosts[k]);
    for (size_t i = 0; i < f->bad_count; i++)
        put_bad(to, &f->bad[i]);
    fputs("  </testsuite>\n</testsuites>\n", to);
    need_stream_end(to);
    const enum status status = store_write_text(file, text, bytes, why);
    free(text);
    return status;
}
