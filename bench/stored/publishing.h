/* publishing.h - turns the options of publish and of --publish into an outbox. */
#ifndef BENCH_PUBLISHING_H
#define BENCH_PUBLISHING_H

#include "bench/cli/options.h"
#include "harness/publish/publish.h"
#include "harness/reading/readings.h"

struct publishing {
    struct outbox outbox;
    struct destination to, own;
    struct http_access access;
    char spool[4096];
    FILE *people; /* gets a line for each document sent; NULL: no lines */
    bool is_list; /* and a line for each that failed */
};

/* Checks the address (NULL: none is needed), the token, the spool and libcurl, before anything is
 * measured or sent. Release with publishing_end(), also after a failure. */
enum status publishing_begin(struct publishing *p, const struct options *options, const char *url,
                             FILE *people, struct failure *why);
void publishing_end(struct publishing *p);

/* publish_add() of the outbox. */
enum status publishing_add(const struct publishing *p, const json_t *document, bool redact,
                           struct failure *why);

/* Sends what was queued, after a measurement that ended with `status` and *why. Of two failures the
 * worse one decides the exit status; the other is printed here. */
enum status publishing_send(const struct publishing *p, enum status status, struct failure *why);

/* Sends failures that were queued. If they cannot be sent either, that is only a warning. */
void publishing_send_failures(const struct publishing *p);

/* baseline_load() with the access that the options describe. */
enum status publishing_baseline(const struct options *options, const char *name,
                                struct readings *to, struct failure *why);

/* A copy of a command line for the record, with possible secrets removed from its addresses. Free
 * it with publishing_free_arguments(). */
char **publishing_arguments(int argc, char **argv);
void publishing_free_arguments(char **arguments);

#endif
