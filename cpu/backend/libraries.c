/* libraries.c - loads BLAS libraries and reports their state. */
#include "cpu/backend/libraries.h"

#include "cpu/blas/load.h"
#include "harness/text/append.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A library whose run takes longer than this runs only if it is named. */
static const double long_seconds = 120;

static const struct cpu_variant *own(const struct variant *v)
{
    return v->row;
}

/* Marks the rows that a list of names and globs means. */
static void mark(const char *names, bool wanted[BLAS_MAX])
{
    char word[BLAS_NAME_BYTES];
    while (names && *names) {
        const size_t length = strcspn(names, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, names);
        for (size_t i = 0; i < blas_row_count; i++)
            wanted[i] = wanted[i] || fnmatch(word, blas_rows[i].name, 0) == 0;
        names += length + (names[length] == ',');
    }
}

enum status cpu_libraries_load(struct device *d, const char *names, struct failure *why)
{
    bool wanted[BLAS_MAX] = {false};
    mark(names, wanted);
    d->loads_all = names && strcmp(names, "*") == 0;
    const enum status status =
        load_libraries(wanted, d->threads, d->is_bound ? &d->places : NULL, why);
    d->blas = load_get(BLAS_OPENBLAS);
    if (!d->blas)
        fail(&d->no_blas, STATUS_FAILED, "%s", load_reason(BLAS_OPENBLAS));
    return status;
}

const struct blas *cpu_library_of(const struct device *d, const struct variant *v)
{
    if (!own(v)->is_blas)
        return NULL;
    return own(v)->library == BLAS_OPENBLAS ? d->blas : load_get(own(v)->library);
}

enum library_state cpu_library_state(const struct device *d, const struct variant *v)
{
    if (!own(v)->is_blas || cpu_library_of(d, v))
        return LIBRARY_READY;
    return load_state(own(v)->library) == LOAD_BROKEN ? LIBRARY_BROKEN : LIBRARY_ABSENT;
}

/* The time of a run on all threads, from a short trial on one. */
static double seconds_of(const struct blas *blas, const struct variant *v, const struct problem *p)
{
    const double flops = load_flops(own(v)->library) * blas_threads(blas);
    return flops > 0 ? problem_flop_done(p, v->symmetric) / flops : 0;
}

bool cpu_library_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                         char *reason, size_t bytes)
{
    const size_t library = own(v)->library;
    const struct blas *blas = cpu_library_of(d, v);
    if (!blas && library == BLAS_OPENBLAS)
        snprintf(reason, bytes, "%s", d->no_blas.text);
    else if (!blas && load_state(library) == LOAD_UNASKED)
        snprintf(reason, bytes, "is loaded only if asked for: add --blas %s", v->blas);
    else if (!blas)
        snprintf(reason, bytes, "%s", load_reason(library));
    else if (v->arithmetic == ARITH_F64 && !blas->dgemm)
        snprintf(reason, bytes, "this %s was built without double precision",
                 blas_rows[library].title);
    else if (d->loads_all && library != BLAS_OPENBLAS && seconds_of(blas, v, p) > long_seconds)
        snprintf(reason, bytes, "would take %.0f s a run: add --blas %s to run it all the same",
                 seconds_of(blas, v, p), v->blas);
    else
        return true;
    return false;
}

void cpu_libraries_describe(const struct device *d, char *line, size_t bytes)
{
    for (size_t i = 0; i < blas_row_count; i++) {
        const struct blas *blas = i == BLAS_OPENBLAS ? d->blas : load_get(i);
        if (!blas)
            continue;
        const int run = blas_threads(blas);
        append_text(line, bytes, " · %s%s%s%s%s%s", blas_rows[i].title, *blas->version ? " " : "",
                    blas->version, *blas->core ? " " : "", blas->core,
                    i == BLAS_OPENBLAS && load_choice()->by_user ? " (OPENBLAS_CORETYPE)" : "");
        if (run != d->threads)
            append_text(line, bytes, " in %d thread%s", run, run == 1 ? "" : "s");
    }
    if (!d->blas)
        append_text(line, bytes, " · no OpenBLAS");
}

