/* publish.h - sends results to servers. Each is written to the spool first and leaves it when the
 * server has taken it, so that a crash, a dead server or a full network loses nothing; names and
 * times are made of the result itself, so that sending it again changes nothing. */
#ifndef HARNESS_PUBLISH_H
#define HARNESS_PUBLISH_H

#include "harness/net/destination.h"
#include "harness/net/http.h"

#include <jansson.h>

struct outbox {
    const char *spool;             /* the directory (publish_spool) */
    const struct destination *to;  /* NULL: where each entry was addressed to */
    const struct destination *own; /* the user's own ($GPUBENCH_PUBLISH_URL), or NULL */
    const struct http_access *access;

    /* Called for every entry that was tried; why is NULL if the server has taken it. */
    void (*say)(void *user, const char *name, const char *to, const struct failure *why);
    void *user;
};

/* The spool of a results directory: DIR/.pending, in the directory that store_directory() returns.
 */
enum status publish_spool(const char *results_option, char *path, size_t path_bytes,
                          struct failure *why);

/* Puts a document (redacted if wanted) into the spool, addressed to outbox->to. It is on disk when
 * this returns STATUS_OK; STATUS_PUBLISH_FAILED otherwise. */
enum status publish_add(const struct outbox *outbox, const json_t *document, bool redact,
                        struct failure *why);

/* Sends what waits in the spool for outbox->to, oldest first, and counts the entries that were
 * taken. Credentials, and file:// at all, go only to outbox->to or outbox->own, because the address
 * in an entry need not be the user's. An entry that a server refuses stays, and the next is tried;
 * a server that does not answer is not asked again. STATUS_PUBLISH_FAILED if anything is left, with
 * the first reason. */
enum status publish_send(const struct outbox *outbox, size_t *sent, struct failure *why);

/* Has the request signed for S3, in the region of $AWS_REGION or $AWS_DEFAULT_REGION, else
 * us-east-1; STATUS_PUBLISH_FAILED if the keys are not in the environment. */
enum status publish_sign(struct http_request *request, struct failure *why);

/* The name of a document where names are kept:
 * <fingerprint, 12 digits>-<started>-<commit>-<SHA-256 of its text, 12 digits>.json
 * (of a baseline, when it was made). */
void publish_name(const json_t *document, const char *digest, char *name, size_t bytes);

#endif
