/* rows_json.c - the rows of a page, for programs. */
#include "bench/report/rows_json.h"

#include "harness/text/json_text.h"

static json_t *row_to_json(const struct group *g, const struct export_row *row)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "key",
        row->key, "host", row->host, "device", row->device, "range", g->range, "image", g->image,
        "runs", (json_int_t)row->count, "failed", (json_int_t)row->bad, "waived",
        (json_int_t)row->waived, "median_s", json_number(row->median_s), "low_s",
        json_number(row->low_s), "high_s", json_number(row->high_s), "confidence",
        json_number(row->confidence), "flops", json_number(row->flops), "bytes_per_s",
        json_number(row->bytes_per_s), "peak_share", json_number(row->peak_share), "sum_error",
        json_number(row->sum_error));
}

void rows_to_json(FILE *to, const struct page *page,
                  void (*put)(FILE *to, json_t *row, const char *before))
{
    const char *before = "\n";
    for (size_t i = 0; i < page->group_count; i++)
        for (size_t k = 0; k < page->groups[i].rows.count; k++, before = ",\n")
            put(to, row_to_json(&page->groups[i], &page->groups[i].rows.list[k]), before);
}

static void print_row(FILE *to, json_t *row, const char *before)
{
    fputs(before, to);
    json_text_write(row, to);
    json_decref(row);
}

void rows_print(const struct page *page)
{
    putchar('[');
    rows_to_json(stdout, page, print_row);
    puts("]");
}
