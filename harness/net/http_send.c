/* http_send.c - when a request is tried again and which redirections are followed; does not use
 * libcurl. */
#define _GNU_SOURCE 1 /* memrchr */

#include "harness/base/durable.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/net/destination.h"
#include "harness/net/http.h"
#include "harness/net/secrets.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { HOPS_MOST = 5, TOKEN_MOST = 8 << 10 };

enum status http_access_token(struct http_access *access, const char *file, struct failure *why)
{
    const char *variable = getenv("GPUBENCH_TOKEN");
    char from[300], *text = NULL;
    size_t length = 0;
    if (!file && !(variable && *variable))
        return STATUS_OK;
    snprintf(from, sizeof from, "%s", file ? file : "$GPUBENCH_TOKEN");
    if (file) {
        const int error = durable_read(file, TOKEN_MOST, &text, &length);
        if (error)
            return fail(why, STATUS_USAGE, "--token-file %s cannot be read: %s", from,
                        strerror(error));
    } else {
        text = need_text(variable);
        length = strlen(text);
    }
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        text[--length] = '\0';
    bool is_clean = length > 0;
    for (size_t i = 0; i < length; i++)
        is_clean = is_clean && text[i] > ' ' && text[i] < 127;
    access->token = text;
    if (!is_clean) {
        http_access_free(access);
        return fail(why, STATUS_USAGE,
                    "%s holds no token: one line of printable characters without spaces is wanted.",
                    from);
    }
    return STATUS_OK;
}

void http_access_free(struct http_access *access)
{
    if (access->token)
        explicit_bzero(access->token, strlen(access->token));
    free(access->token);
    access->token = NULL;
}

static uint32_t any_number(void)
{
    uint32_t number;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        number = (uint32_t)clock_now();
    return number;
}

/* Sleeps; ends early on Ctrl-C. */
static void wait_for(double seconds)
{
    const nanos until = clock_now() + (nanos)(seconds * 1e9);
    for (nanos now = clock_now(); now < until && !interrupt_requested(); now = clock_now()) {
        const nanos left = until - now < 50000000 ? until - now : 50000000;
        nanosleep(&(struct timespec){.tv_nsec = (long)left}, NULL);
    }
}

static bool is_success(const struct http_request *request, int status)
{
    return status == 200 || (request->body && (status == 201 || status == 202 || status == 204)) ||
           (request->etag && status == 304);
}

static bool is_redirection(const struct http_request *request, int status)
{
    return status == 301 || status == 302 || status == 307 || status == 308 ||
           (status == 303 && !request->body);
}

static const char *advice_for(const struct http_request *request, int status)
{
    if (request->s3_region && (status == 401 || status == 403))
        return "; $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY and $AWS_REGION sign the request";
    if (status == 401 || status == 403)
        return "; the token comes from --token-file, $GPUBENCH_TOKEN or ~/.netrc";
    return "";
}

static enum http_end refuse_answer(const struct http_request *request, struct http_reply *reply,
                                   struct failure *why)
{
    const char *text = reply->text;
    fail(why, STATUS_PUBLISH_FAILED, "the server answers %d%s%s%s", reply->status,
         *text ? ": " : "", text, advice_for(request, reply->status));
    return HTTP_REFUSED;
}

/* Takes out a user and password, which libcurl puts there if they are from ~/.netrc. */
static void drop_user(char *address)
{
    char *scheme = strstr(address, "://");
    char *host = scheme ? scheme + 3 : address;
    const char *at = memrchr(host, '@', strcspn(host, "/?#"));
    if (at)
        memmove(host, at + 1, strlen(at + 1) + 1);
}

