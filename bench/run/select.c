/* select.c - selects variants by --variant, --arith, --all and --blas. */
#include "bench/run/select.h"

#include "bench/terminal/words.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

enum { WORD_BYTES = 64, NAMES_MAX = 256 };

/* Takes the next word of a comma-separated list, cut to WORD_BYTES; returns false at the end. */
static bool next_word(const char **list, char *word)
{
    if (!*list)
        return false;
    size_t length = strcspn(*list, ",");
    size_t kept = length < WORD_BYTES ? length : WORD_BYTES - 1;
    memcpy(word, *list, kept);
    word[kept] = '\0';
    *list = (*list)[length] == ',' ? *list + length + 1 : NULL;
    return true;
}

static bool is_match(const char *word, const char *name)
{
    return fnmatch(word, name, 0) == 0;
}

bool select_matches(const char *list, const char *name)
{
    char word[WORD_BYTES];
    while (next_word(&list, word))
        if (is_match(word, name))
            return true;
    return false;
}

static enum status check_arithmetics(const char *list, struct failure *why)
{
    const char *names[ARITH_COUNT];
    char word[WORD_BYTES];
    for (int i = 0; i < ARITH_COUNT; i++)
        names[i] = arithmetic_name((enum arithmetic)i);
    while (next_word(&list, word)) {
        bool known = false;
        for (int i = 0; i < ARITH_COUNT; i++)
            known = known || is_match(word, names[i]);
        if (known)
            continue;
        if (strcasecmp(word, "all") == 0)
            return fail(why, STATUS_USAGE,
                        "there is no arithmetic \"%s\": --arith '*' runs every one.", word);
        const char *near = words_nearest(word, names, ARITH_COUNT);
        return fail(why, STATUS_USAGE,
                    "unknown arithmetic \"%s\": did you mean \"%s\"? gpubench list shows all.",
                    word, near ? near : "f32");
    }
    return STATUS_OK;
}

/* Returns the variant whose name is most similar to a word, among those of an operation (OP_COUNT:
 * of all operations), or NULL if no name is similar. */
static const struct variant *nearest(const struct backend *backend, enum op op, const char *word)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < backend->variant_count && count < NAMES_MAX; i++)
        if (op == OP_COUNT || backend->variants[i].op == op)
            names[count++] = backend->variants[i].name;
    const char *name = words_nearest(word, names, count);
    for (size_t i = 0; name && i < backend->variant_count; i++)
        if (backend->variants[i].name == name)
            return &backend->variants[i];
    return NULL;
}

/* Explains why a word matched nothing: it names a variant of another arithmetic, type of entries or
 * operation, or is misspelt. */
static enum status explain(const struct backend *backend, enum op op, enum element element,
                           const char *word, const char *libraries, struct failure *why)
{
    const struct variant *other_type = NULL;
    if (strcasecmp(word, "all") == 0)
        return fail(why, STATUS_USAGE, "there is no variant \"%s\": --all runs every one.", word);
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && is_match(word, v->name) && libraries && v->blas &&
            !select_matches(libraries, v->blas))
            return fail(why, STATUS_USAGE,
                        "variant \"%s\" is of the library %s, which is not among those of --blas.",
                        word, v->blas);
        if (v->op == op && is_match(word, v->name) && element_of(v->arithmetic) == element)
            return fail(
                why, STATUS_USAGE,
                "variant \"%s\" is in %s arithmetic, not in what was asked for: add --arith %s.",
                word, arithmetic_name(v->arithmetic), arithmetic_name(v->arithmetic));
        if (v->op == op && is_match(word, v->name))
            other_type = v;
    }
    if (other_type)
        return fail(why, STATUS_USAGE, "variant \"%s\" is for %s entries: give --type %s.", word,
                    element_name(element_of(other_type->arithmetic)),
                    element_name(element_of(other_type->arithmetic)));
    const struct variant *near = nearest(backend, op, word);
    if (near)
        return fail(why, STATUS_USAGE,
                    "unknown variant \"%s\": did you mean \"%s\"? gpubench list shows all.", word,
                    near->name);
    near = nearest(backend, OP_COUNT, word);
    if (near)
        return fail(why, STATUS_USAGE, "%s has no variant \"%s\", but %s has \"%s\": add --op %s.",
                    op_name(op), word, op_name(near->op), near->name, op_name(near->op));
    return fail(why, STATUS_USAGE,
                "unknown variant \"%s\" for %s on the %s: gpubench list shows all.", word,
                op_name(op), backend->name);
}

/* Returns a set of arithmetics: bit a is set if `list` names a and the operation has a variant in
 * it for entries of this type. */
static unsigned arithmetics_of(const struct backend *backend, enum op op, enum element element,
                               const char *list)
{
    unsigned bits = 0;
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && element_of(v->arithmetic) == element && !v->library &&
            select_matches(list, arithmetic_name(v->arithmetic)))
            bits |= 1u << v->arithmetic;
    }
    return bits;
}

/* Whether the list of libraries, which may be NULL, contains v's library. */
static bool is_wanted(const struct backend *backend, const struct variant *v, const char *libraries,
                      bool all)
{
    if (!libraries || !v->blas || select_matches(libraries, v->blas))
        return true;
    return all && v->blas == backend->variants[0].blas;
}

enum status select_variants(const struct backend *backend, enum op op, enum element element,
                            const char *variants, const char *arithmetics, const char *libraries,
                            bool all, const struct variant **chosen, size_t *count,
                            unsigned *automatic, struct failure *why)
{
    const char *plain = arithmetic_name(plain_arithmetic(element)), *wanted = arithmetics
                                                                                  ? arithmetics
                                                                              : all ? "*"
                                                                                    : plain;
    char word[WORD_BYTES];
    *count = 0;
    const bool has_words = variants || arithmetics || all, is_first_only = libraries && !has_words;
    *automatic = has_words || libraries ? 0 : 1u << plain_arithmetic(element);
    if (*automatic)
        return STATUS_OK;
    if (check_arithmetics(arithmetics, why) != STATUS_OK)
        return STATUS_USAGE;
    if (arithmetics && !variants && !all && !libraries)
        *automatic = arithmetics_of(backend, op, element, wanted);

    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (v->op == op && element_of(v->arithmetic) == element &&
            select_matches(wanted, arithmetic_name(v->arithmetic)) &&
            !(*automatic & 1u << v->arithmetic) &&
            (!variants || select_matches(variants, v->name)) &&
            is_wanted(backend, v, libraries, all) &&
            !(is_first_only && (!v->blas || (*count > 0 && chosen[*count - 1]->blas == v->blas))))
            chosen[(*count)++] = v;
    }

    /* Every word must match a variant. Otherwise a misspelt word would silently remove rows from
     * the table. */
    for (const char *rest = variants; next_word(&rest, word);) {
        bool used = strcmp(word, "auto") == 0;
        if (used)
            *automatic = arithmetics_of(backend, op, element, wanted);
        for (size_t i = 0; i < *count; i++)
            used = used || is_match(word, chosen[i]->name);
        if (!used)
            return explain(backend, op, element, word, libraries, why);
    }
    if (*count == 0 && is_first_only)
        return fail(why, STATUS_USAGE, "no variant of %s is of a library: leave out --blas.",
                    op_name(op));
    if (*count == 0 && !*automatic)
        return fail(why, STATUS_USAGE,
                    "no variant of %s on the %s is in %s arithmetic%s: gpubench list shows all.",
                    op_name(op), backend->name, wanted,
                    element == ELEMENT_F64 ? " on f64 entries" : "");
    return STATUS_OK;
}
