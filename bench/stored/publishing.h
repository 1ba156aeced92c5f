/* publishing.h - the options of the verb publish and of --publish, as an outbox. */
#ifndef BENCH_PUBLISHING_H
#define BENCH_PUBLISHING_H

#include "bench/cli/options.h"
#include "harness/publish/publish.h"
#include "harness/reading/readings.h"

struct publishing {
    struct outbox outbox;
    struct destination to;
    struct http_access access;
    char spool[4096];
    FILE *people; /* where it is said what was sent; NULL: nowhere */
    bool is_list; /* and what was not */
};

/* Looks at everything that can be wrong before anything is measured or sent: address (NULL: none
 * is needed), token, spool, libcurl. To be ended, also if it fails. */
enum status publishing_begin(struct publishing *p, const struct options *options, const char *url,
                             FILE *people, struct failure *why);
void publishing_end(struct publishing *p);

/* baseline_load() with the options that say how servers are reached. */
enum status publishing_baseline(const struct options *options, const char *name,
                                struct readings *to, struct failure *why);

/* A command line as it may be recorded: addresses in it without what may be a secret. Owned by the
 * caller (publishing_free_arguments), NULL if memory runs out. */
char **publishing_arguments(int argc, char **argv);
void publishing_free_arguments(char **arguments);

#endif
