/* fetch.h - a baseline that lies on a server, as a file of this machine. */
#ifndef HARNESS_FETCH_H
#define HARNESS_FETCH_H

#include "harness/net/http.h"

#include <stddef.h>

enum { FETCH_BYTES_MAX = 16 << 20 };

/* Fetches https://, s3+https:// or file:// (destination_is_url) and puts the name of a file that
 * holds it, and that readings_add() can read, into `path`. The file is a copy in
 * $XDG_CACHE_HOME/gpubench/baselines, where it stays with its ETag, so that one that has not
 * changed is not sent again; where no such directory can be made it is in memory until the program
 * ends.
 *
 * access->offline: the copy, and no server is asked. Without it a copy is never taken for what a
 * server does not give.
 *
 * STATUS_NOT_COMPARABLE if there is no such baseline (404, 410); STATUS_PUBLISH_FAILED if it cannot
 * be had, or is larger than FETCH_BYTES_MAX, compressed or not; STATUS_FAILED if it is no result
 * and no baseline. */
enum status fetch_file(const char *url, const struct http_access *access, char *path,
                       size_t path_bytes, struct failure *why);

#endif
