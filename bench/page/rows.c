/* rows.c - which rows belong together, and what they are quoted against. */
#include "bench/page/page.h"

#include "harness/base/need.h"
#include "harness/result/contestant.h"

#include <math.h>
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

double row_rate(const struct export_row *row)
{
    return row_is_reduce(row) ? row->bytes_per_s : row->flops;
}

double row_half_width(const struct export_row *row)
{
    return row->confidence >= 0.99 ? (row->high_s - row->low_s) / 2 / row->median_s : NAN;
}

bool row_is_noisy(const struct export_row *row)
{
    return row_half_width(row) > 0.20; /* as in the table of a run (FIGURES_NOISY) */
}

double row_peak(const struct export_row *row)
{
    char path[128];
    if (row_is_reduce(row))
        return read_number(row->reading->document, "device.peak.memory_bytes_per_s");
    snprintf(path, sizeof path, "device.peak.%.64s_flops", row->result->arithmetic);
    return read_number(row->reading->document, path);
}

/* Whether r is a library's plain way to do what the row does, in that arithmetic. */
static bool is_reference(const struct read_result *r, const struct export_row *row,
                         const char *arithmetic)
{
    const struct read_result *own = row->result;
    return r->is_library && !r->is_symmetric && r->state == READ_OK && r->median_s > 0 &&
           r->n == own->n && strcmp(r->op, own->op) == 0 && strcmp(r->backend, own->backend) == 0 &&
           strcmp(r->arithmetic, arithmetic) == 0 &&
           strcmp(key_tail(r->key), key_tail(own->key)) == 0;
}

const struct export_row *row_reference(const struct group *group, const struct export_row *row)
{
    enum arithmetic own;
    const char *key = NULL;
    const struct export_row *found = NULL;
    if (!arithmetic_parse(row->result->arithmetic, &own))
        return NULL;
    const char *arithmetic = arithmetic_name(reference_arithmetic(own));
    /* The first in the run's own table; if the run has none, the plainest of other runs. */
    for (size_t i = 0; !key && i < row->reading->count; i++)
        if (is_reference(&row->reading->results[i], row, arithmetic))
            key = row->reading->results[i].key;
    for (size_t i = 0; i < group->lead_count; i++) {
        const struct export_row *other = group->lead[i];
        if (key ? strcmp(other->key, key) == 0
                : is_reference(other->result, row, arithmetic) &&
                      (!found || strlen(other->key) < strlen(found->key)))
            found = other;
    }
    return found;
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
    order = order ? order : row_is_noisy(x) - row_is_noisy(y);
    order = order ? order : (x->median_s > y->median_s) - (x->median_s < y->median_s);
    return order ? order : strcmp(x->key, y->key);
}

size_t rows_of(const struct group *group, const char *op, uint64_t n,
               const struct export_row ***list)
{
    size_t count = 0;
    *list = need_array(group->lead_count + 1, sizeof **list);
    for (size_t i = 0; i < group->lead_count; i++) {
        const struct export_row *row = group->lead[i];
        if (strcmp(row->result->op, op) == 0 && (n == 0 || row->result->n == n))
            (*list)[count++] = row;
    }
    qsort(*list, count, sizeof **list, fastest_first);
    return count;
}

uint64_t rows_best_n(const struct group *group, const char *op)
{
    uint64_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < group->lead_count; i++) {
        const uint64_t n = group->lead[i]->result->n;
        size_t count = 0;
        for (size_t k = 0; k < group->lead_count; k++)
            count += group->lead[k]->result->n == n && strcmp(group->lead[k]->result->op, op) == 0;
        if (count > most || (count == most && n > best)) {
            most = count;
            best = n;
        }
    }
    return most ? best : 0;
}

void section_rows(struct section *s, const char *op, uint64_t n, const struct export_row **rows,
                  size_t count)
{
    double best = 0;
    for (size_t i = 0; i < count; i++)
        best = fmax(best, row_rate(rows[i]));
    s->op = op;
    s->n = n;
    s->rows = rows;
    s->count = count;
    s->scale = strcmp(op, "reduce") != 0 && best >= 1e12 ? 1e12 : 1e9;
    s->unit = strcmp(op, "reduce") == 0 ? "GB/s" : s->scale > 1e9 ? "TFLOP/s" : "GFLOP/s";
}
