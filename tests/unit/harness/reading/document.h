/* document.h - texts of small results, and readings of them. */
#ifndef TESTS_UNIT_HARNESS_READING_DOCUMENT_H
#define TESTS_UNIT_HARNESS_READING_DOCUMENT_H

#include "harness/reading/readings.h"

#include <string.h>

/* A document as small as one can be, with a hole for what a case adds at the top, and one for its
 * results. */
#define DOCUMENT(top, results)                                                                     \
    "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"  \
    "\"device\":{\"backend\":\"gpu\",\"name\":\"Example GPU\"},"                                   \
    "\"problem\":{\"op\":\"sum-aat\",\"n\":100}," top "\"results\":[" results "]}"
#define RESULT(state, rest)                                                                        \
    "{\"key\":\"gpu/sum-aat/f32/tiled/n=100\",\"backend\":\"gpu\",\"op\":\"sum-aat\","             \
    "\"variant\":\"tiled\",\"arithmetic\":\"f32\",\"n\":100,\"state\":" state rest "}"

static inline enum status add(struct readings *to, const char *text, struct failure *why)
{
    return readings_add_text(to, "x.json", text, strlen(text), READ_WHOLE, why);
}

#endif
