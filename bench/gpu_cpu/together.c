/* together.c - `mpirun -n 16 gpubench gpu 400000`: every rank does a share of the triangle of C, of
 * the rows of C (matmul) or of those of A (reduce).
 *
 * All ranks go through the same steps and agree on the outcome of each (ranks_agree), so that a
 * failure of one ends all, with a sentence from rank 0. */
#include "bench/gpu_cpu/ranked.h"

#include "bench/output/report.h"
#include "bench/ranks/local.h"
#include "bench/terminal/progress.h"
#include "harness/base/need.h"
#include "harness/host/limits.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What each rank sends to rank 0 about its device. */
struct opened {
    char variant[64], device[128], place[32], pci[24], uuid[64], links[32];
};

static enum status check_request(const struct ranked *k, const struct options *o,
                                 struct failure *why)
{
    const struct run *run = k->run;
    const struct transport *transport = k->ranks->transport;
    if (o->op != OP_SUM_AAT && k->is_ring)
        return fail(why, STATUS_USAGE,
                    "--exchange ring is for sum-aat: of %s each rank makes what it needs of A, so "
                    "leave it out.",
                    op_name(o->op));
    if (run->is_table || o->all ||
        run->chosen_count + (size_t)__builtin_popcount(run->automatic) > 1)
        return fail(why, STATUS_USAGE,
                    "ranks do one variant together: name one with --variant, or one arithmetic "
                    "with --arith, without --all.");
    if (k->is_ring && !run->place->backend->links && !transport->takes_threads)
        return fail(why, STATUS_FAILED,
                    "--exchange ring moves panels in a thread, which %.60s here is not built for "
                    "(MPI_THREAD_SERIALIZED): leave it out, or take another MPI.",
                    transport->name);
    if (o->is_cold)
        return fail(why, STATUS_USAGE,
                    "--cache cold is for one process: leave it out, or start one.");
    return STATUS_OK;
}

/* This rank's device and threads: ranks of a host take its GPUs in turn and divide CPUs that all of
 * them may use. */
static void choose_device(const struct ranked *k, struct options *mine)
{
    const struct rank_info *me = &k->ranks->info[k->ranks->rank];
    const struct backend *backend = k->run->place->backend;
    struct failure unused = {0};
    int count = 0;
    if (local_device() >= 0)
        mine->device = local_device();
    else if (backend->count && !mine->device_is_given &&
             backend->count(&count, &unused) == STATUS_OK && count > 0)
        mine->device = me->on_host % count;
    if (!backend->count && !mine->threads && me->same_cpus > 1) {
        const int threads = host_cpu_limit().threads / me->same_cpus;
        mine->threads = threads > 1 ? threads : 1;
    }
}

/* Fails if ranks chose different variants, which can happen because each chooses for its own
 * device, or if their devices cannot be linked. */
static enum status check_alike(const struct ranked *k, const struct opened *all,
                               struct failure *why)
{
    const struct rank_info *info = k->ranks->info;
    for (int i = 0; i < k->ranks->size && all[0].links[0]; i++) {
        if (strcmp(all[i].links, all[0].links) != 0)
            return fail(why, STATUS_FAILED,
                        "%s has %s, %s %s: install one version on every host, or leave out "
                        "--exchange ring.",
                        info[0].name, all[0].links, info[i].name, all[i].links);
        if (k->results.list[i].shares_device)
            return fail(why, STATUS_FAILED,
                        "%s of %s, %s, is the GPU of more than one rank: between GPUs, --exchange "
                        "ring needs one for each rank: start fewer ranks, or leave it out.",
                        all[i].place, info[i].host, all[i].uuid);
    }
    for (int i = 1; i < k->ranks->size; i++)
        if (strcmp(all[i].variant, all[0].variant) != 0)
            return fail(why, STATUS_FAILED,
                        "the ranks' devices have different fastest variants: %s chose %s (%s), %s "
                        "%s (%s): name one that runs on all with --variant.",
                        k->ranks->info[0].name, all[0].variant, all[0].device,
                        k->ranks->info[i].name, all[i].variant, all[i].device);
    return STATUS_OK;
}

