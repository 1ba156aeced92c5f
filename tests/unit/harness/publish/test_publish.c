/* test_publish.c - what is sent where, what stays in the spool, and who gets credentials. */
#include "harness/publish/publish.h"
#include "harness/publish/spool.h"
#include "tests/unit/example_result.h"
#include "tests/unit/http_server.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(publish, .fini = scratch_remove);

static char spool[4096], said[4096];
static struct http_access access_of_all;
static struct failure why;
static size_t sent;

/* Keeps "NAME>ADDRESS " of what was sent and "!REASON " of what was not. */
static void say(void *user, const char *name, const char *to, const struct failure *reason)
{
    const size_t used = strlen(said);
    cr_expect_str_eq(user, "user");
    if (reason)
        snprintf(said + used, sizeof said - used, "!%s ", reason->text);
    else
        snprintf(said + used, sizeof said - used, "%s>%s ", name, to);
}

static struct outbox outbox(const struct destination *to, const struct destination *own)
{
    return (struct outbox){.spool = spool,
                           .to = to,
                           .own = own,
                           .access = &access_of_all,
                           .say = say,
                           .user = (void *)(uintptr_t)"user"};
}

static void begin(void)
{
    snprintf(spool, sizeof spool, "%s/results/.pending", scratch_make());
    said[0] = '\0';
    why = (struct failure){.text = ""};
}

static struct destination address(const char *origin, const char *rest)
{
    struct destination to;
    char text[4200];
    snprintf(text, sizeof text, "%s%s", origin, rest);
    cr_assert_eq(destination_parse(text, false, &to, &why), STATUS_OK, "%s", why.text);
    return to;
}

static void add(const struct destination *to, const char *started)
{
    const struct outbox box = outbox(to, NULL);
    json_t *document = example_document();
    json_object_set_new(document, "started", json_string(started));
    cr_assert_eq(publish_add(&box, document, false, &why), STATUS_OK);
    json_decref(document);
}

static void expect_in(const char *text, const char *part)
{
    cr_expect_not_null(strstr(text, part), "%s is not in %s", part, text);
}

static const char first[] = "2026-11-24T10:00:01Z", second[] = "2026-11-24T10:00:02Z";

Test(publish, what_is_sent_leaves_the_spool_and_is_a_file_named_after_its_contents)
{
    begin();
    scratch_file("to", NULL);
    char url[4200];
    snprintf(url, sizeof url, "file://%s/", scratch_path("to"));
    const struct destination to = address(url, "");
    const struct outbox box = outbox(&to, NULL);
    add(&to, first);
    add(&to, second);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sent, 2);
    cr_expect_eq(scratch_count("to"), 2);
    cr_expect_eq(scratch_count("results/.pending"), 0);
    cr_expect_not_null(strstr(said, "-20261124T100001Z-1a2b3c4d5e6f-"), "%s", said);
    cr_expect_null(strchr(said, '!'), "%s", said);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_OK);
    cr_expect_eq(sent, 0);
}

Test(publish, what_another_process_is_sending_is_left_to_it)
{
    begin();
    scratch_file("to", NULL);
    char url[4200];
    snprintf(url, sizeof url, "file://%s/", scratch_path("to"));
    const struct destination to = address(url, "");
    const struct outbox box = outbox(&to, NULL), of_all = outbox(NULL, &to);
    struct spool_list list;
    struct spool_entry entry;
    bool taken;
    add(&to, first);
    cr_assert_eq(spool_list(spool, &list, &why), STATUS_OK);
    cr_assert_eq(spool_take(spool, list.names[0], &entry, &taken, &why), STATUS_OK);
    cr_assert(taken);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sent, 0);
    cr_expect_eq(publish_send(&of_all, &sent, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sent, 0);
    cr_expect_str_eq(said, "");
    spool_release(&entry, false, NULL);
    spool_list_free(&list);
}

