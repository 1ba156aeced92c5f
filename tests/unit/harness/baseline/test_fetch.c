/* test_fetch.c - a baseline on a server, its copy in the cache, and when the copy is used. */
#include "harness/baseline/baseline.h"
#include "harness/baseline/fetch.h"
#include "tests/unit/example_result.h"
#include "tests/unit/http_server.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct http_access access_of_all;
static struct failure why;
static char path[PATH_MAX], document[64 << 10], url[128];

static void begin(void)
{
    json_t *example = example_document();
    char *text = example_text(example);
    snprintf(document, sizeof document, "200 OK\r\nETag: \"v1\"\r\n\r\n%s", text);
    free(text);
    json_decref(example);
    scratch_make();
    setenv("XDG_CACHE_HOME", scratch_path("cache"), 1);
}

TestSuite(fetch, .init = begin, .fini = scratch_remove);

/* Fetches from a new server that gives this answer. */
static enum status fetch(const char *answer)
{
    const char *const answers[] = {answer};
    snprintf(url, sizeof url, "%s/b?key=hidden", http_server_start(answers, 1));
    why = (struct failure){.text = ""};
    const enum status status = fetch_file(url, &access_of_all, path, sizeof path, &why);
    http_server_stop();
    return status;
}

static enum status fetch_offline(void)
{
    const struct http_access offline = {.offline = true};
    why = (struct failure){.text = ""};
    return fetch_file(url, &offline, path, sizeof path, &why);
}

static void expect_runs(size_t want)
{
    struct readings readings = {0};
    cr_expect_eq(readings_add(&readings, path, READ_WHOLE, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(readings.count, want);
    readings_free(&readings);
}

Test(fetch, what_is_fetched_is_kept_and_taken_when_offline)
{
    cr_assert_eq(fetch(document), STATUS_OK, "%s", why.text);
    cr_expect_eq(strncmp(path, scratch_path("cache/gpubench/baselines/"),
                         strlen(scratch_path("cache/gpubench/baselines/"))),
                 0, "%s", path);
    cr_expect_eq(scratch_count("cache/gpubench/baselines"), 2, "a copy and its tag");
    expect_runs(1);
    path[0] = '\0';
    cr_expect_eq(fetch_offline(), STATUS_OK, "%s", why.text);
    expect_runs(1);
    truncate(path, 100);
    cr_expect_eq(fetch_offline(), STATUS_PUBLISH_FAILED, "it is not what its tag says");
    cr_expect_not_null(strstr(why.text, "there is no copy of http://127.0.0.1"), "%s", why.text);
    cr_expect_null(strstr(why.text, "hidden"), "%s", why.text);
}

/* The requests of two fetches from one server; the server gives these answers. */
static enum status fetch_twice(const char *first, const char *second)
{
    const char *const answers[] = {first, second};
    snprintf(url, sizeof url, "%s/b", http_server_start(answers, 2));
    cr_expect_eq(fetch_file(url, &access_of_all, path, sizeof path, &why), STATUS_OK, "%s",
                 why.text);
    const enum status status = fetch_file(url, &access_of_all, path, sizeof path, &why);
    cr_expect_eq(http_server_stop(), 2);
    return status;
}

Test(fetch, the_server_is_asked_for_what_differs_from_the_copy)
{
    cr_expect_eq(fetch_twice(document, "304 Same\r\n\r\n"), STATUS_OK, "%s", why.text);
    cr_expect_not_null(strstr(http_server_asked(0), "GET /b HTTP"));
    cr_expect_null(strstr(http_server_asked(0), "If-None-Match"));
    cr_expect_not_null(strstr(http_server_asked(1), "\r\nIf-None-Match: \"v1\"\r\n"), "%s",
                       http_server_asked(1));
    expect_runs(1);
}

Test(fetch, a_copy_never_replaces_what_the_server_does_not_give)
{
    cr_expect_eq(fetch_twice(document, "404 None\r\n\r\n"), STATUS_NOT_COMPARABLE);
    cr_expect_not_null(strstr(why.text, "there is no baseline at"), "%s", why.text);
    cr_expect_eq(fetch_twice(document, "410 Gone\r\n\r\n"), STATUS_NOT_COMPARABLE);
    cr_expect_eq(fetch_twice(document, "403 No\r\n\r\n"), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "--offline takes the copy"), "%s", why.text);
    cr_expect_eq(fetch("403 No\r\n\r\n"), STATUS_PUBLISH_FAILED);
    cr_expect_null(strstr(why.text, "--offline"), "%s", why.text);
    cr_expect_eq(fetch_twice(document, "200 OK\r\n\r\n{}"), STATUS_FAILED, "no result");
    cr_expect_eq(fetch_offline(), STATUS_OK, "the copy stays");
    const int files = scratch_count("cache/gpubench/baselines");
    cr_expect_eq(files % 2, 0, "%d: no temporary file is left", files);
}

static void expect_in_memory(void)
{
    cr_expect_eq(fetch(document), STATUS_OK, "%s", why.text);
    cr_expect_eq(strncmp(path, "/proc/self/fd/", 14), 0, "%s", path);
    expect_runs(1);
}

Test(fetch, without_a_folder_of_its_own_the_copy_is_in_memory)
{
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "", 1);
    expect_in_memory();
    cr_expect_eq(fetch_offline(), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "fetch it once"), "%s", why.text);
    setenv("HOME", scratch_path("file"), 1);
    scratch_file("file", "");
    expect_in_memory();
    setenv("HOME", scratch_path("home"), 1);
    cr_expect_eq(fetch(document), STATUS_OK, "%s", why.text);
    cr_expect_eq(scratch_count("home/.cache/gpubench/baselines"), 2);
}

