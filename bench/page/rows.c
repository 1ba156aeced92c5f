/* rows.c - which rows belong together, what they are quoted against, and a section's start. */
#include "bench/page/page.h"

#include "harness/base/need.h"
#include "harness/result/contestant.h"
#include "harness/text/clean.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What follows the N in a row's key: "/signed", "/cold", "". */
static const char *key_tail(const char *key)
{
    const char *n = strstr(key, "/n=");
    return n ? n + 3 + strspn(n + 3, "0123456789") : "";
}

const char *row_variant(const struct export_row *row, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s%s", row->result->variant,
             strstr(key_tail(row->key), "/cold") ? ", cold cache" : "");
    return out;
}

const char *row_label(const struct export_row *row, char *out, size_t bytes)
{
    const char *arithmetic = row->result->arithmetic;
    char variant[128];
    if (strcmp(arithmetic, "f32") == 0)
        return row_variant(row, out, bytes);
    snprintf(out, bytes, "%s %s", row_variant(row, variant, sizeof variant), arithmetic);
    return out;
}

bool row_is_reduce(const struct export_row *row)
{
    return strcmp(row->result->op, "reduce") == 0;
}

/* Returns the "/ranks=4/ring" of a key, or a pointer to its terminating zero. */
static const char *ranks_of(const char *key)
{
    const char *tail = key_tail(key), *ranks = strstr(tail, "/ranks=");
    return ranks ? ranks : tail + strlen(tail);
}

size_t row_ranks(const struct export_row *row)
{
    const char *at = ranks_of(row->key);
    return *at ? strtoul(at + strlen("/ranks="), NULL, 10) : 0;
}

struct row_series row_series(const struct export_row *row)
{
    struct row_series s;
    const char *n = strstr(row->key, "/n="), *tail = key_tail(row->key);
    const char *ranks = ranks_of(row->key), *how = strchr(*ranks ? ranks + 1 : ranks, '/');
    snprintf(s.work, sizeof s.work, "%.*s%.*s", n ? (int)(n - row->key) : 0, row->key,
             (int)(ranks - tail), tail);
    snprintf(s.how, sizeof s.how, "%s", how ? how + 1 : "");
    return s;
}

double row_rate(const struct export_row *row)
{
    return row_is_reduce(row) ? row->bytes_per_s : row->flops;
}

double row_peak(const struct export_row *row)
{
    return row->result->peak;
}

/* A library's plain way to do some work, in one run that has it (NULL: for runs without one). */
struct reference {
    const struct read_result *work;
    const char *arithmetic;
    const struct reading *run;
    size_t rank; /* the lowest is quoted: the first in the run's own table, or the plainest name */
    const struct export_row *row;
};

/* By work and run. */
static int by_run(const struct reference *x, const struct reference *y)
{
    int order = (x->work->n > y->work->n) - (x->work->n < y->work->n);
    order = order ? order : strcmp(x->arithmetic, y->arithmetic);
    order = order ? order : strcmp(x->work->op, y->work->op);
    order = order ? order : strcmp(x->work->backend, y->work->backend);
    order = order ? order : strcmp(key_tail(x->work->key), key_tail(y->work->key));
    return order ? order : (x->run > y->run) - (x->run < y->run);
}

