/* example_result.h - a run on an invented device, whose document is the example of
 * docs/results-format.md. */
#ifndef TESTS_EXAMPLE_RESULT_H
#define TESTS_EXAMPLE_RESULT_H

#include "harness/result/result.h"

#include <jansson.h>

struct example {
    struct result r;
    struct contestant contestants[4];
    struct sample fused_samples[6], cublas_samples[5];
};

/* The facts are to be freed. */
void example_facts(struct facts *f);
void example_fill(struct example *e);

/* To be let go. */
json_t *example_document(void);

/* As it is written to a file; to be freed. */
char *example_text(const json_t *document);

/* "results.0.summary.median_s"; NULL if there is none. */
const json_t *json_value(const json_t *here, const char *path);

#endif
