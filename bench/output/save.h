/* save.h - where a measured result goes: --output, the results directory. */
#ifndef BENCH_SAVE_H
#define BENCH_SAVE_H

#include "bench/cli/options.h"

#include <jansson.h>

/* Saves the document where the options want it. The path of the saved file goes to `saved`, "" if
 * none was wanted. */
enum status save_document(const struct options *o, json_t *document, char *saved, size_t bytes,
                          struct failure *why);

#endif