Test(publish, what_cannot_be_written_waits_and_the_first_reason_is_told)
{
    begin();
    char url[4200];
    snprintf(url, sizeof url, "file://%s", scratch_path("none/file.json"));
    const struct destination to = address(url, "");
    const struct outbox box = outbox(&to, NULL);
    add(&to, first);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_PUBLISH_FAILED);
    cr_expect_eq(sent, 0);
    cr_expect_not_null(strstr(why.text, "the directory has to exist. 1 result waits in "), "%s",
                       why.text);
    cr_expect_not_null(strstr(why.text, "--pending sends it."), "%s", why.text);
    add(&to, second);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, ". 2 results wait in "), "%s", why.text);
    cr_expect_not_null(strstr(why.text, "--pending sends them."), "%s", why.text);
    cr_expect_eq(scratch_count("results/.pending"), 2);
}

Test(publish, a_pipe_and_a_name_below_a_file_take_no_result)
{
    static const struct {
        const char *name, *reason;
    } cases[] = {{"pipe", "it is not a regular file"}, {"file/x.json", "Not a directory"}};
    begin();
    scratch_file("file", "x");
    cr_assert_eq(mkfifo(scratch_path("pipe"), 0600), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[4200];
        snprintf(url, sizeof url, "file://%s", scratch_path(cases[i].name));
        const struct destination to = address(url, "");
        const struct outbox box = outbox(&to, NULL);
        add(&to, first);
        cr_expect_eq(publish_send(&box, &sent, &why), STATUS_PUBLISH_FAILED);
        cr_expect(strstr(why.text, cases[i].reason), "%s", why.text);
    }
}

/* A metric's address holds names, of which each letter that is not ASCII takes six bytes. */
Test(publish, a_result_whose_names_make_its_address_too_long_waits)
{
    static const char *const paths[][2] = {
        {"host", "name"}, {"device", "place"}, {"problem", "op"}, {"problem", "range"}};
    char name[513] = "", rest[2000];
    json_t *result;
    size_t i;
    begin();
    while (strlen(name) < 512)
        strcat(name, "é");
    snprintf(rest, sizeof rest, "/%0*d", (int)sizeof rest - 2, 0);
    const struct destination to = address("pushgateway+http://127.0.0.1:1", rest);
    const struct outbox box = outbox(&to, NULL);
    json_t *document = example_document();
    json_object_del(json_object_get(document, "host"), "machine");
    json_object_del(json_object_get(document, "device"), "uuid");
    for (i = 0; i < sizeof paths / sizeof *paths; i++)
        json_object_set_new(json_object_get(document, paths[i][0]), paths[i][1], json_string(name));
    json_array_foreach(json_object_get(document, "results"), i, result)
        json_object_set_new(result, "key", json_sprintf("key %zu", i));
    cr_assert_eq(publish_add(&box, document, false, &why), STATUS_OK);
    json_decref(document);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_PUBLISH_FAILED);
    expect_in(why.text, ": the result makes an address that is too long. 1 result waits in ");
}

Test(publish, a_redacted_document_names_no_host)
{
    begin();
    scratch_file("to", NULL);
    char url[4200], text[64 << 10];
    snprintf(url, sizeof url, "file://%s", scratch_path("to/out.json"));
    const struct destination to = address(url, "");
    const struct outbox box = outbox(&to, NULL);
    json_t *document = example_document();
    const char *host = json_string_value(json_value(document, "host.name"));
    for (int redacts = 0; redacts < 2; redacts++) {
        cr_assert_eq(publish_add(&box, document, redacts, &why), STATUS_OK);
        cr_assert_eq(publish_send(&box, &sent, &why), STATUS_OK, "%s", why.text);
        FILE *file = fopen(scratch_path("to/out.json"), "r");
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        cr_expect_eq(strstr(text, host) == NULL, redacts);
    }
    json_decref(document);
}

