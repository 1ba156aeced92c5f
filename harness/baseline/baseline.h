/* baseline.h - baselines: named runs that measurements are compared with. */
#ifndef HARNESS_BASELINE_H
#define HARNESS_BASELINE_H

#include "harness/net/http.h"
#include "harness/reading/readings.h"

/* Reads the runs behind a name: a file, a directory, "-", or an address, which is fetched
 * (fetch_file). STATUS_NOT_COMPARABLE if it does not exist, STATUS_FAILED if it cannot be read,
 * STATUS_PUBLISH_FAILED if it cannot be fetched. */
enum status baseline_load(const char *name, const struct http_access *access, struct readings *to,
                          struct failure *why);

/* Writes whole runs as a gpubench-baseline/1 document: when and by what it was made, and each run
 * with all its fields, also unknown ones. Simulated runs, and runs in which something failed or was
 * wrong, are refused. */
enum status baseline_write(const char *file, const struct readings *runs, struct failure *why);

/* The same for any runs, at least one: a gate also keeps failed runs. */
enum status baseline_keep(const char *file, const struct readings *runs, struct failure *why);

#endif
