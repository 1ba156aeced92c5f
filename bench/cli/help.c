/* help.c - the --help of a verb: argp formats the table of options. */
#include "bench/cli/options.h"
#include "bench/cli/verb.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/export/export.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

/* A verb's options as argp takes them, under their headings, and the formats if it has --format.
 * `rows` has room for option_count rows, as many headings, the formats with theirs, and an end. */
static void fill_rows(const struct verb *verb, struct argp_option *rows)
{
    const char *heading = "";
    int group = 0;
    bool has_format = false;
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
        has_format = has_format || option_is_format(row);
    }
    if (has_format)
        *rows++ = (struct argp_option){.doc = "Formats:", .group = group + 1};
    for (size_t i = 0; has_format && i < exporter_count; i++)
        *rows++ = (struct argp_option){.name = exporters[i].name,
                                       .flags = OPTION_DOC,
                                       .doc = exporters[i].what,
                                       .group = group + 1};
    *rows = (struct argp_option){0};
}

void options_help(const struct verb *verb, FILE *to)
{
    struct argp_option *rows = need_array(2 * option_count + exporter_count + 2, sizeof *rows);
    char name[32], arguments[64], about[1600];
    fill_rows(verb, rows);
    snprintf(name, sizeof name, "gpubench %s", verb->name);
    snprintf(arguments, sizeof arguments, verb->optional ? "[%s]" : "%s",
             verb->argument ? verb->argument : "");
    const bool reads_only = verb->options & (OPTIONS_FORMAT | OPTIONS_PAGE | OPTIONS_HISTORY) ||
                            strcmp(verb->name, "plot") == 0 || strcmp(verb->name, "reference") == 0;
    const bool reads = reads_only || strcmp(verb->name, "compare") == 0 ||
                       strcmp(verb->name, "check") == 0 || strcmp(verb->name, "publish") == 0;
    const bool runs_on_gpu = (verb->options & OPTIONS_TIME && verb->options & OPTIONS_GPU) ||
                             verb->options & (OPTIONS_REPEAT | OPTIONS_SOAK) ||
                             strcmp(verb->name, "doctor") == 0;
    snprintf(about, sizeof about,
             "%s\vExit status: 0 success; 1 a failed or wrong result%s; 2 usage; %s%s%s%s129, 130, "
             "143 interrupted (SIGHUP, Ctrl-C, SIGTERM).",
             verb->about, reads ? ", or a file that cannot be read" : "",
             verb->options & OPTIONS_GATE   ? "3 slower, or outliers; 4 inconclusive, with "
                                              "--strict; 5 not comparable, or no baseline or file; "
             : verb->options & OPTIONS_SOAK ? "3 slower or throttled; "
                                            : "",
             reads_only ? "5 a file is missing, or a directory holds no result; " : "",
             verb->options & OPTIONS_SERVER ? "6 a server failed, the result is saved; " : "",
             runs_on_gpu ? "77 no usable GPU; " : "");
    const struct argp argp = {
        .options = rows, .args_doc = verb->argument ? arguments : NULL, .doc = about};
    char format[160] = "no-dup-args-note";
    if (terminal_width(to) < 80) /* descriptions below their options */
        snprintf(format, sizeof format,
                 "no-dup-args-note,short-opt-col=0,long-opt-col=0,opt-doc-col=4,header-col=0,"
                 "usage-indent=2,rmargin=%zu",
                 terminal_width(to) > 20 ? terminal_width(to) - 1 : 19);
    setenv("ARGP_HELP_FMT", format, 0);
    char *text, *rest;
    size_t bytes;
    FILE *lines = need_stream(&text, &bytes);
    argp_help(&argp, lines, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
    need_stream_end(lines);
    for (char *line = text; *line; line = rest) {
        const size_t blanks = strspn(line, " ");
        rest = line + strcspn(line, "\n");
        rest += *rest == '\n';
        if (rest[-1] == '\n')
            rest[-1] = '\0';
        if (blanks && !line[blanks]) /* argp's, where a text ends at the margin */
            continue;
        words_left(to, "", blanks);
        if (words_width(line) > terminal_width(to))
            words_wrap(to, line + blanks, blanks, blanks ? blanks : 4, terminal_width(to));
        else
            fputs(line + blanks, to);
        fputc('\n', to);
    }
    free(text);
    free(rows);
}
