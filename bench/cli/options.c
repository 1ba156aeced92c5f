/* options.c - argp over the table of options. */
#include "bench/cli/options.h"

#include "bench/cli/check.h"
#include "bench/cli/verb.h"
#include "bench/terminal/words.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What argp calls an option: its letter, or a number that is none. */
static int key_of(const struct option_row *row)
{
    return row->letter ? row->letter : 256 + (int)(row - option_rows);
}

struct parse {
    struct options *options;
    struct failure *why;
    enum status status;
};

static enum status take_word(const char *word, struct options *o, struct failure *why)
{
    const struct verb *verb = o->verb;
    if (!verb->argument)
        return fail(why, STATUS_USAGE, "%s takes no \"%.40s\": see gpubench %s --help.", verb->name,
                    word, verb->name);
    if (verb_takes_many(verb)) {
        if (!o->words && !(o->words = calloc((size_t)o->argc, sizeof *o->words)))
            return fail(why, STATUS_NO_MEMORY, "no memory for the command line.");
        o->words[o->word_count++] = word;
    } else if (o->first) {
        return fail(why, STATUS_USAGE, "%s takes one %s: \"%.40s\" is one too many.", verb->name,
                    verb->argument, word);
    }
    if (!o->first)
        o->first = word;
    return STATUS_OK;
}

static error_t parse_one(int key, char *argument, struct argp_state *state)
{
    struct parse *parse = state->input;
    if (key == ARGP_KEY_ARG) {
        parse->status = take_word(argument, parse->options, parse->why);
        return parse->status == STATUS_OK ? 0 : EINVAL;
    }
    for (size_t i = 0; i < option_count; i++)
        if (key_of(&option_rows[i]) == key) {
            parse->status =
                option_rows[i].take(&option_rows[i], argument, parse->options, parse->why);
            return parse->status == STATUS_OK ? 0 : EINVAL;
        }
    return ARGP_ERR_UNKNOWN;
}

/* The rows of a verb as argp wants them, under their headings. rows has room for option_count
 * headings and an end too. */
static void rows_of(const struct verb *verb, struct argp_option *rows)
{
    const char *heading = "";
    int group = 0;
    size_t used = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(verb->options & (unsigned)row->group))
            continue;
        if (strcmp(heading, option_heading(row->group)) != 0) {
            heading = option_heading(row->group);
            group++;
            rows[used++] = (struct argp_option){.doc = heading, .group = group};
        }
        rows[used++] =
            (struct argp_option){row->name, key_of(row), row->argument, 0, row->text, group};
    }
    rows[used] = (struct argp_option){0};
}

/* A verb's options in argp's words; the pointers inside point into the struct itself. */
struct grammar {
    struct argp_option rows[2 * OPTIONS_MAX + 1];
    char name[32], arguments[64], about[1600];
    struct argp argp;
};

static void grammar_of(const struct verb *verb, struct grammar *g)
{
    rows_of(verb, g->rows);
    snprintf(g->name, sizeof g->name, "gpubench %s", verb->name);
    snprintf(
        g->about, sizeof g->about,
        "%s\vExit status: 0 all is well; 1 a failed or wrong result; 2 usage; %s%s77 no usable "
        "GPU; 130 interrupted.",
        verb->about,
        verb->options & OPTIONS_GATE ? "3 slower; 4 cannot be told, with --strict; 5 not "
                                       "comparable, or no baseline; "
                                     : "",
        verb->options & OPTIONS_SERVER ? "6 a server failed, the result is saved; " : "");
    snprintf(g->arguments, sizeof g->arguments, verb->optional ? "[%s]" : "%s",
             verb->argument ? verb->argument : "");
    g->argp = (struct argp){.options = g->rows,
                            .parser = parse_one,
                            .args_doc = verb->argument ? g->arguments : NULL,
                            .doc = g->about};
}

void options_help(const struct verb *verb, FILE *to)
{
    struct grammar grammar;
    grammar_of(verb, &grammar);
    setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
    argp_help(&grammar.argp, to, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC,
              grammar.name);
}

enum status options_parse(const struct verb *verb, int argc, char **argv, struct options *options,
                          struct failure *why)
{
    *options = (struct options){
        .verb = verb, .argc = argc, .argv = argv, .op = OP_SUM_AAT, .seed = 1, .range = RANGE_UNIT};
    if (options_check(verb, argc, argv, why) != STATUS_OK)
        return STATUS_USAGE;

    struct grammar grammar;
    grammar_of(verb, &grammar);
    struct parse parse = {options, why, STATUS_OK};
    const error_t error =
        argp_parse(&grammar.argp, argc, argv,
                   ARGP_NO_HELP | ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_IN_ORDER, NULL, &parse);
    if (error && parse.status != STATUS_OK)
        return parse.status;
    if (error)
        return fail(why, STATUS_USAGE,
                    "the command line cannot be understood (%s): see gpubench %s --help.",
                    strerror(error), verb->name);
    if (options->help)
        return STATUS_OK;
    if (options->output && strcmp(options->output, "-") == 0) {
        options->output = NULL;
        options->json = (verb->options & OPTIONS_RECORD) != 0; /* the result itself is JSON */
    }
    if (verb->argument && !verb->optional) {
        if (!options->first && verb->run != cmd_run)
            return fail(why, STATUS_USAGE, "%s needs %s: see gpubench %s --help.", verb->name,
                        verb->argument, verb->name);
        if (!options->first)
            return fail(why, STATUS_USAGE,
                        "%s needs N, the order of the matrix: for example gpubench %s 10000",
                        verb->name, verb->name);
        if (verb->run == cmd_run)
            return words_parse_n(options->first, &options->n, why);
    }
    return STATUS_OK;
}

void options_free(struct options *options)
{
    free(options->words);
    options->words = NULL;
}
