/* files.h - reads small text files, mostly of /proc and /sys, below a root directory that tests may
 * change. */
#ifndef HARNESS_HOST_FILES_H
#define HARNESS_HOST_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Opens an absolute path below the root for reading, or NULL. */
FILE *host_open(const char *path);

/* Reads the start of a file and strips white space from its end. False if it cannot be read or is
 * empty. */
bool host_read(const char *path, char *text, size_t bytes);

/* Reads the decimal number at the start of a file. False if it is negative or cannot be read. */
bool host_read_number(const char *path, uint64_t *value);

/* Reads the number that follows a key at the start of a line: "inactive_file 123", "MemAvailable:
 * 123 kB". */
bool host_read_keyed(const char *path, const char *key, uint64_t *value);

bool host_exists(const char *path);

/* 0 if it opens for reading and writing, or else the errno. A device cgroup shows only so. */
int host_use_error(const char *path);

/* Opens a directory, which the caller reads and closes, or returns NULL. */
DIR *host_opendir(const char *path);

/* Reads the next range of a kernel list ("0-3,8" gives 0…3, then 8…8) and advances *list past it.
 * False at its end and if it is invalid. */
bool host_list_next(const char **list, int *first, int *last);

/* How many numbers a kernel list contains: 5 for "0-3,8". */
int host_list_count(const char *list);

/* Whether a file can be created in a directory, or in its nearest existing parent. Tries it,
 * because root has permission even on a read-only file system. */
bool host_can_write(const char *directory);

/* The free bytes in the same place, UINT64_MAX if unknown. */
uint64_t host_free_bytes(const char *directory);

/* For tests: reads below this directory instead of /. NULL restores /. */
void host_set_root(const char *root);

#endif
