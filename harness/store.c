#define _GNU_SOURCE 1 /* renameat2 */

#include "harness/store.h"

#include "harness/identity.h"
#include "harness/json_text.h"

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
    return fail(why, STATUS_FAILED, "cannot %s %s: %s; %s", verb, path, strerror(error), advice);
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
    else if (data && *data == '/') /* the specification says to ignore relative ones */
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

void store_fingerprint_of_text(const char *identity, char out[72])
{
    snprintf(out, 72, "sha256:%064d", 0); /* what it is if memory ran out */
    if (identity)
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
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s", directory) >= sizeof path)
        return cannot(why, "make the directory", directory, ENAMETOOLONG);
    for (char *at = path + 1;; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        const char end = *at;
        *at = '\0';
        struct stat known;
        if (mkdir(path, 0777) != 0) {
            const int error = errno;
            /* EROFS and EACCES come before EEXIST on some file systems. */
            if (stat(path, &known) != 0)
                return cannot(why, "make the directory", path, error);
            if (!S_ISDIR(known.st_mode))
                return cannot(why, "make the directory", path, ENOTDIR);
        }
        *at = end;
        if (!end)
            return STATUS_OK;
    }
}

/* What is written: a document, or bytes. */
struct content {
    json_t *document;
    const char *bytes;
    size_t count;
};

static int put(const struct content *content, FILE *file)
{
    if (content->document)
        return json_text_write(content->document, file);
    return fwrite(content->bytes, 1, content->count, file) == content->count ? 0 : -1;
}

/* Writes everything out and closes; errno of the first error. */
static int finish(FILE *file, const struct content *content, bool sync)
{
    int error = 0;
    errno = 0;
    if (put(content, file) != 0 || fflush(file) != 0)
        error = errno ? errno : EIO;
    if (!error && sync && fsync(fileno(file)) != 0)
        error = errno;
    if (fclose(file) != 0 && !error)
        error = errno;
    return error;
}

/* The directory part of a file's name, "." if it has none. */
static bool directory_of(const char *file, char *directory, size_t bytes)
{
    const char *slash = strrchr(file, '/');
    const int length = slash ? (int)(slash == file ? 1 : slash - file) : 1;
    return (size_t)snprintf(directory, bytes, "%.*s", length, slash ? file : ".") < bytes;
}

/* Writes the document to a new file beside `file` and tells its name. Like mkstemp, but with the
 * mode of an ordinary file: what the umask leaves of 0666, or the mode of the file that will be
 * replaced. */
static enum status write_beside(const char *file, const struct content *content, char *temporary,
                                size_t bytes, struct failure *why)
{
    char directory[PATH_MAX];
    if (!directory_of(file, directory, sizeof directory))
        return cannot(why, "write", file, ENAMETOOLONG);
    int fd = -1;
    for (unsigned attempt = 0; fd < 0 && attempt < 1000; attempt++) {
        if ((size_t)snprintf(temporary, bytes, "%s/.gpubench-%x-%x", directory, (unsigned)getpid(),
                             attempt) >= bytes)
            return cannot(why, "write", file, ENAMETOOLONG);
        fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        return cannot(why, "write a file in", directory, errno);

    struct stat old;
    if (stat(file, &old) == 0)
        (void)!fchmod(fd, old.st_mode & 07777); /* fails on file systems without modes */
    FILE *out = fdopen(fd, "w");
    int error = errno;
    if (out)
        error = finish(out, content, true);
    else
        close(fd);
    if (!out || error) {
        unlink(temporary);
        return cannot(why, "write", file, error);
    }
    return STATUS_OK;
}

/* Makes a rename last; the data is safe without it on most file systems, so errors are not ours to
 * report. */
static void sync_directory(const char *file)
{
    char directory[PATH_MAX];
    if (!directory_of(file, directory, sizeof directory))
        return;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static enum status write_in_place(const char *file, const struct content *content,
                                  struct failure *why)
{
    FILE *out = fopen(file, "we");
    int error = out ? finish(out, content, false) : errno;
    return error ? cannot(why, "write", file, error) : STATUS_OK;
}

static enum status write_standard_output(const struct content *content, struct failure *why)
{
    errno = 0;
    if (put(content, stdout) != 0 || fflush(stdout) != 0)
        return fail(why, STATUS_FAILED, "cannot write the result to standard output: %s",
                    strerror(errno ? errno : EIO));
    return STATUS_OK;
}

static enum status write_content(const char *file, const struct content *content,
                                 struct failure *why)
{
    if (strcmp(file, "-") == 0)
        return write_standard_output(content, why);
    struct stat known;
    if (stat(file, &known) == 0 && S_ISDIR(known.st_mode))
        return cannot(why, "write", file, EISDIR);
    if (stat(file, &known) == 0 && !S_ISREG(known.st_mode))
        return write_in_place(file, content, why);

    /* Through a symbolic link the file it leads to is replaced, not the link. */
    char *real = realpath(file, NULL);
    const char *target = real ? real : file;
    char temporary[PATH_MAX];
    enum status status = write_beside(target, content, temporary, sizeof temporary, why);
    if (status == STATUS_OK && rename(temporary, target) != 0) {
        status = cannot(why, "write", file, errno);
        unlink(temporary);
    }
    if (status == STATUS_OK)
        sync_directory(target);
    free(real);
    return status;
}

enum status store_write(const char *file, json_t *document, struct failure *why)
{
    return write_content(file, &(struct content){.document = document}, why);
}

enum status store_write_text(const char *file, const char *text, size_t bytes, struct failure *why)
{
    return write_content(file, &(struct content){.bytes = text, .count = bytes}, why);
}

/* Renames unless the new name is taken (EEXIST). Where the file system cannot do that at once, look
 * first. */
static int rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

/* The letters, digits, '.' and '_' of a text: what may stand in a file's name. */
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

/* FOLDER/<started>-<commit>.json, and for the second of that name …-2.json. */
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

    enum status status = store_make_directories(folder, why);
    if (status == STATUS_OK)
        status = write_beside(path, &(struct content){.document = document}, temporary,
                              sizeof temporary, why);
    if (status != STATUS_OK)
        return status;

    int rc = rename_new(temporary, path);
    for (unsigned number = 2; rc != 0 && errno == EEXIST && number < 10000; number++) {
        if (!file_name(path, path_bytes, folder, document, number)) {
            errno = ENAMETOOLONG;
            break;
        }
        rc = rename_new(temporary, path);
    }
    if (rc != 0) {
        status = cannot(why, "write", path, errno);
        unlink(temporary);
        return status;
    }
    sync_directory(path);
    return STATUS_OK;
}
