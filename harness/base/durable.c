/* durable.c - a temporary file, fsync, rename, and fsync of the directory.
 *
 * Other users may write in the directory too, as in /tmp. So no symbolic link of theirs is followed
 * there, whatever fs.protected_symlinks says, and nothing is written into a pipe of theirs. */
#define _GNU_SOURCE 1 /* renameat2 */

#include "harness/base/durable.h"

#include "harness/base/need.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
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

/* Whether another user may have put an entry of `owner` into the directory to mislead us. */
static bool is_planted(const char *directory, uid_t owner)
{
    struct stat d;
    return owner != geteuid() && owner != 0 &&
           (stat(directory, &d) != 0 ||
            (owner != d.st_uid && (d.st_mode & (S_IWGRP | S_IWOTH | S_ISVTX)) != 0));
}

static bool is_on_proc(const char *directory)
{
    struct statfs known;
    return statfs(directory, &known) == 0 && known.f_type == PROC_SUPER_MAGIC;
}

bool durable_is_private(const struct stat *known)
{
    return (known->st_uid == geteuid() || known->st_uid == 0) &&
           (known->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Puts a link's target and the rest of the path after it into `rest`. Returns an errno. */
static int read_link(const char *link, char rest[PATH_MAX])
{
    char target[PATH_MAX];
    const ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0)
        return errno;
    const size_t left = strlen(rest);
    if ((size_t)length + left + 2 > PATH_MAX)
        return ENAMETOOLONG;
    memmove(rest + length + 1, rest, left + 1);
    memcpy(rest, target, (size_t)length);
    rest[length] = '/';
    return 0;
}

int durable_follow(const char *file, char real[PATH_MAX])
{
    char rest[PATH_MAX], next[PATH_MAX];
    bool exists = true;
    if ((size_t)snprintf(rest, sizeof rest, "%s", file) >= sizeof rest)
        return ENAMETOOLONG;
    strcpy(real, rest[0] == '/' ? "/" : ".");
    for (int links = 0;;) {
        const size_t skipped = strspn(rest, "/"), length = strcspn(rest + skipped, "/");
        if (length == 0)
            return 0;
        if ((size_t)snprintf(next, sizeof next, "%s%s%.*s", strcmp(real, ".") == 0 ? "" : real,
                             strcmp(real, ".") == 0 || strcmp(real, "/") == 0 ? "" : "/",
                             (int)length, rest + skipped) >= sizeof next)
            return ENAMETOOLONG;
        memmove(rest, rest + skipped + length, strlen(rest + skipped + length) + 1);
        struct stat known;
        exists = exists && lstat(next, &known) == 0;
        if (!exists || !S_ISLNK(known.st_mode)) {
            strcpy(real, next);
            continue;
        }
        if (++links > 40 || is_planted(real, known.st_uid))
            return ELOOP;
        if (is_on_proc(real)) { /* /proc/self/fd/1: only the kernel can follow it to a pipe */
            if (strlen(next) + strlen(rest) >= PATH_MAX)
                return ENAMETOOLONG;
            strcat(next, rest);
            return realpath(next, real) || strcpy(real, next) ? 0 : errno;
        }
        const int error = read_link(next, rest);
        if (error)
            return error;
        if (rest[0] == '/')
            strcpy(real, "/");
    }
}

int durable_write_in_place(const char *file, const void *bytes, size_t count)
{
    char directory[PATH_MAX];
    struct stat known;
    const int fd = directory_of(file, directory, sizeof directory)
                       ? open(file, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                       : (errno = ENAMETOOLONG, -1);
    if (fd < 0)
        return errno;
    int error = fstat(fd, &known) != 0 ? errno : is_planted(directory, known.st_uid) ? EPERM : 0;
    if (!error)
        error = durable_write_all(fd, bytes, count);
    return close(fd) != 0 && !error ? errno : error;
}

const char *durable_reason(int error)
{
    if (error == ELOOP)
        return "it leads through a symbolic link that another user made in a directory where "
               "others may write, or through a loop of links";
    return error == EFBIG ? "File too large (see ulimit -f)" : strerror(error);
}

int durable_sync(int fd)
{
    /* Network and user-space file systems that cannot do it answer with these. */
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ? 0 : errno;
}

/* HOST.PIDS-, which leads the process number in the name of a temporary file: processes of other
 * hosts and containers may use the same directory and number. */
static void put_processes(char *out, size_t bytes)
{
    char host[65] = "";
    struct stat pids = {0};
    gethostname(host, sizeof host - 1);
    for (char *c = host; *c; c++)
        if (*c == '/')
            *c = '_';
    (void)!stat("/proc/self/ns/pid", &pids);
    snprintf(out, bytes, DURABLE_TEMPORARY "%s.%llu-", host, (unsigned long long)pids.st_ino);
}

bool durable_is_abandoned(const char *name)
{
    char ours[128];
    put_processes(ours, sizeof ours);
    const size_t length = strlen(ours);
    if (strncmp(name, ours, length) != 0)
        return false;
    const long pid = strtol(name + length, NULL, 16);
    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

int durable_temporary(const char *file, char *temporary, size_t bytes, mode_t mode)
{
    char directory[PATH_MAX], ours[128];
    int fd = -1;
    errno = ENAMETOOLONG;
    if (!directory_of(file, directory, sizeof directory))
        return -1;
    put_processes(ours, sizeof ours);
    for (unsigned attempt = 0; fd < 0 && attempt < 1000; attempt++) {
        errno = ENAMETOOLONG;
        if ((size_t)snprintf(temporary, bytes, "%s/%s%x-%x", directory, ours, (unsigned)getpid(),
                             attempt) >= bytes)
            return -1;
        fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    return fd;
}

static char being_written[PATH_MAX];
static volatile sig_atomic_t is_being_written;

void durable_discard_in_handler(void)
{
    if (is_being_written)
        unlink(being_written);
}

int durable_write_beside(const char *file, const void *bytes, size_t count, mode_t mode,
                         char *temporary, size_t temporary_bytes)
{
    struct stat old;
    const bool is_there = lstat(file, &old) == 0;
    if (is_there && !S_ISREG(old.st_mode))
        return S_ISDIR(old.st_mode) ? EISDIR : ENOTSUP;
    const int fd = durable_temporary(file, temporary, temporary_bytes, mode);
    if (fd < 0)
        return errno;
    is_being_written = 0;
    snprintf(being_written, sizeof being_written, "%s", temporary);
    is_being_written = 1;
    /* The mode of another user's file is that user's choice, and may be a set-user-id one. */
    if (is_there && old.st_uid == geteuid())
        (void)!fchmod(fd, old.st_mode & 0755); /* may fail: some file systems have no modes */
    int error = durable_write_all(fd, bytes, count);
    if (!error)
        error = durable_sync(fd);
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
    is_being_written = 0;
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

/* For file systems that cannot check and rename in one step, such as NFS: a second name for the
 * file, which is atomic too. Where there are no links, an empty file reserves the name. */
static int link_new(const char *temporary, const char *file)
{
    struct stat known;
    if (link(temporary, file) == 0)
        return unlink(temporary);
    if (errno == EEXIST) /* NFS also returns this if it repeats a request whose answer was lost */
        return stat(temporary, &known) == 0 && known.st_nlink == 2 ? unlink(temporary)
                                                                   : (errno = EEXIST, -1);
    const int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    close(fd);
    return rename(temporary, file);
}

int durable_rename_new(const char *temporary, const char *file)
{
    int rc = renameat2(AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE);
    if (rc != 0 && errno != EEXIST)
        rc = link_new(temporary, file);
    return rc != 0 && errno == EEXIST ? EEXIST : renamed(rc, temporary, file);
}

int durable_write(const char *file, const void *bytes, size_t count, mode_t mode)
{
    char real[PATH_MAX], temporary[PATH_MAX];
    const size_t length = strlen(file);
    int error = length > 0 && file[length - 1] == '/' ? EISDIR : durable_follow(file, real);
    if (!error)
        error = durable_write_beside(real, bytes, count, mode, temporary, sizeof temporary);
    return error ? error : durable_rename(temporary, real);
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
    const int planted = durable_follow(directory, path);
    if (planted)
        return planted;
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
