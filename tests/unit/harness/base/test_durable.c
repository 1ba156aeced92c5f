/* test_durable.c - files are written completely or not at all, keep their mode, and no link or pipe
 * of another user is followed. */
#include "harness/base/durable.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(durable, .init = (void (*)(void))scratch_make, .fini = scratch_remove);

static void expect_text(const char *name, const char *want)
{
    char *bytes;
    size_t count;
    cr_assert_eq(durable_read(scratch_path(name), 100, &bytes, &count), 0, "%s", name);
    cr_expect_str_eq(bytes, want);
    cr_expect_eq(count, strlen(want));
    free(bytes);
}

static mode_t mode_of(const char *name)
{
    struct stat known = {0};
    stat(scratch_path(name), &known);
    return known.st_mode & 07777;
}

static int write_to(const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", scratch_path(name));
    return durable_write(path, text, strlen(text), 0666);
}

Test(durable, a_file_is_created_or_replaced_and_keeps_its_mode_but_for_others_writing)
{
    umask(022);
    cr_expect_eq(write_to("a", "one"), 0);
    expect_text("a", "one");
    cr_expect_eq(mode_of("a"), 0644);
    chmod(scratch_path("a"), 0777);
    cr_expect_eq(write_to("a", "two"), 0);
    expect_text("a", "two");
    cr_expect_eq(mode_of("a"), 0755);
    cr_expect_eq(scratch_count(""), 1, "no temporary file is left");
}

Test(durable, what_is_no_regular_file_is_not_replaced)
{
    scratch_file("folder", NULL);
    cr_expect_eq(write_to("folder", "x"), EISDIR);
    cr_expect_eq(write_to("new/", "x"), EISDIR);
    cr_expect_eq(mkfifo(scratch_path("pipe"), 0600), 0);
    cr_expect_eq(write_to("pipe", "x"), ENOTSUP);
    cr_expect_eq(write_to("none/x", "x"), ENOENT);
    cr_expect_eq(durable_write("", "x", 1, 0666), EISDIR);
    cr_expect_eq(scratch_count(""), 2);
}

Test(durable, a_name_that_does_not_fit_is_an_error)
{
    char name[PATH_MAX + 8], real[PATH_MAX];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_expect_eq(durable_write(name, "x", 1, 0666), ENAMETOOLONG);
    cr_expect_eq(durable_follow(name, real), ENAMETOOLONG);
    char temporary[16];
    cr_expect_eq(durable_temporary(scratch_path("a"), temporary, sizeof temporary, 0600), -1);
    cr_expect_eq(errno, ENAMETOOLONG);
    char room[2 * PATH_MAX];
    memcpy(name + PATH_MAX + 1, "/a", 3);
    cr_expect_eq(durable_temporary(name, room, sizeof room, 0600), -1);
    cr_expect_eq(errno, ENAMETOOLONG);
    cr_expect_eq(durable_write_in_place(name, "x", 1), ENAMETOOLONG);
    cr_expect_eq(scratch_count(""), 0);
}

Test(durable, links_are_followed_to_a_file_that_need_not_exist)
{
    char real[PATH_MAX], want[PATH_MAX];
    scratch_file("folder", NULL);
    cr_assert_eq(symlink("folder", scratch_path("short")), 0);
    snprintf(want, sizeof want, "%s", scratch_path("folder"));
    cr_assert_eq(symlink(want, scratch_path("whole")), 0);
    cr_assert_eq(symlink("loop", scratch_path("loop")), 0);
    cr_expect_eq(write_to("short/a", "one"), 0);
    cr_expect_eq(write_to("whole/a", "two"), 0);
    expect_text("folder/a", "two");
    snprintf(want, sizeof want, "%s", scratch_path("folder/none"));
    cr_expect_eq(durable_follow(scratch_path("whole//none"), real), 0);
    cr_expect_str_eq(real, want);
    cr_expect_eq(write_to("loop", "x"), ELOOP);
    cr_assert_eq(chdir(scratch_path("")), 0);
    cr_expect_eq(durable_follow("short/./b", real), 0);
    cr_expect_str_eq(real, "folder/./b");
    cr_expect_eq(durable_write("c", "x", 1, 0666), 0);
    expect_text("c", "x");
}

/* Only the kernel can follow /proc/self/fd/N, to a pipe for example, which has no name. */
Test(durable, an_open_file_is_followed_by_the_kernel)
{
    char name[64], real[PATH_MAX], want[PATH_MAX];
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    snprintf(name, sizeof name, "/proc/self/fd/%d", pipes[1]);
    cr_expect_eq(durable_follow(name, real), 0);
    cr_expect_str_eq(real, name);
    cr_expect_eq(durable_write_in_place(real, "x", 1), 0);
    scratch_file("a", "text");
    const int fd = open(scratch_path("a"), O_RDONLY);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    cr_expect_eq(durable_follow(name, real), 0);
    cr_expect_str_eq(real, realpath(scratch_path("a"), want));
    close(fd);
}

