/* run_choose.c - which variants run: what was named, what suits the device, the device's own
 * choice. */
#include "bench/run/run.h"

#include "bench/run/select.h"

#include <stdlib.h>

/* STATUS_NO_MEMORY with the plan's sentence if v (NULL: the job itself) does not fit into the
 * device's memory. */
static enum status fits(const struct run *run, const struct variant *v, struct failure *why)
{
    struct plan plan;
    run->place->backend->plan(run->device, v, &run->result.problem, &plan);
    return plan.fits ? STATUS_OK : fail(why, STATUS_NO_MEMORY, "%s", plan.sentence);
}

enum status run_suits(const struct run *run, const struct variant *v, struct failure *why)
{
    const struct backend *backend = run->place->backend;
    const struct problem *p = &run->result.problem;
    char reason[256] = "";

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

/* Puts the backend's own choice among the chosen, if it was asked for and is not one of them. */
static enum status add_automatic(struct run *run, struct failure *why)
{
    if (!run->automatic)
        return STATUS_OK;
    const struct problem *p = &run->result.problem;
    const struct backend *backend = run->place->backend;
    const struct variant *v = backend->auto_variant(run->device, p);
    if (fits(run, NULL, why) != STATUS_OK)
        return STATUS_NO_MEMORY;
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
