/* options_check.c - what is wrong with a command line, before argp sees it. */
#include "bench/cli/check.h"

#include "bench/cli/verb.h"
#include "bench/terminal/words.h"

#include <ctype.h>
#include <string.h>

/* The row that --name names for a verb: in full, or by the start of exactly one. */
static const struct option_row *row_named(const struct verb *verb, const char *name, size_t length,
                                          bool *ambiguous)
{
    const struct option_row *found = NULL;
    *ambiguous = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(verb->options & (unsigned)row->group) || strncmp(row->name, name, length) != 0)
            continue;
        if (row->name[length] == '\0') {
            *ambiguous = false;
            return row;
        }
        *ambiguous = found != NULL;
        found = row;
    }
    return found;
}

static enum status unknown_option(const struct verb *verb, const char *word, size_t length,
                                  struct failure *why)
{
    const char *names[OPTIONS_MAX];
    size_t count = 0;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
             word);
    for (size_t i = 0; i < option_count && count < OPTIONS_MAX; i++)
        if (verb->options & (unsigned)option_rows[i].group)
            names[count++] = option_rows[i].name;
    const char *near = words_nearest(name, names, count);
    if (near)
        return fail(why, STATUS_USAGE,
                    "unknown option --%s: did you mean --%s? gpubench %s --help shows all.", name,
                    near, verb->name);
    return fail(why, STATUS_USAGE, "%s has no option --%s: gpubench %s --help shows all.",
                verb->name, name, verb->name);
}

static enum status check_long(const struct verb *verb, const char *word, bool is_last,
                              bool *takes_next, struct failure *why)
{
    const size_t length = strcspn(word, "=");
    const bool has_value = word[length] == '=';
    bool ambiguous;
    const struct option_row *row = row_named(verb, word, length, &ambiguous);
    if (!row)
        return unknown_option(verb, word, length, why);
    if (ambiguous)
        return fail(why, STATUS_USAGE,
                    "--%.40s is the start of several options: gpubench %s --help shows all.", word,
                    verb->name);
    if (has_value && !row->argument)
        return fail(why, STATUS_USAGE, "--%s takes no value: leave out \"%.40s\".", row->name,
                    word + length);
    if (row->argument && !has_value && is_last)
        return fail(why, STATUS_USAGE, "--%s needs a value: --%s=%s", row->name, row->name,
                    row->argument);
    *takes_next = row->argument && !has_value;
    return STATUS_OK;
}

/* A cluster of short options ("-qv", "-oFILE"). */
static enum status check_short(const struct verb *verb, const char *word, bool is_last,
                               bool *takes_next, struct failure *why)
{
    for (const char *c = word; *c; c++) {
        const struct option_row *row = NULL;
        for (size_t i = 0; i < option_count && !row; i++)
            if (option_rows[i].letter == *c && (verb->options & (unsigned)option_rows[i].group))
                row = &option_rows[i];
        if (!row)
            return fail(why, STATUS_USAGE, "%s has no option -%c: gpubench %s --help shows all.",
                        verb->name, *c, verb->name);
        if (row->argument) {
            *takes_next = c[1] == '\0';
            if (*takes_next && is_last)
                return fail(why, STATUS_USAGE, "-%c needs a value: -%c %s", *c, *c, row->argument);
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

enum status options_check(const struct verb *verb, int argc, char **argv, struct failure *why)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *word = argv[i];
        const bool is_last = i + 1 == argc;
        bool takes_next = false;
        enum status status = STATUS_OK;
        if (word[0] != '-' || word[1] == '\0')
            continue;
        if (isdigit((unsigned char)word[1]) && verb->run == cmd_run)
            status = words_parse_n(word, &(uint64_t){0}, why);
        else if (word[1] == '-')
            status = check_long(verb, word + 2, is_last, &takes_next, why);
        else
            status = check_short(verb, word + 1, is_last, &takes_next, why);
        if (status != STATUS_OK)
            return status;
        i += takes_next;
    }
    return STATUS_OK;
}
