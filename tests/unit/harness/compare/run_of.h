/* run_of.h - adds a run of one result, of a given machine and median, to readings. */
#ifndef TESTS_UNIT_HARNESS_COMPARE_RUN_OF_H
#define TESTS_UNIT_HARNESS_COMPARE_RUN_OF_H

#include "harness/reading/readings.h"

#include <criterion/criterion.h>
#include <stdio.h>

static inline void add_of(struct readings *to, const char *backend, const char *device,
                          const char *host, double median_s)
{
    char text[2048];
    struct failure why = {0};
    const int bytes = snprintf(
        text, sizeof text,
        "{\"schema\":\"gpubench-result/"
        "1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"
        "\"host\":{\"name\":\"%s\"},\"device\":{\"backend\":\"%s\",\"name\":\"G\",\"uuid\":\"%s\"%"
        "s},"
        "\"problem\":{\"op\":\"sum-aat\",\"n\":9},\"results\":[{\"key\":\"gpu/"
        "k\",\"backend\":\"%s\","
        "\"op\":\"sum-aat\",\"variant\":\"v\",\"arithmetic\":\"f32\",\"n\":9,\"state\":\"ok\","
        "\"summary\":{\"median_s\":%.17g}}]}",
        host, backend, host, device, backend, median_s);
    cr_assert_eq(readings_add_text(to, host, text, (size_t)bytes, READ_WHOLE, &why), STATUS_OK,
                 "%s", why.text);
}

static inline void add(struct readings *to, const char *device, const char *host, double median_s)
{
    add_of(to, "gpu", device, host, median_s);
}

#endif
