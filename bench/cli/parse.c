/* parse.c - the parser of the command line.
 *
 * It follows the conventions of getopt_long: --name VALUE, --name=VALUE, names cut short where that
 * is unambiguous, clusters of letters (-qv, -oFILE), and "--" before words that are not options. It
 * is not getopt because every refusal is a sentence that says what to type. */
#include "bench/cli/options.h"

#include "bench/cli/verb.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The words that are still to be parsed. */
struct line {
    char **next, **end;
    bool only_words; /* after "--" */
};

static bool has_option(const struct verb *verb, const struct option_row *row)
{
    return verb->options & (unsigned)row->group;
}

/* Whether a name ends in "-" and the first `length` bytes of `word`, as max-time does in time. */
static bool ends_in(const char *name, const char *word, size_t length)
{
    const size_t all = strlen(name);
    return all > length && name[all - length - 1] == '-' &&
           strncmp(name + all - length, word, length) == 0;
}

/* Returns the row whose name is the first `length` bytes of `name`, or the only one whose name
 * begins with them. Sets *ambiguous if several do, or if they are also the last words of another
 * name: --time may mean --max-time. One letter is not enough, because it is more likely a mistake:
 * --n 100 does not mean --no-save. */
static const struct option_row *row_named(const struct verb *verb, const char *name, size_t length,
                                          bool *ambiguous)
{
    const struct option_row *found = NULL;
    size_t others = 0;
    *ambiguous = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!has_option(verb, row))
            continue;
        others += ends_in(row->name, name, length);
        if (strncmp(row->name, name, length) != 0)
            continue;
        if (row->name[length] == '\0') {
            *ambiguous = false;
            return row;
        }
        if (length < 2)
            continue;
        others += found != NULL;
        found = row;
    }
    *ambiguous = others > 0;
    return found;
}

static enum status unknown_option(const struct verb *verb, const char *word, size_t length,
                                  struct failure *why)
{
    const char *names[OPTIONS_MAX];
    size_t count = 0;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    for (size_t i = 0; i < option_count; i++)
        if (has_option(verb, &option_rows[i]))
            names[count++] = option_rows[i].name;
    if (verb->takes_order && (strcasecmp(name, "n") == 0 || strcmp(name, "size") == 0))
        return fail(why, STATUS_USAGE, "N takes no --%s in front: gpubench %s 10000.", name,
                    verb->name);
    if (strcmp(name, "version") == 0)
        return fail(why, STATUS_USAGE, "%s has no option --version: gpubench --version has it.",
                    verb->name);
    if (strcmp(name, "gpu") == 0 || strcmp(name, "cpu") == 0)
        return fail(why, STATUS_USAGE,
                    "--%s is no option: the device is the first word, as in gpubench %s 10000.",
                    name, name);
    const char *near = words_nearest(name, names, count);
    if (near)
        return fail(why, STATUS_USAGE,
                    "unknown option --%s: did you mean --%s? gpubench %s --help shows all.", name,
                    near, verb->name);
    return fail(why, STATUS_USAGE, "%s has no option --%s: gpubench %s --help shows all.",
                verb->name, name, verb->name);
}

/* An empty file name most likely comes from an unset shell variable, so it is an error. */
static enum status take(const struct option_row *row, const char *value, struct options *o,
                        struct failure *why)
{
    if (row->choices && strcmp(row->choices, "@files") == 0 && !*value)
        return fail(why, STATUS_USAGE, "--%s is empty: give a name, --%s=%s.", row->name, row->name,
                    row->argument);
    return row->take(row, value, o, why);
}

/* word: what follows "--". */
static enum status take_long(struct line *line, const char *word, struct options *o,
                             struct failure *why)
{
    const struct verb *verb = o->verb;
    const size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    bool ambiguous;
    const struct option_row *row = row_named(verb, word, length, &ambiguous);
    if (!row)
        return unknown_option(verb, word, length, why);
    if (ambiguous)
        return fail(why, STATUS_USAGE,
                    "--%.*s is a part of several options: gpubench %s --help shows all.",
                    (int)length, word, verb->name);
    if (value && !row->argument)
        return fail(why, STATUS_USAGE, "--%s takes no value: leave out \"%.40s\".", row->name,
                    word + length);
    if (row->argument && !value) {
        if (line->next == line->end)
            return fail(why, STATUS_USAGE, "--%s needs a value: --%s=%s", row->name, row->name,
                        row->argument);
        value = *line->next++;
    }
    return take(row, value, o, why);
}

