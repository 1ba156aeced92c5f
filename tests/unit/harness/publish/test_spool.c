/* The spool holds each added entry once, in order, and whole or not at all. */
#include "harness/base/durable.h"
#include "harness/publish/spool.h"
#include "tests/unit/example_result.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(spool, .fini = scratch_remove);

static struct destination to;
static const char *spool;

static void begin(void)
{
    static char name[4096];
    snprintf(name, sizeof name, "%s/results/.pending", scratch_make());
    spool = name;
    cr_assert_eq(destination_parse("https://h/x/?token=secret", false, &to, NULL), STATUS_OK);
}

static json_t *result(const char *started)
{
    json_t *document = example_document();
    json_object_set_new(document, "started", json_string(started));
    return document;
}

static void add(const char *started)
{
    json_t *document = result(started);
    cr_assert_eq(spool_add(spool, &to, document, NULL), STATUS_OK);
    json_decref(document);
}

static struct spool_list list(void)
{
    struct spool_list list;
    cr_assert_eq(spool_list(spool, &list, NULL), STATUS_OK);
    return list;
}

Test(spool, that_is_not_there_is_empty)
{
    begin();
    struct spool_list all = {.count = 9}; /* of an earlier use */
    cr_assert_eq(spool_list(spool, &all, NULL), STATUS_OK);
    cr_assert_eq(all.count, 0);
    spool_list_free(&all);
}

Test(spool, keeps_each_result_once_and_the_oldest_first)
{
    begin();
    add("2026-11-24T10:00:02Z");
    add("2026-11-24T10:00:01Z");
    add("2026-11-24T10:00:02Z");
    add("2026-11-23T23:00:00Z");
    struct spool_list all = list();
    cr_assert_eq(all.count, 3);
    cr_expect_eq(strncmp(all.names[0], "20261123T230000Z-", 17), 0, "%s", all.names[0]);
    for (size_t i = 0; i < all.count; i++) {
        static const char *const started[] = {"2026-11-23T23:00:00Z", "2026-11-24T10:00:01Z",
                                              "2026-11-24T10:00:02Z"};
        struct spool_entry entry;
        bool taken;
        cr_assert_eq(spool_take(spool, all.names[i], &entry, &taken, NULL), STATUS_OK);
        cr_assert(taken);
        json_t *want = result(started[i]);
        cr_assert(json_equal(entry.document, want));
        cr_assert_str_eq(entry.to, "https://h/x/");
        cr_assert(entry.needs_query);
        json_decref(want);
        cr_assert_eq(spool_release(&entry, i == 1, NULL), STATUS_OK);
    }
    spool_list_free(&all);
    spool_list_free(&all); /* which is empty now */
    cr_expect(all.count == 0 && all.names == NULL);
    all = list();
    cr_assert_eq(all.count, 2);
    spool_list_free(&all);
}

Test(spool, entries_are_told_by_the_end_of_their_name)
{
    begin();
    umask(022);
    static const char *const names[] = {".pending", "x.pending",  "y.pending",
                                        "x.pendin", "x.pending2", "pending"};
    struct stat known;
    add("2026-11-24T10:00:02Z");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "results/.pending/%s", names[i]);
        scratch_file(path, "x");
    }
    struct spool_list all = list();
    cr_assert_eq(all.count, 3);
    cr_expect_str_eq(all.names[1], "x.pending");
    cr_expect_str_eq(all.names[2], "y.pending");
    spool_list_free(&all);
    cr_assert_eq(stat(spool, &known), 0);
    cr_expect_eq(known.st_mode & 07777, 0755);
    all = list();
    for (size_t i = 0; i < all.count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", spool, all.names[i]);
        cr_assert_eq(stat(path, &known), 0);
        cr_expect_eq(known.st_mode & 07777, 0644, "%s: %o", path, known.st_mode);
    }
    spool_list_free(&all);
}

