/* http.c - HTTP by libcurl, which is opened at run time: it loads 25 libraries in 12 ms, which only
 * a run that publishes should pay for, and the host's own copy knows the host's certificates. */
#include "harness/net/http.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <ctype.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_MOST = 64 << 10 };

#define CURL_FUNCTIONS(X)                                                                          \
    X(global_init)                                                                                 \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_perform)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_cleanup)                                                                                \
    X(easy_strerror)                                                                               \
    X(version_info)                                                                                \
    X(slist_append)                                                                                \
    X(slist_free_all)

static struct {
    void *library;
    CURL *handle; /* kept with its connections from request to request */
#define X(name) __typeof__(curl_##name) *name;
    CURL_FUNCTIONS(X)
#undef X
} curl;

/* The host's own libcurl, which the host keeps up to date, unless it is too old to sign requests to
 * S3; then, and where there is none, the tarball's, which scripts/package/curl builds. */
static void *open_library(char *first, size_t bytes)
{
    enum { SIGNS = 0x074b00 }; /* 7.75 */
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4",
                                        "libcurl-gpubench.so.4"};
    void *old = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (!library && !first[0])
            snprintf(first, bytes, "%s", dlerror());
        if (!library)
            continue;
        curl_version_info_data *(*version)(CURLversion);
        *(void **)&version = dlsym(library, "curl_version_info");
        if (version && version(CURLVERSION_NOW)->version_num >= SIGNS)
            return library;
        old = old ? old : library;
    }
    return old;
}

