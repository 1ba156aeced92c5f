/* device.c - the CPU as a device: its model, threads, BLAS and peak speed. */
#include "cpu/backend/job.h"
#include "cpu/backend/libraries.h"
#include "cpu/blas/load.h"
#include "cpu/blas/threads.h"
#include "cpu/chip/isa.h"
#include "cpu/loops/peak.h"
#include "harness/base/need.h"
#include "harness/host/cpu.h"
#include "harness/host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The processor's model, for example "AMD EPYC 9454P 48-Core Processor", or, where the kernel names
 * none, the architecture. */
static void read_model(char *model, size_t model_bytes)
{
    struct utsname system;
    host_cpu_model(model, model_bytes);
    if (!model[0] && uname(&system) == 0)
        snprintf(model, model_bytes, "%s CPU", system.machine);
}

static void decide_threads(struct device *d, int asked)
{
    struct cpu_limit limit = host_cpu_limit();
    const char *variable;
    const int user = threads_of_user(&variable, d->bad_threads, sizeof d->bad_threads);

    /* One thread for each core: a second one on a core makes no product faster. */
    const int cores = d->places.cores ? (int)d->places.cores : limit.threads;
    d->threads = asked > 0 ? asked : cores < limit.threads ? cores : limit.threads;
    d->threads_by = asked > 0 ? "request" : cores < limit.threads ? "physical cores" : limit.by;
    if (user > 0 && user < d->threads) {
        d->threads = user;
        d->threads_by = variable;
    }
    d->at_once = limit.affinity < d->threads ? limit.affinity : d->threads;
    d->cpus = limit.quota > 0 && limit.quota < d->at_once ? limit.quota : d->at_once;
}

/* The NUMA nodes that the threads may run on. */
static int nodes_of(const struct device *d)
{
    return places_nodes(&d->places, d->is_bound ? (size_t)d->threads : d->places.count);
}

static void add_nodes_warning(struct device *d)
{
    const int nodes = nodes_of(d), node = d->places.count ? d->places.list[0].node : 0;
    if (nodes > 1 && d->threads > 1 && !d->is_bound)
        cpu_warn(&d->facts,
                 "the threads may run on %d NUMA nodes and read each other's memory, which is "
                 "slower: --bind keeps each at its own, numactl --cpunodebind=%d --membind=%d "
                 "keeps all on one",
                 nodes, node, node);
}

static void add_warnings(struct device *d, int asked)
{
    if (d->bad_threads[0])
        cpu_warn(&d->facts, "%s", d->bad_threads);
    if (asked > d->threads)
        cpu_warn(&d->facts, "--threads %d: %s allows %d, so %d run", asked, d->threads_by,
                 d->threads, d->threads);
    add_nodes_warning(d);
    cpu_libraries_warn(d);
}

static void describe(struct device *d)
{
    struct device_facts *f = &d->facts;

    snprintf(f->name, sizeof f->name, "%s", d->model);
    facts_clean(f->name, sizeof f->name);
    snprintf(f->place, sizeof f->place, "/cpu:0");
    char cpus[32] = "";
    if (d->cpus < d->threads)
        snprintf(cpus, sizeof cpus, " on %.3g CPU%s", d->cpus, d->cpus == 1 ? "" : "s");
    snprintf(f->summary, sizeof f->summary, "%d thread%s%s (%s)%s · %s", d->threads,
             d->threads == 1 ? "" : "s", cpus, d->threads_by, d->is_bound ? " bound" : "",
             isa_name(isa_level()));
    cpu_libraries_describe(d, f->summary, sizeof f->summary);
    f->memory_total = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t left = host_memory_available(NULL);
    f->memory_free = left ? left : 1; /* 0 is unknown */
    /* A quota does not lower it: the threads are stopped for a part of each tenth of a second and
     * run at full speed in between. */
    f->peak_flops[ARITH_F32] = peak_f32_flops(d->pool) * d->at_once / d->threads;
    f->peak_flops[ARITH_F64] = f->peak_flops[ARITH_F32] / 2; /* half as many to a vector */
    f->f64_flops = f->peak_flops[ARITH_F32] / 8;             /* plain loops */
}

/* Threads are refused by a limit on processes, or by a seccomp filter that is older than the C
 * library and does not know clone3. */
static const char *how_to_get_threads(int error)
{
    if (error == EPERM)
        return "the container's seccomp filter forbids it: start it with --security-opt "
               "seccomp=unconfined, or on Docker 20.10.10 or newer; or take one with --threads 1";
    return "ask for fewer with --threads, or raise the limit of processes (ulimit -u; of a "
           "container, --pids-limit)";
}

static enum status start_threads(struct device *d, struct failure *why)
{
    d->pool = parallel_open(d->threads);
    if (parallel_threads(d->pool) == d->threads) {
        if (d->is_bound)
            parallel_keep(d->pool, &d->places, (size_t)d->threads);
        return STATUS_OK;
    }
    const int error = errno;
    return fail(why, STATUS_FAILED, "%d threads cannot be started: %s; %s", d->threads,
                strerror(error), how_to_get_threads(error));
}

enum status cpu_device_open(const struct device_request *request, struct device **device,
                            struct failure *why)
{
    struct device *d;

    if (request->index != 0)
        return fail(why, STATUS_USAGE, "there is no CPU device %d: all of the CPU is device 0",
                    request->index);
    d = need(sizeof *d);
    d->share = request->share;
    read_model(d->model, sizeof d->model);
    places_find(&d->places);
    decide_threads(d, request->threads);
    energy_open(&d->energy);
    d->is_bound = request->is_bound && d->places.count;
    if (d->is_bound) /* first, because threads inherit it when they are started */
        places_keep_on_all(&d->places, (size_t)d->threads, 0);
    enum status status = load_has_room(d->threads, why);
    if (status == STATUS_OK)
        status = start_threads(d, why);
    if (status == STATUS_OK)
        status = cpu_libraries_load(d, request->libraries, why);
    if (status != STATUS_OK) {
        cpu_device_close(d);
        return status;
    }
    describe(d);
    add_warnings(d, request->threads);
    *device = d;
    return STATUS_OK;
}

void cpu_device_close(struct device *d)
{
    if (!d)
        return;
    parallel_close(d->pool);
    if (d->is_bound)
        places_keep_on_all(&d->places, d->places.count, 0);
    free(d);
}

void cpu_device_facts(const struct device *d, struct facts *facts)
{
    facts_text(facts, "cpu.model", d->model);
    facts_integer(facts, "cpu.threads", d->threads);
    facts_text(facts, "cpu.threads_by", d->threads_by);
    if (d->is_bound)
        facts_boolean(facts, "cpu.bound", true);
    if (nodes_of(d) > 0)
        facts_integer(facts, "cpu.numa_nodes", nodes_of(d));
    facts_text(facts, "cpu.isa", isa_name(isa_level()));
    facts_real(facts, "cpu.peak_f32_flops", d->facts.peak_flops[ARITH_F32]);
    facts_text(facts, "cpu.energy", d->energy.state);
    cpu_libraries_facts(d, facts);
}
