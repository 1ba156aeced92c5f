/* print.c - prints a sweep as a table with sentences, and as JSON. */
#include "bench/sweep/sweep.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/compare/sweep.h"
#include "harness/stats/stats.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *device_name(const struct sweep *s, size_t side)
{
    return s->side[side]->backend->device_facts(s->device[side])->name;
}

static void add_time(struct grid *g, double seconds)
{
    char text[WORDS_BYTES];
    grid_add(g, isnan(seconds) ? "-" : words_time(text, seconds));
}

static void add_energy(struct grid *g, double joules)
{
    if (isnan(joules))
        grid_add(g, "-");
    else
        grid_addf(g, "%.3g J", joules);
}

static void print_rows(FILE *to, const struct sweep_row *rows, size_t count)
{
    static const char *const heads[] = {
        "N",           "arithmetic",   "variant",        "on the GPU",
        "copied once", "each, pinned", "each, pageable", "CPU",
        "GPU is",      "GPU energy",   "CPU energy"};
    bool has_energy = false;
    for (size_t i = 0; i < count; i++)
        has_energy = has_energy || !(isnan(rows[i].gpu_j) || isnan(rows[i].cpu_j));
    struct grid g = {.heads = heads, .columns = has_energy ? 11 : 9, .left = 1 << 1 | 1 << 2};
    for (size_t i = 0; i < count; i++) {
        const struct sweep_row *r = &rows[i];
        const double ratio = r->cpu_s / r->gpu_s[SWEEP_ON_DEVICE];
        char text[WORDS_BYTES];
        grid_addf(&g, "%" PRIu64, r->n);
        grid_add(&g, r->arithmetic);
        grid_add(&g, r->gpu_variant ? r->gpu_variant : "-");
        for (int c = 0; c < SWEEP_CASES; c++)
            add_time(&g, r->gpu_s[c]);
        add_time(&g, r->cpu_s);
        if (isnan(ratio) || sweep_is_noisy(r))
            grid_add(&g, isnan(ratio) ? "-" : STATS_NOISY_SHORT);
        else if (ratio < 10)
            grid_addf(&g, "%s×", words_ratio(text, ratio));
        else
            grid_addf(&g, "%.0f×", ratio);
        if (has_energy) {
            add_energy(&g, r->gpu_j);
            add_energy(&g, r->cpu_j);
        }
    }
    grid_text(to, &g);
    grid_free(&g);
}

/* Whether a row is the first of its arithmetic. */
static bool begins(const struct sweep_row *rows, size_t i)
{
    return i == 0 || strcmp(rows[i].arithmetic, rows[i - 1].arithmetic) != 0;
}

static void print_crossovers(FILE *to, const struct sweep_row *rows, size_t count, const char *op)
{
    for (size_t i = 0; i < count; i++) {
        if (!begins(rows, i))
            continue;
        struct grid g = {.columns = 2, .left = ~0u};
        lines_printf(to, "the GPU wins (%s):", rows[i].arithmetic);
        for (int c = 0; c < SWEEP_CASES; c++) {
            const struct crossover crossover =
                sweep_crossover(rows, count, op, rows[i].arithmetic, (enum sweep_case)c);
            char sentence[160];
            sweep_sentence(sentence, sizeof sentence, &crossover);
            grid_add(&g, sweep_case_title((enum sweep_case)c));
            grid_add(&g, sentence);
        }
        grid_text(to, &g);
        grid_free(&g);
    }
}

/* Names the first point whose copy crossed from one socket to another, because that takes longer.
 */
static void say_nodes(FILE *to, const json_t *documents)
{
    for (size_t i = 0; i < json_array_size(documents); i++) {
        const json_t *document = json_array_get(documents, i);
        const json_t *gpu = json_at(document, "device.numa_node");
        const json_t *here = json_at(document, "host.numa_node");
        if (!gpu || !here || json_integer_value(gpu) == json_integer_value(here))
            continue;
        const int node = (int)json_integer_value(gpu);
        lines_printf(
            to,
            "copies      cross between NUMA nodes: the GPU is on node %d, this process ran on "
            "node %d. To keep them near: numactl --cpunodebind=%d --membind=%d gpubench …",
            node, (int)json_integer_value(here), node, node);
        return;
    }
}

