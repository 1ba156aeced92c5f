/* judge.c - gives the verdict of a soak. */
#include "harness/soak/judge.h"

#include "harness/base/need.h"
#include "harness/contract/facts.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SW_POWER_CAP = 2, HW_SLOWDOWN = 3, SW_THERMAL = 5, HW_THERMAL = 6, POWER_BRAKE = 7 };
enum { LEAST_POINTS = 8 }; /* of a half, to be judged */

static const double throttled_share = 0.01, slower_share = 0.02;

const char *soak_outcome_name(enum soak_outcome outcome)
{
    static const char *const names[] = {"OK", "SLOW", "THROTTLED", "FAULTY"};
    return names[outcome];
}

const char *soak_health_name(enum health counter)
{
    static const char *const names[HEALTH_COUNT] = {
        [HEALTH_ECC_CORRECTED] = "ecc_corrected",
        [HEALTH_ECC_UNCORRECTED] = "ecc_uncorrected",
        [HEALTH_ROWS_REMAPPED] = "rows_remapped",
        [HEALTH_ROWS_REMAPPED_UNCORRECTED] = "rows_remapped_uncorrected",
        [HEALTH_REMAPPING_PENDING] = "remapping_pending",
        [HEALTH_REMAPPING_FAILED] = "remapping_failed",
        [HEALTH_PCIE_REPLAYS] = "pcie_replays",
        [HEALTH_NVLINK_ERRORS] = "nvlink_errors",
        [HEALTH_XIDS] = "xids",
        [HEALTH_LAST_XID] = "last_xid",
    };
    return names[counter];
}

bool soak_is_throttling(unsigned bit)
{
    return bit == HW_SLOWDOWN || bit == SW_THERMAL || bit == HW_THERMAL || bit == POWER_BRAKE;
}

/* How much a counter rose; 0 if that is unknown. */
static int64_t risen(const struct soak *soak, enum health counter)
{
    const int64_t before = soak->before[counter], after = soak->after[counter];
    return before >= 0 && after > before ? after - before : 0;
}

/* Writes the name of a load, for example "matmul/bf16/wgmma-sm90". */
static void name_load(const struct soak_load *load, char *text, size_t bytes)
{
    const struct variant *v = load->variant;
    snprintf(text, bytes, "%s/%s/%s", op_name(v->op), arithmetic_name(v->arithmetic), v->name);
}

/* The place of a difference: "the sum", "C[12][34]", "7 words of C, from C[0][34] to
 * C[900][34]". */
static void name_place(const struct soak *soak, const struct soak_error *e, char *text,
                       size_t bytes)
{
    const struct mismatch *m = &e->what;
    if (soak->loads[e->load].variant->op != OP_MATMUL)
        snprintf(text, bytes, "the sum");
    else if (m->words == 1)
        snprintf(text, bytes, "C[%u][%u]", m->first.row, m->first.col);
    else
        snprintf(text, bytes, "%" PRIu64 " words of C, from C[%u][%u] to C[%u][%u]", m->words,
                 m->first.row, m->first.col, m->last.row, m->last.col);
}

/* How many of the recorded errors begin where the first one does, in the same matrix. */
static size_t times_there(const struct soak *soak)
{
    const struct soak_error *first = &soak->errors[0];
    size_t count = 0;
    for (size_t i = 0; i < soak->error_count; i++) {
        const struct soak_error *e = &soak->errors[i];
        count += e->load == first->load && e->job == first->job &&
                 memcmp(&e->what.first, &first->what.first, sizeof e->what.first) == 0;
    }
    return count;
}

static void add_errors(const struct soak *soak, struct soak_verdict *v)
{
    const struct soak_error *e = &soak->errors[0];
    char key[96], place[128], address[96] = "";
    name_load(&soak->loads[e->load], key, sizeof key);
    name_place(soak, e, place, sizeof place);
    if (e->what.first_address)
        snprintf(address, sizeof address, " at 0x%" PRIx64 "%s", e->what.first_address,
                 e->what.words > 1 ? " and beyond" : "");
    append_item(v->reason, sizeof v->reason, "; ",
                "%" PRIu64 " of %" PRIu64
                " launches left other bits, first after %.1f s: launch %" PRIu64
                " of %s on matrix %zu, %s%s, bits 0x%08" PRIx32 ", %s",
                soak->wrong, soak->launches, e->at_s, e->what.launch, key, e->job, place, address,
                e->what.bits, times_there(soak) > 1 ? "there again and again" : "once there");
}

