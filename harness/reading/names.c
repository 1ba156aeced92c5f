/* names.c - the results that a name means: one file, standard input, or every result file below a
 * directory. */
#include "harness/reading/readings.h"

#include "harness/base/need.h"

#include <errno.h>
#include <fts.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

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

/* Thousands of files of the kernel hold no results. */
static bool is_of_kernel(const char *directory)
{
    struct statfs known;
    return statfs(directory, &known) == 0 &&
           (known.f_type == PROC_SUPER_MAGIC || known.f_type == SYSFS_MAGIC);
}

/* Runs that gates kept (bench/gate/gate.h) are read only if they are named. */
static bool is_of_gates(const FTSENT *entry)
{
    return entry->fts_level > FTS_ROOTLEVEL && strcmp(entry->fts_name, "gates") == 0;
}

static void skip(struct readings *to, const FTSENT *entry, const char *reason)
{
    if (to->skipped++ == 0)
        snprintf(to->skipped_why, sizeof to->skipped_why, "cannot read %.900s: %s.",
                 entry->fts_path, reason);
}

static void add(struct paths *paths, const char *path)
{
    paths->list = need_room(paths->list, paths->count, sizeof *paths->list);
    paths->list[paths->count++] = need_text(path);
}

/* A link to a file is that file. One to a directory is left out, because it may lead to all files
 * of the machine, or to results that are found anyway. */
static void add_link(struct readings *to, const FTSENT *entry, struct paths *paths)
{
    struct stat target;
    if (stat(entry->fts_accpath, &target) != 0)
        return is_result_name(entry) ? skip(to, entry, strerror(errno)) : (void)0;
    if (S_ISDIR(target.st_mode))
        skip(to, entry, "a link to a directory is not followed; name that directory itself");
    else if (S_ISREG(target.st_mode) && is_result_name(entry))
        add(paths, entry->fts_path);
}

/* Finds the result files below a directory, in order. Only regular files, because reading a pipe
 * might never end. What cannot be read counts as skipped. */
static enum status find_files(struct readings *to, const char *name, struct paths *paths,
                              struct failure *why)
{
    char *const roots[] = {(char *)name, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    enum status status = STATUS_OK;
    if (!walk)
        return fail(why, STATUS_FAILED, "cannot read %s: %s.", name, strerror(errno));
    for (FTSENT *entry; status == STATUS_OK && (entry = fts_read(walk));) {
        const bool is_unknown = entry->fts_info == FTS_NS && is_result_name(entry);
        if (entry->fts_info == FTS_DNR && entry->fts_level == FTS_ROOTLEVEL) {
            status =
                fail(why, STATUS_FAILED, "cannot read %s: %s.", name, strerror(entry->fts_errno));
        } else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || is_unknown) {
            skip(to, entry, strerror(entry->fts_errno));
        } else if (entry->fts_info == FTS_SL || entry->fts_info == FTS_SLNONE) {
            add_link(to, entry, paths);
        } else if (entry->fts_info == FTS_D &&
                   (is_of_kernel(entry->fts_accpath) || is_of_gates(entry))) {
            fts_set(walk, entry, FTS_SKIP);
        } else if (entry->fts_info == FTS_F && is_result_name(entry)) {
            add(paths, entry->fts_path);
        }
    }
    fts_close(walk);
    return status;
}

static enum status add_directory(struct readings *to, const char *name, enum read_flags flags,
                                 struct failure *why)
{
    const size_t before = to->count + to->copies, skipped = to->skipped;
    struct paths paths = {0};
    const enum status status = find_files(to, name, &paths, why);
    if (status == STATUS_OK)
        readings_add_files(to, paths.list, paths.count, flags);
    for (size_t i = 0; i < paths.count; i++)
        free(paths.list[i]);
    free(paths.list);
    if (status != STATUS_OK || to->count + to->copies > before)
        return status;
    if (to->skipped > skipped) /* the reason is that of the first of all */
        return fail(why, STATUS_FAILED, "%.300s holds no result that can be read%s%.600s", name,
                    skipped ? "." : ": ", skipped ? "" : to->skipped_why);
    return fail(why, STATUS_NOT_COMPARABLE,
                "%s holds no result: no .json file is in it or below it.", name);
}

bool readings_is_directory(const char *name)
{
    struct stat known;
    return strcmp(name, "-") != 0 && stat(name, &known) == 0 && S_ISDIR(known.st_mode);
}

enum status readings_add(struct readings *to, const char *name, enum read_flags flags,
                         struct failure *why)
{
    if (readings_is_directory(name))
        return add_directory(to, name, flags, why);
    return readings_add_file(to, name, flags, why);
}
