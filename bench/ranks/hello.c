/* hello.c - the plugin that fits the launcher, and the first exchange. */
#define _GNU_SOURCE 1 /* sched_getaffinity */

#include "bench/cli/verb.h"
#include "bench/ranks/launcher.h"
#include "bench/ranks/local.h"
#include "bench/ranks/ranks.h"
#include "harness/base/need.h"
#include "harness/base/process.h"
#include "harness/result/tool.h"
#include "harness/text/clean.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Loads the plugin for an MPI. Returns NULL if there is none, or if it does not load, which
 * `problem` then describes. */
static gpubench_transport_function *load(const char *mpi, char *problem, size_t bytes)
{
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "libgpubench-mpi%s%s.so", *mpi ? "-" : "", mpi);
    if (!process_plugin(path, name))
        return NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL); /* Open MPI's own plugins look for it */
    void *function = library ? dlsym(library, "gpubench_transport") : NULL;
    if (!function) {
        const char *error = dlerror();
        snprintf(problem, bytes, "%s does not load: %.400s", name,
                 error ? error : "no reason given");
    }
    gpubench_transport_function *join;
    *(void **)&join = function;
    return join;
}

/* Every rank fails, but only rank 0 prints why. */
static enum status quiet_but_first(int rank, struct failure *why)
{
    if (rank > 0)
        *why->text = '\0';
    return why->status;
}

static enum status no_plugin(const struct launcher *l, const char *problem, struct failure *why)
{
    const int rank = l ? launcher_number(l->rank) : -1, size = l ? launcher_number(l->size) : -1;
    char which[64] = "--mpi was asked for";
    if (l && size > 0)
        snprintf(which, sizeof which, "%s started %d rank%s", l->name, size, size > 1 ? "s" : "");
    else if (l)
        snprintf(which, sizeof which, "%s started this process", l->name);
    fail(why, STATUS_FAILED,
         "%s, and gpubench cannot join them: %s. Build with that MPI's mpicc (make), or name a "
         "directory that has libgpubench-mpi-*.so in GPUBENCH_PLUGINS; for separate runs %s %s.",
         which, *problem ? problem : "there is no libgpubench-mpi-*.so beside this program",
         l ? "unset" : "leave out", l ? (l->size ? l->size : l->rank) : "--mpi");
    return quiet_but_first(rank, why);
}

static enum status joined(const struct launcher *l, const struct transport *t, struct failure *why)
{
    const int size = l ? launcher_number(l->size) : -1;
    if (t->version != TRANSPORT_VERSION)
        return fail(why, STATUS_FAILED,
                    "libgpubench-mpi is of another version (interface %d, this program has %d): "
                    "install both from one build.",
                    t->version, TRANSPORT_VERSION);
    if (size < 0 || size == t->size)
        return STATUS_OK;
    fail(why, STATUS_FAILED,
         "%s started %d rank%s, and %s sees %d: it is another MPI than the launcher's. Start with "
         "that MPI's own mpirun, under Slurm with srun --mpi=pmix, or name the MPI in "
         "GPUBENCH_MPI (openmpi, mpich).",
         l->name, size, size == 1 ? "" : "s", t->name, t->size);
    return quiet_but_first(launcher_number(l->rank), why);
}

/* The transport of the ranks that a launcher or --devices has started; NULL if there are none. */
static enum status find_transport(const struct options *o, const struct transport **transport,
                                  struct failure *why)
{
    const struct launcher *l = launcher_find();
    *transport = local_transport();
    if (*transport || (!l && !o->mpi))
        return STATUS_OK;
    const char *wanted = getenv("GPUBENCH_MPI");
    const char *const names[] = {wanted        ? wanted
                                 : l && l->mpi ? l->mpi
                                               : "openmpi",
                                 "", "openmpi", "mpich"};
    char problem[512] = "";
    gpubench_transport_function *join = NULL;
    for (size_t i = 0; i < (wanted ? 1 : sizeof names / sizeof *names) && !join && !*problem; i++)
        join = load(names[i], problem, sizeof problem);
    if (!join)
        return no_plugin(l, problem, why);
    *transport = join(problem, sizeof problem);
    return *transport ? joined(l, *transport, why) : no_plugin(l, problem, why);
}

/* ---- the first exchange: it has the same size in every version, so that versions can differ */

struct hello {
    char build[192], work[384], host[64];
    unsigned char cpus[256];
    char spare[128];
};
_Static_assert(sizeof(struct hello) == 1024, "the same in every version");

