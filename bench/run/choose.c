/* run_choose.c - which variants run: what was named, what suits the device, the device's own
 * choice. */
#include "bench/run/run.h"

#include "bench/cli/verb.h"
#include "bench/run/select.h"
#include "bench/terminal/words.h"

#include <inttypes.h>
#include <stdlib.h>

/* Whether v (NULL: the matrix alone) fits into the device's memory; STATUS_NO_MEMORY with the two
 * sizes if not. */
static enum status fits(const struct run *run, const struct variant *v, struct failure *why)
{
    const uint64_t available = run->result.device.memory_free;
    const uint64_t needed = run->place->backend->bytes_needed(run->device, v, &run->result.problem);
    char need[WORDS_BYTES], have[WORDS_BYTES];
    words_bytes(need, needed);
    words_bytes(have, available);
    if (available > 0 && needed > available)
        return fail(why, STATUS_NO_MEMORY, "needs %s, %s are free", need, have);
    return STATUS_OK;
}

enum status run_suits(const struct run *run, const struct variant *v, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const struct problem *p = &run->result.problem;
    char reason[256] = "";

    /* Memory first: it has a way out that the backend does not know of. */
    if (fits(run, v, why) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (!backend->can_run(run->device, v, p, reason, sizeof reason))
        return fail(why, STATUS_FAILED, "%s", reason);
    return STATUS_OK;
}

enum status run_choose(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct backend *backend = run->place->backend;
    run->chosen = calloc(backend->variant_count + 1, sizeof *run->chosen);
    if (!run->chosen)
        return fail(why, STATUS_NO_MEMORY, "no memory for the list of variants.");
    return select_variants(backend, o->op, o->variants, o->arithmetics, o->all, run->chosen,
                           &run->chosen_count, &run->automatic, why);
}

/* No f32 variant of the operation can run; the first one's reason stands for all. */
static enum status nothing_runs(const struct run *run, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const enum op op = run->result.problem.op;
    char reason[512] = "there is none";
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && v->arithmetic == ARITH_F32 && !v->library &&
            run_suits(run, v, why) != STATUS_OK) {
            snprintf(reason, sizeof reason, "%s %.400s", v->name, why->text);
            break;
        }
    }
    return fail(why, STATUS_FAILED,
                "no f32 variant of %s can run on %s (%s): gpubench list tells what each needs.",
                op_name(op), run->result.device.name, reason);
}

/* "N = 60000 needs 26.8 GiB for matmul (A and C), GeForce GT 750M has 1.9 GiB free", with the way
 * out. */
static enum status does_not_fit(const struct run *run, struct failure *why)
{
    const struct problem *p = &run->result.problem;
    const uint64_t available = run->result.device.memory_free;
    struct problem fused = *p;
    fused.op = OP_SUM_AAT;
    const uint64_t needed = run->place->backend->bytes_needed(run->device, NULL, p);
    const bool is_fused = p->op == OP_SUM_AAT;
    const uint64_t in_panels = run->place->backend->bytes_needed(run->device, NULL, &fused);
    char need[WORDS_BYTES], have[WORDS_BYTES], way_out[160] = "Choose a smaller N.";
    words_bytes(need, needed);
    words_bytes(have, available);
    if (!is_fused && in_panels <= available)
        snprintf(way_out, sizeof way_out,
                 "sum-aat %sstreams A: gpubench %s %" PRIu64 " --op sum-aat",
                 p->op == OP_MATMUL ? "needs no C and " : "", run->options->verb->name, p->n);
    return fail(why, STATUS_NO_MEMORY, "N = %" PRIu64 " needs %s%s for %s%s; %s has %s free. %s",
                p->n, is_fused ? "at least " : "", need, op_name(p->op),
                p->op == OP_MATMUL ? " (A and C)" : "", run->result.device.name, have, way_out);
}

/* Puts the backend's own choice among the chosen, if it was asked for and is not one of them. */
static enum status add_automatic(struct run *run, struct failure *why)
{
    if (!run->automatic)
        return STATUS_OK;
    const struct problem *p = &run->result.problem;
    const struct backend *backend = run->place->backend;
    const struct variant *v = backend->auto_variant(run->device, p);
    if (fits(run, NULL, why) != STATUS_OK)
        return does_not_fit(run, why);
    if (!v)
        return nothing_runs(run, why);
    for (size_t i = 0; i < run->chosen_count; i++)
        if (run->chosen[i] == v)
            return STATUS_OK;
    run->chosen[run->chosen_count++] = v;
    return STATUS_OK;
}

enum status run_line_up(struct run *run, struct failure *why)
{
    enum status status = add_automatic(run, why);
    if (status != STATUS_OK)
        return status;
    struct result *r = &run->result;
    r->contestants = calloc(run->chosen_count, sizeof *r->contestants);
    if (!r->contestants)
        return fail(why, STATUS_NO_MEMORY, "no memory for %zu contestants.", run->chosen_count);
    r->contestant_count = run->chosen_count;
    for (size_t i = 0; i < r->contestant_count; i++)
        r->contestants[i].variant = run->chosen[i];
    return STATUS_OK;
}
