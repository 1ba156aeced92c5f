/* judged.h - the verdict on a small product of the fake backend, right or with a fault. */
#ifndef TESTS_UNIT_HARNESS_VERIFY_JUDGED_H
#define TESTS_UNIT_HARNESS_VERIFY_JUDGED_H

#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>

static const struct entry nowhere = {0, 0};

/* Makes a matrix, poisons C, runs the (perhaps faulty) variant and judges it. */
static inline struct verdict judged(struct problem p, enum arithmetic arithmetic,
                                    enum fake_fault fault, struct entry place)
{
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic};
    struct job *job = fake_job(p, fault, place);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    struct failure why = {.text = ""};

    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, &why), STATUS_OK, "%s", why.text);
    fake_backend.poison(job, &why);
    fake_backend.run(job, &v, 1, &sample, &why);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, &why), STATUS_OK, "%s", why.text);
    oracle_free(&o);
    fake_backend.end(job);
    return verdict;
}

static inline struct problem matmul(uint64_t n, enum range range)
{
    return (struct problem){OP_MATMUL, n, 1, range, ELEMENT_F32};
}

/* A right C, of which one thing is changed: by what, and the verdict. */
static inline struct verdict judged_spoilt(struct problem p, enum arithmetic arithmetic,
                                           void (*spoil)(struct job *, void *), void *context)
{
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    job->spoil = spoil;
    job->spoil_context = context;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    fake_backend.run(job, &v, 1, &sample, NULL);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    oracle_free(&o);
    fake_backend.end(job);
    return verdict;
}

#endif
