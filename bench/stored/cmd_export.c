/* cmd_export.c - the verb export: writes results in a format that another program reads. */
#include "bench/cli/verb.h"
#include "bench/stored/inputs.h"
#include "harness/base/need.h"
#include "harness/export/export.h"
#include "harness/result/store.h"

#include <stdlib.h>
#include <string.h>

static enum status cmd_export(const struct options *o, struct failure *why)
{
    struct readings readings = {0};
    struct export_rows rows = {0};
    char *text = NULL;
    size_t bytes = 0;
    const struct exporter *exporter = exporter_named(o->format ? o->format : "csv");
    enum status status = inputs_read(o, 0, READ_WHOLE, &readings, why);
    if (status == STATUS_OK)
        status = export_collect(&readings, false, &rows, why);
    if (status == STATUS_OK && rows.count == 0)
        status = fail(why, STATUS_FAILED,
                      rows.simulated ? "nothing to export: the devices are simulated, and their "
                                       "times mean nothing."
                                     : "nothing to export: the files hold no result.");
    if (status == STATUS_OK) {
        FILE *to = need_stream(&text, &bytes);
        exporter->write(to, &rows);
        need_stream_end(to);
    }
    if (status == STATUS_OK && o->output)
        status = store_write_text(o->output, text, bytes, why);
    else if (status == STATUS_OK)
        fwrite(text, 1, bytes, stdout); /* main() checks that it arrived */
    inputs_tell_skipped(o, &readings);
    if (rows.count && rows.simulated && !o->quiet)
        fprintf(stderr, "gpubench: %zu runs of simulated devices were left out.\n", rows.simulated);
    free(text);
    export_free(&rows);
    readings_free(&readings);
    return status;
}

const struct verb verb_export = {
    .name = "export",
    .argument = "FILE...",
    .line = "write results in other programs' formats",
    .about = "Writes the results in files and directories (-: standard input) in another "
             "program's format: each run with its median where the format has room for it, "
             "otherwise the median of all runs of one key on one host.",
    .options = OPTIONS_FORMAT | OPTIONS_FILE | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_export,
};
