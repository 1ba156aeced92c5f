/* opened.h - an open CPU device, its jobs, and its variants by name. */
#ifndef TESTS_UNIT_CPU_BACKEND_OPENED_H
#define TESTS_UNIT_CPU_BACKEND_OPENED_H

#include "cpu/backend/cpu_backend.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct backend *const cpu = &cpu_backend;

static inline struct device *open_with(int threads, const char *libraries)
{
    struct device_request request = {.threads = threads, .libraries = libraries};
    struct failure why = {0};
    struct device *device = NULL;

    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    return device;
}

/* Each library is tried in a process of its own when the device is opened, which takes longer than
 * most tests. */
static inline struct device *open_cpu(int threads)
{
    return open_with(threads, NULL);
}
static inline struct device *open_with_every_library(int threads)
{
    return open_with(threads, "*");
}

/* The variants of libraries that are not installed here are not tested. */
static inline bool is_installed(const struct device *device, const struct variant *v)
{
    return cpu->library_state(device, v) != LIBRARY_ABSENT;
}

static inline struct job *begin_of(struct device *device, enum op op, uint64_t n,
                                   enum element element)
{
    struct problem p = {.op = op, .n = n, .seed = 1, .element = element};
    struct failure why = {0};
    struct job *job = NULL;

    struct plan plan;
    cpu->plan(device, NULL, &p, &plan);
    cr_assert_eq(cpu->begin(device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    return job;
}

static inline struct job *begin_job(struct device *device, enum op op, uint64_t n)
{
    return begin_of(device, op, n, ELEMENT_F32);
}

static inline void load_variant(struct job *job, const struct variant *v)
{
    struct failure why = {0};

    cr_assert_eq(cpu->load(job, v, &why), STATUS_OK, "%s", why.text);
}

static inline const struct variant *find_variant(enum op op, const char *name)
{
    for (size_t i = 0; i < cpu->variant_count; i++)
        if (cpu->variants[i].op == op && !strcmp(cpu->variants[i].name, name))
            return &cpu->variants[i];
    cr_assert_fail("no %s/%s", op_name(op), name);
    return NULL;
}

#endif
