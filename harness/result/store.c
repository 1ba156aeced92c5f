/* store.c - where results go, and writing them: a temporary file beside the target, then a rename.
 */
#include "harness/result/store.h"

#include "harness/base/durable.h"
#include "harness/result/identity.h"
#include "harness/text/json_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sha256.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char advice[] =
    "name another place with --results DIR or --output FILE, or use --no-save";

static enum status cannot(struct failure *why, const char *verb, const char *path, int error)
{
    return fail(why, STATUS_FAILED, "cannot %s %s: %s; %s", verb, path, durable_reason(error),
                advice);
}

/* A file that the command line names. */
static enum status cannot_write(struct failure *why, const char *file, int error)
{
    return fail(why, STATUS_FAILED, "cannot write %s: %s; name another place for it", file,
                durable_reason(error));
}

enum status store_directory(const char *option, char *path, size_t path_bytes, struct failure *why)
{
    const char *own = getenv("GPUBENCH_RESULTS"), *data = getenv("XDG_DATA_HOME"),
               *home = getenv("HOME");
    int length;
    if (option && *option)
        length = snprintf(path, path_bytes, "%s", option);
    else if (own && *own)
        length = snprintf(path, path_bytes, "%s", own);
    else if (data && *data == '/') /* the XDG specification says to ignore relative paths */
        length = snprintf(path, path_bytes, "%s/gpubench/results", data);
    else if (home && *home)
        length = snprintf(path, path_bytes, "%s/.local/share/gpubench/results", home);
    else
        return fail(
            why, STATUS_FAILED,
            "there is no place for the result: HOME is not set; name one with --results DIR, "
            "--output FILE or $GPUBENCH_RESULTS, or use --no-save");
    if (length < 0 || (size_t)length >= path_bytes)
        return fail(why, STATUS_FAILED,
                    "the name of the results directory is too long (%d characters); %s", length,
                    advice);
    return STATUS_OK;
}

enum status store_check_directory(const char *directory, struct failure *why)
{
    char path[PATH_MAX];
    struct stat is;
    snprintf(path, sizeof path, "%s", *directory ? directory : ".");
    while (stat(path, &is) != 0) { /* the nearest parent that exists */
        char *slash = strrchr(path, '/');
        if (errno != ENOENT)
            return cannot(why, "write to", directory, errno);
        if (slash && slash > path)
            *slash = '\0';
        else
            snprintf(path, sizeof path, "%s", slash ? "/" : ".");
    }
    if (!S_ISDIR(is.st_mode))
        return cannot(why, "write to", directory, ENOTDIR);
    /* Nothing can be created in /proc, though root may write there. */
    const bool is_proc = strncmp(path, "/proc", 5) == 0 && (path[5] == '/' || !path[5]);
    if (is_proc || access(path, W_OK | X_OK) != 0)
        return cannot(why, "write to", directory, is_proc ? ENOENT : errno);
    return STATUS_OK;
}

enum status store_check_file(const char *file, struct failure *why)
{
    char directory[PATH_MAX];
    struct stat is;
    if (stat(file, &is) == 0 && (S_ISDIR(is.st_mode) || access(file, W_OK) != 0))
        return cannot_write(why, file, S_ISDIR(is.st_mode) ? EISDIR : errno);
    if (stat(file, &is) == 0)
        return STATUS_OK;
    const char *slash = strrchr(file, '/'); /* stays, so that what is there must be a directory */
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - file) + 1 : 1,
             slash ? file : ".");
    if (stat(directory, &is) != 0) /* the directory of a file is not made for it */
        return cannot_write(why, file, errno);
    return store_check_directory(directory, why) == STATUS_OK ? STATUS_OK
                                                              : cannot_write(why, file, EACCES);
}

void store_fingerprint_of_text(const char *identity, char out[72])
{
    strcpy(out, "sha256:");
    SHA256Data((const uint8_t *)identity, strlen(identity), out + 7);
}

void store_fingerprint(json_t *document, char out[72])
{
    char *text = identity_text(document);
    store_fingerprint_of_text(text, out);
    free(text);
}

