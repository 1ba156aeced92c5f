/* test_http_exchange.c - how an exchange without an answer ends: refused, closed, silent,
 * interrupted, without trust. */
#include "harness/base/interrupt.h"
#include "harness/net/http.h"
#include "tests/unit/http_server.h"
#include "tests/unit/scratch.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct http_reply reply;
static struct failure why;

static enum http_end exchange_with(const char *url, const struct http_access *access,
                                   nanos limit_ns)
{
    const struct http_request request = {.url = url, .method = "GET", .answer_most = 1 << 20};
    const enum http_end end = http_exchange(&request, access, clock_now() + limit_ns, &reply, &why);
    http_close();
    return end;
}

static enum http_end exchange(const char *url)
{
    const struct http_access access = {.token = NULL};
    return exchange_with(url, &access, 30000000000u);
}

/* A process that may open no file more loads no library. */
Test(http_exchange, without_libcurl_a_package_is_named)
{
    static const char begin[] = "libcurl cannot be loaded (", end[] = "): apt-get install libcurl4";
    struct rlimit before;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max}), 0);
    const enum status status = http_open(&why);
    setrlimit(RLIMIT_NOFILE, &before);
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_eq(why.status, STATUS_FAILED);
    cr_expect_eq(strncmp(why.text, begin, strlen(begin)), 0, "%s", why.text);
    cr_expect_str_eq(why.text + strlen(why.text) - strlen(end), end);
    cr_expect_not_null(strstr(why.text, "libcurl.so.4"), "%s", why.text);
}

/* The kernel accepts the connection, and nobody answers. Returns the socket. */
static int silent_server(char *url, size_t bytes)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(fd, 1), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(url, bytes, "http://127.0.0.1:%u/", ntohs(address.sin_port));
    return fd;
}

Test(http_exchange, an_exchange_in_which_nothing_moves_is_given_up)
{
    char url[64];
    const struct http_access impatient = {.timeout_s = 1e-9};
    const int fd = silent_server(url, sizeof url);
    cr_expect_eq(exchange_with(url, &impatient, 1000000000), HTTP_TIMED_OUT);
    cr_expect_str_eq(why.text, "nothing came for 0.0 s");
    close(fd);
}

/* Not earlier, and not so late that libcurl's own limit is another one. */
Test(http_exchange, an_exchange_ends_at_its_deadline)
{
    char url[64];
    const struct http_access access = {.token = NULL};
    const int fd = silent_server(url, sizeof url);
    const nanos start = clock_now();
    cr_expect_eq(exchange_with(url, &access, 30000000), HTTP_TIMED_OUT);
    cr_expect_geq(clock_now() - start, 28000000);
    cr_expect_not_null(strstr(why.text, "timed out"), "%s", why.text);
    cr_expect_eq(exchange_with(url, &access, 0), HTTP_TIMED_OUT);
    cr_expect_not_null(strstr(why.text, "timed out"), "%s", why.text);
    close(fd);
}

Test(http_exchange, user_and_password_are_from_netrc_unless_there_is_a_token)
{
    static const char *const answers[] = {"200 OK\r\n\r\n"};
    char token[] = "secret", url[64];
    struct http_access access = {.token = NULL};
    const struct http_request request = {
        .url = url, .method = "GET", .token_word = "Bearer", .answer_most = 1};
    scratch_make();
    scratch_file(".netrc", "machine 127.0.0.1 login me password pw\n");
    setenv("HOME", scratch_path(""), 1);
    for (int with_token = 0; with_token < 2; with_token++) {
        access.token = with_token ? token : NULL;
        snprintf(url, sizeof url, "%s/", http_server_start(answers, 1));
        cr_expect_eq(http_exchange(&request, &access, clock_now() + 30000000000u, &reply, &why),
                     HTTP_ANSWERED);
        http_close();
        http_server_stop();
        const char *asked = http_server_asked(0);
        cr_expect_eq(strstr(asked, "Authorization: Basic bWU6cHc=\r\n") != NULL, !with_token, "%s",
                     asked);
        cr_expect_eq(strstr(asked, "Authorization: Bearer secret\r\n") != NULL, with_token, "%s",
                     asked);
    }
    scratch_remove();
}

Test(http_exchange, an_exchange_ends_at_once_after_ctrl_c)
{
    char url[64];
    const struct http_access access = {.token = NULL};
    const int fd = silent_server(url, sizeof url);
    interrupt_request(SIGINT);
    const nanos start = clock_now();
    cr_expect_eq(exchange_with(url, &access, 5000000000u), HTTP_STOPPED);
    cr_expect_lt(clock_now() - start, 4000000000u);
    interrupt_request(0);
    close(fd);
}

Test(http_exchange, a_file_of_authorities_that_cannot_be_read_is_named_with_advice)
{
    static const char *const answers[] = {NULL};
    const struct http_access access = {.ca_file = "/nonexistent/ca.pem"};
    char url[64];
    snprintf(url, sizeof url, "https%s", http_server_start(answers, 1) + strlen("http"));
    cr_expect_eq(exchange_with(url, &access, 30000000000u), HTTP_REFUSED);
    http_server_stop();
    cr_expect_not_null(strstr(why.text, "/nonexistent/ca.pem"), "%s", why.text);
    cr_expect_not_null(strstr(why.text, "; --ca-file FILE names the authority"), "%s", why.text);
}

Test(http_exchange, a_connection_that_is_refused_or_closed_is_broken_and_another_scheme_is_refused)
{
    static const char *const answers[] = {NULL};
    char url[64];
    snprintf(url, sizeof url, "%s", http_server_start(answers, 1));
    cr_expect_eq(exchange(url), HTTP_BROKEN, "closed: %s", why.text);
    cr_expect_eq(reply.status, 0);
    http_server_stop();
    cr_expect_eq(exchange(url), HTTP_BROKEN, "refused: %s", why.text);
    cr_expect_not_null(strstr(why.text, strrchr(url, ':') + 1), "libcurl says the port: %s",
                       why.text);
    cr_expect_eq(exchange("file:///etc/hostname"), HTTP_REFUSED);
    cr_expect_gt(strlen(why.text), 5);
}