static unsigned mode_of(const char *name)
{
    struct stat known;
    cr_assert_eq(stat(name, &known), 0, "%s", name);
    return known.st_mode & 0777;
}

Test(fetch, a_copy_is_of_its_user_alone_and_may_have_no_tag)
{
    char tag[PATH_MAX];
    umask(0);
    cr_assert_eq(fetch(document), STATUS_OK, "%s", why.text);
    snprintf(tag, sizeof tag, "%.*s.etag", (int)(strlen(path) - strlen(".json")), path);
    cr_expect_eq(mode_of(scratch_path("cache/gpubench")), 0700);
    cr_expect_eq(mode_of(scratch_path("cache/gpubench/baselines")), 0700);
    cr_expect_eq(mode_of(path), 0600);
    cr_expect_eq(mode_of(tag), 0600);
    char *untagged = strstr(document, "ETag: \"v1\"\r\n");
    memmove(untagged, untagged + strlen("ETag: \"v1\"\r\n"),
            strlen(untagged + strlen("ETag: \"v1\"\r\n")) + 1);
    cr_expect_eq(fetch_twice(document, document), STATUS_OK, "%s", why.text);
    cr_expect_null(strstr(http_server_asked(1), "If-None-Match"), "%s", http_server_asked(1));
    cr_expect_eq(fetch_offline(), STATUS_OK, "%s", why.text);
    expect_runs(1);
}

Test(fetch, a_copy_that_cannot_be_kept_is_a_failure_and_leaves_nothing)
{
    char words[PATH_MAX + 128];
    const char *const answers[] = {document, document};
    snprintf(url, sizeof url, "%s/b", http_server_start(answers, 2));
    cr_assert_eq(fetch_file(url, &access_of_all, path, sizeof path, &why), STATUS_OK);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_expect_eq(fetch_file(url, &access_of_all, path, sizeof path, &why), STATUS_FAILED);
    http_server_stop();
    snprintf(words, sizeof words,
             "cannot write %s: Is a directory; $XDG_CACHE_HOME names another place", path);
    cr_expect_str_eq(why.text, words);
    cr_expect_eq(scratch_count("cache/gpubench/baselines"), 2, "the directory and the first tag");
}

Test(fetch, a_folder_that_others_can_write_is_not_trusted)
{
    cr_expect_eq(fetch(document), STATUS_OK);
    chmod(scratch_path("cache/gpubench/baselines"), 0777);
    cr_expect_eq(fetch_offline(), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "is not trusted"), "%s", why.text);
    expect_in_memory();
}

Test(fetch, a_baseline_is_loaded_under_the_name_of_its_address)
{
    struct readings readings = {0};
    cr_expect_eq(fetch(document), STATUS_OK);
    const struct http_access offline = {.offline = true};
    cr_assert_eq(baseline_load(url, &offline, &readings, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(readings.count, 1);
    cr_expect_not_null(strstr(readings.list[0].source, "http://127.0.0.1"), "%s",
                       readings.list[0].source);
    readings_free(&readings);
    chmod(scratch_path("cache/gpubench/baselines"), 0777);
    cr_expect_eq(baseline_load(url, &offline, &readings, &why), STATUS_PUBLISH_FAILED);
    cr_expect_eq(baseline_load("/nonexistent", &offline, &readings, &why), STATUS_NOT_COMPARABLE);
}

Test(fetch, a_file_is_read_where_it_is_and_a_database_keeps_none)
{
    cr_expect_eq(fetch_file("file:///a/b.json", &access_of_all, path, sizeof path, &why),
                 STATUS_OK);
    cr_expect_str_eq(path, "/a/b.json");
    static const char *const no_files[] = {"influx+https://h/?db=d", "pushgateway+https://h/"};
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(fetch_file(no_files[i], &access_of_all, path, sizeof path, &why),
                     STATUS_USAGE);
        cr_expect_not_null(strstr(why.text, "it keeps no files"), "%s", why.text);
    }
    setenv("AWS_ACCESS_KEY_ID", "", 1);
    cr_expect_eq(fetch_file("s3+http://127.0.0.1:1/b", &access_of_all, path, sizeof path, &why),
                 STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "$AWS_ACCESS_KEY_ID"), "%s", why.text);
}