/* One try, with its redirections. If it fails, the failure says why. */
static enum http_end try_once(const struct http_request *first, const struct http_access *access,
                              nanos deadline, struct http_reply *reply, struct failure *why)
{
    struct http_request request = *first;
    struct destination here, next;
    char url[sizeof reply->location];
    if (destination_parse(first->url, true, &here, why) != STATUS_OK)
        return HTTP_REFUSED;
    request.no_proxy = here.is_loopback;
    for (int hops = 0;; hops++) {
        if (request.restart && !request.restart(request.to)) {
            fail(why, STATUS_PUBLISH_FAILED, "the answer cannot be stored");
            return HTTP_REFUSED;
        }
        const enum http_end end = http_exchange(&request, access, deadline, reply, why);
        if (end != HTTP_ANSWERED || is_success(&request, reply->status))
            return end;
        char shown[300];
        drop_user(reply->location);
        destination_shown(reply->location, shown, sizeof shown);
        const char *const asked[] = {first->url, request.url}; /* may hold different secrets */
        for (size_t i = 0; i < 2; i++) {
            secrets_mask(reply->text, access, asked[i]);
            secrets_mask(shown, access, asked[i]);
        }
        if (!is_redirection(&request, reply->status) || !reply->location[0])
            return refuse_answer(&request, reply, why);
        if (destination_parse(reply->location, true, &next, NULL) != STATUS_OK ||
            !destination_same_server(&here, &next)) {
            fail(
                why, STATUS_PUBLISH_FAILED,
                "the server answers %d and redirects to another server, %s, which is not followed: give "
                "that address if it is right",
                reply->status, shown);
            return HTTP_REFUSED;
        }
        if (hops == HOPS_MOST) {
            fail(why, STATUS_PUBLISH_FAILED, "the server redirects for the %dth time, to %s",
                 hops + 1, shown);
            return HTTP_REFUSED;
        }
        memcpy(url, reply->location, sizeof url);
        request.url = url;
    }
}

static bool is_worth_trying(enum http_end end, const struct http_reply *reply)
{
    if (end == HTTP_TIMED_OUT || end == HTTP_BROKEN)
        return true;
    return reply->status == 429 || (reply->status >= 500 && reply->status <= 599);
}

enum status http_send(const struct http_request *request, const struct http_access *access,
                      struct http_reply *reply, struct failure *why)
{
    const double whole_s = http_limits(access->timeout_s).whole_s;
    const nanos deadline = clock_now() + (nanos)(whole_s * 1e9);
    struct failure before = {0};
    for (int attempt = 0;; attempt++) {
        const enum http_end end = try_once(request, access, deadline, reply, why);
        if (end == HTTP_ANSWERED)
            return STATUS_OK;
        if (end == HTTP_STOPPED || interrupt_requested())
            return fail(why, STATUS_INTERRUPTED, "interrupted");
        if (!is_worth_trying(end, reply))
            return STATUS_PUBLISH_FAILED;

        /* If the total time ended this try, the failure of the try before it says more. libcurl's
         * timeout is in whole milliseconds and may end a little early. */
        const nanos nearly = (nanos)50e6;
        if (attempt > 0 && end == HTTP_TIMED_OUT && clock_now() + nearly >= deadline)
            *why = before;
        before = *why;
        const char *tries = attempt == 0 ? "once" : attempt == 1 ? "twice" : "three times";
        double wait_s = http_pause_s(attempt, any_number());
        if (reply->retry_after_s > wait_s)
            wait_s = reply->retry_after_s;
        if (attempt + 1 == HTTP_TRIES)
            return fail(why, STATUS_PUBLISH_FAILED, "%s (tried %s)", why->text, tries);
        if (clock_now() + (nanos)(wait_s * 1e9) >= deadline) {
            if (wait_s == reply->retry_after_s)
                return fail(why, STATUS_PUBLISH_FAILED,
                            "%s and asks to come back in %.0f s, which is too late for this time "
                            "(tried %s; --timeout allows more than %g s)",
                            why->text, wait_s, tries, whole_s);
            return fail(why, STATUS_PUBLISH_FAILED, "%s (tried %s in %g s)", why->text, tries,
                        whole_s);
        }
        wait_for(wait_s);
    }
}
