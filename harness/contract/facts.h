/* facts.h - what is known about host, device and software, as an ordered list of path = value.
 *
 * Paths are dotted ("device.name", "host.cgroup.cpu_quota"). Their first words become the objects
 * of a result file, in the order in which they first appear. Backends and harness/host add facts;
 * the result file, doctor and compare read them. Adding a path again replaces its value and keeps
 * its place. */
#ifndef HARNESS_FACTS_H
#define HARNESS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fact_type { FACT_TEXT, FACT_INTEGER, FACT_REAL, FACT_BOOLEAN };

struct fact {
    char *path;
    enum fact_type type;
    char *text;      /* FACT_TEXT */
    int64_t integer; /* FACT_INTEGER, FACT_BOOLEAN */
    double real;     /* FACT_REAL */
};

struct facts {
    struct fact *list;
    size_t count;
};

/* Cleans what a driver or the system wrote into a text of `bytes` (clean_text()). */
void facts_clean(char *text, size_t bytes);

/* Zero a struct facts to start an empty list. Text is copied, cleaned and cut to CLEAN_NAME_MAX
 * (clean_text()); a NULL text or a NaN is not added. */
void facts_text(struct facts *f, const char *path, const char *text);
void facts_integer(struct facts *f, const char *path, int64_t value);
void facts_real(struct facts *f, const char *path, double value);
void facts_boolean(struct facts *f, const char *path, bool value);

/* The fact at a path, or NULL. facts_get_text is "" if there is no such text. */
const struct fact *facts_get(const struct facts *f, const char *path);
const char *facts_get_text(const struct facts *f, const char *path);

void facts_free(struct facts *f);

#endif