static int by_rank(const void *a, const void *b)
{
    const struct reference *x = a, *y = b;
    const int order = by_run(x, y);
    return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

void group_index(struct group *g)
{
    size_t room = 0;
    for (size_t i = 0; i < g->lead_count; i++)
        room += g->lead[i]->count + 1;
    g->references = need_array(room, sizeof *g->references);
    for (size_t i = 0; i < g->lead_count; i++) {
        const struct export_row *row = g->lead[i];
        const struct read_result *r = row->result;
        if (!r->is_library || r->is_symmetric)
            continue;
        g->references[g->reference_count++] =
            (struct reference){r, r->arithmetic, NULL, strlen(r->key), row};
        for (size_t k = 0; k < row->count; k++) {
            const struct export_run *run = &row->runs[k];
            g->references[g->reference_count++] = (struct reference){
                r, r->arithmetic, run->reading, (size_t)(run->result - run->reading->results), row};
        }
    }
    qsort(g->references, g->reference_count, sizeof *g->references, by_rank);
}

/* The first of the references that is not before `wanted`, if it is for the same work and run. */
static const struct export_row *find(const struct group *g, const struct reference *wanted)
{
    size_t from = 0, to = g->reference_count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (by_run(&g->references[middle], wanted) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from < g->reference_count && by_run(&g->references[from], wanted) == 0
               ? g->references[from].row
               : NULL;
}

const struct export_row *row_reference(const struct group *group, const struct export_row *row)
{
    enum arithmetic own;
    if (!arithmetic_parse(row->result->arithmetic, &own))
        return NULL;
    struct reference wanted = {.work = row->result,
                               .arithmetic = arithmetic_name(reference_arithmetic(own)),
                               .run = row->reading};
    const struct export_row *found = find(group, &wanted);
    wanted.run = NULL;
    if (!found)
        found = find(group, &wanted);
    return found && strcmp(found->card, row->card) == 0 ? found : NULL;
}

/* f32 first, then its emulations, then the other arithmetics in the order of the contract. */
static int order_of(const struct export_row *row)
{
    enum arithmetic arithmetic;
    if (!arithmetic_parse(row->result->arithmetic, &arithmetic))
        return 2000;
    return (int)arithmetic + (arithmetic == ARITH_F32                         ? 0
                              : reference_arithmetic(arithmetic) == ARITH_F32 ? 100
                                                                              : 1000);
}

static int fastest_first(const void *a, const void *b)
{
    const struct export_row *x = *(const struct export_row *const *)a;
    const struct export_row *y = *(const struct export_row *const *)b;
    int order = order_of(x) - order_of(y);
    order = order ? order : strcmp(x->result->arithmetic, y->result->arithmetic);
    order = order ? order : export_is_noisy(x) - export_is_noisy(y);
    order = order ? order : (x->median_s > y->median_s) - (x->median_s < y->median_s);
    return order ? order : strcmp(x->key, y->key);
}

size_t rows_of(const struct group *group, const char *op, uint64_t n,
               const struct export_row ***list)
{
    size_t count = 0;
    *list = need_array(group->lead_count, sizeof **list);
    for (size_t i = 0; i < group->lead_count; i++) {
        const struct export_row *row = group->lead[i];
        if (strcmp(row->result->op, op) == 0 && (n == 0 || row->result->n == n) && !row_ranks(row))
            (*list)[count++] = row;
    }
    qsort(*list, count, sizeof **list, fastest_first);
    return count;
}

static int by_n(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t rows_best_n(const struct group *group, const char *op)
{
    uint64_t *list = need_array(group->lead_count, sizeof *list), best = 0;
    size_t count = 0, most = 0;
    for (size_t i = 0; i < group->lead_count; i++)
        if (strcmp(group->lead[i]->result->op, op) == 0 && !row_ranks(group->lead[i]))
            list[count++] = group->lead[i]->result->n;
    qsort(list, count, sizeof *list, by_n);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && list[end] == list[i];)
            end++;
        if (end - i >= most) {
            most = end - i;
            best = list[i];
        }
    }
    free(list);
    return best;
}

void section_rows(struct section *s, const char *op, uint64_t n, const struct export_row **rows,
                  size_t count)
{
    const bool is_reduce = strcmp(op, "reduce") == 0;
    bool is_tera = false;
    for (size_t i = 0; i < count && !is_reduce; i++)
        is_tera = is_tera || row_rate(rows[i]) >= 1e12;
    s->op = op;
    s->n = n;
    s->rows = rows;
    s->count = count;
    s->scale = is_tera ? 1e12 : 1e9;
    s->unit = is_reduce ? "GB/s" : is_tera ? "TFLOP/s" : "GFLOP/s";
}

struct section *page_add(struct page *page, const struct group *group, const char *heading,
                         const char *format, ...)
{
    struct section s = {.heading = clean_utf8(need_text(heading)), .group = group};
    size_t bytes;
    FILE *to = need_stream(&s.text, &bytes);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(to, format, arguments);
    va_end(arguments);
    need_stream_end(to);
    clean_utf8(s.text);
    page->sections = need_room(page->sections, page->section_count, sizeof s);
    page->sections[page->section_count] = s;
    return &page->sections[page->section_count++];
}