static bool same_device(const struct rank_result *a, const struct rank_result *b)
{
    return strcmp(a->host, b->host) == 0 &&
           (a->uuid[0] ? strcmp(a->uuid, b->uuid) == 0 : strcmp(a->place, b->place) == 0);
}

static void describe_ranks(struct ranked *k, const struct opened *all)
{
    struct rank_results *r = &k->results;
    const bool is_gpu = k->run->place->backend->count != NULL;
    *r = (struct rank_results){.count = k->ranks->size,
                               .hosts = k->ranks->hosts,
                               .exchange = k->is_ring ? "ring" : "none",
                               .balance =
                                   k->run->options->balance ? k->run->options->balance : "even",
                               .list = need_array((size_t)k->ranks->size, sizeof *r->list)};
    snprintf(r->transport, sizeof r->transport, "%s", k->ranks->transport->name);
    snprintf(r->links, sizeof r->links, "%s", all[0].links);
    for (int i = 0; i < r->count; i++) {
        struct rank_result *one = &r->list[i];
        bool is_new = true;
        memcpy(one->host, k->ranks->info[i].host, sizeof one->host);
        memcpy(one->device, all[i].device, sizeof one->device);
        memcpy(one->place, all[i].place, sizeof one->place);
        memcpy(one->pci, all[i].pci, sizeof one->pci);
        memcpy(one->uuid, all[i].uuid, sizeof one->uuid);
        one->share = 1;
        for (int other = 0; is_gpu && other < i; other++)
            if (same_device(&r->list[other], one)) {
                one->shares_device = r->list[other].shares_device = true;
                is_new = false;
            }
        r->devices += is_new;
    }
}

static enum status find_links(struct ranked *k, char name[32], struct failure *why)
{
    const struct links *links = k->run->place->backend->links;
    if (!k->is_ring || !links || k->ranks->size == 1)
        return STATUS_OK;
    return ranks_agree(k->ranks, links->find(name, 32, why), "opening its device", why);
}

static enum status tell_devices(struct ranked *k, struct failure *why)
{
    struct run *run = k->run;
    struct ranks *ranks = k->ranks;
    struct facts facts = {0};
    struct opened mine = {.variant = ""}, *all = NULL;
    if (ranks->rank == 0)
        all = need_array((size_t)ranks->size, sizeof *all);
    run->place->backend->facts(run->device, &facts);
    snprintf(mine.variant, sizeof mine.variant, "%.63s", k->variant->name);
    snprintf(mine.device, sizeof mine.device, "%s", run->result.device.name);
    snprintf(mine.place, sizeof mine.place, "%s", run->result.device.place);
    snprintf(mine.pci, sizeof mine.pci, "%.23s", facts_get_text(&facts, "device.pci"));
    snprintf(mine.uuid, sizeof mine.uuid, "%.63s", facts_get_text(&facts, "device.uuid"));
    facts_free(&facts);
    enum status status = find_links(k, mine.links, why);
    if (!status)
        status = ranks_gather(ranks, &mine, sizeof mine, all, "opening its device", why);
    if (!status && all) {
        describe_ranks(k, all);
        status = check_alike(k, all, why);
    }
    free(all);
    return ranked_announce(k, status, why);
}

/* Opens the device and decides what runs on it. */
static enum status prepare(struct ranked *k, struct options *mine, struct failure *why)
{
    struct run *run = k->run;
    enum status status = run_choose(run, why);
    if (!status)
        status = check_request(k, mine, why);
    status = ranks_agree(k->ranks, status, "reading the command line", why);
    if (status)
        return status;
    choose_device(k, mine);
    shares_divide(k, NULL);
    status = shares_open(k, why);
    if (status)
        return status;
    status = tell_devices(k, why);
    if (status)
        return status;
    return ranks_agree(k->ranks, shares_find(k, why), "opening its device", why);
}

