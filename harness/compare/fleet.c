/* fleet.c - groups runs into hosts and hosts into models, and finds the outliers. */
#include "harness/compare/fleet.h"

#include "harness/base/need.h"
#include "harness/compare/compare.h"
#include "harness/reading/identity_diff.h"
#include "harness/result/contestant.h"
#include "harness/stats/change.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest deviation that is assumed. Without it, the steadiest fleet would have the most
 * outliers. */
static const double least_scale = 0.0025;

/* One result of one run. */
struct run {
    const char *key, *device, *label;
    const char *place; /* identifies a host of the fleet: read_place(), or the caller's label */
    const struct reading *reading;
    const struct read_result *result;
};

/* Returns how many GPUs of the host were sampling at the same time; 1 if only this one. */
static int at_once(const struct reading *r)
{
    static const char path[] = "\ndevice.at_once=";
    const char *line = strstr(r->identity, path);
    return line ? (int)strtod(line + strlen(path), NULL) : 1; /* "2000000e-6" */
}

/* Runs belong to one model if they have the same key, device and number of GPUs at once. */
static int by_model(const struct run *x, const struct run *y)
{
    int order = strcmp(x->key, y->key);
    order = order ? order : strcmp(x->device, y->device);
    return order ? order : at_once(x->reading) - at_once(y->reading);
}

static int by_place(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    const int order = by_model(x, y);
    return order ? order : strcmp(x->place, y->place);
}

/* A card whose power limit was changed, or a CPU with another number of threads, counts as another
 * host. */
static int by_host(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    int order = by_place(a, b);
    order = order ? order : strcmp(x->reading->fingerprint, y->reading->fingerprint);
    order = order ? order : x->reading->is_streamed - y->reading->is_streamed;
    return order ? order : strcmp(x->reading->image, y->reading->image);
}

/* Removes the single cold runs of a key that also has warm ones. Returns how many runs remain. */
static size_t without_cold(struct run *runs, size_t count)
{
    size_t kept = 0;
    for (size_t from = 0, to; from < count; from = to) {
        bool has_warm = false;
        for (to = from; to < count && strcmp(runs[from].key, runs[to].key) == 0; to++)
            has_warm = has_warm || !runs[to].result->is_first_run;
        for (size_t i = from; i < to; i++)
            if (!has_warm || !runs[i].result->is_first_run)
                runs[kept++] = runs[i];
    }
    return kept;
}

static int in_order(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    const int order = by_host(a, b);
    return order ? order : strcmp(x->reading->host, y->reading->host);
}

/* Returns all results, or those that `is_wanted` accepts. A host is identified by its card, because
 * each container may have another host name, or by its machine if there is no card. Runs with
 * different labels of the caller count as different hosts even on one card. */
static struct run *gather(const struct readings *r, const char *const *labels,
                          bool (*is_wanted)(const struct read_result *), size_t *count)
{
    size_t total = 0;
    for (size_t i = 0; i < r->count; i++)
        total += r->list[i].count;
    struct run *runs = need_array(total, sizeof *runs);
    *count = 0;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->list[i].count; k++) {
            const struct reading *reading = &r->list[i];
            const struct read_result *result = &reading->results[k];
            const char *given = labels ? labels[i] : NULL;
            const char *label = given ? given : reading->label;
            if (!is_wanted || is_wanted(result))
                runs[(*count)++] = (struct run){result->key, reading->device,
                                                label,       given ? given : reading->place,
                                                reading,     result};
        }
    qsort(runs, *count, sizeof *runs, in_order);
    return runs;
}

static struct fleet_host make_host(const struct run *runs, size_t count)
{
    const struct read_result **results = need_array(count, sizeof *results);
    struct compare_side side = {0};
    size_t names = 1, noisy = 0;
    for (size_t i = 0; i < count; i++) {
        const struct read_result *r = results[i] = runs[i].result;
        noisy +=
            stats_is_noisy(&(struct interval){r->median_s, r->low_s, r->high_s, r->confidence});
        names += i > 0 && strcmp(runs[i].reading->host, runs[i - 1].reading->host) != 0;
    }
    compare_describe_side(&side, results, count);
    free(results);
    const struct reading *reading = runs->reading;
    const char *id = *reading->card ? reading->card : reading->machine;
    return (struct fleet_host){.label = names > 1 ? id : runs->label,
                               .id = id,
                               .device = runs->device,
                               .reading = reading,
                               .median_s = side.median_s,
                               .sm_hz = side.sm_hz,
                               .link_share = side.link_share,
                               .runs = count,
                               .names = names,
                               .is_noisy = isnan(side.spread) ? 2 * noisy > count
                                                              : side.spread > STATS_NOISY,
                               .throttled = side.throttled,
                               .throttle = side.throttle};
}

