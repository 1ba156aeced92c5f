/* example_page.c - makes documents whose figures follow from the key and the time. */
#include "tests/unit/bench/page/example_page.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"
#include "tests/unit/allocated.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 7 };

static const double peak = 5e13, bandwidth = 2e12; /* in FLOP/s and bytes/s */

static void set(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, json_real(value));
}

static void set_text(json_t *object, const char *key, const char *value)
{
    json_object_set_new(object, key, json_string(value));
}

static json_t *inside(json_t *object, const char *key)
{
    json_object_set_new(object, key, json_object());
    return json_object_get(object, key);
}

static void merge(json_t *into, const char *text)
{
    json_error_t error;
    json_t *more = json_loads(text ? text : "{}", 0, &error);
    cr_assert_not_null(more, "%s: %s", error.text, text);
    json_object_update_recursive(into, more);
    json_decref(more);
}

/* Summary, samples and speed of a result that has a time. */
static void add_time(json_t *result, const struct made *m, const char *op, double n)
{
    static const double steps[SAMPLES] = {0, -1, 1, -2, 2, -3, 3};
    const double step = m->what & MADE_NOISY ? 0.1 : 0.001;
    const bool is_reduce = strcmp(op, "reduce") == 0;
    const double flop = is_reduce ? n * n : 2 * n * n * n;
    const double done = m->what & MADE_SYMMETRIC && !is_reduce ? flop / 2 : flop;
    const double bytes = 4 * n * n * (strcmp(op, "matmul") == 0 ? 2 : 1);
    json_t *summary = inside(result, "summary"), *speed = inside(result, "speed");
    json_t *device_s = json_array(), *samples = inside(result, "samples");
    for (int i = 0; i < SAMPLES; i++)
        json_array_append_new(device_s, json_real(m->seconds * (1 + step * steps[i])));
    json_object_set_new(samples, "device_s", device_s);
    set(summary, "median_s", m->seconds);
    set(summary, "low_s", m->seconds * (1 - 3 * step));
    set(summary, "high_s", m->seconds * (1 + 3 * step));
    set(summary, "min_s", m->seconds * (1 - 3 * step));
    set(summary, "max_s", m->seconds * (1 + 3 * step));
    set(summary, "wall_median_s", m->seconds * 1.25);
    set(summary, "confidence", 0.99);
    json_object_set_new(summary, "count", json_integer(SAMPLES));
    set(speed, "flop", flop);
    set(speed, "flop_done", done);
    set(speed, "bytes", bytes);
    set(speed, "flops", flop / m->seconds);
    set(speed, "flops_done", done / m->seconds);
    set(speed, "bytes_per_s", bytes / m->seconds);
    if (!strstr(m->key, "/ranks=")) /* of whose devices the document has the number */
        set(speed, "peak_share",
            is_reduce ? bytes / m->seconds / bandwidth : done / m->seconds / peak);
}

static json_t *result_of(const struct made *m, char parts[4][64], double n)
{
    static const char *const names[] = {"backend", "op", "arithmetic", "variant"};
    const bool is_ok = m->seconds > 0 && !(m->what & (MADE_WRONG | MADE_FAILED));
    json_t *result = json_object();
    set_text(result, "key", m->key);
    for (int i = 0; i < 4; i++)
        set_text(result, names[i], parts[i]);
    json_object_set_new(result, "n", json_integer((json_int_t)n));
    json_object_set_new(result, "symmetric", json_boolean(m->what & MADE_SYMMETRIC));
    json_object_set_new(result, "library", json_boolean(m->what & MADE_LIBRARY));
    set_text(result, "state",
             m->what & MADE_WRONG    ? "wrong"
             : m->what & MADE_FAILED ? "failed"
             : is_ok                 ? "ok"
                                     : "waived");
    if (!is_ok)
        set_text(result, "reason", m->what & MADE_FAILED ? "no memory" : "needs cc 10.0");
    if (is_ok || m->what & MADE_WRONG) {
        json_t *verdict = inside(result, "verdict");
        json_object_set_new(verdict, "ok", json_boolean(is_ok));
        set(verdict, "want", 1000);
        set(verdict, "sum", 1000 * (1 + m->error));
        set(verdict, "sum_error", m->error);
        set(inside(verdict, "limits"), "sum", 1e-3);
    }
    if (is_ok)
        add_time(result, m, parts[1], n);
    merge(result, m->of_result);
    return result;
}

static json_t *document_of(const struct made *m, char parts[4][64], double n)
{
    const bool is_gpu = strcmp(parts[0], "gpu") == 0;
    char summary[64];
    json_t *document = json_object();
    set_text(document, "schema", "gpubench-result/1");
    set_text(document, "started", m->started);
    json_object_set_new(document, "simulated", json_false());
    set_text(inside(document, "tool"), "commit", "abc1234");
    json_t *host = inside(document, "host"), *device = inside(document, "device");
    set_text(host, "name", m->host);
    set_text(inside(host, "cpu"), "model", "Example CPU");
    set_text(device, "backend", parts[0]);
    set_text(device, "name", m->device);
    snprintf(summary, sizeof summary, "%.40s, as invented", m->device);
    set_text(device, "summary", summary);
    if (is_gpu) {
        json_t *peaks = inside(device, "peak");
        set(peaks, "f32_flops", peak);
        set(peaks, "tf32_flops", peak);
        set(peaks, "f16_flops", peak);
        set(peaks, "memory_bytes_per_s", bandwidth);
    }
    json_t *problem = inside(document, "problem");
    set_text(problem, "op", parts[1]);
    json_object_set_new(problem, "n", json_integer((json_int_t)n));
    set_text(problem, "range", strstr(m->key, "/signed") ? "[-1,1)" : "[0,1)");
    json_object_set_new(document, "results", json_array());
    merge(document, m->more);
    return document;
}

