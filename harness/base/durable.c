/* durable.c - a temporary file, fsync, rename, and fsync of the directory. */
#define _GNU_SOURCE 1 /* renameat2 */

#include "harness/base/durable.h"

#include "harness/base/need.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory part of a file's name, "." if it has none. */
static bool directory_of(const char *file, char *directory, size_t bytes)
{
    const char *slash = strrchr(file, '/');
    const int length = slash ? (int)(slash == file ? 1 : slash - file) : 1;
    return (size_t)snprintf(directory, bytes, "%.*s", length, slash ? file : ".") < bytes;
}

/* Most file systems keep the data safe without this and some do not support it, so errors are
 * ignored. */
static void sync_directory(const char *file)
{
    char directory[PATH_MAX];
    if (!directory_of(file, directory, sizeof directory))
        return;
    const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

int durable_write_all(int fd, const void *bytes, size_t count)
{
    const char *at = bytes;
    while (count > 0) {
        const ssize_t written = write(fd, at, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : EIO;
        at += written;
        count -= (size_t)written;
    }
    return 0;
}

int durable_temporary(const char *file, char *temporary, size_t bytes, mode_t mode)
{
    char directory[PATH_MAX];
    int fd = -1;
    errno = ENAMETOOLONG;
    if (!directory_of(file, directory, sizeof directory))
        return -1;
    for (unsigned attempt = 0; fd < 0 && attempt < 1000; attempt++) {
        errno = ENAMETOOLONG;
        if ((size_t)snprintf(temporary, bytes, "%s/" DURABLE_TEMPORARY "%x-%x", directory,
                             (unsigned)getpid(), attempt) >= bytes)
            return -1;
        fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    return fd;
}

int durable_write_beside(const char *file, const void *bytes, size_t count, mode_t mode,
                         char *temporary, size_t temporary_bytes)
{
    struct stat old;
    const bool is_there = stat(file, &old) == 0;
    if (is_there && !S_ISREG(old.st_mode))
        return S_ISDIR(old.st_mode) ? EISDIR : ENOTSUP;
    const int fd = durable_temporary(file, temporary, temporary_bytes, mode);
    if (fd < 0)
        return errno;
    if (is_there)
        (void)!fchmod(fd, old.st_mode & 07777); /* may fail: some file systems have no modes */
    int error = durable_write_all(fd, bytes, count);
    if (!error && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    if (error)
        unlink(temporary);
    return error;
}

/* Finishes a rename whose return value is rc; returns 0 or its errno. */
static int renamed(int rc, const char *temporary, const char *file)
{
    const int error = rc == 0 ? 0 : errno;
    if (!error)
        sync_directory(file);
    else
        unlink(temporary);
    return error;
}

int durable_rename(const char *temporary, const char *file)
{
    return renamed(rename(temporary, file), temporary, file);
}

int durable_rename_new(const char *temporary, const char *file)
{
    int rc = renameat2(AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE);
    /* Some file systems cannot check and rename in one step, so check first. */
    if (rc != 0 && (errno == EINVAL || errno == ENOSYS)) {
        struct stat known;
        if (lstat(file, &known) == 0)
            return EEXIST;
        rc = rename(temporary, file);
    }
    return rc != 0 && errno == EEXIST ? EEXIST : renamed(rc, temporary, file);
}

int durable_write(const char *file, const void *bytes, size_t count, mode_t mode)
{
    char temporary[PATH_MAX];
    const int error = durable_write_beside(file, bytes, count, mode, temporary, sizeof temporary);
    return error ? error : durable_rename(temporary, file);
}

int durable_remove(const char *file)
{
    if (unlink(file) != 0 && errno != ENOENT)
        return errno;
    sync_directory(file);
    return 0;
}

int durable_directories(const char *directory, mode_t mode)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s", directory) >= sizeof path)
        return ENAMETOOLONG;
    for (char *at = path + 1;; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        const char end = *at;
        *at = '\0';
        struct stat known;
        if (mkdir(path, mode) != 0) {
            const int error = errno;
            /* Some file systems report EROFS or EACCES for a directory that exists. */
            if (stat(path, &known) != 0)
                return error;
            if (!S_ISDIR(known.st_mode))
                return ENOTDIR;
        }
        *at = end;
        if (!end)
            return 0;
    }
}

int durable_read_fd(int fd, size_t most, char **bytes, size_t *count)
{
    size_t capacity = 64 << 10, used = 0;
    struct stat known;
    *bytes = NULL;
    if (fstat(fd, &known) != 0)
        return errno;
    if (S_ISDIR(known.st_mode))
        return EISDIR;
    if (S_ISREG(known.st_mode) && known.st_size > 0)
        capacity = (size_t)known.st_size < most ? (size_t)known.st_size + 2 : most + 2;
    char *all = need(capacity);
    for (;;) {
        const ssize_t got = read(fd, all + used, capacity - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || used + (size_t)got > most) {
            const int error = got < 0 ? errno : EFBIG;
            free(all);
            return error;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used + 1 == capacity)
            all = need_more(all, capacity *= 2);
    }
    all[used] = '\0';
    *bytes = all;
    *count = used;
    return 0;
}

int durable_read(const char *file, size_t most, char **bytes, size_t *count)
{
    /* O_NONBLOCK: opening a named pipe must not wait for a writer. */
    const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno;
    const int error = durable_read_fd(fd, most, bytes, count);
    close(fd);
    return error;
}
