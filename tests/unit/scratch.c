#define _GNU_SOURCE 1 /* nftw */

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[PATH_MAX];

const char *scratch_make(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/gpubench-test-XXXXXX", base && *base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(directory), "%s", directory);
    return directory;
}

static int remove_one(const char *path, const struct stat *known, int type, struct FTW *walk)
{
    (void)known, (void)type, (void)walk;
    return remove(path);
}

void scratch_remove(void)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const char *path)
{
    static char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", directory, path + (path[0] == '/'));
    return full;
}

void scratch_file(const char *path, const char *text)
{
    char full[2 * PATH_MAX];
    snprintf(full, sizeof full, "%s", scratch_path(path));
    for (char *at = full + strlen(directory) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        mkdir(full, 0777);
        *at = '/';
    }
    if (!text) {
        cr_assert_eq(mkdir(full, 0777), 0, "%s", full);
        return;
    }
    FILE *file = fopen(full, "w");
    cr_assert_not_null(file, "%s", full);
    fputs(text, file);
    fclose(file);
}

int scratch_count(const char *path)
{
    DIR *entries = opendir(scratch_path(path));
    if (!entries)
        return -1;
    int count = -2;
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}