/* Sends one result to such an address; the request, which the server answers with `answer`. */
static const char *request_to(const char *scheme, const char *rest, const char *answer)
{
    begin();
    const char *const answers[] = {answer};
    char url[128];
    snprintf(url, sizeof url, "%s%s", scheme, http_server_start(answers, 1));
    const struct destination to = address(url, rest);
    const struct outbox box = outbox(&to, NULL);
    add(&to, first);
    publish_send(&box, &sent, &why);
    cr_expect_eq(http_server_stop(), 1, "%s", why.text);
    scratch_remove();
    return http_server_asked(0);
}

Test(publish, each_kind_of_server_is_asked_in_its_own_way)
{
    static const char ok[] = "200 OK\r\n\r\n";
    char token[] = "secret";
    access_of_all.token = token;
    const char *asked = request_to("", "/folder/?sig=x", ok);
    expect_in(asked, "PUT /folder/");
    expect_in(asked, "-20261124T100001Z-1a2b3c4d5e6f-");
    expect_in(asked, ".json?sig=x HTTP");
    expect_in(asked, "Content-Type: application/json\r\n");
    expect_in(asked, "Authorization: Bearer secret\r\n");
    expect_in(asked, "\"schema\": \"gpubench-result/");
    cr_expect_eq(sent, 1);
    expect_in(request_to("", "/folder/x.json", ok), "PUT /folder/x.json HTTP");

    asked = request_to("pushgateway+", "/prefix/", ok);
    expect_in(asked, "PUT /prefix/metrics/job");
    expect_in(asked, "Content-Type: text/plain; version=0.0.4");
    expect_in(asked, "\ngpubench_time_seconds{");

    asked = request_to("influx+", "/?db=d", ok);
    expect_in(asked, "POST /write?db=d&precision=ns HTTP");
    expect_in(asked, "Authorization: Bearer secret\r\n");
    asked = request_to("influx+", "/?org=o&bucket=b", ok);
    expect_in(asked, "POST /api/v2/write?org=o&bucket=b&precision=ns HTTP");
    expect_in(asked, "Authorization: Token secret\r\n");
    expect_in(request_to("influx+", "/write?db=d", ok), "POST /write?db=d&precision=ns HTTP");

    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "hidden", 1);
    setenv("AWS_REGION", "eu-1", 1);
    asked = request_to("s3+", "/bucket/", ok);
    expect_in(asked, "PUT /bucket/");
    expect_in(asked, "/eu-1/s3/aws4_request");
}

/* Two results for a server that answers so; how often it was asked. */
static size_t asked_of_two(const char *answer)
{
    begin();
    const char *const answers[] = {answer, answer};
    const struct destination to = address(http_server_start(answers, 2), "/f/");
    const struct outbox box = outbox(&to, NULL);
    add(&to, first);
    add(&to, second);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "2 results wait"), "%s", why.text);
    scratch_remove();
    return http_server_stop();
}

Test(publish, a_server_that_is_down_is_not_asked_again_and_one_that_refuses_is)
{
    cr_expect_eq(asked_of_two("403 X\r\n\r\n"), 2);
    cr_expect_eq(asked_of_two("499 X\r\n\r\n"), 2);
    cr_expect_eq(asked_of_two("429 X\r\nRetry-After: 100\r\n\r\n"), 1);
    cr_expect_eq(asked_of_two("500 X\r\nRetry-After: 100\r\n\r\n"), 1);
}

/* Whether an entry for `to` is sent by itself when the user's own address is `own`. */
static bool trusted(const char *to, const char *own, const char *words)
{
    begin();
    const struct destination kept = address(to, ""), mine = address(own ? own : to, "");
    const struct outbox box = outbox(NULL, own ? &mine : NULL);
    add(&kept, first);
    access_of_all.timeout_s = 1e-3; /* nothing listens on port 1 */
    publish_send(&box, &sent, &why);
    scratch_remove();
    return !strstr(why.text, words);
}

