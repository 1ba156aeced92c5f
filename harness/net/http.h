/* http.h - an exchange with an HTTP server, and when it is tried again. Only http.c uses libcurl,
 * which it opens when it is first needed. */
#ifndef HARNESS_HTTP_H
#define HARNESS_HTTP_H

#include "harness/base/clock.h"
#include "harness/base/status.h"
#include "harness/net/http_limits.h"

#include <stdbool.h>
#include <stddef.h>

/* How servers are reached, the same for every request of a command. */
struct http_access {
    char *token;         /* NULL: user and password of ~/.netrc, if it names the host */
    const char *ca_file; /* NULL: the system's authorities */
    bool insecure_http;  /* http is allowed to other machines too */
    bool offline;        /* use the copy fetched before instead of asking a server (fetch_file) */
    double timeout_s;    /* for a request with all its tries; 0: HTTP_TIMEOUT_S */
};

/* Reads the token from the file if one is named, else from $GPUBENCH_TOKEN; without either there is
 * none. Returns STATUS_USAGE with a message, which does not quote it, if it is invalid. */
enum status http_access_token(struct http_access *access, const char *file, struct failure *why);
void http_access_free(struct http_access *access);

struct http_request {
    const char *method; /* "GET", "PUT", "POST" */
    const char *url;
    const char *type; /* of the body */
    const char *body; /* NULL: none */
    size_t body_bytes;
    const char *etag;       /* GET: only if the document's etag differs from this one */
    const char *token_word; /* "Bearer", "Token" */
    bool no_proxy;          /* connect directly, as to loopback */
    const char *s3_region;  /* sign with $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY; or NULL */

    /* Receives the body of an answer 200 piece by piece, uncompressed; returns false to end the
     * exchange. `restart` is called before each try. NULL: the body is discarded. */
    bool (*take)(void *to, const char *bytes, size_t count);
    bool (*restart)(void *to);
    void *to;
    size_t answer_most; /* the exchange ends after so many bytes of body, uncompressed */
};

struct http_reply {
    int status;           /* 200, 404 ...; 0 if there was no answer */
    double retry_after_s; /* 0 if the server did not say */
    char etag[256];
    char location[2048]; /* the absolute address of a redirection */
    char text[256];      /* the first line of an error's body, printable */
};

enum http_end {
    HTTP_ANSWERED, /* with any status */
    HTTP_TIMED_OUT,
    HTTP_BROKEN,  /* the connection was refused, or closed too early */
    HTTP_REFUSED, /* we refused to go on, or another try cannot help */
    HTTP_STOPPED, /* by Ctrl-C */
};

/* Opens libcurl. Returns STATUS_FAILED with the package to install if there is none. */
enum status http_open(struct failure *why);

/* Makes one exchange, which ends at `deadline` and follows no redirection. If there is no answer,
 * why->text says why. */
enum http_end http_exchange(const struct http_request *request, const struct http_access *access,
                            nanos deadline, struct http_reply *reply, struct failure *why);

/* The same, but follows redirections within the server and tries again where that may help. Returns
 * OK for 200, 201, 202, 204, and for 304 if an etag was given. Otherwise returns
 * STATUS_PUBLISH_FAILED or STATUS_INTERRUPTED with a message that has no full stop; reply->status
 * is the last answer's. */
enum status http_send(const struct http_request *request, const struct http_access *access,
                      struct http_reply *reply, struct failure *why);

/* Closes the connections that were kept open for further requests. */
void http_close(void);

#endif
