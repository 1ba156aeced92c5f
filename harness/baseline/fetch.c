/* fetch.c - fetches a baseline from a server and keeps a copy. Beside each copy lies a file with
 * the SHA-256 of the copy and the ETag that came with it: a copy that does not have that digest is
 * not used. */
#define _GNU_SOURCE 1 /* memfd_create */

#include "harness/baseline/fetch.h"

#include "harness/base/durable.h"
#include "harness/net/destination.h"
#include "harness/publish/publish.h"
#include "harness/reading/readings.h"
#include "harness/text/append.h"

#include <errno.h>
#include <limits.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One fetch: the address, and the file that it is written to. */
struct fetch {
    struct destination from;
    char url[URL_BYTES];
    bool has_cache, is_foreign; /* is_foreign: others can write in the cache, so it is not used */
    char copy[PATH_MAX], tag[PATH_MAX]; /* names in the cache */
    char etag[256];                     /* of the copy; "" if there is no usable copy */
    int fd;
    char temporary[PATH_MAX]; /* "" if it is in memory */
};

static bool cache_directory(char *path, size_t bytes, bool *is_foreign)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (cache && *cache == '/') /* the specification says to ignore relative ones */
        length = snprintf(path, bytes, "%s/gpubench/baselines", cache);
    else if (home && *home)
        length = snprintf(path, bytes, "%s/.cache/gpubench/baselines", home);
    struct stat known;
    if (length <= 0 || (size_t)length >= bytes || durable_directories(path, 0700) != 0 ||
        stat(path, &known) != 0)
        return false;
    *is_foreign = !durable_is_private(&known);
    return !*is_foreign && access(path, W_OK) == 0;
}

static void name_copy(struct fetch *f, const char *url)
{
    char directory[PATH_MAX - 64], digest[65];
    SHA256Data((const uint8_t *)url, strlen(url), digest);
    f->has_cache = cache_directory(directory, sizeof directory, &f->is_foreign);
    if (!f->has_cache)
        return;
    snprintf(f->copy, sizeof f->copy, "%s/%.40s.json", directory, digest);
    snprintf(f->tag, sizeof f->tag, "%s/%.40s.etag", directory, digest);
}

/* Whether there is a copy that matches its digest; if so, reads its ETag. */
static bool has_copy(struct fetch *f)
{
    char *tag = NULL, *bytes = NULL, digest[65];
    size_t count;
    bool ok = f->has_cache && durable_read(f->tag, 1024, &tag, &count) == 0 && count > 65 &&
              tag[64] == '\n' && durable_read(f->copy, FETCH_BYTES_MAX, &bytes, &count) == 0;
    if (ok) {
        SHA256Data((const uint8_t *)bytes, count, digest);
        ok = strncmp(digest, tag, 64) == 0;
    }
    if (ok)
        snprintf(f->etag, sizeof f->etag, "%.*s", (int)strcspn(tag + 65, "\n"), tag + 65);
    free(tag);
    free(bytes);
    return ok;
}

static bool take(void *to, const char *bytes, size_t count)
{
    const struct fetch *f = to;
    return durable_write_all(f->fd, bytes, count) == 0;
}

static bool restart(void *to)
{
    const struct fetch *f = to;
    return ftruncate(f->fd, 0) == 0 && lseek(f->fd, 0, SEEK_SET) == 0;
}

static enum status land(struct fetch *f, struct failure *why)
{
    f->fd = f->has_cache ? durable_temporary(f->copy, f->temporary, sizeof f->temporary, 0600)
                         : memfd_create("baseline", MFD_CLOEXEC);
    if (f->fd < 0)
        return fail(why, STATUS_FAILED, "there is no place for a baseline: %s", strerror(errno));
    return STATUS_OK;
}

static enum status ask(struct fetch *f, const struct http_access *access, struct http_reply *reply,
                       struct failure *why)
{
    struct http_request request = {.method = "GET",
                                   .url = f->url,
                                   .etag = f->etag[0] ? f->etag : NULL,
                                   .token_word = "Bearer",
                                   .take = take,
                                   .restart = restart,
                                   .to = f,
                                   .answer_most = FETCH_BYTES_MAX};
    if (f->from.kind == TO_S3 && publish_sign(&request, why) != STATUS_OK)
        return STATUS_PUBLISH_FAILED;
    return http_send(&request, access, reply, why);
}

