/* page_rows.c - which rows belong together, and what they amount to. */
#include "bench/page/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool row_is_reduce(const struct export_row *row)
{
    return strcmp(row->result->op, "reduce") == 0;
}

/* What tells a row from the others of one operation: the variant; the arithmetic unless it is f32;
 * the side if it is the CPU. */
const char *row_label(const struct export_row *row, char *out, size_t bytes)
{
    const struct read_result *r = row->result;
    const bool plain = strcmp(r->arithmetic, "f32") == 0;
    snprintf(out, bytes, "%s%s%s%s", r->variant, plain ? "" : " ", plain ? "" : r->arithmetic,
             strcmp(r->backend, "cpu") == 0 ? " (CPU)" : "");
    return out;
}

double row_rate(const struct export_row *row)
{
    return row_is_reduce(row) ? row->bytes_per_s : row->flops;
}

double row_done(const struct export_row *row)
{
    return row_is_reduce(row) ? row->bytes_per_s
                              : read_number(row->result->json, "speed.flops_done");
}

double row_peak(const struct export_row *row)
{
    char path[128];
    if (row_is_reduce(row))
        return read_number(row->reading->document, "device.peak.memory_bytes_per_s");
    snprintf(path, sizeof path, "device.peak.%.64s_flops", row->result->arithmetic);
    return read_number(row->reading->document, path);
}

static int fastest_first(const void *a, const void *b)
{
    const struct export_row *x = *(const struct export_row *const *)a;
    const struct export_row *y = *(const struct export_row *const *)b;
    const int order = (x->median_s > y->median_s) - (x->median_s < y->median_s);
    return order ? order : strcmp(x->key, y->key);
}

size_t rows_of(const struct page *page, const char *op, uint64_t n, const struct export_row ***list)
{
    size_t count = 0;
    *list = malloc((page->lead_count + 1) * sizeof **list);
    for (size_t i = 0; *list && i < page->lead_count; i++) {
        const struct export_row *row = page->lead[i];
        if (strcmp(row->result->op, op) == 0 && (n == 0 || row->result->n == n))
            (*list)[count++] = row;
    }
    if (count)
        qsort(*list, count, sizeof **list, fastest_first);
    return count;
}

uint64_t rows_best_n(const struct page *page, const char *op)
{
    uint64_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < page->lead_count; i++) {
        const uint64_t n = page->lead[i]->result->n;
        size_t count = 0;
        for (size_t k = 0; k < page->lead_count; k++)
            count += page->lead[k]->result->n == n && strcmp(page->lead[k]->result->op, op) == 0;
        if (count > most || (count == most && n > best)) {
            most = count;
            best = n;
        }
    }
    return most ? best : 0;
}
