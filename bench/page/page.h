/* page.h - what a report says, without how it looks: sections of a heading, a sentence, a picture
 * and a table. bench/report shows them as HTML, as Markdown and on a terminal.
 *
 * Results are compared only within a group: one class of machine, one range of values, one device
 * image. Times of two groups never meet in a ratio, a chart or a row. */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include "bench/cli/options.h"
#include "bench/draw/canvas.h"
#include "bench/terminal/grid.h"
#include "harness/compare/fleet.h"
#include "harness/export/export.h"

#include <jansson.h>

/* The runs of one class of machine with one range and one image. */
struct group {
    char *title;               /* "NVIDIA H200", "NVIDIA H200, portable image" */
    char *about;               /* "6 runs on vm, 24 November 2026 …" */
    const char *device;        /* the model's name */
    const char *range, *image; /* "[0,1)"; the image that was forced, or "" */
    bool is_cpu, is_streamed;  /* is_streamed: A did not fit into the device's memory */
    bool is_first_run;         /* each run is one cold run, with no steady state */
    struct readings readings;  /* shallow copies of the page's */
    struct export_rows rows;
    const char *host;               /* the one with most timed rows, which the sections show */
    const char *host_id;            /* its reading_host() */
    const struct export_row **lead; /* its timed rows */
    size_t lead_count, hosts;       /* hosts: with a timed row */
    struct reference *references;   /* rows.c: the libraries among the lead */
    size_t reference_count;
};

struct section {
    char *heading, *text;
    const struct group *group;     /* NULL: the section is about all of them */
    struct grid grid;              /* without columns there is no table */
    bool is_folded;                /* HTML shows the table only when asked, because it is long */
    bool needs_picture;            /* without its picture the section is empty */
    bool is_detail;                /* not in the table of contents */
    char tile[64], tile_note[256]; /* a figure for the top of the page, and what it is; or "" */

    /* Writes the picture's commands; NULL: there is no picture. */
    void (*draw)(struct canvas *canvas, const struct section *section);
    char *alt;       /* the picture's title, also for those who cannot see it */
    unsigned height; /* as for canvas_begin() */

    /* Data of the picture. */
    const char *op, *arithmetic, *unit;
    double scale; /* one `unit` in FLOP/s or bytes/s */
    uint64_t n;
    const struct export_row **rows;
    size_t count;
    const struct fleet_model *model;
    json_t *documents; /* of a sweep; the one of the samples */
};

struct page {
    struct readings readings;
    struct group *groups; /* GPUs first, then by number of results */
    size_t group_count;
    struct fleet fleet;
    size_t hosts, simulated;
    char first[24], last[24]; /* days */
    struct section *sections;
    size_t section_count;
};

/* Reads what the options name and makes the sections. Release with page_free(), also after a
 * failure. */
enum status page_make(struct page *page, const struct options *options, struct failure *why);
void page_free(struct page *page);

/* The i-th run's document, read again; NULL if its file has changed. The caller owns it. */
json_t *page_document(const struct page *page, size_t i, bool with_samples);

/* group.c: sorts the page's readings into groups and collects the rows of each. */
void page_group(struct page *page);
void group_free(struct group *group);

/* rows.c: a new section at the end of the page, valid until the next one is added. */
struct section *page_add(struct page *page, const struct group *group, const char *heading,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Which rows belong together. Lists that come back in *list are the caller's to free. */

/* Writes a row's label to out: the variant, the arithmetic unless it is f32, and "cold" if caches
 * were emptied. */
const char *row_label(const struct export_row *row, char *out, size_t bytes);
/* The same without the arithmetic. */
const char *row_variant(const struct export_row *row, char *out, size_t bytes);
bool row_is_reduce(const struct export_row *row);
size_t row_ranks(const struct export_row *row); /* how many did it together; 0: no ranks */
/* The parts of a key other than N and the number of ranks. */
struct row_series {
    char work[READ_NAME_MAX + 1]; /* "gpu/sum-aat/f32/ffma-sm90" and what follows N, as "/signed" */
    char how[READ_NAME_MAX + 1];  /* "none", "ring/measured"; "" of an ordinary run */
};
struct row_series row_series(const struct export_row *row);
double row_rate(const struct export_row *row); /* FLOP/s of 2N³, or bytes/s of a reduce */
double row_peak(const struct export_row *row); /* of its device and arithmetic; NaN if unknown */
/* Prepares row_reference() for the lead rows of a group. */
void group_index(struct group *group);
/* The library that the row is compared with, by the rule of harness/result/contestant.h; NULL if
 * there is none. */
const struct export_row *row_reference(const struct group *group, const struct export_row *row);

/* The lead rows of an operation at one N (0: at every N) without those of ranks: f32 and its
 * emulations first, and the fastest first within one arithmetic. Returns how many. */
size_t rows_of(const struct group *group, const char *op, uint64_t n,
               const struct export_row ***list);
/* The N at which an operation has most variants, the largest if several have as many; 0 without
 * results. */
uint64_t rows_best_n(const struct group *group, const char *op);
/* Puts rows of one operation into a section, and chooses the unit by the fastest. */
void section_rows(struct section *section, const char *op, uint64_t n,
                  const struct export_row **rows, size_t count);

/* The sections, one file each, in the order of the page. */
void page_variants(struct page *page, const struct group *group, const char *op);
void page_orders(struct page *page, const struct group *group, const char *op);
void page_errors(struct page *page, const struct group *group, const char *op);
void page_samples(struct page *page, const struct group *group, const char *op);
void page_scaling(struct page *page, const struct group *group);
void page_soaks(struct page *page, const struct group *group); /* samples.c */
void page_sweep(struct page *page, const struct group *group);
void page_all(struct page *page, const struct group *groups, size_t count);
void page_hosts(struct page *page);
/* hosts.c: what each rank of a row's latest run did; `what` names the row in the heading. */
void page_ranks(struct page *page, const struct group *group, const struct export_row *row,
                const char *what);
void page_machines(struct page *page);

#endif