/* Accepts results and baselines only; the reader's messages name the address. */
static enum status check(struct fetch *f, char digest[65], struct failure *why)
{
    struct readings readings = {0};
    char *bytes = NULL;
    size_t count = 0;
    int error = lseek(f->fd, 0, SEEK_SET) == 0 ? 0 : errno;
    if (!error)
        error = durable_read_fd(f->fd, FETCH_BYTES_MAX, &bytes, &count);
    if (error)
        return fail(why, STATUS_FAILED, "the baseline that was fetched cannot be read: %s",
                    strerror(error));
    const enum status status =
        readings_add_text(&readings, f->from.shown, bytes, count, READ_LEAN, why);
    SHA256Data((const uint8_t *)bytes, count, digest);
    readings_free(&readings);
    free(bytes);
    return status;
}

/* Writes the copy first and its digest after it: after a kill in between, the copy is not used. */
static enum status keep(struct fetch *f, const char *digest, const char *etag, struct failure *why)
{
    char tag[65 + sizeof f->etag + 1];
    const int length = snprintf(tag, sizeof tag, "%s\n%s\n", digest, etag);
    int error = durable_sync(f->fd);
    error = error ? error : durable_rename(f->temporary, f->copy);
    if (!error) {
        f->temporary[0] = '\0';
        error = durable_write(f->tag, tag, (size_t)length, 0600);
    }
    return error ? fail(why, STATUS_FAILED,
                        "cannot write %s: %s; $XDG_CACHE_HOME names another place", f->copy,
                        strerror(error))
                 : STATUS_OK;
}

static enum status fetch(struct fetch *f, const struct http_access *access, bool copied, char *path,
                         size_t path_bytes, struct failure *why)
{
    struct http_reply reply;
    char digest[65];
    enum status status = land(f, why);
    if (status != STATUS_OK)
        return status;
    status = ask(f, access, &reply, why);
    if (status == STATUS_PUBLISH_FAILED && (reply.status == 404 || reply.status == 410))
        status = fail(why, STATUS_NOT_COMPARABLE, "there is no baseline at %s (%d).", f->from.shown,
                      reply.status);
    else if (status == STATUS_PUBLISH_FAILED)
        fail(why, status, "cannot fetch %s: %.600s.%s", f->from.shown, why->text,
             copied ? " --offline takes the copy that was fetched before." : "");
    else if (status == STATUS_OK && reply.status == 200)
        status = check(f, digest, why);
    if (status == STATUS_OK && reply.status == 200 && f->has_cache)
        status = keep(f, digest, reply.etag, why);
    if (status == STATUS_OK && f->has_cache)
        snprintf(path, path_bytes, "%s", f->copy);
    else if (status == STATUS_OK)
        snprintf(path, path_bytes, "/proc/self/fd/%d", f->fd);
    if (f->temporary[0])
        unlink(f->temporary);
    if (f->has_cache || status != STATUS_OK)
        close(f->fd); /* a file in memory stays open for its reader */
    http_close();
    return status;
}

static enum status understand(const char *url, bool insecure_http, struct fetch *f,
                              struct failure *why)
{
    const enum status status = destination_parse(url, insecure_http, &f->from, why);
    if (status != STATUS_OK)
        return status;
    if (f->from.kind != TO_FILE && f->from.kind != TO_HTTP && f->from.kind != TO_S3)
        return fail(why, STATUS_USAGE,
                    "no baseline can be fetched from %s: it keeps no files; https://, s3+https:// "
                    "and file:// do.",
                    f->from.shown);
    destination_origin(&f->from, f->url, sizeof f->url);
    if (!append_text(f->url, sizeof f->url, "%s%s%s", f->from.path, f->from.query[0] ? "?" : "",
                     f->from.query))
        return fail(why, STATUS_USAGE, "the address %.200s is too long.", f->from.shown);
    return STATUS_OK;
}

enum status fetch_file(const char *url, const struct http_access *access, char *path,
                       size_t path_bytes, struct failure *why)
{
    struct fetch f = {0};
    const enum status status = understand(url, access->insecure_http, &f, why);
    if (status != STATUS_OK)
        return status;
    if (f.from.kind == TO_FILE) {
        snprintf(path, path_bytes, "%s", f.from.path);
        return STATUS_OK;
    }
    name_copy(&f, url);
    const bool copied = has_copy(&f);
    if (!access->offline)
        return fetch(&f, access, copied, path, path_bytes, why);
    if (!copied && f.is_foreign)
        return fail(why, STATUS_PUBLISH_FAILED,
                    "the copy of %s is not trusted, because another user owns its directory or "
                    "can change it: $XDG_CACHE_HOME/gpubench/baselines, or below ~/.cache.",
                    f.from.shown);
    if (!copied)
        return fail(why, STATUS_PUBLISH_FAILED,
                    "there is no copy of %s here: fetch it once without --offline.", f.from.shown);
    snprintf(path, path_bytes, "%s", f.copy);
    return STATUS_OK;
}
