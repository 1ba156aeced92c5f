/* scaling.c - `gpubench sweep N --ranks 1,2,4`: the same problem on more and more ranks of this
 * host (strong scaling), and one that grows with them, so that each rank's work stays the same
 * (weak scaling). Every run is gpubench again, with --ranks or --devices. */
#include "bench/sweep/sweep.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/process.h"
#include "harness/host/limits.h"
#include "harness/result/store.h"
#include "harness/text/append.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { STRONG, WEAK, KINDS, COUNTS_MAX = 16, RANKS_MAX = 64, ARGUMENTS_MAX = 48 };

struct point {
    uint64_t n;
    double median_s, flops, efficiency; /* the last one against the first number of ranks */
};

struct scaling {
    const struct options *options;
    const char *side;
    uint64_t n, ranks[COUNTS_MAX];
    size_t count;
    int threads; /* of each rank of a CPU, whatever the number of ranks */
    struct point points[COUNTS_MAX][KINDS];
    json_t *runs; /* their documents */
};

static enum status read_ranks(struct scaling *s, const char *rest, struct failure *why)
{
    char digits[16];
    for (;; rest++) {
        const size_t length = strcspn(rest, ",");
        if (s->count == COUNTS_MAX)
            return fail(why, STATUS_USAGE, "--ranks: at most %d numbers.", COUNTS_MAX);
        snprintf(digits, sizeof digits, "%.*s", (int)(length < 15 ? length : 15), rest);
        if (words_parse_whole("ranks", digits, 1, RANKS_MAX, &s->ranks[s->count++], why) !=
            STATUS_OK)
            return why->status;
        rest += length;
        if (!*rest)
            return STATUS_OK;
    }
}

/* The threads of each rank: as many as the largest number of ranks leaves to one, unless given. */
static int threads_of(const struct scaling *s)
{
    uint64_t most = 1;
    for (size_t i = 0; i < s->count; i++)
        most = s->ranks[i] > most ? s->ranks[i] : most;
    const int threads = host_cpu_limit().threads / (int)most;
    return s->options->threads ? s->options->threads : threads > 1 ? threads : 1;
}

/* The command line of one run. */
struct arguments {
    char *list[ARGUMENTS_MAX];
    size_t count, used;
    char numbers[8][32], devices[RANKS_MAX * 4];
};

static void add(struct arguments *a, const char *option, const char *value)
{
    if (!value)
        return;
    a->list[a->count++] = (char *)(uintptr_t)option;
    a->list[a->count++] = (char *)(uintptr_t)value;
}

static void add_number(struct arguments *a, const char *option, double value)
{
    char *text = a->numbers[a->used++];
    snprintf(text, sizeof a->numbers[0], "%.17g", value);
    if (value > 0)
        add(a, option, text);
}

static void make_arguments(const struct scaling *s, uint64_t n, uint64_t ranks, struct arguments *a)
{
    static const char *const ranges[] = {"unit", "signed", "wide"};
    const struct options *o = s->options;
    const bool is_gpu = strcmp(s->side, "gpu") == 0;
    for (uint64_t r = 0; r < ranks; r++)
        append_item(a->devices, sizeof a->devices, ",", "%" PRIu64, r);
    add(a, "/proc/self/exe", s->side);
    add_number(a, "--samples", (double)o->samples);
    add_number(a, "--max-time", o->max_time_s);
    add_number(a, "--threads", is_gpu ? 0 : s->threads);
    add_number(a, "--ranks", is_gpu ? 0 : (double)ranks);
    add_number(a, "--memory-limit", is_gpu ? (double)o->memory_limit : 0);
    add(a, "--devices", is_gpu ? a->devices : NULL);
    add(a, "--type", element_name(o->element));
    add(a, "--range", ranges[o->range]);
    add(a, "--variant", o->variants);
    add(a, "--arith", o->arithmetics);
    add(a, "--blas", o->blas);
    add(a, "--exchange", o->exchange);
    add(a, "--balance", o->balance);
    add(a, "--image", o->image);
    add(a, "--host", o->host);
    add(a, "--results", o->results);
    add(a, "--json", "--quiet");
    if (o->discard)
        a->list[a->count++] = (char *)(uintptr_t)"--no-save";
    if (o->is_bound)
        a->list[a->count++] = (char *)(uintptr_t)"--bind";
    snprintf(a->numbers[a->used], sizeof a->numbers[0], "%" PRIu64, o->seed);
    add(a, "--seed", a->numbers[a->used++]);
    snprintf(a->numbers[a->used], sizeof a->numbers[0], "%" PRIu64, n);
    a->list[a->count++] = a->numbers[a->used++];
}

