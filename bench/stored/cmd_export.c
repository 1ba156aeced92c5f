/* cmd_export.c - the verb export: writes results in a format that another program reads. */
#include "bench/cli/verb.h"
#include "bench/stored/inputs.h"
#include "harness/base/need.h"
#include "harness/export/export.h"
#include "harness/result/store.h"

#include <stdlib.h>
#include <string.h>

/* Prints what the format may not show at a glance. */
static void tell_left_out(const struct options *o, const struct readings *readings,
                          const struct export_rows *rows)
{
    const size_t bad = export_bad(rows);
    size_t cold = 0;
    for (size_t i = 0; i < rows->count; i++)
        cold += rows->list[i].cold;
    inputs_tell_skipped(o, readings);
    if (o->quiet || rows->count == 0)
        return;
    if (rows->simulated)
        fprintf(stderr, "gpubench: %zu run%s left out.\n", rows->simulated,
                rows->simulated == 1 ? " of a simulated device was"
                                     : "s of simulated devices were");
    if (cold)
        fprintf(stderr, "gpubench: %zu single cold run%s left out beside warm ones.\n", cold,
                cold == 1 ? " was" : "s were");
    if (bad)
        fprintf(stderr,
                "gpubench: %zu result%s failed or %s wrong and %s no time: do not compare only "
                "what is left.\n",
                bad, bad == 1 ? "" : "s", bad == 1 ? "was" : "were", bad == 1 ? "has" : "have");
}

static enum status cmd_export(const struct options *o, struct failure *why)
{
    struct readings readings = {0};
    struct export_rows rows = {0};
    const struct exporter *exporter = exporter_named(o->format ? o->format : "csv");
    const enum read_flags flags = exporter->needs_documents ? READ_AGAIN : READ_LEAN;
    enum status status = inputs_read(o, 0, flags, &readings, why);
    if (status == STATUS_OK)
        export_collect(&readings, false, &rows);
    if (status == STATUS_OK && rows.count == 0)
        status = fail(why, STATUS_FAILED,
                      rows.simulated ? "nothing to export: the devices are simulated, and their "
                                       "times mean nothing."
                                     : "nothing to export: the files hold no result.");
    if (status == STATUS_OK && o->output) {
        char *text;
        size_t bytes;
        FILE *to = need_stream(&text, &bytes);
        exporter->write(to, &rows);
        need_stream_end(to);
        status = store_write_text(o->output, text, bytes, why);
        free(text);
    } else if (status == STATUS_OK) {
        exporter->write(stdout, &rows); /* main() checks that it arrived */
    }
    tell_left_out(o, &readings, &rows);
    export_free(&rows);
    readings_free(&readings);
    return status;
}

const struct verb verb_export = {
    .name = "export",
    .argument = "FILE...",
    .line = "write results in other programs' formats",
    .about =
        "Writes the results in files and directories (-: standard input) in another "
        "program's format: each run with its median where the format has room for it, "
        "otherwise the median of all runs of one key on one host, with one power limit, number of threads and so on.",
    .options = OPTIONS_FORMAT | OPTIONS_FILE | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_export,
};