void sweep_print(FILE *to, const struct sweep *s)
{
    struct sweep_row *rows;
    const size_t count = sweep_rows(s->documents, &rows);
    const char *op = op_name(s->options->op);
    const bool has_both = s->side[0] && s->side[1];
    char range[96];
    if (s->count == 1)
        snprintf(range, sizeof range, "%" PRIu64, s->n[0]);
    else
        snprintf(range, sizeof range, "%" PRIu64 " … %" PRIu64 " in %zu steps", s->n[0],
                 s->n[s->count - 1], s->count);
    lines_printf(to, "%s · N = %s · %s%s%s · a caller's wait", op, range,
                 device_name(s, !s->side[0]), has_both ? " against " : "",
                 has_both ? device_name(s, 1) : "");
    print_rows(to, rows, count);
    if (has_both)
        print_crossovers(to, rows, count, op);
    for (size_t i = 0; i < json_array_size(s->documents); i++) {
        const json_t *document = json_array_get(s->documents, i);
        const char *waived = json_string_value(json_object_get(document, "waived"));
        if (waived)
            lines_printf(to, "left out    %s", waived);
    }
    say_nodes(to, s->documents);
    free(rows);
}

static json_t *row_to_json(const struct sweep_row *r)
{
    json_t *row = json_pack("{s:I, s:s}", "n", (json_int_t)r->n, "arithmetic", r->arithmetic);
    if (r->gpu_variant) {
        json_t *gpu =
            json_pack("{s:s, s:o}", "variant", r->gpu_variant, "work_s", json_number(r->device_s));
        for (int c = 0; c < SWEEP_CASES; c++) {
            char name[64];
            snprintf(name, sizeof name, "%s_s", sweep_case_name((enum sweep_case)c));
            json_object_set_new(gpu, name, json_number(r->gpu_s[c]));
        }
        if (!isnan(r->gpu_j))
            json_object_set_new(gpu, "energy_j", json_number(r->gpu_j));
        json_object_set_new(gpu, "noisy", json_boolean(r->gpu_is_noisy));
        json_object_set_new(row, "gpu", gpu);
    }
    if (r->cpu_variant) {
        json_t *cpu =
            json_pack("{s:s, s:o}", "variant", r->cpu_variant, "call_s", json_number(r->cpu_s));
        if (!isnan(r->cpu_j))
            json_object_set_new(cpu, "energy_j", json_number(r->cpu_j));
        json_object_set_new(cpu, "noisy", json_boolean(r->cpu_is_noisy));
        json_object_set_new(row, "cpu", cpu);
    }
    return row;
}

static json_t *crossovers_to_json(const struct sweep_row *rows, size_t count, const char *op)
{
    static const char *const kinds[] = {[CROSSOVER_UNKNOWN] = "unknown",
                                        [CROSSOVER_ALWAYS] = "always",
                                        [CROSSOVER_FROM] = "from",
                                        [CROSSOVER_NEVER] = "never"};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        for (int c = 0; begins(rows, i) && c < SWEEP_CASES; c++) {
            const struct crossover x =
                sweep_crossover(rows, count, op, rows[i].arithmetic, (enum sweep_case)c);
            const bool wins = x.kind == CROSSOVER_ALWAYS || x.kind == CROSSOVER_FROM;
            const bool loses = x.kind == CROSSOVER_FROM || x.kind == CROSSOVER_NEVER;
            json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:o, s:o}", "arithmetic", rows[i].arithmetic, "case",
                          sweep_case_name((enum sweep_case)c), "gpu_wins", kinds[x.kind], "n",
                          wins ? json_integer((json_int_t)x.n) : json_null(), "slower_at",
                          loses ? json_integer((json_int_t)x.slower_at) : json_null()));
        }
    return list;
}

json_t *sweep_to_json(const struct sweep *s)
{
    struct sweep_row *rows;
    const size_t count = sweep_rows(s->documents, &rows);
    const char *op = op_name(s->options->op);
    json_t *points = json_array(), *devices = json_object();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(points, row_to_json(&rows[i]));
    for (size_t side = 0; side < SWEEP_SIDES; side++)
        if (s->side[side])
            json_object_set_new(devices, s->side[side]->backend->name,
                                json_words(device_name(s, side)));
    json_t *document =
        json_pack("{s:s, s:s, s:o, s:i, s:o, s:o, s:o}", "schema", "gpubench-sweep/1", "op", op,
                  "devices", devices, "uses_of_a_copy", SWEEP_USES, "points", points, "crossovers",
                  s->side[0] && s->side[1] ? crossovers_to_json(rows, count, op) : json_array(),
                  "results", *s->finished ? json_words(s->finished) : json_null());
    free(rows);
    return document;
}
