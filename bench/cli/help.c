/* help.c - the --help of a verb: argp formats the table of options. */
#include "bench/cli/options.h"
#include "bench/cli/verb.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

/* A verb's options as argp takes them, under their headings. rows has room for option_count rows,
 * as many headings, and an end. */
static void fill_rows(const struct verb *verb, struct argp_option *rows)
{
    const char *heading = "";
    int group = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(verb->options & (unsigned)row->group))
            continue;
        if (strcmp(heading, option_heading(row->group)) != 0) {
            heading = option_heading(row->group);
            group++;
            *rows++ = (struct argp_option){.doc = heading, .group = group};
        }
        *rows++ = (struct argp_option){row->name,     row->letter ? row->letter : 256 + (int)i,
                                       row->argument, 0,
                                       row->text,     group};
    }
    *rows = (struct argp_option){0};
}

void options_help(const struct verb *verb, FILE *to)
{
    struct argp_option rows[2 * OPTIONS_MAX + 1];
    char name[32], arguments[64], about[1600];
    fill_rows(verb, rows);
    snprintf(name, sizeof name, "gpubench %s", verb->name);
    snprintf(arguments, sizeof arguments, verb->optional ? "[%s]" : "%s",
             verb->argument ? verb->argument : "");
    snprintf(about, sizeof about,
             "%s\vExit status: 0 success; 1 a failed or wrong result; 2 usage; %s%s77 no usable "
             "GPU; 129, 130, 143 interrupted (SIGHUP, Ctrl-C, SIGTERM).",
             verb->about,
             verb->options & OPTIONS_GATE ? "3 slower; 4 inconclusive, with --strict; 5 not "
                                            "comparable, or no baseline; "
                                          : "",
             verb->options & OPTIONS_SERVER ? "6 a server failed, the result is saved; " : "");
    const struct argp argp = {
        .options = rows, .args_doc = verb->argument ? arguments : NULL, .doc = about};
    setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
    argp_help(&argp, to, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
}
