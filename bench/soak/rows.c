/* rows.c - shares the rows of a soak between processes and draws them. */
#define _GNU_SOURCE 1 /* memfd_create */

#include "bench/soak/rows.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/result/contestant.h"
#include "harness/soak/judge.h"
#include "harness/text/append.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char variable[] = "GPUBENCH_SOAK_ROWS"; /* "descriptor:rows" */

enum { SECOND_NS = 1000000000, ROWS_MAX = 1024, PATIENCE_S = 5 };

struct soak_row *soak_rows_new(const int *devices, int count, struct failure *why)
{
    const size_t bytes = (size_t)count * sizeof(struct soak_row);
    const int file = memfd_create("gpubench-soak", 0); /* for children too */
    void *rows = MAP_FAILED;
    char text[32];
    if (file >= 0 && ftruncate(file, (off_t)bytes) == 0)
        rows = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (rows == MAP_FAILED) {
        fail(why, STATUS_FAILED, "no memory to share with the processes of the GPUs: %s",
             strerror(errno));
        return NULL;
    }
    snprintf(text, sizeof text, "%d:%d", file, count);
    setenv(variable, text, 1);
    for (int i = 0; i < count; i++)
        ((struct soak_row *)rows)[i] = (struct soak_row){.device = devices[i], .share = -1};
    return rows;
}

