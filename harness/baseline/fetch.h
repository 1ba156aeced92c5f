/* fetch.h - a baseline that lies on a server, as a file of this machine. */
#ifndef HARNESS_FETCH_H
#define HARNESS_FETCH_H

#include "harness/net/http.h"

#include <stddef.h>

enum { FETCH_BYTES_MAX = 16 << 20 };

/* Fetches an address, https://, s3+https:// or file:// (destination_is_url), and writes the name of
 * a local copy, which readings_add() can read, to `path`. The copy stays in
 * $XDG_CACHE_HOME/gpubench/baselines with its ETag, so that the server sends the file again only if
 * it has changed. If no such directory can be made, the copy is in memory until the program ends.
 *
 * If access->offline is set, only the copy is used. Otherwise the copy never replaces a file that
 * the server does not give.
 *
 * Returns STATUS_NOT_COMPARABLE if there is no such baseline (404, 410); STATUS_PUBLISH_FAILED if
 * it cannot be fetched, or is larger than FETCH_BYTES_MAX, compressed or not; STATUS_FAILED if it
 * is neither a result nor a baseline. */
enum status fetch_file(const char *url, const struct http_access *access, char *path,
                       size_t path_bytes, struct failure *why);

#endif