static struct hello own_hello(const struct options *o)
{
    struct hello h = {0};
    struct utsname machine;
    char host[64] = "";
    uname(&machine);
    gethostname(host, sizeof host - 1);
    clean_text(h.host, sizeof h.host, host);
    snprintf(h.build, sizeof h.build, "gpubench %s (%s%s, %.20s)", tool_version(), tool_commit(),
             tool_is_dirty() ? " and changes" : "", machine.machine);
    snprintf(h.work, sizeof h.work,
             "%s %" PRIu64 " --op %s --type %s --range %s --seed %" PRIu64 " --samples %zu "
             "--max-time %g --exchange %s --balance %s --variant %.60s --arith %.60s",
             o->verb->name, o->n, op_name(o->op), element_name(o->element), range_name(o->range),
             o->seed, o->samples, o->max_time_s, o->exchange ? o->exchange : "none",
             o->balance ? o->balance : "even", o->variants ? o->variants : "auto",
             o->arithmetics ? o->arithmetics : "auto");
    sched_getaffinity(0, sizeof h.cpus, (cpu_set_t *)(void *)h.cpus);
    return h;
}

/* Compares everything with rank 0. */
static enum status compare(const struct ranks *r, const struct hello *all, struct failure *why)
{
    for (int i = 1; i < r->size; i++) {
        if (strncmp(all[i].build, all[0].build, sizeof all[0].build) != 0)
            return fail(why, STATUS_FAILED,
                        "%s runs %.192s, %s %.192s: install one build on every host.",
                        r->info[i].name, all[i].build, r->info[0].name, all[0].build);
        if (strncmp(all[i].work, all[0].work, sizeof all[0].work) != 0)
            return fail(why, STATUS_FAILED,
                        "%s was started with other work (%.384s) than %s (%.384s): all ranks do "
                        "one problem, start them with one command.",
                        r->info[i].name, all[i].work, r->info[0].name, all[0].work);
    }
    return STATUS_OK;
}

static void describe(struct ranks *r, const struct hello *all)
{
    for (int i = 0; i < r->size; i++) {
        struct rank_info *info = &r->info[i];
        snprintf(info->host, sizeof info->host, "%.63s", all[i].host);
        snprintf(info->name, sizeof info->name, "rank %d on %s", i, info->host);
        for (int k = 0; k < r->size; k++) {
            const bool is_neighbour = strncmp(all[k].host, all[i].host, sizeof all[i].host) == 0;
            info->on_host += is_neighbour && k < i;
            info->same_cpus += is_neighbour && memcmp(all[k].cpus, all[i].cpus, 256) == 0;
        }
        r->hosts += info->on_host == 0;
    }
}

/* Fills r->info and r->hosts. STATUS_FAILED if a rank runs another build or other work. */
static enum status say_hello(struct ranks *r, const struct options *o, struct failure *why)
{
    const struct hello mine = own_hello(o);
    struct hello *all = r->rank == 0 ? need_array((size_t)r->size, sizeof *all) : NULL;
    enum status verdict = STATUS_OK;
    for (int i = 0; i < r->size; i++) /* names for messages until the ranks have sent theirs */
        snprintf(r->info[i].name, sizeof r->info[i].name, "rank %d", i);
    enum status status = ranks_gather(r, &mine, sizeof mine, all, "starting", why);
    if (!status && all) {
        describe(r, all);
        verdict = compare(r, all, why);
    }
    free(all);
    if (!status)
        status = ranks_broadcast(r, &verdict, sizeof verdict, "starting", why);
    if (!status && verdict != STATUS_OK)
        return why->status = verdict;
    if (!status)
        status = ranks_broadcast(r, r->info, (size_t)r->size * sizeof *r->info, "starting", why);
    if (!status)
        status = ranks_broadcast(r, &r->hosts, sizeof r->hosts, "starting", why);
    return status;
}

enum status ranks_join(const struct options *options, struct ranks **ranks, struct failure *why)
{
    const struct transport *transport = NULL;
    *ranks = NULL;
    enum status status = find_transport(options, &transport, why);
    if (status != STATUS_OK || !transport)
        return status;
    struct ranks *r = need(sizeof *r);
    *r = (struct ranks){.transport = transport,
                        .rank = transport->rank,
                        .size = transport->size,
                        .info = need_array((size_t)transport->size, sizeof *r->info),
                        .last = clock_now()};
    *ranks = r;
    return say_hello(r, options, why);
}
