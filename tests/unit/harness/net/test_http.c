/* test_http.c - what is asked of a server, which answers are a success, and what becomes of the
 * others. */
#include "harness/net/http.h"
#include "tests/unit/http_server.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof array / sizeof array[0])

static struct http_reply reply;
static struct failure why;
static char taken[64];

static bool take(void *to, const char *bytes, size_t count)
{
    (void)to;
    snprintf(taken, sizeof taken, "%.*s", (int)count, bytes);
    return strcmp(taken, "refuse this") != 0;
}

/* Sends the request to a server that gives these answers. */
static enum status send_to(const char *const *answers, size_t count, struct http_request request,
                           const struct http_access *access)
{
    char url[128];
    snprintf(url, sizeof url, "%s/a", http_server_start(answers, count));
    request.url = url;
    request.method = request.method ? request.method : "GET";
    request.token_word = "Bearer";
    request.answer_most = request.answer_most ? request.answer_most : 1 << 20;
    why = (struct failure){.text = ""};
    taken[0] = '\0';
    const enum status status = http_send(&request, access, &reply, &why);
    cr_expect_eq(why.status, status, "%s", why.text);
    http_close();
    return status;
}

static enum status answered(const char *answer, struct http_request request)
{
    const struct http_access access = {.token = NULL};
    const enum status status = send_to(&answer, 1, request, &access);
    http_server_stop();
    return status;
}

static const struct http_request get = {.method = "GET"};
static const struct http_request put = {
    .method = "PUT", .body = "text", .body_bytes = 4, .type = "text/x"};

Test(http, a_document_is_taken_with_its_etag)
{
    struct http_request request = get;
    request.take = take;
    cr_expect_eq(answered("200 OK\r\nETag:  \"v1\" \r\n\r\nhello", request), STATUS_OK);
    cr_expect_str_eq(taken, "hello");
    cr_expect_str_eq(reply.etag, "\"v1\"");
    cr_expect_eq(reply.status, 200);
}

Test(http, a_document_may_come_compressed)
{
    static const char *const answers[] = {"200 OK\r\n\r\n"};
    const struct http_access access = {.token = NULL};
    struct http_request request = get;
    request.take = take;
    send_to(answers, 1, request, &access);
    http_server_stop();
    cr_expect_not_null(strstr(http_server_asked(0), "\r\nAccept-Encoding: gzip\r\n"));

    send_to(answers, 1, get, &access); /* of an answer that nobody takes, nothing is unpacked */
    http_server_stop();
    cr_expect_null(strstr(http_server_asked(0), "Accept-Encoding"));
}

Test(http, a_request_says_what_it_sends_and_who_sends_it)
{
    static const char *const answers[] = {"200 OK\r\n\r\n"};
    char token[] = "secret";
    const struct http_access access = {.token = token};
    struct http_request request = put;
    setenv("AWS_SESSION_TOKEN", "of requests to S3 alone", 1);
    request.etag = "\"v1\"";
    cr_expect_eq(send_to(answers, 1, request, &access), STATUS_OK);
    cr_assert_eq(http_server_stop(), 1);
    const char *asked = http_server_asked(0);
    static const char *const wanted[] = {"PUT /a HTTP/1.1\r\n",
                                         "\r\nAuthorization: Bearer secret\r\n",
                                         "\r\nContent-Type: text/x\r\n",
                                         "\r\nIf-None-Match: \"v1\"\r\n",
                                         "\r\nContent-Length: 4\r\n",
                                         "\r\nUser-Agent: gpubench\r\n",
                                         "\r\n\r\ntext"};
    for (size_t i = 0; i < COUNT(wanted); i++)
        cr_expect_not_null(strstr(asked, wanted[i]), "%s in %s", wanted[i], asked);
    cr_expect_null(strstr(asked, "Expect:"), "%s", asked);
    cr_expect_null(strstr(asked, "x-amz"), "%s", asked);
}

Test(http, a_request_for_s3_is_signed_and_has_no_token)
{
    static const char *const answers[] = {"200 OK\r\n\r\n"};
    char token[] = "secret";
    const struct http_access access = {.token = token};
    struct http_request request = put;
    request.s3_region = "eu-1";
    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "hidden", 1);
    setenv("AWS_SESSION_TOKEN", "session", 1);
    cr_expect_eq(send_to(answers, 1, request, &access), STATUS_OK);
    http_server_stop();
    const char *asked = http_server_asked(0);
    cr_expect_not_null(strstr(asked, "AWS4-HMAC-SHA256 Credential=KEY/"), "%s", asked);
    cr_expect_not_null(strstr(asked, "/eu-1/s3/aws4_request"), "%s", asked);
    cr_expect_not_null(strstr(asked, "x-amz-security-token: session\r\n"), "%s", asked);
    cr_expect_not_null(strstr(asked, "x-amz-content-sha256: 982d9e3eb996f559e633f4d194def3761d909f5"
                                     "a3b647d1a851fead67c32c9d1\r\n"),
                       "%s", asked);
    cr_expect_null(strstr(asked, "Bearer"), "%s", asked);
}

