/* spool.c - stores documents that wait to be sent. An entry is one line of JSON, which says where
 * to and what the document's SHA-256 is, and then the document as it will be sent. */
#include "harness/publish/spool.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char suffix[] = ".pending";

enum { HEAD_MOST = 8 << 10, HALF_WRITTEN_S = 3600 };

static enum status cannot(struct failure *why, const char *verb, const char *path, int error)
{
    return fail(why, STATUS_PUBLISH_FAILED, "cannot %s %s: %s; --results DIR names another place",
                verb, path, durable_reason(error));
}

/* A user who can write an entry decides what is sent and where, so no other user may. */
static enum status check_private(const char *path, const struct stat *known, struct failure *why)
{
    if (durable_is_private(known))
        return STATUS_OK;
    return fail(why, STATUS_PUBLISH_FAILED,
                "%s belongs to another user or can be changed by one, so nothing in it is sent: if "
                "it is yours, chmod go-w it; --results DIR names another place",
                path);
}

static enum status check_directory(const char *spool, struct failure *why)
{
    struct stat named, known;
    if (lstat(spool, &named) != 0 || stat(spool, &known) != 0)
        return cannot(why, "read", spool, errno);
    if (S_ISLNK(named.st_mode) && named.st_uid != geteuid() && named.st_uid != 0)
        return cannot(why, "use", spool, ELOOP);
    return check_private(spool, &known, why);
}

/* Head and document in one text; the caller frees it. */
static char *entry_text(const struct destination *to, const json_t *document, char digest[65],
                        size_t *bytes)
{
    char *all;
    size_t count;
    char *body = json_text(document, &count);
    SHA256Data((const uint8_t *)body, count, digest);
    json_t *head = json_pack("{s:s, s:s, s:b, s:s}", "schema", "gpubench-pending/1", "to",
                             to->shown, "needs_query", to->needs_query, "sha256", digest);
    char *line = json_dumps(head, JSON_COMPACT);
    FILE *out = need_stream(&all, bytes);
    fprintf(out, "%s\n", line);
    fwrite(body, 1, count, out);
    need_stream_end(out);
    free(line);
    json_decref(head);
    free(body);
    return all;
}

/* START-DOCUMENT-DESTINATION.pending: sorts by the start of the run, and is the same whenever the
 * same document is added for the same destination. */
static void entry_name(char *name, size_t bytes, const json_t *document, const char *digest,
                       const struct destination *to)
{
    char started[40], where[65];
    size_t used = 0;
    const char *text = json_string_value(json_object_get(document, "started"));
    if (!text) /* a baseline */
        text = json_string_value(json_object_get(document, "made"));
    for (; text && *text && used + 1 < sizeof started; text++)
        if (isalnum((unsigned char)*text))
            started[used++] = *text;
    started[used] = '\0';
    SHA256Data((const uint8_t *)to->shown, strlen(to->shown), where);
    snprintf(name, bytes, "%s-%.16s-%.8s%s", used ? started : "unknown", digest, where, suffix);
}

enum status spool_add(const char *spool, const struct destination *to, const json_t *document,
                      struct failure *why)
{
    char digest[65], name[160], path[PATH_MAX];
    size_t bytes;
    char *text = entry_text(to, document, digest, &bytes);
    entry_name(name, sizeof name, document, digest, to);
    int error = durable_directories(spool, 0755);
    const enum status status = error ? STATUS_OK : check_directory(spool, why);
    if (!error && (size_t)snprintf(path, sizeof path, "%s/%s", spool, name) >= sizeof path)
        error = ENAMETOOLONG;
    if (!error && status == STATUS_OK)
        error = durable_write(path, text, bytes, 0644);
    free(text);
    return error ? cannot(why, "keep the result to be sent in", spool, error) : status;
}