Test(publish, files_and_credentials_go_only_where_the_user_says)
{
    char token[] = "secret";
    static const char no_file[] = "a file is written only where",
                      no_secret[] = "credentials go only";
    cr_expect_not(trusted("file:///nonexistent/a", NULL, no_file));
    cr_expect_not(trusted("file:///nonexistent/a", "file:///nonexistent/b", no_file));
    cr_expect(trusted("file:///nonexistent/a", "file:///nonexistent/a", no_file));
    cr_expect(trusted("http://127.0.0.1:1/", NULL, no_secret), "there is no secret");
    cr_expect_not(trusted("s3+http://127.0.0.1:1/", NULL, no_secret));
    access_of_all.token = token;
    cr_expect(trusted("file:///nonexistent/a", "file:///nonexistent/a", no_secret));
    cr_expect_not(trusted("http://127.0.0.1:1/", NULL, no_secret));
    cr_expect_not(trusted("http://127.0.0.1:1/", "http://127.0.0.1:2/", no_secret));
    cr_expect(trusted("http://127.0.0.1:1/", "http://127.0.0.1:1/other/", no_secret));
    cr_expect_not(trusted("http://127.0.0.1:1/?key=x", "http://127.0.0.1:1/", "kept nowhere"));
}

Test(publish, only_what_is_addressed_to_the_destination_is_sent)
{
    begin();
    scratch_file("to", NULL);
    char url[4200];
    snprintf(url, sizeof url, "file://%s/", scratch_path("to"));
    const struct destination to = address(url, ""), other = address("https://h/", "");
    const struct outbox box = outbox(&to, NULL);
    add(&other, first);
    add(&to, second);
    cr_expect_eq(publish_send(&box, &sent, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sent, 1);
    cr_expect_eq(scratch_count("results/.pending"), 1);
}

Test(publish, a_name_has_fingerprint_time_commit_and_digest)
{
    char name[160];
    json_t *document = json_pack("{s:s, s:{s:s}}", "started",
                                 "2026-11-24T10:15:02Z0123456789012345678901234567890123456789",
                                 "tool", "commit", "/../");
    publish_name(document, "0123456789abcdef", name, sizeof name);
    cr_expect_eq(strlen(name), 12 + 1 + 40 + 1 + strlen("unknown-0123456789ab.json"), "%s", name);
    cr_expect_str_eq(name + 12,
                     "-20261124T101502Z012345678901234567890123-unknown-0123456789ab.json");
    json_decref(document);
    document = json_pack("{s:s, s:s, s:[{}]}", "made", "2026", "started", "2025", "runs");
    publish_name(document, "0123456789abcdef", name, sizeof name);
    cr_expect_str_eq(name + 12, "-2026-unknown-0123456789ab.json");
    json_decref(document);
}

Test(publish, the_spool_is_below_the_results_and_its_name_must_fit)
{
    char path[16];
    cr_expect_eq(publish_spool("/r", path, sizeof path, &why), STATUS_OK);
    cr_expect_str_eq(path, "/r/.pending");
    cr_expect_eq(publish_spool("/r", path, sizeof "/.pending", &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "no room for the name of the spool.");
    cr_expect_eq(publish_spool("/rrrrrrrrr", path, sizeof path, &why), STATUS_FAILED);
}

Test(publish, requests_for_s3_need_both_keys_and_have_a_region)
{
    struct http_request request = {0};
    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "", 1);
    cr_expect_eq(publish_sign(&request, &why), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "$AWS_SECRET_ACCESS_KEY is not set"), "%s", why.text);
    setenv("AWS_SECRET_ACCESS_KEY", "hidden", 1);
    cr_expect_eq(publish_sign(&request, &why), STATUS_OK);
    cr_expect_str_eq(request.s3_region, "us-east-1");
    setenv("AWS_DEFAULT_REGION", "b", 1);
    publish_sign(&request, &why);
    cr_expect_str_eq(request.s3_region, "b");
    setenv("AWS_REGION", "a", 1);
    publish_sign(&request, &why);
    cr_expect_str_eq(request.s3_region, "a");
    unsetenv("AWS_ACCESS_KEY_ID");
    cr_expect_eq(publish_sign(&request, &why), STATUS_PUBLISH_FAILED);
}