enum status http_open(struct failure *why)
{
    char first[256] = "";
    if (curl.handle)
        return STATUS_OK;
    curl.library = open_library(first, sizeof first);
    if (!curl.library)
        return fail(why, STATUS_FAILED, "libcurl cannot be loaded (%s): apt-get install libcurl4",
                    first);
#define X(name)                                                                                    \
    *(void **)&curl.name = dlsym(curl.library, "curl_" #name);                                     \
    if (!curl.name)                                                                                \
        return fail(why, STATUS_FAILED,                                                            \
                    "this libcurl has no curl_" #name ": apt-get install libcurl4");
    CURL_FUNCTIONS(X)
#undef X
    if (curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        curl.handle = curl.easy_init();
    if (!curl.handle)
        return fail(why, STATUS_FAILED, "libcurl cannot be started");
    return STATUS_OK;
}

void http_close(void)
{
    if (curl.handle)
        curl.easy_cleanup(curl.handle);
    curl.handle = NULL;
}

/* The state of an exchange, for the callbacks of libcurl. */
struct exchange {
    const struct http_request *request;
    struct http_reply *reply;
    size_t headers, body;
    const char *refused; /* why we ended it early, NULL if we did not */
    curl_off_t moved;    /* bytes both ways when something last moved, and when that was */
    nanos moved_at, patience;
    bool stalled;
};

static long status_of(void)
{
    long status = 0;
    curl.easy_getinfo(curl.handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* The printable start of the first line of an answer. */
static void keep_text(struct http_reply *reply, const char *bytes, size_t count)
{
    size_t used = strlen(reply->text);
    for (size_t i = 0; i < count && used + 1 < sizeof reply->text; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        if (c == '\n' || c == '\r')
            break;
        if (c >= ' ' && c < 127)
            reply->text[used++] = (char)c;
    }
    reply->text[used] = '\0';
}

static size_t on_body(char *bytes, size_t always_1, size_t count, void *user)
{
    (void)always_1;
    struct exchange *x = user;
    if (count > x->request->answer_most - x->body) {
        x->refused = "an answer that is too long";
        return 0;
    }
    const long status = status_of();
    if (x->body == 0 && status >= 400)
        keep_text(x->reply, bytes, count);
    x->body += count;
    if (status == 200 && x->request->take && !x->request->take(x->request->to, bytes, count)) {
        x->refused = "more than can be stored";
        return 0;
    }
    return count;
}

static size_t on_header(char *line, size_t always_1, size_t count, void *user)
{
    static const char name[] = "etag:";
    (void)always_1;
    struct exchange *x = user;
    x->headers += count;
    if (x->headers > HEADER_MOST) {
        x->refused = "headers without end";
        return 0;
    }
    if (count > sizeof name - 1 && strncasecmp(line, name, sizeof name - 1) == 0) {
        size_t from = sizeof name - 1, to = count;
        while (from < to && isspace((unsigned char)line[from]))
            from++;
        while (to > from && isspace((unsigned char)line[to - 1]))
            to--;
        bool is_clean = to - from < sizeof x->reply->etag;
        for (size_t i = from; i < to; i++)
            is_clean = is_clean && isprint((unsigned char)line[i]);
        if (is_clean)
            snprintf(x->reply->etag, sizeof x->reply->etag, "%.*s", (int)(to - from), line + from);
    }
    return count;
}

/* libcurl calls this at least once a second. Ends the exchange after Ctrl-C, or if no byte has
 * moved for as long as one try may take. */
static int on_progress(void *user, curl_off_t all_down, curl_off_t down, curl_off_t all_up,
                       curl_off_t up)
{
    (void)all_down;
    (void)all_up;
    struct exchange *x = user;
    const nanos now = clock_now();
    if (down + up != x->moved) {
        x->moved = down + up;
        x->moved_at = now;
    }
    x->stalled = now - x->moved_at > x->patience;
    return x->stalled || interrupt_requested();
}

/* Frees a text after it was overwritten, because it may hold a secret. */
static void forget(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

/* Appends "Name: value" to the list; false if memory runs out. */
static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
    char *line = *value ? need_format("%s: %s", name, value) : need_format("%s:", name);
    struct curl_slist *longer = curl.slist_append(*list, line);
    forget(line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

/* S3 wants the SHA-256 of the body in a header, which older versions of libcurl do not send. */
static bool add_digest(struct curl_slist **list, const struct http_request *r)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    SHA256Data((const uint8_t *)(r->body ? r->body : ""), r->body ? r->body_bytes : 0, digest);
    return add_header(list, "x-amz-content-sha256", digest);
}

static bool add_token(struct curl_slist **list, const struct http_request *r, const char *token)
{
    char *value = need_format("%s %s", r->token_word, token);
    const bool ok = add_header(list, "Authorization", value);
    forget(value);
    return ok;
}

static bool add_headers(struct curl_slist **list, const struct http_request *r,
                        const struct http_access *access)
{
    const char *session = getenv("AWS_SESSION_TOKEN");
    bool ok = true;
    if (r->body)
        ok = add_header(list, "Content-Type", r->type);
    if (ok && r->etag)
        ok = add_header(list, "If-None-Match", r->etag);
    if (ok && r->s3_region)
        ok = add_digest(list, r);
    else if (ok) /* no "Expect: 100-continue", which costs a second on servers that do not know it.
                    A signed request keeps it, because the signature would cover its absence. */
        ok = add_header(list, "Expect", "");
    if (ok && r->s3_region && session && *session)
        ok = add_header(list, "x-amz-security-token", session);
    if (ok && access->token && !r->s3_region)
        ok = add_token(list, r, access->token);
    return ok;
}

static bool set_signature(const struct http_request *r)
{
    const char *id = getenv("AWS_ACCESS_KEY_ID"), *secret = getenv("AWS_SECRET_ACCESS_KEY");
    char scope[128];
    snprintf(scope, sizeof scope, "aws:amz:%.64s:s3", r->s3_region);
    return curl.easy_setopt(curl.handle, CURLOPT_AWS_SIGV4, scope) == CURLE_OK &&
           curl.easy_setopt(curl.handle, CURLOPT_USERNAME, id) == CURLE_OK &&
           curl.easy_setopt(curl.handle, CURLOPT_PASSWORD, secret) == CURLE_OK;
}

/* The file of certificate authorities that the host trusts, for a libcurl that was built without a
 * default path, such as the tarball's; NULL for one that has a path. */
static const char *host_ca_file(void)
{
    static const char *const files[] = {
        "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Arch */
        "/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
        "/etc/ssl/ca-bundle.pem",             /* SUSE */
        "/etc/ssl/cert.pem",                  /* Alpine */
    };
    const curl_version_info_data *known = curl.version_info(CURLVERSION_NOW);
    if (known->age < CURLVERSION_SEVENTH || known->cainfo || known->capath)
        return NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (access(files[i], R_OK) == 0)
            return files[i];
    return NULL;
}

static bool set_options(const struct http_request *r, const struct http_access *access,
                        nanos deadline, struct exchange *x, struct curl_slist *headers, char *error)
{
    CURL *h = curl.handle;
    const nanos now = clock_now();
    const struct http_limits limits = http_limits(access->timeout_s);
    x->patience = limits.patience;
    x->moved_at = now;
    curl.easy_reset(h);
#define SET(option, value) curl.easy_setopt(h, option, value)
    SET(CURLOPT_PROTOCOLS_STR, "http,https"); /* Older versions ignore this; http_send() refuses
                                                 other schemes too. */
    SET(CURLOPT_ERRORBUFFER, error);
    SET(CURLOPT_CONNECTTIMEOUT_MS, limits.connect_ms);
    SET(CURLOPT_TIMEOUT_MS, http_left_ms(now, deadline));
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, x);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, x);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, x);
    SET(CURLOPT_USERAGENT, "gpubench");
    const bool settled =
        SET(CURLOPT_URL, r->url) == CURLE_OK && SET(CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        SET(CURLOPT_NOPROGRESS, 0L) == CURLE_OK && SET(CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
        SET(CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
        SET(CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK && SET(CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    bool ok = settled;
    if (r->no_proxy)
        SET(CURLOPT_NOPROXY, "*");
    const char *ca_file = access->ca_file ? access->ca_file : host_ca_file();
    if (ok && ca_file)
        ok = SET(CURLOPT_CAINFO, ca_file) == CURLE_OK;
    if (ok && r->s3_region)
        ok = set_signature(r);
    else if (ok && !access->token)
        ok = SET(CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL) == CURLE_OK;
    if (ok && r->take)
        ok = SET(CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK;
    if (ok && r->body)
        ok = SET(CURLOPT_POST, 1L) == CURLE_OK &&
             SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_bytes) == CURLE_OK &&
             SET(CURLOPT_POSTFIELDS, r->body) == CURLE_OK;
    if (ok)
        ok = SET(CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
#undef SET
    return ok;
}

static enum http_end end_of(CURLcode code, const struct exchange *x, const char *error,
                            struct failure *why)
{
    const char *text = error[0] ? error : curl.easy_strerror(code);
    if (interrupt_requested()) {
        fail(why, STATUS_INTERRUPTED, "interrupted");
        return HTTP_STOPPED;
    }
    if (x->refused) {
        fail(why, STATUS_PUBLISH_FAILED, "the server sends %s and was cut off (at most %zu KiB)",
             x->refused, (x->headers > HEADER_MOST ? HEADER_MOST : x->request->answer_most) >> 10);
        return HTTP_REFUSED;
    }
    if (x->stalled) {
        fail(why, STATUS_PUBLISH_FAILED, "nothing came for %.1f s", (double)x->patience / 1e9);
        return HTTP_TIMED_OUT;
    }
    fail(why, STATUS_PUBLISH_FAILED, "%s", text);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMED_OUT;
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return HTTP_BROKEN;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        fail(why, STATUS_PUBLISH_FAILED,
             "%s; --ca-file FILE names the authority that signed the server's certificate", text);
        return HTTP_REFUSED;
    default:
        return HTTP_REFUSED;
    }
}

enum http_end http_exchange(const struct http_request *request, const struct http_access *access,
                            nanos deadline, struct http_reply *reply, struct failure *why)
{
    char error[CURL_ERROR_SIZE] = "";
    struct exchange x = {.request = request, .reply = reply};
    struct curl_slist *headers = NULL;
    *reply = (struct http_reply){0};
    if (http_open(why) != STATUS_OK)
        return HTTP_REFUSED;
    enum http_end end = HTTP_REFUSED;
    if (!add_headers(&headers, request, access) ||
        !set_options(request, access, deadline, &x, headers, error)) {
        fail(why, STATUS_PUBLISH_FAILED, "libcurl lacks what this needs%s",
             request->s3_region ? " (AWS signatures came with 7.75)" : "");
    } else {
        const CURLcode code = curl.easy_perform(curl.handle);
        end = code == CURLE_OK ? HTTP_ANSWERED : end_of(code, &x, error, why);
        reply->status = end == HTTP_ANSWERED ? (int)status_of() : 0;
        curl_off_t wait = 0;
        char *location = NULL;
        if (curl.easy_getinfo(curl.handle, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK)
            reply->retry_after_s = (double)wait;
        if (curl.easy_getinfo(curl.handle, CURLINFO_REDIRECT_URL, &location) == CURLE_OK &&
            location && strlen(location) < sizeof reply->location)
            snprintf(reply->location, sizeof reply->location, "%s", location);
    }
    for (struct curl_slist *h = headers; h; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl.slist_free_all(headers);
    return end;
}