/* The longest target that Linux allows is a byte too long to be taken apart. */
Test(durable, a_link_to_a_name_that_does_not_fit_is_an_error)
{
    char target[PATH_MAX], real[PATH_MAX];
    memset(target, '/', sizeof target);
    target[sizeof target - 2] = 'x';
    target[sizeof target - 1] = '\0';
    cr_assert_eq(symlink(target, scratch_path("link")), 0);
    cr_expect_eq(durable_follow(scratch_path("link"), real), ENAMETOOLONG);
    cr_assert_eq(symlink(target + 1, scratch_path("shorter")), 0);
    cr_expect_eq(durable_follow(scratch_path("shorter"), real), 0);
    cr_expect_str_eq(real, "/x");
}

Test(durable, a_link_or_pipe_of_another_user_where_others_write_is_not_followed)
{
    if (geteuid() != 0)
        cr_skip_test("only root can make files of other users");
    char real[PATH_MAX];
    cr_assert_eq(chmod(scratch_path(""), 01777), 0);
    cr_assert_eq(symlink("/tmp", scratch_path("link")), 0);
    cr_assert_eq(mkfifo(scratch_path("pipe"), 0666), 0);
    cr_assert_eq(lchown(scratch_path("link"), 65534, 65534), 0);
    cr_assert_eq(lchown(scratch_path("pipe"), 65534, 65534), 0);
    cr_expect_eq(durable_follow(scratch_path("link/x"), real), ELOOP);
    const int reader = open(scratch_path("pipe"), O_RDONLY | O_NONBLOCK);
    cr_expect_eq(durable_write_in_place(scratch_path("pipe"), "x", 1), EPERM);
    static const mode_t others_write[] = {0775, 0757, 01755};
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(chmod(scratch_path(""), others_write[i]), 0);
        cr_expect_eq(durable_follow(scratch_path("link/x"), real), ELOOP, "%zu", i);
    }
    cr_assert_eq(chmod(scratch_path(""), 0755), 0);
    cr_expect_eq(durable_follow(scratch_path("link/x"), real), 0);
    cr_expect_eq(durable_write_in_place(scratch_path("pipe"), "x", 1), 0);
    close(reader);
    cr_assert_eq(chmod(scratch_path(""), 0777), 0);
    cr_assert_eq(chown(scratch_path(""), 65534, 65534), 0);
    cr_expect_eq(durable_follow(scratch_path("link/x"), real), 0, "the folder is that user's own");
}

