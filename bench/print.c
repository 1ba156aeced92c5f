/* print.c - the manual page and the shell completions, out of the tables of verbs and options. */
#include "bench/print.h"

#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "harness/export/export.h"

#include <stdio.h>
#include <string.h>

/* Text as roff takes it: hyphens and backslashes kept, no line that starts like a request. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
}

static void man_option(const struct option_row *row)
{
    puts(".TP");
    fputs(".B ", stdout);
    if (row->letter)
        printf("\\-%c, ", row->letter);
    fputs("\\-\\-", stdout);
    roff(row->name);
    if (row->argument) {
        fputs(" \\fI", stdout);
        roff(row->argument);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    roff(row->text);
    puts(".");
}

/* "gpu, cpu": the verbs that take an option group. */
static void verbs_with(enum option_group group)
{
    const char *between = "(";
    for (size_t i = 0; i < verb_count; i++)
        if (verbs[i].options & (unsigned)group) {
            printf("%s%s", between, verbs[i].name);
            between = ", ";
        }
    puts(")");
}

static void man_verbs(void)
{
    puts(".SH COMMANDS");
    for (size_t i = 0; i < verb_count; i++) {
        const struct verb *v = &verbs[i];
        printf(".TP\n.B gpubench %s", v->name);
        if (v->argument)
            printf(v->optional ? " \\fR[\\fI%s\\fR]" : " \\fI%s\\fR", v->argument);
        putchar('\n');
        roff(v->about);
        putchar('\n');
    }
}

static void man_options(void)
{
    enum option_group group = 0;
    puts(".SH OPTIONS");
    for (size_t i = 0; i < option_count; i++) {
        if (option_rows[i].group != group) {
            group = option_rows[i].group;
            fputs(".SS ", stdout);
            size_t length = strlen(option_heading(group));
            printf("%.*s ", (int)length - 1, option_heading(group));
            verbs_with(group);
        }
        man_option(&option_rows[i]);
    }
}

static void man_statuses(void)
{
    static const struct {
        int code;
        const char *text;
    } statuses[] = {
#define X(name, code, text) {code, text},
        STATUS_LIST(X)
#undef X
    };
    puts(".SH EXIT STATUS");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (i > 0 && statuses[i].code == statuses[i - 1].code)
            printf("; %s", statuses[i].text);
        else
            printf("%s.TP\n.B %d\n%s", i ? "\n" : "", statuses[i].code, statuses[i].text);
    }
    putchar('\n');
}

static void man(void)
{
    puts(".\\\" Made by gpubench --print=man from the tables of verbs and options.\n"
         ".TH GPUBENCH 1 \"\" gpubench \"User Commands\"\n"
         ".SH NAME\n"
         "gpubench \\- sum of A·Aᵀ for a random matrix: GPU against CPU, verified\n"
         ".SH SYNOPSIS");
    for (size_t i = 0; i < verb_count; i++) {
        const struct verb *v = &verbs[i];
        printf("%s.B gpubench %s\n", i ? ".br\n" : "", v->name);
        if (v->options & ~(unsigned)OPTIONS_HELP)
            puts("[\\fIOPTION\\fR...]");
        if (v->argument)
            printf(v->optional ? "[\\fI%s\\fR]\n" : "\\fI%s\\fR\n", v->argument);
    }
    puts(".SH DESCRIPTION\n"
         "Makes a random N×N matrix A, computes the sum of all entries of A·Aᵀ, on the GPU or on "
         "the CPU, verifies it\n"
         "against float64 and says how long every step took and how fast the device is once warm.\n"
         "The first lines are those of an often used TensorFlow script: the sum, \"Shape: (N, N) "
         "Device: /gpu:0\" and\n"
         "\"Time taken: 0:00:00.341208\", which runs from the opening of the device to the sum on "
         "the host.\n"
         "No time is reported for a result that is not right.\n"
         ".PP\n"
         "Results go to standard output, everything else to standard error.\n"
         "Each run is saved as a JSON file in the results directory.");
    man_verbs();
    man_options();
    man_statuses();
    puts(".SH ENVIRONMENT\n"
         ".TP\n.B GPUBENCH_RESULTS\nThe results directory, if \\-\\-results is not given.\n"
         ".TP\n.B XDG_DATA_HOME\nWhere the results directory gpubench/results is, if neither is "
         "given; ~/.local/share if\n"
         "this is not set either.\n"
         ".TP\n.B GPUBENCH_HANG_SECONDS\nHow long a call of the GPU's driver may take, beside 200 "
         "times "
         "what its work would take at\n"
         "the device's peak, before the run ends with exit status 1 and what was measured so far; "
         "60 "
         "if not set, 0 for ever.\n"
         ".TP\n.B NO_COLOR\nIf set and not empty, no colour unless \\-\\-color=always.\n"
         ".TP\n.B GPUBENCH_IMAGE_DIGEST\nRecorded as the digest of the container image.\n"
         ".SH EXAMPLES\n"
         ".TP\n.B gpubench gpu 10000\nOne verified run on the first GPU, and its speed once warm.\n"
         ".TP\n.B gpubench gpu 10000 \\-\\-all\nEvery variant in one table.\n"
         ".TP\n.B gpubench cpu 4000 \\-\\-json | jq .\nThe result as JSON.");
}