/* Makes A, runs once, and ends when rank 0 has the sum. */
static enum status first_run(struct ranked *k, struct failure *why)
{
    struct run *run = k->run;
    struct result *r = &run->result;
    enum status status = run_begin(run, why);
    nanos from = clock_now();
    if (!status)
        status = run->place->backend->load(run->job, k->variant, why);
    result_add_phase(r, "load", run_lap(&from), "", "%s", run->place->loads);
    status = ranks_agree(k->ranks, status, "making A", why);
    if (!status)
        status = ring_join(k, why);
    if (k->results.links[0])
        result_add_phase(r, "connect", run_lap(&from), "", "%s", k->results.links);
    if (!status)
        status = ranked_take(k, why);
    if (status)
        return status;
    r->time_taken_ns = clock_now() - run->began;
    run_add_steps(r, k->variant, &k->now->sample);
    if (k->is_ring && run->share.of)
        result_add_phase(r, "exchange", k->now->exchange_ns, "", "beyond the products");
    if (k->ranks->size > 1)
        result_add_phase(r, "waiting", k->total_ns - k->now->wall_ns, "", "for the other ranks");
    r->sum = k->sum;
    r->job_variant = k->variant;
    return STATUS_OK;
}

/* Describes all ranks as one device; its peak stays that of each. */
static void become_one(struct ranked *k)
{
    struct result *r = &k->run->result;
    const struct rank_results *all = &k->results;
    struct device_facts *d = &r->device;
    char summary[sizeof d->summary];
    r->ranks = &k->results;
    result_name_ranks(r, all->count);
    snprintf(summary, sizeof summary, "%d rank%s on %d host%s · %s%s", all->count,
             all->count == 1 ? "" : "s", all->hosts, all->hosts == 1 ? "" : "s", all->transport,
             d->summary[0] ? " · each " : "");
    append_text(summary, sizeof summary, "%s", d->summary);
    memcpy(d->summary, summary, sizeof summary);
}

static enum status all_steps(struct ranked *k, struct options *mine, struct failure *why)
{
    struct run *run = k->run;
    struct contestant *c;
    enum status status = prepare(k, mine, why);
    if (!status)
        status = first_run(k, why);
    if (!status && run->share.of && mine->balance && strcmp(mine->balance, "measured") == 0) {
        status = shares_measure(k, why);
        if (!status)
            status = first_run(k, why);
    }
    if (status)
        return status;
    c = &run->result.contestants[0];
    progress_say(-1, "verifying");
    status = run->share.of && k->variant->op == OP_MATMUL ? ranked_verify_rows(k, &c->verdict, why)
                                                          : ranked_verify(k, &c->verdict, why);
    if (status)
        return status;
    if (k->ranks->rank == 0) {
        become_one(k);
        run->has_findings = true;
        if (!(mine->json && mine->quiet)) {
            progress_hide();
            report_answer(run->people, &run->result);
            fflush(run->people);
        }
    }
    return ranked_sample(k, c, why);
}

enum status ranked_run(struct run *run, struct ranks *ranks, struct failure *why)
{
    const struct options *given = run->options;
    struct options mine = *given;
    struct ranked k = {.run = run, .ranks = ranks};
    k.is_ring = ranks->has_ring = mine.exchange && strcmp(mine.exchange, "ring") == 0;
    k.now = need_array((size_t)(ranks->rank == 0 ? ranks->size : 1), sizeof *k.now);
    run->options = &mine;
    run->ranks = ranks->size;
    enum status status = all_steps(&k, &mine, why);
    progress_stop();
    if (!status && ranks->rank == 0)
        status = run_finish(run, why);
    run->options = given;
    run->result.ranks = NULL;
    for (int i = 0; i < k.results.count; i++) {
        free(k.results.list[i].compute_s);
        free(k.results.list[i].waiting_s);
        free(k.results.list[i].exchange_s);
    }
    free(k.results.list);
    shares_free(&k);
    free(k.now);
    return status;
}