Test(http, a_signed_request_without_a_body_has_the_digest_of_nothing)
{
    static const char *const answers[] = {"200 OK\r\n\r\n"};
    const struct http_access access = {.token = NULL};
    struct http_request request = get;
    request.s3_region = "eu-1";
    request.body_bytes = 4; /* of no body */
    setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "hidden", 1);
    cr_expect_eq(send_to(answers, 1, request, &access), STATUS_OK);
    http_server_stop();
    const char *asked = http_server_asked(0);
    cr_expect_not_null(strstr(asked, "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e"
                                     "4649b934ca495991b7852b855\r\n"),
                       "%s", asked);
}

Test(http, only_a_header_of_that_very_name_is_an_etag)
{
    answered("200 OK\r\nETags: \"other\"\r\nX: etag: \"other\"\r\n\r\n", get);
    cr_expect_str_eq(reply.etag, "");
    answered("200 OK\r\netag:\r\n\r\n", get);
    cr_expect_str_eq(reply.etag, "");
    answered("200 OK\r\netag:a\r\n\r\n", get);
    cr_expect_str_eq(reply.etag, "a");
    answered("200 OK\r\netag:a\x01"
             "b\r\n\r\n",
             get);
    cr_expect_str_eq(reply.etag, "", "not printable");
    for (int length = 255; length <= 256; length++) {
        char answer[400];
        snprintf(answer, sizeof answer, "200 OK\r\netag: %0*d\r\n\r\n", length, 0);
        answered(answer, get);
        cr_expect_eq(strlen(reply.etag), length == 255 ? 255 : 0, "%d", length);
    }
}

/* A proxy is for other machines; at this port no proxy listens. */
Test(http, this_machine_is_asked_without_the_proxy)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    cr_expect_eq(answered("200 OK\r\n\r\n", get), STATUS_OK, "%s", why.text);
}

Test(http, which_answers_are_a_success_depends_on_what_was_asked)
{
    static const struct {
        int status;
        bool of_get, of_put, of_get_with_etag;
    } cases[] = {{200, true, true, true},    {201, false, true, false}, {202, false, true, false},
                 {203, false, false, false}, {204, false, true, false}, {205, false, false, false},
                 {304, false, false, true},  {404, false, false, false}};
    struct http_request with_etag = get;
    with_etag.etag = "\"v1\"";
    for (size_t i = 0; i < COUNT(cases); i++) {
        char answer[32];
        snprintf(answer, sizeof answer, "%d X\r\n\r\n", cases[i].status);
        cr_expect_eq(answered(answer, get) == STATUS_OK, cases[i].of_get, "GET %s", answer);
        cr_expect_eq(answered(answer, put) == STATUS_OK, cases[i].of_put, "PUT %s", answer);
        cr_expect_eq(answered(answer, with_etag) == STATUS_OK, cases[i].of_get_with_etag,
                     "with etag %s", answer);
    }
}

Test(http, a_refusal_has_the_first_printable_line_of_the_answer_and_advice)
{
    cr_expect_eq(answered("404 X\r\n\r\nno\tsuch ~thing\x7f\r\nmore", get), STATUS_PUBLISH_FAILED);
    cr_expect_str_eq(why.text, "the server answers 404: nosuch ~thing");
    cr_expect_eq(reply.status, 404);
    answered("400 X\r\n\r\na\xe9\x7f b", get);
    cr_expect_str_eq(why.text, "the server answers 400: a b");
    char much[400];
    const int head = snprintf(much, sizeof much, "500 X\r\nRetry-After: 100\r\n\r\n");
    memset(much + head, 'y', 300);
    much[head + 300] = '\0';
    answered(much, get);
    cr_expect_eq(strlen(reply.text), sizeof reply.text - 1);
    answered("200 OK\r\n\r\nfine", get);
    cr_expect_str_eq(reply.text, "", "it is no error");
    static const int statuses[] = {401, 403};
    for (size_t i = 0; i < COUNT(statuses); i++) {
        char answer[32];
        struct http_request signed_put = put;
        signed_put.s3_region = "r";
        snprintf(answer, sizeof answer, "%d X\r\n\r\n", statuses[i]);
        answered(answer, put);
        cr_expect_not_null(strstr(why.text, "--token-file"), "%s", why.text);
        setenv("AWS_ACCESS_KEY_ID", "KEY", 1);
        setenv("AWS_SECRET_ACCESS_KEY", "hidden", 1);
        answered(answer, signed_put);
        cr_expect_not_null(strstr(why.text, "$AWS_REGION"), "%s", why.text);
    }
}

