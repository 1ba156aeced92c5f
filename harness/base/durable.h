/* durable.h - bytes on disk, whole or not at all, and still there after a power cut. Each function
 * returns 0 or an errno, for the caller to put into a sentence. */
#ifndef HARNESS_DURABLE_H
#define HARNESS_DURABLE_H

#include <stddef.h>
#include <sys/types.h>

/* How the temporary files are named that a killed process may leave beside their targets. */
#define DURABLE_TEMPORARY ".gpubench-"

/* Replaces or makes an ordinary file (ENOTSUP or EISDIR for what is none, such as /dev/full):
 * temporary file in the same directory, fsync, rename, fsync of the directory. A file that is
 * replaced keeps its mode; a new one has what the umask leaves of `mode`. On an error the old file
 * is untouched and no temporary one is left. */
int durable_write(const char *file, const void *bytes, size_t count, mode_t mode);

/* The same in two steps, for who does not know all bytes, or the final name, at once. The first
 * writes a temporary file beside `file`, whose name goes to `temporary`; the second gives it its
 * name, and removes it if that fails. The name may be another file's, or with durable_rename_new()
 * must not be: EEXIST then, and the temporary file stays for another name. */
int durable_write_beside(const char *file, const void *bytes, size_t count, mode_t mode,
                         char *temporary, size_t temporary_bytes);
int durable_rename(const char *temporary, const char *file);
int durable_rename_new(const char *temporary, const char *file);

/* Removes a file, and makes that last. A file that is not there is no error. */
int durable_remove(const char *file);

/* A new, empty file beside `file`, open for both, its name in `temporary`; -1 with errno if
 * that cannot be. */
int durable_temporary(const char *file, char *temporary, size_t bytes, mode_t mode);

/* Writes all of it, through short writes and signals. */
int durable_write_all(int fd, const void *bytes, size_t count);

/* Makes a directory and those above it. */
int durable_directories(const char *directory, mode_t mode);

/* A whole file, NUL-terminated and owned by the caller; EFBIG beyond `most` bytes, EISDIR and
 * EINVAL for what is no file. */
int durable_read(const char *file, size_t most, char **bytes, size_t *count);
int durable_read_fd(int fd, size_t most, char **bytes, size_t *count);

#endif
