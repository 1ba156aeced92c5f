/* catalogue.h - what models of devices usually reach.
 *
 * A catalogue is text, a line for each model and key, with tabs between the fields (write_entry()
 * in catalogue.c has their order). One is part of the program, results/reference/catalogue.tsv; a
 * site's own, in the user's configuration folder, comes first. */
#ifndef HARNESS_CATALOGUE_H
#define HARNESS_CATALOGUE_H

#include "harness/result/result.h"

struct catalogue_entry {
    char device[128], key[256], driver[40], date[16]; /* date: "2026-11-29", of the latest run */
    unsigned runs;                                    /* processes */
    double median_s, low_s, high_s; /* the median of their medians, the fastest, the slowest */
    /* The median or the value of all of them; NaN if unknown. */
    double sm_hz, power_limit_w, pcie_generation, pcie_width, ecc;
};

struct catalogue {
    struct catalogue_entry *list;
    size_t count;
};

/* The user's file: $XDG_CONFIG_HOME/gpubench/reference.tsv, else ~/.config/gpubench/reference.tsv.
 * STATUS_FAILED if there is no home. */
enum status catalogue_path(char *path, size_t bytes, struct failure *why);

/* Adds the entries of a text. Invalid lines, as a hostile or damaged file may have, are left out;
 * returns their number. */
size_t catalogue_read(struct catalogue *c, const char *text);

/* The user's entries, then the program's. A file that cannot be read counts as empty. */
struct catalogue catalogue_load(void);
void catalogue_free(struct catalogue *c);

/* Replaces the entry of the same model and key, or adds one. */
void catalogue_set(struct catalogue *c, const struct catalogue_entry *e);

/* The text of a catalogue; the caller frees it. */
char *catalogue_text(const struct catalogue *c, size_t *bytes);

/* The first entry for a model and key, NULL if there is none. A soak's key is also looked for
 * without its "/soak". */
const struct catalogue_entry *catalogue_find(const struct catalogue *c, const char *device,
                                             const char *key);

/* "0.99 of what an NVIDIA H200 reached (5 runs, driver 580)" of a measured contestant. Below 0.95
 * what differs follows: clock, power limit, PCIe, ECC, and why clocks were held back. Returns the
 * share, or NaN with "" if the model or the key is unknown. */
double catalogue_compare(const struct result *r, const struct contestant *c, char *text,
                         size_t bytes);

#endif