/* letters: what follows "-". */
static enum status take_letters(struct line *line, const char *letters, struct options *o,
                                struct failure *why)
{
    const struct verb *verb = o->verb;
    enum status status = STATUS_OK;
    for (const char *c = letters; *c && status == STATUS_OK; c++) {
        const struct option_row *row = NULL;
        for (size_t i = 0; i < option_count && !row; i++)
            if (option_rows[i].letter == *c && has_option(verb, &option_rows[i]))
                row = &option_rows[i];
        if (!row)
            return fail(why, STATUS_USAGE, "%s has no option -%c: gpubench %s --help shows all.",
                        verb->name, *c, verb->name);
        if (!row->argument) {
            status = row->take(row, NULL, o, why);
            continue;
        }
        if (!c[1] && line->next == line->end)
            return fail(why, STATUS_USAGE, "-%c needs a value: -%c %s", *c, *c, row->argument);
        return take(row, c[1] ? c + 1 : *line->next++, o, why);
    }
    return status;
}

static enum status take_word(const char *word, struct options *o, struct failure *why)
{
    const struct verb *verb = o->verb;
    if (!verb->argument)
        return fail(why, STATUS_USAGE, "%s takes no \"%.40s\": see gpubench %s --help.", verb->name,
                    word, verb->name);
    if (!*word && strstr(verb->argument, "FILE"))
        return fail(why, STATUS_USAGE,
                    "one of the words is empty: give %s, see gpubench %s --help.", verb->argument,
                    verb->name);
    if (strstr(verb->argument, "...")) {
        o->words = need_room(o->words, o->word_count, sizeof *o->words);
        o->words[o->word_count++] = word;
    } else if (o->first) {
        return fail(why, STATUS_USAGE, "%s takes one %s: \"%.40s\" is one too many.", verb->name,
                    verb->argument, word);
    }
    if (!o->first)
        o->first = word;
    return STATUS_OK;
}

static enum status take_next(struct line *line, struct options *o, struct failure *why)
{
    const char *word = *line->next++;
    if (line->only_words || word[0] != '-' || word[1] == '\0')
        return take_word(word, o, why);
    if (strcmp(word, "--") == 0) {
        line->only_words = true;
        return STATUS_OK;
    }
    if (isdigit((unsigned char)word[1]) && o->verb->takes_order)
        return words_parse_n(word, &o->n, why); /* N = -1 looks like an option */
    if (word[1] == '-')
        return take_long(line, word + 2, o, why);
    return take_letters(line, word + 1, o, why);
}

static bool is_of_f64(const char *word)
{
    return strncmp(word, "f64", 3) == 0;
}

/* The type of the entries, by the arithmetics: one matrix has one type. */
static enum status take_element(struct options *o, struct failure *why)
{
    if (!o->arithmetics)
        return STATUS_OK;
    for (const char *word = o->arithmetics; word; word = strchr(word, ',')) {
        word += *word == ',';
        if (is_of_f64(word) != is_of_f64(o->arithmetics))
            return fail(why, STATUS_USAGE,
                        "--arith %.60s mixes float32 and float64 matrices: f64 and f64-int8 take a "
                        "run of their own.",
                        o->arithmetics);
    }
    if (is_of_f64(o->arithmetics))
        o->element = ELEMENT_F64;
    return STATUS_OK;
}

enum status options_parse(const struct verb *verb, int argc, char **argv, struct options *options,
                          struct failure *why)
{
    *options = (struct options){
        .verb = verb, .argc = argc, .argv = argv, .op = OP_SUM_AAT, .seed = 1, .range = RANGE_UNIT};
    struct line line = {argv + 1, argv + argc, false};
    while (line.next < line.end) {
        const enum status status = take_next(&line, options, why);
        if (status != STATUS_OK)
            return status;
    }
    if (options->help)
        return STATUS_OK;
    const enum status typed = take_element(options, why);
    if (typed != STATUS_OK)
        return typed;
    if (options->output && strcmp(options->output, "-") == 0) {
        options->output = NULL;
        options->json = (verb->options & OPTIONS_RECORD) != 0; /* the result itself is JSON */
    }
    if (verb->argument && !verb->optional && !options->first)
        return verb->takes_order
                   ? fail(why, STATUS_USAGE,
                          "%s needs N, the order of the matrix: for example gpubench %s 10000",
                          verb->name, verb->name)
                   : fail(why, STATUS_USAGE, "%s needs %s: see gpubench %s --help.", verb->name,
                          verb->argument, verb->name);
    return verb->takes_order ? words_parse_n(options->first, &options->n, why) : STATUS_OK;
}

void options_free(struct options *options)
{
    free(options->words);
    options->words = NULL;
}
