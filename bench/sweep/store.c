/* store.c - keeps the points of a sweep on disk, so that an interrupted sweep can continue.
 *
 * The points are result files RESULTS/sweep-<12 digits of the request>.unfinished/gpu-1024.json and
 * so on. A complete sweep is renamed to RESULTS/sweep-<started>-<12 digits>. */
#include "bench/sweep/sweep.h"

#include "harness/result/store.h"
#include "harness/result/tool.h"
#include "harness/text/json_text.h"

#include <errno.h>
#include <inttypes.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The settings that affect the figures. Sweeps that differ in any of them have different digits. */
static void digest(const struct sweep *sweep, char hex[SHA256_DIGEST_STRING_LENGTH])
{
    const struct options *o = sweep->options;
    char text[2048], host[256] = "";
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text,
             "%s %s %d %s\n%" PRIu64 ":%" PRIu64 ":%zu %s %s %" PRIu64 " %d%d\n%s\n%s\n%s\n"
             "%d %d %d %zu %.17g %s%s %d %" PRIu64,
             tool_version(), tool_commit(), tool_is_dirty(), host, sweep->from, sweep->to,
             sweep->steps, op_name(o->op), range_name(o->range), o->seed, sweep->side[0] != NULL,
             sweep->side[1] != NULL, o->variants ? o->variants : "",
             o->arithmetics ? o->arithmetics : "", o->image ? o->image : "", o->all, o->device,
             o->threads, o->samples, o->max_time_s, o->blas ? o->blas : "",
             o->is_bound ? " bound" : "", o->element, o->memory_limit);
    SHA256Data((const uint8_t *)text, strlen(text), hex);
}

enum status sweep_place(struct sweep *sweep, struct failure *why)
{
    char hex[SHA256_DIGEST_STRING_LENGTH], root[PATH_MAX - 128], started[32];
    if (sweep->options->discard)
        return STATUS_OK;
    enum status status = store_directory(sweep->options->results, root, sizeof root, why);
    if (status != STATUS_OK)
        return status;
    digest(sweep, hex);
    const time_t now = time(NULL);
    struct tm utc;
    strftime(started, sizeof started, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    snprintf(sweep->directory, sizeof sweep->directory, "%s/sweep-%.12s.unfinished", root, hex);
    snprintf(sweep->finished, sizeof sweep->finished, "%s/sweep-%s-%.12s", root, started, hex);
    return store_make_directories(sweep->directory, why);
}

static void file_of(const struct sweep *sweep, size_t side, uint64_t n, char *path, size_t bytes)
{
    snprintf(path, bytes, "%s/%s-%" PRIu64 ".json", sweep->directory,
             sweep->side[side]->backend->name, n);
}

/* Returns the stored point, or NULL if this device has no such point, which is then measured. */
json_t *sweep_load(const struct sweep *sweep, size_t side, uint64_t n)
{
    char path[PATH_MAX + 64];
    if (!sweep->directory[0])
        return NULL;
    file_of(sweep, side, n, path, sizeof path);
    json_t *document = json_load_file(path, 0, NULL);
    const char *name =
        json_string_value(json_object_get(json_object_get(document, "device"), "name"));
    json_t *is = json_words(sweep->side[side]->backend->device_facts(sweep->device[side])->name);
    if (!name || strcmp(name, json_string_value(is)) != 0) {
        json_decref(document);
        document = NULL;
    }
    json_decref(is);
    return document;
}

enum status sweep_keep(const struct sweep *sweep, size_t side, uint64_t n, json_t *document,
                       struct failure *why)
{
    char path[PATH_MAX + 64];
    if (!sweep->directory[0])
        return STATUS_OK;
    file_of(sweep, side, n, path, sizeof path);
    return store_write(path, document, why);
}

enum status sweep_finish(struct sweep *sweep, struct failure *why)
{
    if (!sweep->directory[0] || rename(sweep->directory, sweep->finished) == 0)
        return STATUS_OK;
    return fail(why, STATUS_FAILED,
                "cannot rename %.300s to %.300s: %s; the points are in the first.",
                sweep->directory, sweep->finished, strerror(errno));
}
