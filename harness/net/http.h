/* http.h - one exchange with an HTTP server, and the rules of trying again. http.c is the only
 * file that knows libcurl, which it opens when it is first needed. */
#ifndef HARNESS_HTTP_H
#define HARNESS_HTTP_H

#include "harness/base/clock.h"
#include "harness/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* How servers are reached, the same for every request of a command. */
struct http_access {
    char *token;         /* NULL: user and password of ~/.netrc, if it names the host */
    const char *ca_file; /* NULL: the system's authorities */
    bool insecure_http;  /* http is allowed to other machines too */
    bool offline;        /* no server is asked; what was fetched before is taken (fetch_file) */
    double timeout_s;    /* for one request with all its tries; 0: HTTP_TIMEOUT_S */
};

#define HTTP_TIMEOUT_S 30.0
#define HTTP_CONNECT_S 5.0
enum { HTTP_TRIES = 3 };

/* Reads the token: of the file if one is named, else $GPUBENCH_TOKEN, else none. STATUS_USAGE with
 * a sentence that does not quote it if it cannot be one. */
enum status http_access_token(struct http_access *access, const char *file, struct failure *why);
void http_access_free(struct http_access *access);

struct http_request {
    const char *method; /* "GET", "PUT", "POST" */
    const char *url;
    const char *type; /* of the body */
    const char *body; /* NULL: none */
    size_t body_bytes;
    const char *etag;       /* GET: only if it is not this any more */
    const char *token_word; /* "Bearer", "Token" */
    bool no_proxy;          /* loopback is never reached through one */
    const char *s3_region;  /* signed with $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY */

    /* Takes the answer's body piece by piece, uncompressed, if the answer is 200; false if that
     * cannot be. `restart` is called before each try. NULL: the answer is read and forgotten. */
    bool (*take)(void *to, const char *bytes, size_t count);
    bool (*restart)(void *to);
    void *to;
    size_t answer_most; /* bytes of body, uncompressed, after which the server is cut off */
};

struct http_reply {
    int status;           /* 200, 404 ...; 0 if there was no answer */
    double retry_after_s; /* 0 if the server did not say */
    char etag[256];
    char location[2048]; /* where it sends us, absolute */
    char text[256];      /* the first line of an answer that is no success, printable */
};

enum http_end {
    HTTP_ANSWERED, /* whatever the status */
    HTTP_TIMED_OUT,
    HTTP_BROKEN,  /* the connection: refused, or closed too early */
    HTTP_REFUSED, /* by us, or in a way that trying again does not change */
    HTTP_STOPPED, /* by Ctrl-C */
};

/* Opens libcurl; STATUS_FAILED with what to install if there is none. */
enum status http_open(struct failure *why);

/* One exchange, which follows no redirection, until `deadline`. why->text says what went wrong if
 * nothing was answered. */
enum http_end http_exchange(const struct http_request *request, const struct http_access *access,
                            nanos deadline, struct http_reply *reply, struct failure *why);

/* The same with redirections followed within the server, and tries repeated where that helps. OK if
 * the answer is a success: 200, 201, 202, 204, or 304 where an etag was given. Otherwise
 * STATUS_PUBLISH_FAILED (or STATUS_INTERRUPTED) and a sentence without its full stop; reply->status
 * tells more. */
enum status http_send(const struct http_request *request, const struct http_access *access,
                      struct http_reply *reply, struct failure *why);

/* Closes connections that were kept for the next request. */
void http_close(void);

#endif
