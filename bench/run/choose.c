/* choose.c - the variants that the command line names, before a device is open. */
#include "bench/run/run.h"

#include "bench/run/select.h"
#include "harness/base/need.h"

enum status run_choose(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct backend *backend = run->place->backend;
    run->chosen = need_array(backend->variant_count + ARITH_COUNT, sizeof *run->chosen);
    return select_variants(backend, o->op, o->element, o->variants, o->arithmetics, o->all,
                           run->chosen, &run->chosen_count, &run->automatic, why);
}
