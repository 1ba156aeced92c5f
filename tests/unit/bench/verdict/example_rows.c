/* example_rows.c - fills in the rows of the comparison. */
#include "tests/unit/bench/verdict/example_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct reading base_run = {.identity = (char *)"device.name=H100\nhost.cpu=X\n",
                                  .started = "2026-01-02T03:04:05Z",
                                  .host = "node1",
                                  .device = "H100",
                                  .commit = "abc1234",
                                  .label = "node1",
                                  .fingerprint = "f1"};
static struct reading now_run;
static struct compare_row rows[9];
static struct comparison comparison;
static struct compare_rules rules;
static struct verdicts verdicts;

static struct compare_side side(const struct reading *reading, size_t processes, double median_s)
{
    return (struct compare_side){.reading = reading,
                                 .processes = processes,
                                 .median_s = median_s,
                                 .spread = 0.002,
                                 .sm_hz = 1.5e9,
                                 .cpu_flops = NAN,
                                 .link_share = NAN};
}

/* `percent`: the change of the time, and an interval of one more or less. */
static struct compare_row judged(const char *key, enum change change, double percent)
{
    return (struct compare_row){.key = key,
                                .state = ROW_JUDGED,
                                .base = side(&base_run, 10, 0.125),
                                .now = side(&now_run, 12, 0.125 * (1 + percent / 100)),
                                .shift = {.estimate = log(1 + percent / 100),
                                          .low = log(1 + (percent - 1) / 100),
                                          .high = log(1 + (percent + 1) / 100),
                                          .p = 0.25},
                                .p = 0.5,
                                .threshold = 0.03,
                                .noise = NAN,
                                .change = change};
}

static struct compare_row unjudged(const char *key, enum row_state state, bool has_base,
                                   bool has_now, const char *reason)
{
    struct compare_row row = {.key = key, .state = state, .noise = NAN};
    row.base = side(has_base ? &base_run : NULL, has_base ? 10 : 0, 0.125);
    row.now = side(has_now ? &now_run : NULL, has_now ? 12 : 0, 0.125);
    snprintf(row.reason, sizeof row.reason, "%s", reason);
    return row;
}

struct verdicts *example_verdicts(void)
{
    now_run = base_run;
    now_run.started = "2026-02-03T04:05:06Z";
    now_run.commit = "";
    rows[0] = judged("a", CHANGE_SAME, 0);
    rows[1] = judged("b", CHANGE_FAST, -6);
    rows[2] = judged("c", CHANGE_SLOW, 6);
    rows[3] = judged("d", CHANGE_UNSURE, 2);
    snprintf(rows[3].reason, sizeof rows[3].reason, "too few");
    rows[4] = unjudged("e", ROW_OTHER_MACHINE, true, true, "other GPU");
    rows[5] = unjudged("f", ROW_ONLY_BASE, true, false, "");
    rows[6] = unjudged("g", ROW_ONLY_NEW, false, true, "");
    rows[7] = unjudged("h", ROW_BROKEN, true, true, "sum is wrong");
    rows[7].is_wrong = true;
    rows[8] = unjudged("i", ROW_BROKEN, true, true, "no memory");
    comparison = (struct comparison){rows, sizeof rows / sizeof *rows};
    rules = (struct compare_rules){.alpha = 0.01};
    verdicts = (struct verdicts){.comparison = &comparison,
                                 .rules = &rules,
                                 .base_name = "base",
                                 .now_name = "now",
                                 .verb = "compare",
                                 .outcome = STATUS_REGRESSION,
                                 .sentence = "1 is slower",
                                 .seconds = 1.5};
    return &verdicts;
}

struct compare_row *example_row(const char *key)
{
    for (size_t i = 0; i < comparison.count; i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

char *example_printed(void (*print)(FILE *to, const struct verdicts *v))
{
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    print(to, &verdicts);
    fclose(to);
    return text;
}
