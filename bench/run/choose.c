/* choose.c - finds the variants that the command line names. Needs no open device. */
#include "bench/run/run.h"

#include "bench/run/select.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Returns the library whose name is most similar to a word, or NULL if no name is similar. */
static const char *nearest_library(const struct backend *backend, const char *word)
{
    const char **names = need_array(backend->variant_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < backend->variant_count; i++)
        if (backend->variants[i].blas)
            names[count++] = backend->variants[i].blas;
    const char *near = words_nearest(word, names, count);
    free(names);
    return near;
}

enum status run_name_libraries(const struct place *place, const char *blas, char **names,
                               struct failure *why)
{
    enum status status = STATUS_OK;
    size_t bytes;
    if (!blas || !place->backend->add_library)
        return STATUS_OK;
    FILE *to = need_stream(names, &bytes);
    for (const char *words = blas; words && status == STATUS_OK;) {
        const size_t length = strcspn(words, ",");
        char word[PATH_MAX];
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        const char *name = place->backend->add_library(word, why);
        const char *near = name ? NULL : nearest_library(place->backend, word);
        if (near)
            fail(why, STATUS_USAGE,
                 "--blas %s: there is no such library or file: did you mean \"%s\"?", word, near);
        if (name)
            fprintf(to, "%s%s", words == blas ? "" : ",", name);
        else
            status = STATUS_USAGE;
        words = words[length] ? words + length + 1 : NULL;
    }
    need_stream_end(to);
    return status;
}

/* Returns the names of the chosen variants' libraries, with repetitions, separated by commas. */
static char *libraries_of(const struct run *run)
{
    const char *separator = "";
    size_t bytes;
    char *names;
    FILE *to = need_stream(&names, &bytes);
    for (size_t i = 0; i < run->chosen_count; i++) {
        if (!run->chosen[i]->blas)
            continue;
        fprintf(to, "%s%s", separator, run->chosen[i]->blas);
        separator = ",";
    }
    need_stream_end(to);
    return names;
}

enum status run_choose(struct run *run, struct failure *why)
{
    const struct options *o = run->options;
    const struct backend *backend = run->place->backend;
    enum status status = run_name_libraries(run->place, o->blas, &run->libraries, why);
    if (status != STATUS_OK)
        return status;
    run->chosen = need_array(backend->variant_count + ARITH_COUNT, sizeof *run->chosen);
    status =
        select_variants(backend, o->op, o->element, o->variants, o->arithmetics, run->libraries,
                        o->all, run->chosen, &run->chosen_count, &run->automatic, why);
    if (status == STATUS_OK && !run->libraries && backend->add_library)
        run->libraries = o->all ? need_text("*") : libraries_of(run);
    return status;
}
