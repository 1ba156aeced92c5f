/* verbs.c - the list of verbs, the overview, and the verb help. */
#include "bench/verbs.h"

#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"

#include <ctype.h>
#include <string.h>

static enum status cmd_help(const struct options *options, struct failure *why)
{
    if (!options->first) {
        verbs_overview(stdout);
        return STATUS_OK;
    }
    const struct verb *verb = verb_find(options->first, why);
    if (!verb)
        return STATUS_USAGE;
    options_help(verb, stdout);
    return STATUS_OK;
}

static const struct verb verb_help = {
    .name = "help",
    .argument = "VERB",
    .optional = true,
    .line = "show what a verb does and its options",
    .about = "Prints the help of a verb.",
    .options = OPTIONS_HELP,
    .run = cmd_help,
};

const struct verb *const verbs[] = {
    &verb_gpu,    &verb_cpu,       &verb_compare, &verb_ab,   &verb_check,   &verb_sweep,
    &verb_soak,   &verb_export,    &verb_report,  &verb_plot, &verb_history, &verb_list,
    &verb_doctor, &verb_reference, &verb_publish, &verb_help,
};
const size_t verb_count = sizeof verbs / sizeof *verbs;

const struct verb *verb_find(const char *name, struct failure *why)
{
    const char *names[sizeof verbs / sizeof *verbs];
    for (size_t i = 0; i < verb_count; i++) {
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
        names[i] = verbs[i]->name;
    }
    static const char *const runs[] = {"run", "bench", "benchmark", "measure", "time", "test"};
    char lower[24];
    snprintf(lower, sizeof lower, "%s", name);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    const char *near = words_nearest(lower, names, verb_count);
    bool is_run = isdigit((unsigned char)*name);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        is_run = is_run || strcmp(runs[i], lower) == 0;
    if (is_run) {
        const char *n = isdigit((unsigned char)*name) ? name : "N";
        fail(why, STATUS_USAGE, "which device? gpubench gpu %.40s, or gpubench cpu %.40s", n, n);
    } else if (strcmp(lower, "version") == 0)
        fail(why, STATUS_USAGE, "%.40s is no verb: gpubench --version shows the version.", name);
    else if (near)
        fail(why, STATUS_USAGE,
             "unknown verb \"%.40s\": did you mean \"%s\"? gpubench --help shows all.", name, near);
    else
        fail(why, STATUS_USAGE, "unknown verb \"%.40s\": gpubench --help shows all.", name);
    return NULL;
}

/* Commands and what they do; on a narrow terminal each has two lines or more. */
static void print_commands(FILE *to, const char *const (*rows)[2], size_t count)
{
    static const char *const no_heads[] = {"", ""};
    struct grid g = {.heads = no_heads, .columns = 2, .left = 3, .below = 1 << 1};
    for (size_t i = 0; i < count; i++) {
        grid_addf(&g, "gpubench %s", rows[i][0]);
        grid_add(&g, rows[i][1]);
    }
    grid_text(to, &g);
    grid_free(&g);
}

void verbs_overview(FILE *to)
{
    static const char *const examples[][2] = {
        {"gpu 10000", "one verified run, and the speed once warm"},
        {"gpu 10000 --all", "every variant in one table"}};
    char names[sizeof verbs / sizeof *verbs][40];
    const char *rows[sizeof verbs / sizeof *verbs][2];
    for (size_t i = 0; i < verb_count; i++) {
        const char *argument = verbs[i]->argument ? verbs[i]->argument : "";
        snprintf(names[i], sizeof names[i], "%s%s%s", verbs[i]->name, *argument ? " " : "",
                 argument);
        rows[i][0] = names[i];
        rows[i][1] = verbs[i]->line;
    }
    lines_printf(to, "gpubench: the sum of A·Aᵀ for a random N×N matrix A, GPU against CPU, "
                     "verified");
    fputc('\n', to);
    print_commands(to, rows, verb_count);
    fputs("\nFor example:\n", to);
    print_commands(to, examples, 2);
    fputc('\n', to);
    lines_printf(to, "gpubench VERB --help shows a verb's options; gpubench --version, the "
                     "version.");
}
