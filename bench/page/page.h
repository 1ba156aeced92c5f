/* page.h - what any set of results is told as: sections of a heading, a sentence, a picture and a
 * table, which the HTML page, the Markdown version and the terminal all show. */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include "bench/cli/options.h"
#include "bench/draw/canvas.h"
#include "bench/terminal/grid.h"
#include "harness/export/export.h"

#include <jansson.h>

struct page;

struct section {
    char *heading, *text;
    struct grid grid;              /* no columns: no table */
    bool folded;                   /* long: HTML shows it only when asked */
    char tile[64], tile_note[160]; /* what stands out: "18.73 ms", and what of; "" if nothing */

    /* The picture: a title for those who cannot see it, its height in units of 760 (380 narrow)
     * across, and the commands. NULL: none. */
    void (*draw)(struct canvas *canvas, const struct section *section);
    char *alt;
    unsigned height;

    /* What is drawn. */
    const struct page *page;
    const char *op;
    uint64_t n;
    const struct export_row **rows;
    size_t count;
    json_t *documents; /* of a sweep */
};

struct page {
    struct readings readings;
    struct export_rows rows;
    const char *host;               /* the one with most results, which the pictures are of */
    const struct export_row **lead; /* its rows that have a time */
    size_t lead_count;
    size_t hosts, simulated;
    char first[24], last[24]; /* days */
    struct section *sections;
    size_t section_count, section_capacity;
};

/* Reads what the words name and makes the sections. To be freed, also after a failure. */
enum status page_make(struct page *page, const struct options *options, struct failure *why);
void page_free(struct page *page);

/* A new section at the end; its text is a copy. NULL if memory runs out. */
struct section *page_add(struct page *page, const char *heading, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* page_rows.c: which rows belong together. */
bool row_is_reduce(const struct export_row *row);
const char *row_label(const struct export_row *row, char *out, size_t bytes);
double row_rate(const struct export_row *row); /* nominal FLOP/s, or bytes/s for reduce */
double row_done(const struct export_row *row); /* the same of what was executed */
double row_peak(const struct export_row *row); /* of its device and arithmetic; NaN if unknown */

/* Rows of the lead host: of an operation at an N (0: at every N), the fastest first; count them by
 * the return value. The list is to be freed. */
size_t rows_of(const struct page *page, const char *op, uint64_t n,
               const struct export_row ***list);

/* The N at which an operation has most variants, the largest of several; 0 if there is none. */
uint64_t rows_best_n(const struct page *page, const char *op);

/* page_variants.c, page_orders.c, page_samples.c, page_hosts.c, page_sweep.c, page_all.c: the
 * sections, in this order. */
void page_variants(struct page *page, const char *op);
void page_orders(struct page *page, const char *op);
void page_errors(struct page *page, const char *op);
void page_samples(struct page *page, const char *op);
void page_hosts(struct page *page);
void page_sweep(struct page *page);
void page_all(struct page *page);
void page_machines(struct page *page);

/* The two kinds of page. `why_no_pictures` is "" if there are some. */
enum status page_html(FILE *to, struct page *page, const char *title, char *why_no_pictures,
                      size_t bytes, struct failure *why);
void page_markdown(FILE *to, const struct page *page, const char *title);

#endif
