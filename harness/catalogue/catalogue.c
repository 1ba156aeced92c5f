/* catalogue.c - catalogues as text, and looking up a model. */
#include "harness/catalogue/catalogue.h"

#include "harness/base/durable.h"
#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 13, FILE_BYTES_MAX = 16 << 20 };

extern const char catalogue_embedded[]; /* results/reference/catalogue.tsv */

enum status catalogue_path(char *path, size_t bytes, struct failure *why)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const bool has_config = config && *config == '/';
    if (!has_config && !(home && *home))
        return fail(why, STATUS_FAILED,
                    "there is no folder for settings: HOME is not set; name a file with --output.");
    const int length = has_config
                           ? snprintf(path, bytes, "%s/gpubench/reference.tsv", config)
                           : snprintf(path, bytes, "%s/.config/gpubench/reference.tsv", home);
    return length > 0 && (size_t)length < bytes
               ? STATUS_OK
               : fail(why, STATUS_FAILED, "the name of the folder for settings is too long.");
}

/* A number, NaN for "-"; false for anything else. */
static bool take_number(const char *text, double *value)
{
    char *end;
    *value = NAN;
    if (strcmp(text, "-") == 0)
        return true;
    *value = strtod(text, &end);
    return end != text && !*end && isfinite(*value) && *value >= 0;
}

static bool take_name(const char *text, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", text);
    return *text && strlen(text) < bytes && clean_is(text);
}

static bool take_entry(char *line, struct catalogue_entry *e)
{
    char *field[FIELDS];
    double runs = 0, *const numbers[] = {
                         &runs,     &e->median_s,      &e->low_s,           &e->high_s,
                         &e->sm_hz, &e->power_limit_w, &e->pcie_generation, &e->pcie_width,
                         &e->ecc};
    for (int i = 0; i < FIELDS; i++) {
        char *tab = strchr(line, '\t');
        if ((i + 1 < FIELDS) != (tab != NULL))
            return false;
        field[i] = line;
        if (tab) {
            *tab = '\0';
            line = tab + 1;
        }
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!take_number(field[2 + i], numbers[i]))
            return false;
    if (!(runs >= 1 && runs <= 1e6 && e->median_s > 0 && e->low_s > 0 && e->high_s > 0))
        return false;
    e->runs = (unsigned)runs;
    return take_name(field[0], e->device, sizeof e->device) &&
           take_name(field[1], e->key, sizeof e->key) &&
           take_name(field[11], e->driver, sizeof e->driver) &&
           take_name(field[12], e->date, sizeof e->date);
}

size_t catalogue_read(struct catalogue *c, const char *text)
{
    size_t bad = 0;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        char *line = need(length + 1);
        struct catalogue_entry e;
        memcpy(line, text, length);
        text += length + (text[length] == '\n');
        if (!*line || *line == '#') {
            free(line);
            continue;
        }
        if (take_entry(line, &e)) {
            c->list = need_room(c->list, c->count, sizeof *c->list);
            c->list[c->count++] = e;
        } else {
            bad++;
        }
        free(line);
    }
    return bad;
}

struct catalogue catalogue_load(void)
{
    struct catalogue c = {0};
    char path[PATH_MAX], *text;
    size_t bytes;
    if (catalogue_path(path, sizeof path, NULL) == STATUS_OK &&
        durable_read(path, FILE_BYTES_MAX, &text, &bytes) == 0) {
        catalogue_read(&c, text);
        free(text);
    }
    catalogue_read(&c, catalogue_embedded);
    return c;
}

void catalogue_free(struct catalogue *c)
{
    free(c->list);
    *c = (struct catalogue){0};
}

void catalogue_set(struct catalogue *c, const struct catalogue_entry *e)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->list[i].device, e->device) == 0 && strcmp(c->list[i].key, e->key) == 0) {
            c->list[i] = *e;
            return;
        }
    c->list = need_room(c->list, c->count, sizeof *c->list);
    c->list[c->count++] = *e;
}

static void write_number(FILE *to, double value)
{
    if (isnan(value))
        fputs("\t-", to);
    else
        fprintf(to, "\t%.9g", value);
}

static void write_entry(FILE *to, const struct catalogue_entry *e)
{
    const double numbers[] = {e->median_s,      e->low_s,           e->high_s,     e->sm_hz,
                              e->power_limit_w, e->pcie_generation, e->pcie_width, e->ecc};
    fprintf(to, "%s\t%s\t%u", e->device, e->key, e->runs);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        write_number(to, numbers[i]);
    fprintf(to, "\t%s\t%s\n", *e->driver ? e->driver : "-", *e->date ? e->date : "-");
}

char *catalogue_text(const struct catalogue *c, size_t *bytes)
{
    char *text;
    FILE *to = need_stream(&text, bytes);
    fputs(
        "# What models of devices reached, by gpubench reference add: model, key, processes, median "
        "of\n# their medians, fastest, slowest (s), SM clock (Hz), power limit (W), PCIe "
        "generation and\n# width, ECC, driver, date of the latest run.\n",
        to);
    for (size_t i = 0; i < c->count; i++)
        write_entry(to, &c->list[i]);
    need_stream_end(to);
    return text;
}

static const struct catalogue_entry *find_exactly(const struct catalogue *c, const char *device,
                                                  const char *key, size_t length)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct catalogue_entry *e = &c->list[i];
        if (strcmp(e->device, device) == 0 && strncmp(e->key, key, length) == 0 && !e->key[length])
            return e;
    }
    return NULL;
}

const struct catalogue_entry *catalogue_find(const struct catalogue *c, const char *device,
                                             const char *key)
{
    static const char soak[] = "/soak";
    const size_t length = strlen(key), ending = sizeof soak - 1;
    const struct catalogue_entry *e = find_exactly(c, device, key, length);
    if (!e && length > ending && strcmp(key + length - ending, soak) == 0)
        e = find_exactly(c, device, key, length - ending);
    return e;
}