/* The words a list stands for; "" for files and directories, which shells know themselves. */
static void choices(const char *list)
{
    if (strcmp(list, "@ops") == 0) {
        for (int i = 0; i < OP_COUNT; i++)
            printf("%s%s", i ? " " : "", op_name((enum op)i));
    } else if (strcmp(list, "@arithmetics") == 0) {
        for (int i = 0; i < ARITH_COUNT; i++)
            printf("%s%s", i ? " " : "", arithmetic_name((enum arithmetic)i));
    } else if (strcmp(list, "@variants") == 0) {
        fputs("auto", stdout);
        for (size_t p = 0; p < place_count; p++)
            for (size_t i = 0; i < places[p].backend->variant_count; i++) {
                const struct variant *all = places[p].backend->variants;
                bool seen = false;
                for (size_t k = 0; k < i; k++)
                    seen = seen || strcmp(all[k].name, all[i].name) == 0;
                if (!seen)
                    printf(" %s", all[i].name);
            }
    } else if (strcmp(list, "@formats") == 0) {
        for (size_t i = 0; i < exporter_count; i++)
            printf("%s%s", i ? " " : "", exporters[i].name);
    } else if (list[0] != '@') {
        fputs(list, stdout);
    }
}

static void bash(void)
{
    puts("# bash completion for gpubench, made by gpubench --print=bash\n"
         "_gpubench()\n"
         "{\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
         "    if [ \"$word\" = = ]; then word=; elif [ \"$before\" = = ]; then "
         "before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "    case $before in");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!row->argument)
            continue;
        printf("    --%s%s%.1s) ", row->name, row->letter ? "|-" : "",
               row->letter ? (char[]){(char)row->letter, 0} : "");
        if (row->choices && strcmp(row->choices, "@files") == 0) {
            puts("COMPREPLY=($(compgen -f -- \"$word\")); return ;;");
        } else if (row->choices && strcmp(row->choices, "@directories") == 0) {
            puts("COMPREPLY=($(compgen -d -- \"$word\")); return ;;");
        } else {
            fputs("COMPREPLY=($(compgen -W \"", stdout);
            choices(row->choices ? row->choices : "");
            puts("\" -- \"$word\")); return ;;");
        }
    }
    puts("    esac\n"
         "    case ${COMP_CWORD}:${COMP_WORDS[1]} in");
    fputs("    1:*) words=\"", stdout);
    for (size_t i = 0; i < verb_count; i++)
        printf("%s ", verbs[i].name);
    puts("--help --version\" ;;");
    for (size_t v = 0; v < verb_count; v++) {
        printf("    *:%s) words=\"", verbs[v].name);
        for (size_t i = 0; i < option_count; i++)
            if (verbs[v].options & (unsigned)option_rows[i].group)
                printf("--%s ", option_rows[i].name);
        puts("\" ;;");
    }
    puts("    esac\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _gpubench gpubench");
}

/* Text within single quotes and, for zsh, within a description in brackets. */
static void quoted(const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr(escaped, *text))
            putchar('\\');
        putchar(*text);
    }
}

static void zsh(void)
{
    puts("#compdef gpubench\n"
         "# made by gpubench --print=zsh\n"
         "_gpubench() {\n"
         "    local -a verbs\n"
         "    verbs=(");
    for (size_t i = 0; i < verb_count; i++) {
        printf("        '%s:", verbs[i].name);
        quoted(verbs[i].line, ":\\");
        puts("'");
    }
    puts("    )\n"
         "    if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
         "    local verb=$words[2]\n"
         "    shift words; (( CURRENT-- ))\n"
         "    case $verb in");
    for (size_t v = 0; v < verb_count; v++) {
        printf("    %s) _arguments", verbs[v].name);
        for (size_t i = 0; i < option_count; i++) {
            const struct option_row *row = &option_rows[i];
            if (!(verbs[v].options & (unsigned)row->group))
                continue;
            printf(" \\\n        '--%s%s[", row->name, row->argument ? "=" : "");
            quoted(row->text, "[]:\\");
            putchar(']');
            if (row->argument) {
                putchar(':');
                quoted(row->argument, "[]:\\");
                putchar(':');
                if (row->choices && strcmp(row->choices, "@files") == 0)
                    fputs("_files", stdout);
                else if (row->choices && strcmp(row->choices, "@directories") == 0)
                    fputs("_files -/", stdout);
                else if (row->choices) {
                    putchar('(');
                    choices(row->choices);
                    putchar(')');
                }
            }
            putchar('\'');
        }
        if (verbs[v].argument)
            printf(" \\\n        ':%s:'", verbs[v].argument);
        puts(" ;;");
    }
    puts("    esac\n"
         "}\n"
         "_gpubench \"$@\"");
}

static void fish(void)
{
    puts("# fish completion for gpubench, made by gpubench --print=fish\n"
         "complete -c gpubench -f");
    for (size_t i = 0; i < verb_count; i++) {
        printf("complete -c gpubench -n __fish_use_subcommand -a %s -d '", verbs[i].name);
        quoted(verbs[i].line, "\\");
        puts("'");
    }
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        fputs("complete -c gpubench -n '__fish_seen_subcommand_from", stdout);
        for (size_t v = 0; v < verb_count; v++)
            if (verbs[v].options & (unsigned)row->group)
                printf(" %s", verbs[v].name);
        printf("' -l %s", row->name);
        if (row->letter)
            printf(" -s %c", row->letter);
        if (row->argument)
            fputs(row->choices && row->choices[0] == '@' &&
                          strstr("@files @directories", row->choices)
                      ? " -r -F"
                      : " -x",
                  stdout);
        if (row->choices && !strstr("@files @directories", row->choices)) {
            fputs(" -a '", stdout);
            choices(row->choices);
            putchar('\'');
        }
        fputs(" -d '", stdout);
        quoted(row->text, "\\");
        puts("'");
    }
}

enum status print_generated(const char *what, struct failure *why)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } kinds[] = {{"man", man}, {"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, what) == 0) {
            kinds[i].print();
            return STATUS_OK;
        }
    return fail(why, STATUS_USAGE, "--print=%.40s: choose one of: man bash zsh fish.", what);
}