/* The pause that the server asks for is longer than the time, so nothing is waited for. */
Test(http, a_busy_server_is_asked_again_and_one_that_refuses_is_not)
{
    static const struct {
        int status;
        bool is_busy;
    } cases[] = {{428, false}, {429, true}, {430, false}, {499, false},
                 {500, true},  {503, true}, {599, true},  {600, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char answer[64];
        snprintf(answer, sizeof answer, "%d X\r\nRetry-After: 100\r\n\r\n", cases[i].status);
        cr_expect_eq(answered(answer, put), STATUS_PUBLISH_FAILED);
        cr_expect_eq(strstr(why.text, "(tried once; --timeout allows more than 30 s)") != NULL,
                     cases[i].is_busy, "%s", why.text);
        cr_expect_eq(reply.retry_after_s, 100);
    }
}

/* The first address may hold another secret than the one that it leads to. */
Test(http, secrets_of_both_addresses_are_masked)
{
    static const char *const answers[] = {"302 X\r\nLocation: /b?key=second-one\r\n\r\n",
                                          "404 X\r\n\r\nfirst-one or second-one"};
    const struct http_access access = {.token = NULL};
    struct http_request request = get;
    char url[128];
    snprintf(url, sizeof url, "%s/a?key=first-one", http_server_start(answers, 2));
    request.url = url;
    request.token_word = "Bearer";
    request.answer_most = 1 << 20;
    cr_expect_eq(http_send(&request, &access, &reply, &why), STATUS_PUBLISH_FAILED);
    http_close();
    http_server_stop();
    cr_expect_str_eq(why.text, "the server answers 404: *** or ***");
}

/* The pause before another try is a quarter of a second at least. */
Test(http, a_request_that_fails_once_in_its_time_says_so)
{
    static const char *const answers[] = {"503 X\r\n\r\n"},
                             *const with_wish[] = {"503 X\r\nRetry-After: 1\r\n\r\nbusy"};
    const struct http_access access = {.timeout_s = 0.2};
    cr_expect_eq(send_to(answers, 1, get, &access), STATUS_PUBLISH_FAILED);
    cr_expect_eq(http_server_stop(), 1);
    cr_expect_str_eq(why.text, "the server answers 503 (tried once in 0.2 s)");
    cr_expect_eq(reply.retry_after_s, 0);
    cr_expect_eq(send_to(with_wish, 1, get, &access), STATUS_PUBLISH_FAILED);
    http_server_stop();
    cr_expect_str_eq(why.text,
                     "the server answers 503: busy and asks to come back in 1 s, which is too late "
                     "for this time (tried once; --timeout allows more than 0.2 s)");
}

/* After a quarter of a second at least. */
Test(http, a_server_is_asked_again_after_a_pause)
{
    static const char *const answers[] = {"503 X\r\n\r\n", "503 X\r\nRetry-After: 100\r\n\r\n"};
    const struct http_access access = {.token = NULL};
    const nanos start = clock_now();
    cr_expect_eq(send_to(answers, 2, get, &access), STATUS_PUBLISH_FAILED);
    cr_expect_eq(http_server_stop(), 2);
    cr_expect_geq(clock_now() - start, 250000000);
    cr_expect_not_null(strstr(why.text, "(tried twice; --timeout"), "%s", why.text);
}

Test(http, redirections_within_the_server_are_followed)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < COUNT(statuses); i++)
        for (int has_body = 0; has_body < 2; has_body++) {
            const bool follows = statuses[i] != 303 || !has_body;
            char first[64];
            const char *const answers[] = {first, "200 OK\r\n\r\n"};
            const struct http_access access = {.token = NULL};
            snprintf(first, sizeof first, "%d X\r\nLocation: /b\r\n\r\n", statuses[i]);
            cr_expect_eq(send_to(answers, 2, has_body ? put : get, &access) == STATUS_OK, follows,
                         "%s", first);
            cr_expect_eq(http_server_stop(), follows ? 2 : 1);
            if (follows)
                cr_expect_not_null(strstr(http_server_asked(1), has_body ? "PUT /b" : "GET /b"));
        }
}