/* Describes what the trials of all multiprocessors showed. */
static void add_trial(const struct sm_trial *t, enum sm_unit unit, struct soak_verdict *v)
{
    const char *with = unit == SM_TENSOR_CORES ? "on tensor cores" : "by multiply-adds";
    if (t->suspects && t->suspects >= t->sms)
        append_item(v->reason, sizeof v->reason, "; ",
                    "its %u SMs disagreed in %u of %u trials of a tile %s", t->sms,
                    t->suspect[0].wrong, t->launches, with);
    else if (t->launches && !t->suspects)
        append_item(v->reason, sizeof v->reason, "; ",
                    "all %u SMs agreed in %u trials of a tile %s", t->sms, t->launches, with);
    for (unsigned i = 0; i < t->suspects && t->suspects < t->sms; i++)
        append_item(v->reason, sizeof v->reason, "; ",
                    "SM %u computed other bits than the others in %u of %u trials of a tile %s",
                    t->suspect[i].sm, t->suspect[i].wrong, t->launches, with);
}

static void add_change(const struct soak *soak, struct soak_verdict *v)
{
    const struct soak_change *c = &soak->changes[0];
    char key[96];
    name_load(&soak->loads[c->load], key, sizeof key);
    append_item(
        v->reason, sizeof v->reason, "; ",
        "A of %s, matrix %zu, has changed in the device's memory: A[%u][%u] has the bits 0x%08" PRIx32
        ", and 0x%08" PRIx32 " is right (%" PRIu64 " row%s and %" PRIu64
        " column%s differ, of %zu matri%s)",
        key, c->job, c->at.row, c->at.col, c->got, c->want, c->rows, c->rows == 1 ? "" : "s",
        c->cols, c->cols == 1 ? "" : "s", soak->change_count,
        soak->change_count == 1 ? "x" : "ces");
}

static void add_failure(const struct soak *soak, struct soak_verdict *v)
{
    const enum status status = soak->failure.status;
    char when[48] = "before the soak began";
    if (soak->elapsed_s > 0)
        snprintf(when, sizeof when, "after %.1f s", soak->elapsed_s);
    append_item(v->reason, sizeof v->reason, "; ", "%s %s: %.300s",
                status == STATUS_LOST    ? "the device was lost"
                : status == STATUS_WRONG ? "an answer was wrong"
                                         : "a launch failed",
                when, soak->failure.text);
}

/* Something that the driver counts, and what one and several of it are called. */
struct counted {
    enum health counter;
    const char *one, *several;
};

/* Adds those of the list that rose. */
static void add_risen(const struct soak *soak, const struct counted *list, size_t count, char *text,
                      size_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t more = risen(soak, list[i].counter);
        if (more)
            append_item(text, bytes, "; ", "%" PRId64 " %s", more,
                        more == 1 ? list[i].one : list[i].several);
    }
}

static void judge_faults(const struct soak *soak, struct soak_verdict *v)
{
    static const struct counted faults[] = {
        {HEALTH_ECC_UNCORRECTED, "uncorrectable memory error (ECC)",
         "uncorrectable memory errors (ECC)"},
        {HEALTH_ROWS_REMAPPED_UNCORRECTED, "memory row remapped after uncorrectable errors",
         "memory rows remapped after uncorrectable errors"},
        {HEALTH_REMAPPING_FAILED, "failure to remap a memory row",
         "failures to remap a memory row"},
    };
    char *reason = v->reason;
    if (soak->error_count)
        add_errors(soak, v);
    for (int u = 0; u < SM_UNITS && soak->error_count; u++)
        add_trial(&soak->trial[u], (enum sm_unit)u, v);
    if (soak->change_count)
        add_change(soak, v);
    if (soak->wrong_again)
        append_item(reason, sizeof v->reason, "; ", "%zu answer%s wrong at the end: %.300s",
                    soak->wrong_again, soak->wrong_again == 1 ? " was" : "s were", soak->wrong_why);
    if (soak->failure.status != STATUS_OK)
        add_failure(soak, v);
    add_risen(soak, faults, sizeof faults / sizeof *faults, reason, sizeof v->reason);
    const int64_t xids = risen(soak, HEALTH_XIDS), last = soak->after[HEALTH_LAST_XID];
    if (xids == 1)
        append_item(reason, sizeof v->reason, "; ", "the driver reported a fault, Xid %" PRId64,
                    last);
    else if (xids)
        append_item(reason, sizeof v->reason, "; ",
                    "the driver reported %" PRId64 " faults, the last one Xid %" PRId64, xids,
                    last);
}

