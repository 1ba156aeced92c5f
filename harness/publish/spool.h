/* spool.h - results that wait to be sent: DIR/.pending, one file each, which goes only after the
 * server has taken the result. */
#ifndef HARNESS_SPOOL_H
#define HARNESS_SPOOL_H

#include "harness/base/status.h"
#include "harness/net/destination.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct spool_entry {
    char path[4096];
    int fd;             /* locked while the entry is being sent */
    char to[URL_BYTES]; /* destination.shown */
    bool needs_query;
    char digest[65]; /* SHA-256 of the document's bytes */
    char *bytes;     /* the document as text */
    size_t count;
    json_t *document;
};

/* A list of names of entries, oldest result first. */
struct spool_list {
    char **names;
    size_t count;
};

/* Writes an entry, which is on disk when this returns. The same document for the same destination
 * is one entry, however often it is added. */
enum status spool_add(const char *spool, const struct destination *to, const json_t *document,
                      struct failure *why);

/* What waits; a directory that is not there holds nothing. Removes what killed processes left
 * half-written an hour ago. */
enum status spool_list(const char *spool, struct spool_list *list, struct failure *why);
void spool_list_free(struct spool_list *list);

/* Opens and locks an entry. NOT *taken and STATUS_OK: it is gone, or another process is sending
 * it. */
enum status spool_take(const char *spool, const char *name, struct spool_entry *entry, bool *taken,
                       struct failure *why);

/* Gives the lock back; sent: and removes the entry. */
enum status spool_release(struct spool_entry *entry, bool sent, struct failure *why);

#endif
