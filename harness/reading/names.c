/* names.c - the results that a name means: one file, standard input, or every result file below a
 * directory. */
#include "harness/reading/readings.h"

#include "harness/base/need.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_result_name(const FTSENT *entry)
{
    const size_t length = entry->fts_namelen;
    return entry->fts_name[0] != '.' && strcmp(entry->fts_name, "noise.json") != 0 && length > 5 &&
           strcmp(entry->fts_name + length - 5, ".json") == 0;
}

struct paths {
    char **list;
    size_t count;
};

/* Finds the result files below a directory, in order. Only regular files, because reading a pipe
 * might never end. */
static enum status find_files(const char *name, struct paths *paths, struct failure *why)
{
    char *const roots[] = {(char *)name, NULL};
    FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    enum status status = STATUS_OK;
    if (!walk)
        return fail(why, STATUS_FAILED, "cannot read %s: %s.", name, strerror(errno));
    for (FTSENT *entry; status == STATUS_OK && (entry = fts_read(walk));) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
            status = fail(why, STATUS_FAILED, "cannot read %s: %s.", entry->fts_path,
                          strerror(entry->fts_errno));
        } else if (entry->fts_info == FTS_F && is_result_name(entry)) {
            paths->list = need_room(paths->list, paths->count, sizeof *paths->list);
            paths->list[paths->count++] = need_text(entry->fts_path);
        }
    }
    fts_close(walk);
    return status;
}

static enum status add_directory(struct readings *to, const char *name, enum read_flags flags,
                                 struct failure *why)
{
    const size_t before = to->count;
    struct paths paths = {0};
    const enum status status = find_files(name, &paths, why);
    if (status == STATUS_OK)
        readings_add_files(to, paths.list, paths.count, flags);
    for (size_t i = 0; i < paths.count; i++)
        free(paths.list[i]);
    free(paths.list);
    if (status != STATUS_OK || to->count > before)
        return status;
    if (to->skipped > 0)
        return fail(why, STATUS_FAILED, "%.300s holds no result that can be read: %.600s", name,
                    to->skipped_why);
    return fail(why, STATUS_NOT_COMPARABLE,
                "%s holds no result: no .json file is in it or below it.", name);
}

enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why)
{
    struct stat known;
    if (strcmp(name, "-") != 0 && stat(name, &known) == 0 && S_ISDIR(known.st_mode))
        return add_directory(to, name, flags, why);
    return readings_add_file(to, name, flags, why);
}