void cpu_warn(struct device_facts *f, const char *format, ...)
{
    char line[sizeof f->warning];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    append_item(f->warning, sizeof f->warning, "\n", "%s", line);
}

void cpu_libraries_warn(struct device *d)
{
    char text[512];
    if (d->blas) {
        cores_sentence(load_choice(), d->blas->version, text, sizeof text);
        cpu_warn(&d->facts, "%s", text);
    }
    for (size_t i = 0; i < blas_row_count; i++) {
        const struct blas *blas = i == BLAS_OPENBLAS ? d->blas : load_get(i);
        const int run = blas ? blas_threads(blas) : d->threads;
        if (run < d->threads && blas->set_threads)
            cpu_warn(&d->facts,
                     "%s %s runs %d of the %d threads: it was built for no more, so its figures "
                     "are those of %d; other builds allow more",
                     blas_rows[i].title, blas->version, run, d->threads, run);
        else if (run < d->threads) {
            const char *const before = *d->facts.note ? ", " : "";
            append_text(d->facts.note, sizeof d->facts.note, "%s%s runs %d of the %d threads",
                        before, blas_rows[i].title, run, d->threads);
        }
    }
}

/* Who chose OpenBLAS's core type, and what each of the trials found. */
static void add_choice(struct facts *facts, const struct core_choice *choice)
{
    char path[64], words[32];

    facts_text(facts, "blas.core_by",
               choice->by_user      ? "OPENBLAS_CORETYPE"
               : choice->chosen > 0 ? "gpubench"
                                    : "OpenBLAS");
    if (!choice->by_user)
        facts_text(facts, "blas.core_of_openblas", choice->trial[0].core);
    for (int i = 0; i < choice->count; i++) {
        const struct trial *t = &choice->trial[i];
        const char *core = t->core[0] ? t->core : "own";
        trial_words(t, words, sizeof words);
        snprintf(path, sizeof path, "blas.trials.%s.%s", core,
                 t->end == TRIAL_RIGHT ? "flops" : "failed");
        if (t->end != TRIAL_RIGHT)
            facts_text(facts, path, words);
        else if (t->flops > 0)
            facts_real(facts, path, t->flops);
    }
}

static void add_text(struct facts *facts, const char *base, const char *name, const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "%s.%s", base, name);
    if (*text)
        facts_text(facts, path, text);
}

/* Adds the facts about a library, below `base`. Only the name of its file is added, because its
 * folder may be a user's home. */
static void add_blas(struct facts *facts, const char *base, const struct blas *b)
{
    char path[96];
    const char *slash = strrchr(b->file, '/');
    add_text(facts, base, "version", b->version);
    add_text(facts, base, "core", b->core);
    if (b->is_openblas && strcmp(base, "blas") == 0)
        add_choice(facts, load_choice());
    snprintf(path, sizeof path, "%s.threads", base);
    facts_integer(facts, path, blas_threads(b));
    add_text(facts, base, "threading", b->threading);
    snprintf(path, sizeof path, "%s.integer_bits", base);
    if (b->integer_bits)
        facts_integer(facts, path, b->integer_bits);
    add_text(facts, base, "file", slash ? slash + 1 : b->file);
    add_text(facts, base, "config", b->config);
}

void cpu_libraries_facts(const struct device *d, struct facts *facts)
{
    if (d->blas) {
        facts_text(facts, "blas.name", blas_rows[BLAS_OPENBLAS].title);
        add_blas(facts, "blas", d->blas);
    }
    for (size_t i = BLAS_OPENBLAS + 1; i < blas_row_count; i++) {
        char base[64];
        snprintf(base, sizeof base, "blas.others.%s", blas_rows[i].name);
        if (load_get(i))
            add_blas(facts, base, load_get(i));
    }
}
