#include "harness/host/files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static char root[PATH_MAX]; /* "" is / */

void host_set_root(const char *directory)
{
    snprintf(root, sizeof root, "%s", directory ? directory : "");
}

static bool below_root(const char *path, char *full, size_t bytes)
{
    int length = snprintf(full, bytes, "%s%s", root, path);
    return length > 0 && (size_t)length < bytes;
}

FILE *host_open(const char *path)
{
    char full[2 * PATH_MAX];
    return below_root(path, full, sizeof full) ? fopen(full, "re") : NULL;
}

bool host_exists(const char *path)
{
    char full[2 * PATH_MAX];
    return below_root(path, full, sizeof full) && access(full, F_OK) == 0;
}

int host_use_error(const char *path)
{
    char full[2 * PATH_MAX];
    if (!below_root(path, full, sizeof full))
        return ENAMETOOLONG;
    const int file = open(full, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return errno;
    close(file);
    return 0;
}

DIR *host_opendir(const char *path)
{
    char full[2 * PATH_MAX];
    return below_root(path, full, sizeof full) ? opendir(full) : NULL;
}

bool host_read(const char *path, char *text, size_t bytes)
{
    FILE *file = host_open(path);
    if (!file)
        return false;
    size_t length = fread(text, 1, bytes - 1, file);
    fclose(file);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    text[length] = '\0';
    return length > 0;
}

static bool number_at(const char *text, uint64_t *value)
{
    while (isspace((unsigned char)*text))
        text++;
    if (!isdigit((unsigned char)*text))
        return false;
    *value = strtoull(text, NULL, 10);
    return true;
}

bool host_read_number(const char *path, uint64_t *value)
{
    char text[64];
    return host_read(path, text, sizeof text) && number_at(text, value);
}

bool host_read_keyed(const char *path, const char *key, uint64_t *value)
{
    FILE *file = host_open(path);
    if (!file)
        return false;
    bool found = false;
    char line[256];
    size_t key_length = strlen(key);
    while (!found && fgets(line, sizeof line, file)) {
        const char *rest = line + key_length;
        if (strncmp(line, key, key_length) != 0)
            continue;
        if (*rest == ':')
            rest++;
        found = isspace((unsigned char)*rest) && number_at(rest, value);
    }
    fclose(file);
    return found;
}

bool host_list_next(const char **list, int *first, int *last)
{
    enum { ABSURD = 1 << 24 };
    char *end;
    long from = strtol(*list, &end, 10), to = from;
    if (end == *list)
        return false;
    if (*end == '-') {
        const char *second = end + 1;
        to = strtol(second, &end, 10);
        if (end == second)
            return false;
    }
    if (from < 0 || to < from || to > ABSURD)
        return false;
    *first = (int)from;
    *last = (int)to;
    *list = *end == ',' ? end + 1 : end;
    return true;
}

int host_list_count(const char *list)
{
    int count = 0, first, last;
    while (host_list_next(&list, &first, &last) && count < INT_MAX / 2)
        count += last - first + 1;
    return count;
}

static const char trial[] = "/.gpubench-XXXXXX";

/* Writes the directory, or its nearest existing parent, to path, and leaves room there for the name
 * of a trial file. "" is the root. */
static void find_nearest(const char *directory, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%.*s", (int)(PATH_MAX - sizeof trial), directory);
    while (path[0] && access(path, F_OK) != 0 && errno == ENOENT) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
        else
            strcpy(path, ".");
    }
}

bool host_can_write(const char *directory)
{
    char path[PATH_MAX];
    find_nearest(directory, path);
    strcat(path, trial);
    return mkdtemp(path) && rmdir(path) == 0;
}

uint64_t host_free_bytes(const char *directory)
{
    char path[PATH_MAX];
    struct statvfs system;
    find_nearest(directory, path);
    return statvfs(*path ? path : "/", &system) == 0 ? (uint64_t)system.f_bavail * system.f_frsize
                                                     : UINT64_MAX;
}