/* ---- one model */

double fleet_limit(size_t count)
{
    double low = 3.5, high = 40;
    while (high - low > 1e-9) {
        const double middle = (low + high) / 2;
        if ((double)count * erfc(middle / sqrt(2)) > 0.01)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static const char *most_common_identity(const struct fleet_model *m)
{
    /* Boyer and Moore's majority vote: finds the class of more than half of the hosts, or any class
     * if there is no majority. */
    const char *candidate = "";
    size_t votes = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (votes == 0)
            candidate = m->hosts[i].reading->identity;
        if (strcmp(candidate, m->hosts[i].reading->identity) == 0)
            votes++;
        else
            votes--;
    }
    return candidate;
}

static void explain(struct fleet_host *h, double sm_hz)
{
    if (fabs(h->sm_hz / sm_hz - 1) > 0.02)
        append_item(h->reason, sizeof h->reason, ", ", "SM clock %.2f GHz, others %.2f",
                    h->sm_hz / 1e9, sm_hz / 1e9);
    if (h->link_share < 1)
        append_item(h->reason, sizeof h->reason, ", ", "PCIe link at %.3g %% of its maximum",
                    100 * h->link_share);
    for (unsigned bit = 0; h->throttled && bit < 32; bit++)
        if ((h->throttle & COMPARE_THROTTLE) >> bit & 1)
            append_item(h->reason, sizeof h->reason, ", ", "%s in %zu of %zu runs",
                        throttle_name(bit), h->throttled, h->runs);
}

/* A host of another class is an outlier whatever its time. */
static void explain_class(struct fleet_host *h, const char *others)
{
    struct difference list[3];
    const size_t count = identity_hard_differences(others, h->reading->identity, list, 3);
    if (h->reading->is_streamed)
        append_item(h->reason, sizeof h->reason, ", ",
                    "A did not fit into memory and was streamed");
    if (*h->reading->image)
        append_item(h->reason, sizeof h->reason, ", ", "--image %.60s", h->reading->image);
    for (size_t i = 0; i < count && i < 3; i++)
        append_item(h->reason, sizeof h->reason, ", ", "%.80s %.60s, others %.60s", list[i].path,
                    list[i].now, list[i].base);
}

static double median_clock(const struct fleet_model *m, double *scratch)
{
    size_t known = 0;
    for (size_t i = 0; i < m->count; i++)
        if (m->hosts[i].sm_hz > 0)
            scratch[known++] = m->hosts[i].sm_hz;
    return known ? stats_median(scratch, known) : NAN;
}

static void find_outliers(struct fleet_model *m, double *scratch)
{
    const bool is_gpu = strncmp(m->key, "gpu/", 4) == 0;
    const double matters = log1p(is_gpu ? CHANGE_GPU : CHANGE_CPU), middle = log(m->median_s);
    for (size_t i = 0; i < m->count; i++)
        scratch[i] = fabs(log(m->hosts[i].median_s) - middle);
    const double scale = fmax(1.4826 * stats_median(scratch, m->count), least_scale);
    const double limit = fmax(fleet_limit(m->count) * scale, matters);
    const double sm_hz = median_clock(m, scratch);
    for (size_t i = 0; i < m->count; i++) {
        struct fleet_host *h = &m->hosts[i];
        h->is_outlier = fabs(log(h->median_s) - middle) > limit;
        m->outliers += h->is_outlier;
        if (h->is_outlier)
            explain(h, sm_hz);
    }
}

bool fleet_is_judged(const struct fleet_model *m, const struct fleet_host *h)
{
    return h->is_outlier || (m->count >= FLEET_FEWEST_HOSTS && !h->is_noisy);
}

static int faster(const void *a, const void *b)
{
    const struct fleet_host *x = a, *y = b;
    return (x->median_s > y->median_s) - (x->median_s < y->median_s);
}

static int by_label(const void *a, const void *b)
{
    const struct fleet_host *x = a, *y = b;
    const int order = strcmp(x->label, y->label);
    return order ? order : strcmp(x->id, y->id);
}

static void finish_model(struct fleet_model *m)
{
    double *scratch = need_array(m->count, sizeof *scratch);
    qsort(m->hosts, m->count, sizeof *m->hosts, by_label);
    for (size_t i = 0, same = 0; i < m->count; i++) {
        if (!i || strcmp(m->hosts[i].label, m->hosts[i - 1].label) != 0)
            same = 1;
        else if (!*m->hosts[i].id || by_label(&m->hosts[i], &m->hosts[i - 1]) != 0)
            same++;
        if (same > m->share_a_label)
            m->share_a_label = same;
        m->few += m->hosts[i].runs < FLEET_FEWEST_RUNS;
    }
    qsort(m->hosts, m->count, sizeof *m->hosts, faster);
    for (size_t i = 0; i < m->count; i++)
        scratch[i] = m->hosts[i].median_s;
    m->median_s = stats_median(scratch, m->count);
    m->low_s = scratch[m->count / 100];
    m->high_s = scratch[m->count - 1 - m->count / 100];
    if (m->count >= FLEET_FEWEST_HOSTS)
        find_outliers(m, scratch);
    const char *others = most_common_identity(m);
    for (size_t i = 0; i < m->count; i++)
        explain_class(&m->hosts[i], others);
    free(scratch);
}

/* ---- all of them */

static int by_key_and_speed(const void *a, const void *b)
{
    const struct fleet_model *x = a, *y = b;
    int key = strcmp(x->key, y->key);
    key = key ? key : strcmp(x->kind, y->kind);
    return key ? key : (x->median_s > y->median_s) - (x->median_s < y->median_s);
}

static struct fleet_model new_model(const struct run *run, struct fleet_host *hosts)
{
    struct fleet_model m = {.key = run->key, .device = run->device, .hosts = hosts};
    const int together = at_once(run->reading);
    if (together > 1)
        snprintf(m.kind, sizeof m.kind, ", %d at once", together);
    return m;
}

static void add_hosts(struct fleet *f, const struct run *runs, size_t count)
{
    size_t hosts = 0;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && by_host(&runs[from], &runs[to]) == 0;)
            to++;
        if (from == 0 || by_model(&runs[from], &runs[from - 1]) != 0)
            f->models[f->count++] = new_model(&runs[from], &f->hosts[hosts]);
        else
            f->models[f->count - 1].repeated += by_place(&runs[from], &runs[from - 1]) == 0;
        f->hosts[hosts++] = make_host(&runs[from], to - from);
        f->models[f->count - 1].count++;
    }
}