Test(http, redirections_end_at_another_server_at_the_sixth_and_without_an_address)
{
    static const char again[] = "302 X\r\nLocation: /again\r\n\r\n";
    static const char *const answers[] = {again, again, again, again, again, again, again};
    const struct http_access access = {.token = NULL};
    cr_expect_eq(send_to(answers, 7, get, &access), STATUS_PUBLISH_FAILED);
    cr_expect_eq(http_server_stop(), 6);
    cr_expect_not_null(strstr(why.text, "redirects for the 6th time"), "%s", why.text);

    answered("302 X\r\nLocation: http://127.0.0.1:1/b?token=hidden\r\n\r\n", get);
    cr_expect_not_null(strstr(why.text, "to another server, http://127.0.0.1:1/b,"), "%s",
                       why.text);
    answered("302 X\r\nLocation: http://me:hidden@127.0.0.1:1/b\r\n\r\n", get);
    cr_expect_not_null(strstr(why.text, "to another server, http://127.0.0.1:1/b,"), "%s",
                       why.text);
    answered("302 X\r\n\r\nmoved", get);
    cr_expect_str_eq(why.text, "the server answers 302");
    char far[2200];
    for (size_t length = 2047; length <= 2048; length++) {
        snprintf(far, sizeof far, "302 X\r\nLocation: http://127.0.0.1:1/%0*d\r\n\r\n",
                 (int)(length - strlen("http://127.0.0.1:1/")), 0);
        answered(far, get);
        cr_expect_eq(strlen(reply.location), length == 2047 ? 2047 : 0);
    }
    answered("305 X\r\nLocation: /b\r\n\r\n", get);
    cr_expect_str_eq(why.text, "the server answers 305");
}

Test(http, an_answer_beyond_its_limit_or_that_is_not_taken_is_cut_off)
{
    struct http_request request = get;
    request.take = take;
    request.answer_most = 2048;
    char *body = malloc(4096);
    const int head = snprintf(body, 4096, "200 OK\r\n\r\n");
    memset(body + head, 'x', 2049);
    body[head + 2048] = '\0';
    cr_expect_eq(answered(body, request), STATUS_OK, "%s", why.text);
    body[head + 2048] = 'x';
    body[head + 2049] = '\0';
    cr_expect_eq(answered(body, request), STATUS_PUBLISH_FAILED);
    cr_expect_str_eq(why.text,
                     "the server sends an answer that is too long and was cut off (at most 2 KiB)");
    free(body);
    enum { PIECES = 40000 }; /* more than libcurl passes on at once */
    char *long_body = malloc(PIECES + 64);
    sprintf(long_body, "200 OK\r\n\r\n%0*d", PIECES, 0);
    request.answer_most = PIECES;
    cr_expect_eq(answered(long_body, request), STATUS_OK, "%s", why.text);
    request.answer_most = PIECES - 1;
    cr_expect_eq(answered(long_body, request), STATUS_PUBLISH_FAILED);
    free(long_body);
    taken[0] = '\0';
    answered("404 X\r\n\r\nrefuse this", request);
    cr_expect_str_eq(taken, "", "of an error nothing is taken");
    cr_expect_eq(answered("200 OK\r\n\r\nrefuse this", request), STATUS_PUBLISH_FAILED);
    cr_expect_not_null(strstr(why.text, "more than can be stored"), "%s", why.text);
}

Test(http, headers_without_end_are_cut_off)
{
    enum { LINES = 70, LINE = 1024 };
    char *answer = malloc(LINES * LINE + 64);
    size_t used = (size_t)sprintf(answer, "200 OK\r\n");
    for (int i = 0; i < LINES; i++)
        used += (size_t)sprintf(answer + used, "X-%d: %01000d\r\n", i, 0);
    sprintf(answer + used, "\r\n");
    cr_expect_eq(answered(answer, get), STATUS_PUBLISH_FAILED);
    cr_expect_str_eq(why.text,
                     "the server sends headers without end and was cut off (at most 64 KiB)");
    answer[32 << 10] = '\0';
    strcat(answer, "\r\n\r\n");
    cr_expect_eq(answered(answer, get), STATUS_OK, "%s", why.text);
    free(answer);
}

/* The status line and the empty line are headers too. */
Test(http, headers_may_have_64_kib_and_no_byte_more)
{
    enum { MOST = 64 << 10, LINE = 1024 };
    char *answer = malloc(MOST + LINE);
    size_t used = (size_t)sprintf(answer, "200 OK\r\n");
    while (used + LINE < MOST)
        used += (size_t)sprintf(answer + used, "X: %0500d\r\n", 0);
    const size_t left = MOST - strlen("HTTP/1.1 ") - used - strlen("Y: \r\n\r\n");
    sprintf(answer + used, "Y: %0*d\r\n\r\nmuch", (int)left, 0);
    struct http_request request = get;
    cr_expect_eq(answered(answer, request), STATUS_OK, "%s", why.text);
    request.answer_most = 1; /* it is the answer that is too long, not its headers */
    answered(answer, request);
    cr_expect_str_eq(why.text,
                     "the server sends an answer that is too long and was cut off (at most 0 KiB)");
    sprintf(answer + used, "Y: %0*d\r\n\r\n", (int)left + 1, 0);
    cr_expect_eq(answered(answer, get), STATUS_PUBLISH_FAILED);
    free(answer);
}
