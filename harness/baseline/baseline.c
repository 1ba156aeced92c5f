/* baseline.c - reads and writes baselines. */
#include "harness/baseline/baseline.h"

#include "harness/base/durable.h"
#include "harness/baseline/fetch.h"
#include "harness/compare/compare.h"
#include "harness/net/destination.h"
#include "harness/result/store.h"
#include "harness/result/tool.h"
#include "harness/text/json_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum status baseline_load(const char *name, const struct http_access *access, struct readings *to,
                          struct failure *why)
{
    char path[PATH_MAX], shown[300], *bytes = NULL;
    size_t count = 0;
    if (!destination_is_url(name))
        return readings_add(to, name, READ_AGAIN, why);
    enum status status = fetch_file(name, access, path, sizeof path, why);
    if (status != STATUS_OK)
        return status;
    if (strncmp(name, "file:", 5) == 0)
        return readings_add(to, path, READ_WHOLE, why);

    /* Messages name the address and not the local copy. */
    destination_shown(name, shown, sizeof shown);
    const int error = durable_read(path, FETCH_BYTES_MAX, &bytes, &count);
    if (error)
        return fail(why, STATUS_FAILED, "cannot read the copy of %s, %s: %s.", shown, path,
                    strerror(error));
    status = readings_add_text(to, shown, bytes, count, READ_WHOLE, why);
    free(bytes);
    return status;
}

/* A baseline is what later runs are compared with, so every result in it has to be right. */
static enum status check_run(const struct reading *run, struct failure *why)
{
    size_t timed = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct read_result *r = &run->results[i];
        if (r->state == READ_FAILED || r->state == READ_WRONG)
            return fail(why, STATUS_FAILED, "no baseline was written: %s is %s in %s.", r->key,
                        read_state_name(r->state), run->source);
        timed += r->state == READ_OK && r->median_s > 0;
    }
    if (timed == 0)
        return fail(why, STATUS_FAILED, "no baseline was written: %s has no time in it.",
                    run->source);
    return STATUS_OK;
}

static json_t *to_document(const struct readings *runs)
{
    char made[32];
    const time_t now = time(NULL);
    struct tm utc;
    strftime(made, sizeof made, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json_t *list = json_array();
    for (size_t i = 0; list && i < runs->count; i++)
        json_array_append_new(list, readings_document(&runs->list[i], true));
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:I, s:o}", "schema", "gpubench-baseline/1",
                     "made", made, "tool", "version", tool_version(), "commit", tool_commit(),
                     "fingerprint", runs->list[0].fingerprint, "processes", (json_int_t)runs->count,
                     "runs", list);
}

enum status baseline_write(const char *file, const struct readings *runs, struct failure *why)
{
    if (runs->count == 0)
        return fail(why, STATUS_FAILED, "no baseline was written: there are no runs.");
    enum status status = compare_refuse_simulated(runs, why);
    for (size_t i = 0; status == STATUS_OK && i < runs->count; i++)
        status = check_run(&runs->list[i], why);
    return status == STATUS_OK ? baseline_keep(file, runs, why) : status;
}

enum status baseline_keep(const char *file, const struct readings *runs, struct failure *why)
{
    enum status status;
    json_t *document = to_document(runs);
    if (!document || json_array_size(json_object_get(document, "runs")) != runs->count)
        status =
            fail(why, STATUS_NO_MEMORY,
                 "cannot write %s: a run has changed since it was read, or memory is short.", file);
    else
        status = store_write(file, document, why);
    json_decref(document);
    return status;
}
