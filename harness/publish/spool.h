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

/* Lists the entries; none if the directory does not exist. Removes unfinished files of killed
 * processes once they are an hour old. */
enum status spool_list(const char *spool, struct spool_list *list, struct failure *why);
void spool_list_free(struct spool_list *list);

/* Opens and locks an entry. If it has been removed, or another process is sending it, *taken is
 * false and the status is STATUS_OK. */
enum status spool_take(const char *spool, const char *name, struct spool_entry *entry, bool *taken,
                       struct failure *why);

/* Releases the lock, and removes the entry if it was sent. */
enum status spool_release(struct spool_entry *entry, bool sent, struct failure *why);

#endif
