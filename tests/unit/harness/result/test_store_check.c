/* test_store_check.c - places where results cannot go are refused before anything is measured. */
#include "harness/result/store.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct failure why;

TestSuite(store_check, .init = (void (*)(void))scratch_make, .fini = scratch_remove);

static void expect_directory(const char *path, int error)
{
    why = (struct failure){.text = ""};
    const enum status status = store_check_directory(path, &why);
    cr_expect_eq(status, error ? STATUS_FAILED : STATUS_OK, "%s: %s", path, why.text);
    if (error) {
        cr_expect_not_null(strstr(why.text, path), "%s", why.text);
        cr_expect_not_null(strstr(why.text, strerror(error)), "%s: %s", path, why.text);
        cr_expect_not_null(strstr(why.text, "name another place with --results DIR"));
    }
}

static void expect_file(const char *path, int error)
{
    why = (struct failure){.text = ""};
    const enum status status = store_check_file(path, &why);
    cr_expect_eq(status, error ? STATUS_FAILED : STATUS_OK, "%s: %s", path, why.text);
    if (error) {
        char want[400];
        snprintf(want, sizeof want, "cannot write %s: %s; name another place for it", path,
                 strerror(error));
        cr_expect_str_eq(why.text, want);
    }
}

Test(store_check, a_directory_need_not_exist_but_must_be_one)
{
    scratch_file("folder", NULL);
    scratch_file("file", "x");
    expect_directory(scratch_path("folder"), 0);
    expect_directory(scratch_path("folder/new/deep"), 0);
    expect_directory(scratch_path("file"), ENOTDIR);
    expect_directory(scratch_path("file/below"), ENOTDIR);
    cr_assert_eq(chdir(scratch_path("")), 0);
    expect_directory("", 0);
    expect_directory("new", 0);
    expect_directory("new/deep", 0);
    expect_directory("folder", 0);
    expect_directory("file", ENOTDIR);
}

/* Root may write in /proc as far as access() knows. */
Test(store_check, nothing_can_be_saved_on_proc)
{
    expect_directory("/proc", ENOENT);
    expect_directory("/proc/gpubench", ENOENT);
    expect_directory("/proc/self/gpubench", ENOENT);
}

Test(store_check, a_file_need_not_exist_but_its_directory_must)
{
    scratch_file("folder", NULL);
    scratch_file("file", "x");
    expect_file(scratch_path("file"), 0);
    expect_file(scratch_path("new"), 0);
    expect_file(scratch_path("folder"), EISDIR);
    expect_file(scratch_path("none/new"), ENOENT);
    expect_file(scratch_path("file/new"), ENOTDIR);
    cr_assert_eq(chdir(scratch_path("")), 0);
    expect_file("new", 0);
    expect_file("folder/new", 0);
    expect_file("none/new", ENOENT);
    expect_file("folder", EISDIR);
}

/* In the root directory root may make a file, and others may not. */
Test(store_check, a_file_in_the_root_directory_is_no_file_without_a_directory)
{
    expect_file("/gpubench-none", access("/", W_OK) == 0 ? 0 : EACCES);
}

/* Root may write everywhere, so this runs as another user. */
Test(store_check, a_place_where_the_user_may_not_write_is_refused)
{
    scratch_file("locked/file", "x");
    cr_assert_eq(chmod(scratch_path(""), 0755), 0);
    cr_assert_eq(chmod(scratch_path("locked"), 0555), 0);
    cr_assert_eq(chmod(scratch_path("locked/file"), 0444), 0);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(9);
        const bool refused =
            store_check_directory(scratch_path("locked"), &why) == STATUS_FAILED &&
            strstr(why.text, strerror(EACCES)) &&
            store_check_directory(scratch_path("locked/new"), &why) == STATUS_FAILED &&
            strstr(why.text, strerror(EACCES)) &&
            store_check_file(scratch_path("locked/new"), &why) == STATUS_FAILED &&
            strstr(why.text, strerror(EACCES)) &&
            store_check_file(scratch_path("locked/file"), &why) == STATUS_FAILED &&
            strstr(why.text, strerror(EACCES));
        _exit(refused ? 0 : 1);
    }
    int ended = -1;
    waitpid(child, &ended, 0);
    cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == 0, "%d", ended);
    chmod(scratch_path("locked"), 0755);
}

Test(store_check, directories_are_made_with_the_mode_that_the_umask_leaves)
{
    struct stat known = {0};
    umask(022);
    cr_expect_eq(store_make_directories(scratch_path("a/b"), &why), STATUS_OK);
    cr_expect_eq(stat(scratch_path("a/b"), &known), 0);
    cr_expect_eq(known.st_mode & 07777, 0755);
    cr_expect_eq(stat(scratch_path("a"), &known), 0);
    cr_expect_eq(known.st_mode & 07777, 0755);
}