struct soak_row *soak_row_of_parent(int device)
{
    const char *text = getenv(variable);
    int file, count;
    if (!text || sscanf(text, "%d:%d", &file, &count) != 2 || count > ROWS_MAX)
        return NULL;
    struct soak_row *rows =
        mmap(NULL, (size_t)count * sizeof *rows, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    for (int i = 0; rows != MAP_FAILED && i < count; i++)
        if (rows[i].device == device)
            return &rows[i];
    return NULL;
}

void soak_row_update(struct soak_row *row, const struct soak *soak)
{
    const struct sample *s = &soak->last;
    const struct soak_point *point = &soak->series.points[soak->series.count - 1];
    row->stage = SOAK_RUNS;
    row->elapsed_s = soak->elapsed_s;
    row->total_s = soak->seconds;
    row->flops = point->wall_s > 0 ? point->flop / point->wall_s : 0;
    row->sm_mhz = s->sm_mhz;
    row->power_w = s->power_w;
    row->temperature_c = s->temperature_c;
    row->memory_c = s->memory_c;
    row->throttle = s->throttle & ~1u; /* without bit 0, idle: launches have gaps */
    row->throttled_share = soak_throttled_share(soak);
    row->launches = soak->launches;
    row->wrong = soak->wrong;
}

const char *soak_row_label(const struct soak_row *row, char *out, size_t bytes)
{
    if (row->device < 0)
        snprintf(out, bytes, "CPU");
    else
        snprintf(out, bytes, "GPU %d", row->device);
    return out;
}

/* Writes a time in minutes and seconds, "4:12", or with hours, "1:04:12". */
static void clock_text(char *out, size_t bytes, double seconds)
{
    const unsigned long s = (unsigned long)seconds;
    if (s >= 3600)
        snprintf(out, bytes, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(out, bytes, "%lu:%02lu", s / 60, s % 60);
}

static void reasons_text(char *out, size_t bytes, uint32_t reasons)
{
    *out = '\0';
    for (unsigned bit = 0; throttle_name(bit); bit++)
        if (reasons >> bit & 1)
            append_item(out, bytes, ", ", "%s", throttle_name(bit));
}

enum { CELLS = 9, CELL_BYTES = 96 };
enum cell { ELAPSED, RATE, CLOCK, POWER, TEMPERATURE, MEMORY, REASONS, LAUNCHES, WRONG };

static void fill_cells(const struct soak_row *row, char cell[CELLS][CELL_BYTES])
{
    memset(cell, 0, CELLS * CELL_BYTES);
    if (row->stage == SOAK_GAVE_UP)
        snprintf(cell[ELAPSED], CELL_BYTES, "did not start");
    if (row->stage == SOAK_STARTS) {
        snprintf(cell[ELAPSED], CELL_BYTES, "making matrices");
        if (row->share >= 0)
            snprintf(cell[ELAPSED], CELL_BYTES, "making matrices, %.0f %%", 100 * row->share);
    }
    if (row->stage <= SOAK_GAVE_UP)
        return;
    char elapsed[24], total[24], rate[WORDS_BYTES];
    clock_text(elapsed, sizeof elapsed, row->elapsed_s);
    clock_text(total, sizeof total, row->total_s);
    snprintf(cell[ELAPSED], CELL_BYTES, "%s%s of %s", row->stage == SOAK_RUNS ? "" : "ended at ",
             elapsed, total);
    if (row->stage == SOAK_ENDS && row->share >= 0)
        snprintf(cell[ELAPSED], CELL_BYTES, "verifying again, %.0f %%", 100 * row->share);
    snprintf(cell[RATE], CELL_BYTES, "%s", words_rate(rate, row->flops, "FLOP/s"));
    if (row->sm_mhz > 0)
        snprintf(cell[CLOCK], CELL_BYTES, "%.2f GHz", row->sm_mhz / 1000);
    if (row->power_w > 0)
        snprintf(cell[POWER], CELL_BYTES, "%.0f W", row->power_w);
    if (row->temperature_c > 0)
        snprintf(cell[TEMPERATURE], CELL_BYTES, "%.0f °C", row->temperature_c);
    if (row->memory_c > 0)
        snprintf(cell[MEMORY], CELL_BYTES, "%.0f °C", row->memory_c);
    reasons_text(cell[REASONS], CELL_BYTES, row->throttle);
    snprintf(cell[LAUNCHES], CELL_BYTES, "%" PRIu64, row->launches);
    snprintf(cell[WRONG], CELL_BYTES, "%" PRIu64, row->wrong);
}

struct soak_display soak_display_new(FILE *to, const struct soak_row *rows, int count, bool quiet)
{
    return (struct soak_display){.to = to,
                                 .start = clock_now(),
                                 .rows = rows,
                                 .count = count,
                                 .is_terminal = isatty(fileno(to)),
                                 .is_quiet = quiet};
}

void soak_display_wipe(struct soak_display *d)
{
    if (d->lines)
        fprintf(d->to, "\033[%dA\033[J", d->lines);
    d->lines = 0;
}

static void draw_table(struct soak_display *d)
{
    static const char *const heads[] = {"",     "elapsed", "now",       "SM clock", "power",
                                        "temp", "memory",  "held back", "launches", "wrong"};
    struct grid g = {.heads = heads,
                     .columns = sizeof heads / sizeof *heads,
                     .left = 1u << 7 | 3,
                     .drop = "gehdfibc"};
    for (int i = 0; i < d->count; i++) {
        char cell[CELLS][CELL_BYTES], label[32];
        fill_cells(&d->rows[i], cell);
        grid_add(&g, soak_row_label(&d->rows[i], label, sizeof label));
        for (int c = 0; c < CELLS; c++)
            grid_tint(&g, c == WRONG && d->rows[i].wrong, TINT_BAD, cell[c]);
    }
    soak_display_wipe(d);
    grid_text(d->to, &g);
    d->lines = d->count + 1;
    grid_free(&g);
}

static void print_lines(const struct soak_display *d)
{
    for (int i = 0; i < d->count; i++) {
        char cell[CELLS][CELL_BYTES], label[32];
        if (d->rows[i].stage == SOAK_ENDED || d->rows[i].stage == SOAK_GAVE_UP)
            continue;
        fill_cells(&d->rows[i], cell);
        fputs(soak_row_label(&d->rows[i], label, sizeof label), d->to);
        for (int c = 0; c < LAUNCHES; c++)
            if (cell[c][0])
                fprintf(d->to, "  %s", cell[c]);
        if (cell[LAUNCHES][0])
            fprintf(d->to, "  %s launches, %s wrong", cell[LAUNCHES], cell[WRONG]);
        fputc('\n', d->to);
    }
}

/* Why GPUs do not take part, once, while others run: the end may be hours away. */
static void print_absent(const struct soak_display *d)
{
    bool some_run = false;
    for (int i = 0; i < d->count; i++)
        some_run = some_run || d->rows[i].stage == SOAK_RUNS;
    for (int i = 0; i < d->count && some_run; i++) {
        char label[32];
        if (d->rows[i].reason[0])
            lines_printf(d->to, "%s  did not start: %s",
                         soak_row_label(&d->rows[i], label, sizeof label), d->rows[i].reason);
    }
}

/* Whether all GPUs have started, and those that run have done so for a second: then a first line
 * has figures. */
static bool is_under_way(const struct soak_display *d)
{
    bool under_way = true;
    for (int i = 0; i < d->count; i++)
        under_way = under_way && d->rows[i].stage != SOAK_STARTS &&
                    (d->rows[i].stage != SOAK_RUNS || d->rows[i].elapsed_s > 1);
    return under_way;
}

void soak_display_tick(struct soak_display *d)
{
    const nanos now = clock_now();
    const bool under_way = is_under_way(d), begins = under_way && !d->was_under_way;
    const bool is_awaited = now - d->start > (nanos)PATIENCE_S * SECOND_NS;
    if (d->is_quiet || (now < d->next && !begins) || !(d->is_terminal || under_way || is_awaited))
        return;
    d->was_under_way = under_way;
    if (begins) {
        soak_display_wipe(d);
        print_absent(d);
    }
    if (d->is_terminal)
        draw_table(d);
    else
        print_lines(d);
    d->next = now + (nanos)(d->is_terminal ? 1 : 60) * SECOND_NS;
    fflush(d->to);
}
