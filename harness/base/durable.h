/* durable.h - files that are written completely or not at all, and survive a power failure.
 * Functions return 0 or an errno, which the caller puts into a message. */
#ifndef HARNESS_DURABLE_H
#define HARNESS_DURABLE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* The beginning of the names of temporary files; a killed process may leave one beside its target.
 */
#define DURABLE_TEMPORARY ".gpubench-"

/* Creates or replaces a regular file: a temporary file in the same directory, fsync, rename, fsync
 * of the directory. Symbolic links are followed as durable_follow() does. A replaced file of our
 * own keeps its mode except write access for others; any other gets `mode` without the bits of the
 * umask. Fails with EISDIR or ENOTSUP for anything that is not a regular file, such as /dev/full.
 * After an error the old file is unchanged and no temporary file is left. */
int durable_write(const char *file, const void *bytes, size_t count, mode_t mode);

/* The same in two steps, for callers that choose the final name later:
 * - durable_write_beside() writes a temporary file beside `file`, follows no link, and puts its
 *   name into `temporary`.
 * - durable_rename() renames that to `file`, replaces an existing file, and removes the temporary
 *   file on an error.
 * - durable_rename_new() returns EEXIST if `file` exists, and then keeps the temporary file for
 *   another name. */
int durable_write_beside(const char *file, const void *bytes, size_t count, mode_t mode,
                         char *temporary, size_t temporary_bytes);
int durable_rename(const char *temporary, const char *file);
int durable_rename_new(const char *temporary, const char *file);

/* Puts the path without symbolic links into `real`; the end of it need not exist. ELOOP for a link
 * that another user made in a directory where others may write. */
int durable_follow(const char *file, char real[PATH_MAX]);

/* Writes into a device or a pipe, which cannot be replaced. EPERM if another user made it in a
 * directory where others may write. */
int durable_write_in_place(const char *file, const void *bytes, size_t count);

/* Whether only this user and root can change the file or directory. */
bool durable_is_private(const struct stat *known);

/* strerror(), but with messages of its own for what these functions mean by ELOOP and EFBIG. */
const char *durable_reason(int error);

/* fsync() where the file system can do it. */
int durable_sync(int fd);

/* Removes the temporary file that is being written, if any. For signal handlers. */
void durable_discard_in_handler(void);

/* Whether the process of this machine that made a temporary file of that name is gone. */
bool durable_is_abandoned(const char *name);

/* Removes a file durably. A missing file is not an error. */
int durable_remove(const char *file);

/* Creates an empty file beside `file`, open for reading and writing, and puts its name into
 * `temporary`. Returns the descriptor, or -1 with errno. */
int durable_temporary(const char *file, char *temporary, size_t bytes, mode_t mode);

/* Writes all bytes; repeats after short writes and signals. */
int durable_write_all(int fd, const void *bytes, size_t count);

/* Makes a directory and its missing parents. */
int durable_directories(const char *directory, mode_t mode);

/* Reads a whole file; the caller frees *bytes, which end with a NUL that *count leaves out. EFBIG
 * if the file has more than `most` bytes, EISDIR for a directory. */
int durable_read(const char *file, size_t most, char **bytes, size_t *count);
int durable_read_fd(int fd, size_t most, char **bytes, size_t *count);

#endif