static void add_remarks(const struct soak *soak, struct soak_verdict *v)
{
    static const struct counted counts[] = {
        {HEALTH_ECC_CORRECTED, "memory error that ECC corrected",
         "memory errors that ECC corrected"},
        {HEALTH_ROWS_REMAPPED, "memory row remapped", "memory rows remapped"},
        {HEALTH_PCIE_REPLAYS, "PCIe replay", "PCIe replays"},
        {HEALTH_NVLINK_ERRORS, "NVLink error", "NVLink errors"},
    };
    add_risen(soak, counts, sizeof counts / sizeof *counts, v->remark, sizeof v->remark);
    if (soak->not_again)
        append_item(v->remark, sizeof v->remark, "; ",
                    "%zu answer%s could not be verified again: %.300s", soak->not_again,
                    soak->not_again == 1 ? "" : "s", soak->not_again_why);
    const size_t again = soak->verified_again + soak->wrong_again + soak->not_again;
    if (soak->is_interrupted && again < soak->verified)
        append_item(v->remark, sizeof v->remark, "; ",
                    "interrupted, so %zu of %zu answers were verified again at the end", again,
                    soak->verified);
    if (soak->after[HEALTH_REMAPPING_PENDING] > 0)
        append_item(v->remark, sizeof v->remark, "; ",
                    "a memory row waits to be remapped: reset the GPU");
    if (soak->reason_s[SW_POWER_CAP] > throttled_share * soak->elapsed_s)
        append_item(v->remark, sizeof v->remark, "; ", "power cap in %.0f %% of the time",
                    100 * soak->reason_s[SW_POWER_CAP] / soak->elapsed_s);
}

double soak_throttled_share(const struct soak *soak)
{
    double most = 0;
    for (unsigned bit = 0; bit < 32; bit++)
        if (soak_is_throttling(bit))
            most = fmax(most, soak->reason_s[bit]);
    return soak->elapsed_s > 0 ? fmin(most / soak->elapsed_s, 1) : 0;
}

static void judge_throttling(const struct soak *soak, struct soak_verdict *v)
{
    double hottest = 0;
    for (size_t i = 0; i < soak->series.count; i++)
        hottest = fmax(hottest, soak_mean(&soak->series.points[i].temperature_c));
    for (unsigned bit = 0; bit < 32; bit++)
        if (soak_is_throttling(bit) && soak->reason_s[bit] >= throttled_share * soak->elapsed_s &&
            soak->reason_s[bit] > 0)
            append_item(v->reason, sizeof v->reason, "; ", "%s in %.0f %% of the time",
                        throttle_name(bit), 100 * soak->reason_s[bit] / soak->elapsed_s);
    if (v->reason[0] && hottest > 0)
        append_item(v->reason, sizeof v->reason, "; ", "up to %.0f °C", hottest);
}

/* The median time of a launch in points [from, to), with its interval. */
static struct interval launch_time(const struct soak_series *s, size_t from, size_t to)
{
    double *seconds = need_array(to - from, sizeof *seconds);
    for (size_t i = from; i < to; i++)
        seconds[i - from] = s->points[i].device_s / (double)s->points[i].launches;
    const struct interval i = stats_median_interval(seconds, to - from, 0.99);
    free(seconds);
    return i;
}

/* Whether anything held clocks back in most points from `from` on. */
static bool is_held_back(const struct soak_series *s, size_t from)
{
    size_t held = 0;
    for (size_t i = from; i < s->count; i++)
        held += (s->points[i].throttle & ~1u) != 0; /* bit 0: idle */
    return 2 * held >= s->count - from;
}

static void judge_halves(const struct soak_load *load, struct soak_verdict *v)
{
    const struct soak_series *s = &load->series;
    const size_t half = s->count / 2;
    char key[96];
    if (half < LEAST_POINTS || is_held_back(s, half))
        return;
    const struct interval first = launch_time(s, 0, half), last = launch_time(s, half, s->count);
    const double slower = 1 - first.median / last.median;
    if (slower < slower_share || last.low <= first.high)
        return;
    name_load(load, key, sizeof key);
    append_item(
        v->reason, sizeof v->reason, "; ",
        "%s was %.1f %% slower in the last half than in the first, and nothing held clocks back",
        key, 100 * slower);
}

struct soak_verdict soak_judge(const struct soak *soak)
{
    struct soak_verdict v = {.outcome = SOAK_FAULTY};
    add_remarks(soak, &v);
    judge_faults(soak, &v);
    facts_clean(v.reason, sizeof v.reason); /* may quote the driver */
    if (v.reason[0])
        return v;
    v.outcome = SOAK_THROTTLED;
    judge_throttling(soak, &v);
    if (v.reason[0])
        return v;
    v.outcome = SOAK_SLOW;
    for (size_t i = 0; i < soak->load_count; i++)
        judge_halves(&soak->loads[i], &v);
    if (!v.reason[0])
        v.outcome = SOAK_OK;
    return v;
}
