/* test_jit_cache.c - where the driver is told to keep the kernels that it compiles. */
#include "kernels/driver/jit_cache.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX / 2];

static void set_up(void)
{
    snprintf(root, sizeof root, "%s", scratch_make());
    unsetenv("CUDA_CACHE_PATH");
    unsetenv("CUDA_CACHE_DISABLE");
    setenv("HOME", root, 1);
    setenv("TMPDIR", root, 1);
}

TestSuite(jit_cache, .init = set_up, .fini = scratch_remove);

static void expect(enum jit_cache_state state, const char *usual, const char *path)
{
    const struct jit_cache cache = jit_cache_prepare();
    cr_expect_eq(cache.state, state);
    cr_expect_str_eq(cache.usual, usual);
    cr_expect_str_eq(cache.path, path);
}

static const char *below_root(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

Test(jit_cache, is_below_home_and_the_variable_stays_unset)
{
    const char *usual = below_root(".nv/ComputeCache");
    expect(JIT_CACHE_USUAL, usual, usual);
    cr_expect_null(getenv("CUDA_CACHE_PATH"));
}

Test(jit_cache, is_what_the_variable_says_unless_that_is_empty)
{
    setenv("CUDA_CACHE_PATH", below_root("chosen"), 1);
    expect(JIT_CACHE_USUAL, below_root("chosen"), below_root("chosen"));
    setenv("CUDA_CACHE_PATH", "", 1);
    const char *usual = below_root(".nv/ComputeCache");
    expect(JIT_CACHE_USUAL, usual, usual);
}

Test(jit_cache, can_be_off)
{
    setenv("CUDA_CACHE_DISABLE", "1", 1);
    expect(JIT_CACHE_OFF, below_root(".nv/ComputeCache"), "");
    setenv("CUDA_CACHE_DISABLE", "0", 1);
    const char *usual = below_root(".nv/ComputeCache");
    expect(JIT_CACHE_USUAL, usual, usual);
}

/* Nobody can make directories in /proc. The second call finds the one that the first made. */
Test(jit_cache, is_among_temporary_files_of_this_user_where_home_cannot_be_written)
{
    char own[64];
    struct stat known;
    snprintf(own, sizeof own, "gpubench-cuda-%u", (unsigned)geteuid());
    for (int i = 0; i < 2; i++) {
        setenv("HOME", "/proc/self", 1);
        unsetenv("CUDA_CACHE_PATH");
        expect(JIT_CACHE_MOVED, "/proc/self/.nv/ComputeCache", below_root(own));
        cr_expect_str_eq(getenv("CUDA_CACHE_PATH"), below_root(own));
    }
    cr_assert_eq(stat(below_root(own), &known), 0);
    cr_expect_eq(known.st_mode & 0777, 0700);
}

Test(jit_cache, without_a_home_has_no_usual_place)
{
    char own[64];
    snprintf(own, sizeof own, "gpubench-cuda-%u", (unsigned)geteuid());
    unsetenv("HOME");
    expect(JIT_CACHE_MOVED, "", below_root(own));
    setenv("HOME", "", 1);
    unsetenv("CUDA_CACHE_PATH");
    expect(JIT_CACHE_MOVED, "", below_root(own));
    setenv("CUDA_CACHE_PATH", "/proc/self/cache", 1);
    expect(JIT_CACHE_MOVED, "/proc/self/cache", below_root(own));
    cr_expect_str_eq(getenv("CUDA_CACHE_PATH"), below_root(own));
}

/* The next place is taken, if there is one. */
static void expect_elsewhere(void)
{
    char usual[64];
    struct stat known;
    snprintf(usual, sizeof usual, "/tmp/gpubench-cuda-%u", (unsigned)geteuid());
    const bool was_there = lstat(usual, &known) == 0;
    setenv("CUDA_CACHE_PATH", "/proc/self/cache", 1);
    const struct jit_cache cache = jit_cache_prepare();
    cr_expect_neq(strncmp(cache.path, root, strlen(root)), 0, "%s", cache.path);
    cr_expect(cache.path[0] == '/' || cache.state == JIT_CACHE_NOWHERE, "%s", cache.path);
    if (!was_there && *cache.path)
        rmdir(cache.path);
}

/* Its address depends on the directory of the process, or has no room for the name. */
Test(jit_cache, a_directory_that_is_relative_or_too_long_is_not_taken)
{
    char *absolute = realpath(root, NULL), longer[PATH_MAX];
    cr_assert_eq(chdir(absolute), 0);
    setenv("TMPDIR", ".", 1);
    expect_elsewhere();
    memset(longer, '/', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memcpy(longer + sizeof longer - 1 - strlen(absolute), absolute, strlen(absolute));
    setenv("TMPDIR", longer, 1);
    expect_elsewhere();
    cr_assert_eq(chdir("/"), 0);
    free(absolute);
}

/* Code in it will run, so nobody else may write there. */
Test(jit_cache, a_directory_that_others_can_write_to_is_not_taken)
{
    char own[64];
    snprintf(own, sizeof own, "gpubench-cuda-%u", (unsigned)geteuid());
    cr_assert_eq(mkdir(below_root(own), 0700), 0);
    static const mode_t modes[] = {0720, 0702};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        cr_assert_eq(chmod(below_root(own), modes[i]), 0);
        expect_elsewhere();
    }
}