void example_write(const char *path, const struct made *list, size_t count)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    for (size_t i = 0; i < count;) {
        json_t *document = NULL;
        do {
            char parts[4][64];
            double n;
            cr_assert_eq(sscanf(list[i].key, "%63[^/]/%63[^/]/%63[^/]/%63[^/]/n=%lf", parts[0],
                                parts[1], parts[2], parts[3], &n),
                         5, "%s", list[i].key);
            if (!document)
                document = document_of(&list[i], parts, n);
            json_array_append_new(json_object_get(document, "results"),
                                  result_of(&list[i], parts, n));
        } while (++i < count && list[i].is_next);
        json_dumpf(document, to, JSON_COMPACT);
        putc('\n', to);
        json_decref(document);
    }
    need_stream_end(to);
    scratch_file(path, text);
    free(text);
}

void example_make(struct page *page, const char *const *words)
{
    struct options o = {.words = (const char **)words};
    struct failure why = {0};
    while (words[o.word_count])
        o.word_count++;
    *page = (struct page){0};
    cr_assert_eq(page_make(page, &o, &why), STATUS_OK, "%s", why.text);
}

static void put_picture(FILE *to, const struct section *s, const char *name, struct canvas canvas)
{
    fprintf(to, "--- %s\n", name);
    canvas.script = to;
    s->draw(&canvas, s);
    for (size_t i = 0; i < canvas.label_count; i++)
        fprintf(to, "Z%03zu: %s\n", i, canvas.labels[i]);
    canvas_free(&canvas);
}

static void put_section(FILE *to, const struct section *s)
{
    fprintf(to, "\n=== %s\n%s\n", s->heading, s->text);
    fprintf(to, "group: %s\n", s->group ? s->group->title : "all");
    if (*s->tile)
        fprintf(to, "tile: %s: %s\n", s->tile, s->tile_note);
    if (s->is_folded || s->is_detail || s->needs_picture)
        fprintf(to, "is:%s%s%s\n", s->is_folded ? " folded" : "", s->is_detail ? " a detail" : "",
                s->needs_picture ? " nothing without its picture" : "");
    if (s->grid.columns)
        grid_markdown(to, &s->grid);
    if (!s->draw)
        return;
    fprintf(to, "picture: %s, of %s in %s, height %u\n", s->alt, s->op ? s->op : "-",
            s->arithmetic ? s->arithmetic : "-", s->height);
    put_picture(to, s, "wide", (struct canvas){0});
    put_picture(to, s, "narrow", (struct canvas){.narrow = true});
    put_picture(to, s, "on a terminal", (struct canvas){.terminal = true, .columns = 80});
}

static bool is_wanted(const struct section *s, const char *only)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(s->heading, " "), s->heading);
    return !only || strstr(only, word);
}

char *example_page_text(const struct page *page, const char *only)
{
    char *text;
    size_t bytes;
    FILE *to = need_stream(&text, &bytes);
    fprintf(to, "%zu runs on %zu hosts, %zu simulated, %s to %s\n", page->readings.count,
            page->hosts, page->simulated, page->first, page->last);
    for (size_t i = 0; i < page->group_count; i++)
        fprintf(to, "group: %s: %s\n", page->groups[i].title, page->groups[i].about);
    for (size_t i = 0; i < page->section_count; i++)
        if (is_wanted(&page->sections[i], only))
            put_section(to, &page->sections[i]);
    need_stream_end(to);
    return text;
}

void example_expect(const char *name, const char *text)
{
    char path[128], *want;
    size_t bytes, same = 0, line = 1;
    snprintf(path, sizeof path, "tests/golden/%s", name);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *to = fopen(path, "w");
        cr_assert_not_null(to, "%s", path);
        fputs(text, to);
        fclose(to);
    }
    cr_assert_eq(durable_read(path, 1 << 20, &want, &bytes), 0, "%s", path);
    for (; same < bytes && want[same] == text[same]; same++)
        if (want[same] == '\n')
            line++;
    cr_expect(same == bytes && !text[same],
              "UPDATE_GOLDEN=1 writes %s anew; it differs in line %zu: now %.80s, was %.80s", path,
              line, text + same, want + same);
    free(want);
}

/* A page that is compared, and others that must leave nothing behind. */
struct golden {
    const char *name, *only, *path;
};

static void make_golden(void *context)
{
    struct golden *g = context;
    struct page page;
    example_make(&page, (const char *[]){g->path, NULL});
    char *text = example_page_text(&page, g->only);
    if (g->name)
        example_expect(g->name, text);
    free(text);
    page_free(&page);
}

void example_is_golden(const char *name, const char *only, const struct made *list, size_t count)
{
    scratch_make();
    example_write("runs.json", list, count);
    struct golden g = {name, only, scratch_path("runs.json")};
    make_golden(&g);
    g.name = NULL;
    cr_expect_not(allocated_grows(make_golden, &g), "each page of %s leaves memory behind", name);
    scratch_remove();
}
