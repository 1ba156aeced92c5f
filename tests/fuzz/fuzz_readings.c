/* fuzz_readings.c - any bytes as a result file: read whole and lean, compared with themselves,
 * written as a baseline and read again, redacted, exported in every format, and given to report,
 * plot and history. libFuzzer looks for a crash, a leak or a hang; mutate.c makes the inputs. */
#define _GNU_SOURCE 1 /* memfd_create */

#include "bench/cli/verb.h"
#include "bench/verbs.h"
#include "harness/base/durable.h"
#include "harness/compare/compare.h"
#include "harness/compare/fleet.h"
#include "harness/export/export.h"
#include "harness/export/series.h"
#include "harness/publish/redact.h"
#include "harness/reading/identity_diff.h"
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that is done with readings between a file and a verdict. */
static void use(const struct readings *r)
{
    const struct compare_rules rules = {.alpha = CHANGE_ALPHA};
    struct comparison c;
    struct fleet f;
    struct failure why;
    struct difference list[4];
    if (compare(r, r, &rules, &c, &why) == STATUS_OK) {
        comparison_outcome(&c, &rules, true, &why);
        comparison_free(&c);
    }
    if (fleet_gather(r, NULL, &f, &why) == STATUS_OK)
        fleet_free(&f);
    for (size_t i = 1; i < r->count; i++) {
        identity_hard_differences(r->list[0].identity, r->list[i].identity, list, 4);
        if (r->list[0].document)
            identity_soft_differences(&r->list[0], &r->list[i], list, 4);
    }
}

/* What was read is written and read again: it has to be what it was. */
static void write_and_read(const struct reading *one)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return;
    const int rc = json_text_write(one->document, to);
    struct readings again = {0};
    if (fclose(to) != 0 || rc != 0 ||
        readings_add_text(&again, "again", text, bytes, READ_WHOLE, NULL) != STATUS_OK ||
        again.count != 1 || !json_equal(again.list[0].document, one->document))
        abort();
    readings_free(&again);
    free(text);
}

/* What leaves the program: every export, both ways of publishing, and a redacted copy. */
static void write_out(const struct readings *r, bool is_whole)
{
    struct export_rows rows;
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        abort();
    export_collect(r, true, &rows);
    for (size_t i = 0; i < exporter_count; i++)
        if (is_whole || !exporters[i].needs_documents)
            exporters[i].write(nowhere, &rows);
    export_free(&rows);
    for (size_t i = 0; i < r->count && is_whole; i++) {
        size_t bytes;
        json_t *redacted = redact_document(r->list[i].document);
        json_decref(redacted);
        free(prometheus_text(r->list[i].document, &bytes));
        free(influx_lines(r->list[i].document, "0123456789abcdef", &bytes));
    }
    fclose(nowhere);
}

/* The verbs that read files, with this one. There is no gnuplot, but all that it would draw. */
static void run_verbs(const uint8_t *data, size_t size)
{
    const int fd = memfd_create("fuzz", 0);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    if (fd < 0 || durable_write_all(fd, data, size) != 0)
        abort();
    char *const lines[][5] = {{"report", "--markdown", name},
                              {"plot", name},
                              {"history", "*", name},
                              {"report", "-o/dev/null", name},
                              {"compare", name}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options o;
        struct failure why = {0};
        int count = 0;
        while (lines[i][count])
            count++;
        const struct verb *verb = verb_find(lines[i][0], &why);
        if (verb && options_parse(verb, count, (char **)lines[i], &o, &why) == STATUS_OK)
            verb->run(&o, &why);
        options_free(&o);
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_set_up;
    bool is_read = false;
    if (!is_set_up) {
        setenv("PATH", "/nonexistent", 1);
        is_set_up = true;
    }
    for (int flags = READ_WHOLE; flags <= READ_LEAN; flags++) {
        struct readings r = {0};
        struct failure why = {0};
        const enum status status =
            readings_add_text(&r, "fuzz", (const char *)data, size, (enum read_flags)flags, &why);
        if (status == STATUS_OK) {
            use(&r);
            write_out(&r, flags == READ_WHOLE);
            is_read = true;
        } else if (r.count != 0 || !why.text[0]) {
            abort();
        }
        for (size_t i = 0; i < r.count && flags == READ_WHOLE; i++)
            write_and_read(&r.list[i]);
        readings_free(&r);
    }
    if (is_read)
        run_verbs(data, size);
    return 0;
}
