/* trial.c - doctor's small job, of which the result is verified. */
#include "bench/doctor/trial.h"

#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/verify/verify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TRIAL_N = 256 };

/* Runs the main job at a small N and verifies it, because correct versions alone do not prove that
 * it works. */
static enum status try_job(const struct backend *backend, struct device *device, char *key,
                           size_t key_bytes, struct failure *why)
{
    const struct problem p = {OP_SUM_AAT, TRIAL_N, 1, RANGE_UNIT, ELEMENT_F32};
    const struct variant *v = backend->auto_variant(device, &p, ARITH_F32);
    struct job *job = NULL;
    struct oracle oracle = {0};
    struct verdict verdict = {0};
    struct sample sample;
    struct plan plan;
    snprintf(key, key_bytes, "sum-aat/f32%s%s", v ? "/" : "", v ? v->name : "");
    if (!v)
        return fail(why, STATUS_FAILED, "no f32 variant of sum-aat can run");
    backend->plan(device, NULL, &p, &plan);
    enum status status = backend->begin(device, &plan, &job, why);
    if (status != STATUS_OK)
        return status;
    status = backend->load(job, v, why);
    if (status == STATUS_OK)
        status = backend->run(job, v, 1, &sample, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, job, &p, &oracle, why);
    if (status == STATUS_OK)
        status = verify(backend, job, v, &oracle, sample.wall_ns, &verdict, why);
    if (status == STATUS_OK && !verdict.ok)
        status = fail(why, STATUS_WRONG, "wrong result: %s", verdict.reason);
    oracle_free(&oracle);
    backend->end(job);
    return status;
}

/* The best rate of a library's full product, in FLOP/s, over a few runs; 0 if there is no library.
 * Stops after the first run if that takes long. */
static double gemm_flops(const struct backend *backend, struct device *device, uint64_t n)
{
    enum { RUNS = 4, LONG_NS = 300000000 };
    const struct problem p = {.op = OP_MATMUL, .n = n, .seed = 1};
    const struct variant *v = NULL;
    struct job *job = NULL;
    struct sample sample = {0};
    struct failure why;
    struct plan plan;
    char reason[256];
    nanos best = 0;
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *other = &backend->variants[i];
        if (other->op == OP_MATMUL && other->arithmetic == ARITH_F32 && other->library &&
            !other->symmetric && backend->can_run(device, other, &p, reason, sizeof reason))
            v = other;
    }
    backend->plan(device, v, &p, &plan);
    if (!v || backend->begin(device, &plan, &job, &why) != STATUS_OK)
        return 0;
    if (backend->load(job, v, &why) == STATUS_OK)
        for (int i = 0; i < RUNS && sample.wall_ns < LONG_NS && !interrupt_requested() &&
                        backend->run(job, v, 1, &sample, &why) == STATUS_OK;
             i++)
            best = best && best < sample.wall_ns ? best : sample.wall_ns;
    backend->end(job);
    return best ? problem_flop(&p) / ((double)best * 1e-9) : 0;
}

/* Adds doctor.gemm_n and doctor.gemm_flops. N grows until a product takes long enough for the start
 * of its threads not to matter. */
static void time_gemm(const struct backend *backend, struct device *device, struct facts *facts)
{
    enum { SMALL_N = 1000, LARGE_N = 2000 };
    const double soon_flops = 2e9 / 8e-3;
    double flops = gemm_flops(backend, device, SMALL_N);
    const bool is_soon = flops > soon_flops;
    if (is_soon)
        flops = fmax(flops, gemm_flops(backend, device, LARGE_N));
    if (flops > 0) {
        facts_integer(facts, "doctor.gemm_n", is_soon ? LARGE_N : SMALL_N);
        facts_real(facts, "doctor.gemm_flops", flops);
    }
}

enum status trial_of(struct doctor_sheet *sheet, const struct backend *backend, struct facts *facts,
                     struct device_facts *found)
{
    struct device *device = NULL;
    struct failure why = {0};
    char key[96] = "", what[32];
    snprintf(what, sizeof what, "%s trial", backend->name);
    const nanos start = clock_now();
    enum status status = backend->open(&(struct device_request){0}, &device, &why);
    if (status == STATUS_OK) {
        backend->facts(device, facts);
        *found = *backend->device_facts(device);
        facts_text(facts, "warning", found->warning);
        status = try_job(backend, device, key, sizeof key, &why);
        if (strcmp(backend->name, "cpu") == 0)
            time_gemm(backend, device, facts);
        backend->close(device);
    }
    if (status == STATUS_OK) {
        char taken[WORDS_BYTES];
        words_time(taken, (double)(clock_now() - start) / 1e9);
        doctor_add(sheet, what, DOCTOR_OK, "", "%s, N = %d: verified, %s in all", key, TRIAL_N,
                   taken);
    } else if (status != STATUS_NO_DEVICE) {
        doctor_add(sheet, what, DOCTOR_FAIL, why.text, "%s", key[0] ? key : "does not open");
    }
    return status;
}