/* One run. Its own messages go to standard error. */
static enum status run_one(struct scaling *s, uint64_t n, uint64_t ranks, struct point *point,
                           struct failure *why)
{
    enum { MOST = 1 << 28 };
    struct arguments a = {.count = 0};
    struct process_output out = {0};
    make_arguments(s, n, ranks, &a);
    const int error = process_read(a.list, -1, PROCESS_COMMAND, MOST, &out);
    json_t *document = error || !out.bytes ? NULL : json_loadb(out.bytes, out.count, 0, NULL);
    const json_t *one = json_array_get(json_object_get(document, "results"), 0);
    const json_t *median = json_object_get(json_object_get(one, "summary"), "median_s");
    point->n = n;
    point->median_s = json_number_value(median);
    point->flops = json_number_value(json_object_get(json_object_get(one, "speed"), "flops"));
    json_array_append_new(s->runs, document);
    free(out.bytes);
    if (interrupt_check(why) != STATUS_OK)
        return why->status;
    const int code = !error && WIFEXITED(out.ended) ? WEXITSTATUS(out.ended) : 1;
    if (code == 0 && point->median_s > 0)
        return STATUS_OK;
    return fail(why, code == exit_code(STATUS_NO_DEVICE) ? STATUS_NO_DEVICE : STATUS_FAILED,
                "gpubench %s %" PRIu64 " on %" PRIu64 " rank%s failed; its message is above: take "
                "fewer ranks, or mend what it says.",
                s->side, n, ranks, ranks == 1 ? "" : "s");
}

static enum status measure_all(struct scaling *s, struct failure *why)
{
    const double all = (double)(s->count * KINDS);
    for (size_t i = 0; i < s->count; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            struct point *p = &s->points[i][kind];
            const double grown = (double)s->ranks[i] / (double)s->ranks[0];
            const double done = (double)(KINDS * i) + kind;
            const uint64_t n =
                kind == STRONG ? s->n : (uint64_t)llround((double)s->n * cbrt(grown));
            progress_within(done / all, (done + 1) / all, "%" PRIu64 " ranks, N = %" PRIu64,
                            s->ranks[i], n);
            if (kind == WEAK && n == s->n)
                *p = s->points[i][STRONG];
            else if (run_one(s, n, s->ranks[i], p, why) != STATUS_OK)
                return why->status;
            p->efficiency = p->flops / grown / s->points[0][kind].flops;
        }
    return STATUS_OK;
}

static void print(FILE *to, const struct scaling *s)
{
    static const char *const heads[] = {"ranks",   "strong: N", "time",   "as 2N³",    "efficiency",
                                        "weak: N", "time",      "as 2N³", "efficiency"};
    struct grid g = {.heads = heads, .columns = sizeof heads / sizeof *heads};
    char text[WORDS_BYTES];
    for (size_t i = 0; i < s->count; i++) {
        grid_addf(&g, "%" PRIu64, s->ranks[i]);
        for (int kind = 0; kind < KINDS; kind++) {
            const struct point *p = &s->points[i][kind];
            grid_addf(&g, "%" PRIu64, p->n);
            grid_add(&g, words_time(text, p->median_s));
            grid_add(&g, words_rate(text, p->flops, "FLOP/s"));
            grid_add(&g, words_percent(text, p->efficiency));
        }
    }
    grid_text(to, &g);
    grid_free(&g);
    fprintf(to, "efficiency  the rate of a rank, relative to that in the first row\n");
}

static json_t *to_json(const struct scaling *s)
{
    static const char *const names[KINDS] = {"strong", "weak"};
    const char *exchange = s->options->exchange;
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        json_t *one = json_pack("{s:I}", "ranks", (json_int_t)s->ranks[i]);
        for (int kind = 0; kind < KINDS; kind++) {
            const struct point *p = &s->points[i][kind];
            json_object_set_new(one, names[kind],
                                json_pack("{s:I, s:o, s:o, s:o}", "n", (json_int_t)p->n, "median_s",
                                          json_number(p->median_s), "flops", json_number(p->flops),
                                          "efficiency", json_number(p->efficiency)));
        }
        json_array_append_new(list, one);
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:O}", "schema", "gpubench-scaling/1", "backend",
                     s->side, "exchange", exchange ? exchange : "none", "points", list, "runs",
                     s->runs);
}

static enum status tell(const struct scaling *s, struct failure *why)
{
    const struct options *o = s->options;
    enum status status = STATUS_OK;
    if (!(o->json && o->quiet))
        print(o->json ? stderr : stdout, s);
    json_t *document = to_json(s);
    if (o->output)
        status = store_write(o->output, document, why);
    if (o->json && status == STATUS_OK)
        status = store_write("-", document, why);
    json_decref(document);
    return status;
}

enum status sweep_scaling(const struct options *o, struct failure *why)
{
    struct scaling s = {.options = o, .side = o->only ? o->only : "gpu"};
    if (o->op != OP_SUM_AAT || o->all || o->publish || o->device_is_given)
        return fail(why, STATUS_USAGE,
                    "sweep --ranks measures one variant of sum-aat: leave out --op, --all, "
                    "--publish and --device.");
    enum status status = words_parse_n(o->first, &s.n, why);
    if (status == STATUS_OK)
        status = read_ranks(&s, o->ranks, why);
    if (status != STATUS_OK)
        return status;
    s.threads = threads_of(&s);
    s.runs = json_array();
    if (!o->quiet)
        progress_start();
    status = measure_all(&s, why);
    progress_stop();
    if (status == STATUS_OK)
        status = tell(&s, why);
    json_decref(s.runs);
    return status;
}