Test(durable, only_the_user_and_root_may_change_what_is_private)
{
    static const struct {
        uid_t owner;
        mode_t mode;
        bool is_private;
    } cases[] = {{0, 0755, true}, {0, 0775, false}, {0, 0757, false}, {65533, 0700, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct stat known = {.st_uid = cases[i].owner, .st_mode = cases[i].mode};
        cr_expect_eq(durable_is_private(&known), cases[i].is_private, "case %zu", i);
    }
    for (int as_another = 0; as_another < 2; as_another++) { /* root is the user here, mostly */
        if (as_another && seteuid(65533) != 0)
            break;
        const struct stat own = {.st_uid = geteuid(), .st_mode = 0700}, roots = {.st_mode = 0700};
        cr_expect(durable_is_private(&own) && durable_is_private(&roots));
    }
    cr_expect_eq(seteuid(getuid()), 0);
}

Test(durable, a_new_name_is_not_one_that_exists)
{
    char temporary[PATH_MAX], to[PATH_MAX];
    cr_assert_eq(write_to("a", "old"), 0);
    snprintf(to, sizeof to, "%s", scratch_path("a"));
    cr_assert_eq(durable_write_beside(to, "new", 3, 0600, temporary, sizeof temporary), 0);
    cr_expect_eq(durable_rename_new(temporary, to), EEXIST);
    expect_text("a", "old");
    cr_expect_eq(access(temporary, F_OK), 0, "it is kept for another name");
    snprintf(to, sizeof to, "%s", scratch_path("b"));
    cr_expect_eq(durable_rename_new(temporary, to), 0);
    expect_text("b", "new");
    cr_expect_eq(scratch_count(""), 2);
    cr_expect_eq(durable_rename(scratch_path("none"), to), ENOENT);
    cr_expect_eq(durable_rename_new("/nonexistent/a", "/nonexistent/b"), ENOENT);
    expect_text("b", "new");
}

Test(durable, a_temporary_file_is_abandoned_when_its_process_is_gone)
{
    char path[PATH_MAX], other[PATH_MAX];
    const int fd = durable_temporary(scratch_path("a"), path, sizeof path, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    const char *name = strrchr(path, '/') + 1;
    cr_expect_eq(strncmp(name, DURABLE_TEMPORARY, strlen(DURABLE_TEMPORARY)), 0, "%s", name);
    cr_expect_not(durable_is_abandoned(name), "%s is of this process", name);
    char *process = strrchr(path, '-');
    while (process[-1] != '-')
        process--;
    const pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    const char *base = path + (name - path);
    snprintf(other, sizeof other, "%.*s%x-0", (int)(process - base), base, (unsigned)gone);
    cr_expect(durable_is_abandoned(other), "%s", other);
    snprintf(other, sizeof other, "%.*s0-0", (int)(process - base), base);
    cr_expect_not(durable_is_abandoned(other), "%s", other);
    snprintf(other, sizeof other, "x%s", base);
    cr_expect_not(durable_is_abandoned(other), "%s", other);
}

Test(durable, the_name_of_a_temporary_file_fits_with_its_end_or_not_at_all)
{
    char path[PATH_MAX];
    int fd = durable_temporary(scratch_path("a"), path, sizeof path, 0600);
    const size_t length = strlen(path);
    close(fd);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(durable_temporary(scratch_path("a"), path, length, 0600), -1);
    cr_expect_eq(errno, ENAMETOOLONG);
    fd = durable_temporary(scratch_path("a"), path, length + 1, 0600);
    cr_expect_geq(fd, 0);
    close(fd);
}

Test(durable, what_is_being_written_is_discarded_until_it_has_its_name)
{
    char temporary[PATH_MAX], to[PATH_MAX];
    snprintf(to, sizeof to, "%s", scratch_path("a"));
    cr_assert_eq(durable_write_beside(to, "new", 3, 0600, temporary, sizeof temporary), 0);
    durable_discard_in_handler();
    cr_expect_neq(access(temporary, F_OK), 0);
    cr_assert_eq(write_to("a", "text"), 0);
    scratch_file(strrchr(temporary, '/'), "of another process");
    durable_discard_in_handler();
    expect_text("a", "text");
    cr_expect_eq(access(temporary, F_OK), 0);
}

Test(durable, a_file_is_read_up_to_its_limit)
{
    char *bytes;
    size_t count;
    cr_assert_eq(write_to("a", "0123456789"), 0);
    cr_expect_eq(durable_read(scratch_path("a"), 10, &bytes, &count), 0);
    cr_expect_eq(count, 10);
    free(bytes);
    cr_expect_eq(durable_read(scratch_path("a"), 9, &bytes, &count), EFBIG);
    cr_expect_null(bytes);
    cr_expect_eq(durable_read(scratch_path("none"), 9, &bytes, &count), ENOENT);
    cr_expect_eq(durable_read(scratch_path(""), 9, &bytes, &count), EISDIR);
    cr_expect_eq(durable_read("/dev/zero", 100000, &bytes, &count), EFBIG);
    const int closed = open("/dev/null", O_WRONLY);
    cr_expect_eq(durable_read_fd(closed, 9, &bytes, &count), EBADF);
    close(closed);
    cr_expect_eq(durable_read_fd(-1, 9, &bytes, &count), EBADF);
}

Test(durable, directories_are_made_with_their_parents)
{
    cr_expect_eq(durable_directories(scratch_path("a/b/c"), 0700), 0);
    cr_expect_eq(mode_of("a/b/c"), 0700);
    cr_expect_eq(durable_directories(scratch_path("a/b/c"), 0700), 0);
    scratch_file("file", "x");
    cr_expect_eq(durable_directories(scratch_path("file"), 0700), ENOTDIR);
    cr_expect_eq(durable_directories(scratch_path("file/d"), 0700), ENOTDIR);
    cr_assert_eq(symlink("loop", scratch_path("loop")), 0);
    cr_expect_eq(durable_directories(scratch_path("loop/d"), 0700), ELOOP);
}

Test(durable, a_missing_file_is_removed_and_a_directory_is_not)
{
    scratch_file("a", "x");
    cr_expect_eq(durable_remove(scratch_path("a")), 0);
    cr_expect_eq(durable_remove(scratch_path("a")), 0);
    cr_expect_eq(durable_remove(scratch_path("")), EISDIR);
}

Test(durable, a_full_device_and_a_closed_file_are_errors)
{
    cr_expect_eq(durable_write_in_place("/dev/full", "x", 1), ENOSPC);
    cr_expect_eq(durable_write_in_place("/dev/null", "x", 1), 0);
    cr_expect_eq(durable_write_in_place(scratch_path("none"), "x", 1), ENOENT);
    cr_expect_eq(durable_write_all(-1, "x", 1), EBADF);
    cr_expect_eq(durable_write_all(-1, "x", 0), 0);
    int pipes[2];
    cr_assert_eq(pipe(pipes), 0);
    cr_expect_eq(durable_sync(pipes[1]), 0, "a pipe cannot be synchronized");
    cr_expect_eq(durable_sync(-1), EBADF);
}

Test(durable, reasons_are_the_systems_but_for_loops_and_large_files)
{
    cr_expect_not_null(strstr(durable_reason(ELOOP), "symbolic link that another user made"));
    cr_expect_not_null(strstr(durable_reason(EFBIG), "ulimit -f"));
    cr_expect_str_eq(durable_reason(ENOENT), strerror(ENOENT));
}