Test(spool, a_link_of_the_user_to_a_folder_of_the_user_is_a_spool)
{
    begin();
    scratch_file("elsewhere", NULL);
    scratch_file("results", NULL);
    cr_assert_eq(chmod(scratch_path("elsewhere"), 0755), 0);
    cr_assert_eq(symlink("../elsewhere", spool), 0);
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    cr_expect_eq(all.count, 1);
    spool_list_free(&all);
    cr_expect_eq(scratch_count("elsewhere"), 1);
    if (geteuid() != 0)
        return;
    struct failure why = {0};
    cr_assert_eq(lchown(spool, 65534, 65534), 0); /* a link of another user is refused */
    cr_expect_eq(spool_list(spool, &all, &why), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "cannot use "), "%s", why.text);
}

Test(spool, a_baseline_is_named_after_when_it_was_made)
{
    begin();
    json_t *baseline = json_pack("{s:s}", "made", "2026-11-24T10:00:02Z");
    cr_assert_eq(spool_add(spool, &to, baseline, NULL), STATUS_OK);
    struct spool_list all = list();
    cr_assert_eq(all.count, 1);
    cr_expect_eq(strncmp(all.names[0], "20261124T100002Z-", 17), 0, "%s", all.names[0]);
    spool_list_free(&all);
    json_decref(baseline);
}

Test(spool, never_holds_what_an_address_had_behind_its_question_mark)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    char path[8192], text[64 << 10];
    snprintf(path, sizeof path, "%s/%s", spool, all.names[0]);
    FILE *file = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cr_assert(!strstr(text, "secret"));
    spool_list_free(&all);
}

Test(spool, entry_that_another_process_is_sending_is_left_to_it)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    struct spool_entry one, two;
    bool taken;
    errno = EWOULDBLOCK; /* of an earlier call */
    cr_assert_eq(spool_take(spool, all.names[0], &one, &taken, NULL), STATUS_OK);
    cr_assert(taken);
    cr_assert_eq(spool_take(spool, all.names[0], &two, &taken, NULL), STATUS_OK);
    cr_assert(!taken);
    cr_assert_eq(spool_release(&one, true, NULL), STATUS_OK);
    cr_assert_eq(spool_take(spool, all.names[0], &two, &taken, NULL), STATUS_OK);
    cr_assert(!taken);
    spool_list_free(&all);
}

Test(spool, damaged_entry_is_not_sent_and_not_removed)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", spool, all.names[0]);
    cr_assert_eq(truncate(path, 200), 0);
    struct spool_entry entry;
    struct failure why = {0};
    bool taken;
    cr_assert_eq(spool_take(spool, all.names[0], &entry, &taken, &why), STATUS_PUBLISH_FAILED);
    cr_assert(!taken);
    cr_assert(strstr(why.text, "damaged"));
    cr_assert_eq(access(path, F_OK), 0);
    spool_list_free(&all);
}

Test(spool, an_entry_whose_bytes_have_changed_is_not_sent)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    char path[8192], text[4096];
    snprintf(path, sizeof path, "%s/%s", spool, all.names[0]);
    FILE *file = fopen(path, "r+");
    const size_t bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    char *number = strstr(text, "0.1");
    cr_assert(number);
    number[2] = '2'; /* still a valid document of the same length */
    rewind(file);
    fwrite(text, 1, bytes, file);
    fclose(file);
    struct spool_entry entry;
    struct failure why = {0};
    bool taken;
    cr_assert_eq(spool_take(spool, all.names[0], &entry, &taken, &why), STATUS_PUBLISH_FAILED);
    cr_expect(!taken);
    cr_expect(strstr(why.text, "damaged"), "%s", why.text);
    spool_list_free(&all);
}

Test(spool, an_entry_that_was_sent_and_cannot_be_removed_is_an_error)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    struct spool_entry entry;
    struct failure why = {0};
    bool taken;
    cr_assert_eq(spool_take(spool, all.names[0], &entry, &taken, NULL), STATUS_OK);
    cr_assert_eq(unlink(entry.path), 0);
    cr_assert_eq(mkdir(entry.path, 0700), 0); /* unlink() fails on a directory, even for root */
    cr_expect_eq(spool_release(&entry, true, &why), STATUS_PUBLISH_FAILED);
    cr_expect(strstr(why.text, "cannot remove"), "%s", why.text);
    spool_list_free(&all);
}

