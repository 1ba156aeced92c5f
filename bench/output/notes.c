/* notes.c - the lines below a table that explain its figures. */
#include "bench/output/notes.h"

#include "bench/output/figures.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL = 13 };

static bool is_measured(const struct contestant *c)
{
    return c->state == CONTESTANT_OK && c->count > 0;
}

static bool has_arithmetic(const struct result *r, enum arithmetic arithmetic)
{
    for (size_t i = 0; i < r->contestant_count; i++)
        if (is_measured(&r->contestants[i]) && r->contestants[i].variant->arithmetic == arithmetic)
            return true;
    return false;
}

/* Says against which library function each arithmetic was held: "× library f32 and f32-3xf16
 * against cublas-sgemm, tf32 against cublas-gemm". */
static void print_references(FILE *to, const struct result *r)
{
    const struct contestant *references[ARITH_COUNT];
    size_t count = 0;
    for (int a = 0; a < ARITH_COUNT; a++) {
        const struct contestant *reference = reference_for(r, (enum arithmetic)a);
        if (reference && reference->variant->arithmetic == (enum arithmetic)a)
            references[count++] = reference;
    }
    if (count < 2)
        return;
    fputs("  ", to);
    words_left(to, "× library", LABEL);
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "" : "; ";
        for (int a = 0; a < ARITH_COUNT; a++)
            if (has_arithmetic(r, (enum arithmetic)a) &&
                reference_for(r, (enum arithmetic)a) == references[i]) {
                fprintf(to, "%s%s", before, arithmetic_name((enum arithmetic)a));
                before = ", ";
            }
        fprintf(to, " against %s", references[i]->variant->name);
    }
    fputc('\n', to);
}

static void print_label(FILE *to, const struct result *r)
{
    if (!has_arithmetic(r, ARITH_F32_2XF16))
        return;
    fputs("  ", to);
    words_left(to, arithmetic_name(ARITH_F32_2XF16), LABEL);
    fprintf(to, "%s%s\n", arithmetic_note(ARITH_F32_2XF16),
            r->problem.range == RANGE_SIGNED
                ? "; these entries are in [-1,1), where it has a few times the error of f32"
                : "");
}

/* Says why rows that have samples enough have no interval. */
static void print_dependent(FILE *to, const struct result *r)
{
    size_t rows = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        rows += is_measured(c) && c->count >= FIGURES_INTERVAL_SAMPLES &&
                contestant_seconds(c).confidence < 0.99;
    }
    if (rows == 0)
        return;
    fputs("  ", to);
    words_left(to, "± 99 %", LABEL);
    fprintf(to,
            "unknown in %zu row%s: samples depend on those before them, and all of a row count "
            "for fewer than %d; --max-time takes more\n",
            rows, rows == 1 ? "" : "s", FIGURES_INTERVAL_SAMPLES);
}

/* The median clock of a contestant's samples, in GHz; 0 if it was not measured. */
static double clock_of(const struct contestant *c)
{
    double *ghz = need_array(c->count, sizeof *ghz);
    size_t used = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->samples[i].sm_mhz_measured > 0)
            ghz[used++] = c->samples[i].sm_mhz_measured / 1e3;
    const double median = used > 0 ? stats_median(ghz, used) : 0;
    free(ghz);
    return median;
}

/* Prints the clock, from the slowest variant's to the fastest's: "SM clock 1.29 to 1.75 GHz,
 * measured on the device". */
static void print_clock(FILE *to, const struct result *r)
{
    double least = 0, most = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const double ghz = is_measured(&r->contestants[i]) ? clock_of(&r->contestants[i]) : 0;
        if (ghz > 0 && (least == 0 || ghz < least))
            least = ghz;
        if (ghz > most)
            most = ghz;
    }
    if (most == 0)
        return;
    fputs("  ", to);
    words_left(to, "SM clock", LABEL);
    if (most - least >= 0.005)
        fprintf(to, "%.2f to ", least);
    fprintf(to, "%.2f GHz, measured on the device\n", most);
}

/* Says what held clocks back, and in how many samples: "throttled sw power cap in 412 of 500
 * samples, sw thermal slowdown in 3; 60 runs left out until the clock had settled". */
static void print_throttled(FILE *to, const struct result *r)
{
    size_t count[32] = {0}, samples = 0, settling = 0;
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        if (!is_measured(c))
            continue;
        samples += c->count;
        settling += c->settling;
        for (size_t s = 0; s < c->count; s++)
            for (unsigned bit = 0; bit < 32; bit++)
                count[bit] += c->samples[s].throttle >> bit & 1;
    }
    bool is_first = true;
    for (unsigned bit = 0; bit < 32; bit++) {
        if (count[bit] == 0)
            continue;
        char name[32];
        if (throttle_name(bit))
            snprintf(name, sizeof name, "%s", throttle_name(bit));
        else
            snprintf(name, sizeof name, "bit %u", bit);
        for (char *c = name; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        if (is_first) {
            fputs("  ", to);
            words_left(to, "throttled", LABEL);
            fprintf(to, "%s in %zu of %zu sample%s", name, count[bit], samples,
                    samples == 1 ? "" : "s");
        } else {
            fprintf(to, ", %s in %zu", name, count[bit]);
        }
        is_first = false;
    }
    if (!is_first && settling > 0)
        fprintf(to, "; %zu run%s left out until the clock had settled", settling,
                settling == 1 ? "" : "s");
    if (!is_first)
        fputc('\n', to);
}

/* Says of which variants no share of peak is given, and why: "of peak not given for openblas-sgemm:
 * more than 100 % of the measured peak, so …" */
static void print_over_peak(FILE *to, const struct result *r)
{
    const char *before = "not given for ";
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        if (!is_measured(c) || !figures_of(r, c).is_over_peak)
            continue;
        if (*before == 'n')
            words_left(to, "  of peak", LABEL + 2);
        fprintf(to, "%s%s", before, c->variant->name);
        before = ", ";
    }
    if (*before == ',')
        fprintf(to, ": %s\n", PEAK_WITHHELD_WHY);
}

/* A run of gpubench just before may have added a load of one per CPU. */
static void print_load(FILE *to, const struct result *r)
{
    const struct fact *load = facts_get(&r->facts, "host.load_1min");
    const struct fact *cpus = facts_get(&r->facts, "host.cpu.threads_online");
    if (!load || !cpus || strcmp(r->backend_name, "cpu") != 0 ||
        load->real <= 1.25 * (double)cpus->integer + 1)
        return;
    fputs("  ", to);
    words_left(to, "load", LABEL);
    fprintf(to, "%.1f on %lld CPUs: other programs were running, and times can be too long\n",
            load->real, (long long)cpus->integer);
}

/* Prints the device's note, such as "threads ATLAS runs 1 of the 2 threads". */
static void print_device_note(FILE *to, const struct result *r)
{
    if (!r->device.note[0])
        return;
    fputs("  ", to);
    words_left(to, "threads", LABEL);
    fprintf(to, "%s\n", r->device.note);
}

void notes_print(FILE *to, const struct result *r)
{
    char *text;
    size_t bytes;
    FILE *lines = need_stream(&text, &bytes);
    print_device_note(lines, r);
    print_references(lines, r);
    print_label(lines, r);
    print_dependent(lines, r);
    print_clock(lines, r);
    print_throttled(lines, r);
    print_over_peak(lines, r);
    print_load(lines, r);
    if (interrupt_was_stopped())
        fputs("stopped          the process was stopped for a while (SIGSTOP or Ctrl-Z), and the "
              "longest time includes that\n",
              lines);
    need_stream_end(lines);
    lines_print(to, text);
    free(text);
}