enum status store_make_directories(const char *directory, struct failure *why)
{
    const int error = durable_directories(directory, 0777);
    return error ? cannot(why, "make the directory", directory, error) : STATUS_OK;
}

static enum status write_standard_output(const char *text, size_t bytes, struct failure *why)
{
    errno = 0;
    if (fwrite(text, 1, bytes, stdout) != bytes || fflush(stdout) != 0)
        return fail(why, STATUS_FAILED,
                    "standard output cannot be written: %s; send it to another place",
                    strerror(errno ? errno : EIO));
    return STATUS_OK;
}

enum status store_write_text(const char *file, const char *text, size_t bytes, struct failure *why)
{
    static const char *const streams[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    char real[PATH_MAX];
    struct stat known = {0};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        if (strcmp(file, streams[i]) == 0)
            return write_standard_output(text, bytes, why);
    int error = durable_follow(file, real);
    const bool exists = !error && stat(real, &known) == 0;
    if (!error && exists && !S_ISREG(known.st_mode) && !S_ISDIR(known.st_mode))
        error = durable_write_in_place(real, text, bytes);
    else if (!error)
        error = durable_write(real, text, bytes, 0666);
    return error ? cannot_write(why, file, error) : STATUS_OK;
}

enum status store_write(const char *file, json_t *document, struct failure *why)
{
    size_t bytes;
    char *text = json_text(document, &bytes);
    const enum status status = store_write_text(file, text, bytes, why);
    free(text);
    return status;
}

enum status store_print(json_t *document, struct failure *why)
{
    const enum status status = store_write("-", document, why);
    json_decref(document);
    return status;
}

/* The letters, digits, '.' and '_' of a text, which are safe in the name of a file. */
static void name_part(char *out, size_t bytes, const char *text)
{
    size_t length = 0;
    for (; text && *text && length + 1 < bytes; text++)
        if (isalnum((unsigned char)*text) || *text == '_' || (*text == '.' && length > 0))
            out[length++] = *text;
    out[length] = '\0';
    if (!length)
        snprintf(out, bytes, "unknown");
}

/* FOLDER/<started>-<commit>.json; a number above 1 is appended: …-2.json. */
static bool file_name(char *path, size_t bytes, const char *folder, json_t *document,
                      unsigned number)
{
    char started[40], commit[48], suffix[16] = "";
    name_part(started, sizeof started, json_string_value(json_object_get(document, "started")));
    name_part(commit, sizeof commit,
              json_string_value(json_object_get(json_object_get(document, "tool"), "commit")));
    if (number > 1)
        snprintf(suffix, sizeof suffix, "-%u", number);
    return (size_t)snprintf(path, bytes, "%s/%s-%s%s.json", folder, started, commit, suffix) <
           bytes;
}

enum status store_save(const char *directory, json_t *document, char *path, size_t path_bytes,
                       struct failure *why)
{
    char fingerprint[72], folder[PATH_MAX], temporary[PATH_MAX];
    store_fingerprint(document, fingerprint);
    if ((size_t)snprintf(folder, sizeof folder, "%s/%.12s", directory, fingerprint + 7) >=
            sizeof folder ||
        !file_name(path, path_bytes, folder, document, 1))
        return cannot(why, "write in", directory, ENAMETOOLONG);

    const enum status status = store_make_directories(folder, why);
    if (status != STATUS_OK)
        return status;
    size_t bytes;
    char *text = json_text(document, &bytes);
    int error = durable_write_beside(path, text, bytes, 0666, temporary, sizeof temporary);
    free(text);
    if (error)
        return cannot(why, "write", path, error);

    error = durable_rename_new(temporary, path);
    for (unsigned number = 2; error == EEXIST && number < 10000; number++)
        error = file_name(path, path_bytes, folder, document, number)
                    ? durable_rename_new(temporary, path)
                    : ENAMETOOLONG;
    if (!error)
        return STATUS_OK;
    unlink(temporary);
    return cannot(why, "write", path, error);
}