Test(spool, sweeps_what_was_half_written_an_hour_ago_and_nothing_newer)
{
    begin();
    scratch_file("results/.pending/.gpubench-1-0", "half");
    scratch_file("results/.pending/.gpubench-2-0", "half");
    const struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    cr_assert_eq(utimensat(AT_FDCWD, scratch_path("results/.pending/.gpubench-1-0"), long_ago, 0),
                 0);
    struct spool_list all = list();
    cr_assert_eq(all.count, 0);
    cr_assert_eq(scratch_count("results/.pending"), 1);
    cr_assert_eq(access(scratch_path("results/.pending/.gpubench-2-0"), F_OK), 0);
    spool_list_free(&all);
}

/* Expects that the entry is refused with these words. */
static void expect_refused(const char *path, const char *words)
{
    struct spool_entry entry;
    struct failure why = {0};
    bool taken;
    cr_expect_eq(spool_take(spool, strrchr(path, '/') + 1, &entry, &taken, &why),
                 STATUS_PUBLISH_FAILED);
    cr_expect(!taken);
    cr_expect_not_null(strstr(why.text, words), "%s", why.text);
}

Test(spool, entry_that_others_can_write_or_that_is_no_result_is_refused, .timeout = 10)
{
    begin();
    add("2026-11-24T10:00:02Z");
    struct spool_list all = list();
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", spool, all.names[0]);
    for (size_t i = 0; i < 3; i++) {
        chmod(path, (mode_t[]){0664, 0646, 0666}[i]);
        expect_refused(path, "chmod go-w");
    }
    if (geteuid() == 0) {
        chmod(path, 0644);
        cr_assert_eq(chown(path, 65534, 65534), 0);
        expect_refused(path, "another user");
    }
    unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_refused(path, "not a regular file");
    unlink(path);
    cr_assert_eq(mkdir(path, 0700), 0);
    expect_refused(path, "not a regular file");
    rmdir(path);

    json_t *no_result = json_pack("{s:s}", "schema", "gpubench-result/1");
    cr_assert_eq(spool_add(spool, &to, no_result, NULL), STATUS_OK);
    json_decref(no_result);
    spool_list_free(&all);
    all = list();
    cr_assert_eq(all.count, 1);
    snprintf(path, sizeof path, "%s/%s", spool, all.names[0]);
    expect_refused(path, "holds no result");
    spool_list_free(&all);
}

Test(spool, directory_that_others_can_write_holds_nothing_and_takes_nothing)
{
    begin();
    add("2026-11-24T10:00:02Z");
    for (size_t i = 0; i < 3; i++) {
        struct failure why = {0};
        struct spool_list all;
        chmod(spool, (mode_t[]){0775, 0757, 01777}[i]);
        cr_expect_eq(spool_list(spool, &all, &why), STATUS_PUBLISH_FAILED);
        cr_expect_not_null(strstr(why.text, "chmod go-w"), "%s", why.text);
        json_t *document = result("2026-11-24T10:00:03Z");
        cr_expect_eq(spool_add(spool, &to, document, &why), STATUS_PUBLISH_FAILED);
        json_decref(document);
    }
    chmod(spool, 0755);
    struct spool_list all = list();
    cr_expect_eq(all.count, 1);
    spool_list_free(&all);
}

Test(spool, sweeps_what_a_killed_process_of_this_machine_left_at_once)
{
    begin();
    add("2026-11-24T10:00:02Z");
    char path[8192], temporary[8192];
    snprintf(path, sizeof path, "%s/x", spool);
    const pid_t pid = fork();
    if (pid == 0)
        _exit(durable_temporary(path, temporary, sizeof temporary, 0600) < 0);
    int ended;
    waitpid(pid, &ended, 0);
    cr_assert_eq(ended, 0);
    const int own = durable_temporary(path, temporary, sizeof temporary, 0600);
    cr_assert(own >= 0);
    struct spool_list all = list();
    spool_list_free(&all);
    cr_expect_eq(access(temporary, F_OK), 0); /* its process lives */
    unlink(temporary);
    cr_expect_eq(rmdir(spool), -1);
    DIR *left = opendir(spool);
    for (struct dirent *entry; (entry = readdir(left));)
        cr_expect(strncmp(entry->d_name, DURABLE_TEMPORARY, strlen(DURABLE_TEMPORARY)) != 0, "%s",
                  entry->d_name);
    closedir(left);
    close(own);
}
