/* document.h - a run as a JSON document: gpubench-result/1 (docs/results-format.md). */
#ifndef HARNESS_DOCUMENT_H
#define HARNESS_DOCUMENT_H

#include "harness/result/result.h"

#include <jansson.h>

/* The whole document, owned by the caller. NaN and infinity become null. */
json_t *result_to_json(const struct result *r);

/* Facts as nested objects: {"device": {"name": …}, …}. */
json_t *facts_to_json(const struct facts *facts);

#endif