/* Counts the runs of one key on one host or card that have no time. */
static struct fleet_bad look_for_bad(const struct run *runs, size_t count)
{
    const struct reading *reading = runs->reading;
    struct fleet_bad bad = {.key = runs->key,
                            .device = runs->device,
                            .label = runs->label,
                            .id = *reading->card ? reading->card : reading->machine,
                            .reason = "",
                            .runs = count};
    for (size_t i = 0; i < count; i++) {
        const struct read_result *r = runs[i].result;
        if (r->state == READ_OK || *runs[i].reading->soak_verdict)
            continue;
        bad.failed += r->state == READ_FAILED;
        bad.wrong += r->state == READ_WRONG;
        bad.waived += r->state == READ_WAIVED;
        bad.reason = r->reason;
    }
    return bad;
}

static void find_bad(struct fleet *f, const struct run *runs, size_t count)
{
    f->bad = need_array(count, sizeof *f->bad);
    for (size_t first = 0, end; first < count; first = end) {
        bool has_time = false;
        for (end = first; end < count && by_model(&runs[first], &runs[end]) == 0; end++)
            has_time = has_time || compare_is_timed(runs[end].result);
        for (size_t from = first, to; from < end; from = to) {
            for (to = from + 1; to < end && by_place(&runs[from], &runs[to]) == 0;)
                to++;
            const struct fleet_bad bad = look_for_bad(&runs[from], to - from);
            if (bad.failed || bad.wrong || (bad.waived && has_time))
                f->bad[f->bad_count++] = bad;
        }
    }
}

enum status fleet_gather(const struct readings *r, const char *const *labels, struct fleet *out,
                         struct failure *why)
{
    *out = (struct fleet){0};
    const enum status status = compare_refuse_simulated(r, why);
    if (status != STATUS_OK)
        return status;
    size_t count;
    struct run *runs = gather(r, labels, NULL, &count);
    find_bad(out, runs, count);
    free(runs);
    runs = gather(r, labels, compare_is_timed, &count);
    count = without_cold(runs, count);
    out->hosts = need_array(count, sizeof *out->hosts);
    out->models = need_array(count, sizeof *out->models);
    add_hosts(out, runs, count);
    for (size_t i = 0; i < out->count; i++)
        finish_model(&out->models[i]);
    free(runs);
    qsort(out->models, out->count, sizeof *out->models, by_key_and_speed);
    return STATUS_OK;
}

const char *fleet_label(const struct fleet_model *m, const struct fleet_host *h, char *out,
                        size_t bytes)
{
    const bool is_shared = m->share_a_label > 1 && *h->id;
    snprintf(out, bytes, "%s%s%.12s", *h->label ? h->label : "(no name)", is_shared ? " " : "",
             is_shared ? h->id : "");
    return clean_utf8(out);
}

void fleet_free(struct fleet *f)
{
    free(f->models);
    free(f->hosts);
    free(f->bad);
    *f = (struct fleet){0};
}