static void remove_half_written(int directory, const char *name)
{
    struct stat known;
    if (fstatat(directory, name, &known, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(known.st_mode) &&
        (durable_is_abandoned(name) || known.st_mtime < time(NULL) - HALF_WRITTEN_S))
        unlinkat(directory, name, 0);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status spool_list(const char *spool, struct spool_list *list, struct failure *why)
{
    *list = (struct spool_list){0};
    DIR *directory = opendir(spool);
    if (!directory)
        return errno == ENOENT ? STATUS_OK : cannot(why, "read", spool, errno);
    const enum status status = check_directory(spool, why);
    if (status != STATUS_OK) {
        closedir(directory);
        return status;
    }
    for (struct dirent *entry; (entry = readdir(directory));) {
        const size_t length = strlen(entry->d_name);
        if (strncmp(entry->d_name, DURABLE_TEMPORARY, sizeof DURABLE_TEMPORARY - 1) == 0)
            remove_half_written(dirfd(directory), entry->d_name);
        else if (length >= sizeof suffix &&
                 strcmp(entry->d_name + length - sizeof suffix + 1, suffix) == 0) {
            list->names = need_room(list->names, list->count, sizeof *list->names);
            list->names[list->count++] = need_text(entry->d_name);
        }
    }
    closedir(directory);
    if (list->count > 1)
        qsort(list->names, list->count, sizeof *list->names, by_text);
    return STATUS_OK;
}

void spool_list_free(struct spool_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct spool_list){0};
}

/* Splits what was read into head and document; false if it is not what was once written, or holds
 * no result. */
static bool parse(struct spool_entry *entry)
{
    struct readings readings = {0};
    char *end = memchr(entry->bytes, '\n', entry->count);
    if (!end || end - entry->bytes > HEAD_MOST)
        return false;
    json_t *head = json_loadb(entry->bytes, (size_t)(end - entry->bytes), 0, NULL);
    const char *to = json_string_value(json_object_get(head, "to"));
    const char *want = json_string_value(json_object_get(head, "sha256"));
    const size_t used = (size_t)(end + 1 - entry->bytes);
    SHA256Data((const uint8_t *)entry->bytes + used, entry->count - used, entry->digest);
    const bool ok = to && want && strcmp(want, entry->digest) == 0;
    if (ok) {
        snprintf(entry->to, sizeof entry->to, "%s", to);
        entry->needs_query = json_is_true(json_object_get(head, "needs_query"));
        entry->count -= used;
        memmove(entry->bytes, end + 1, entry->count + 1);
        if (readings_add_text(&readings, entry->path, entry->bytes, entry->count, READ_WHOLE,
                              NULL) == STATUS_OK)
            entry->document = json_loadb(entry->bytes, entry->count, 0, NULL);
        readings_free(&readings);
    }
    json_decref(head);
    return ok && entry->document;
}

enum status spool_take(const char *spool, const char *name, struct spool_entry *entry, bool *taken,
                       struct failure *why)
{
    struct stat opened, named;
    *taken = false;
    *entry = (struct spool_entry){.fd = -1};
    if ((size_t)snprintf(entry->path, sizeof entry->path, "%s/%s", spool, name) >=
        sizeof entry->path)
        return cannot(why, "read", name, ENAMETOOLONG);
    entry->fd = open(entry->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (entry->fd < 0)
        return errno == ENOENT ? STATUS_OK : cannot(why, "read", entry->path, errno);
    if (fstat(entry->fd, &opened) != 0 || !S_ISREG(opened.st_mode)) {
        spool_release(entry, false, NULL);
        return fail(why, STATUS_PUBLISH_FAILED,
                    "%s cannot be sent: it is not a regular file; look at it and remove it",
                    entry->path);
    }
    const enum status trusted = check_private(entry->path, &opened, why);
    if (trusted != STATUS_OK) {
        spool_release(entry, false, NULL);
        return trusted;
    }

    /* Without locks (EINVAL, ENOLCK) an entry may be sent twice, which does no harm. */
    const bool is_busy = flock(entry->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const bool is_gone = stat(entry->path, &named) != 0 || named.st_ino != opened.st_ino ||
                         named.st_dev != opened.st_dev;
    if (is_busy || is_gone)
        return spool_release(entry, false, why);

    const int error = durable_read_fd(entry->fd, READ_BYTES_MAX, &entry->bytes, &entry->count);
    if (error || !parse(entry)) {
        const enum status status =
            fail(why, STATUS_PUBLISH_FAILED, "%s cannot be sent: %s; look at it and remove it",
                 entry->path, error ? strerror(error) : "it is damaged or holds no result");
        spool_release(entry, false, NULL);
        return status;
    }
    *taken = true;
    return STATUS_OK;
}

enum status spool_release(struct spool_entry *entry, bool sent, struct failure *why)
{
    enum status status = STATUS_OK;
    if (sent) {
        const int error = durable_remove(entry->path);
        if (error)
            status = cannot(why, "remove", entry->path, error);
    }
    if (entry->fd >= 0)
        close(entry->fd);
    free(entry->bytes);
    json_decref(entry->document);
    entry->fd = -1;
    entry->bytes = NULL;
    entry->document = NULL;
    return status;
}
