/* verbs.c - the table of verbs. */
#include "bench/cli/verb.h"

#include "bench/terminal/words.h"

#include <ctype.h>
#include <string.h>

enum { PUBLISH = OPTIONS_REDACT | OPTIONS_SERVER, FETCH = OPTIONS_FETCH | OPTIONS_SERVER };
enum {
    RUN = OPTIONS_WORK | OPTIONS_TIME | OPTIONS_FILE | OPTIONS_RECORD | OPTIONS_STORE |
          OPTIONS_JSON | OPTIONS_PUBLISH | PUBLISH
};

const struct verb verbs[] = {
    {"gpu", "N", false, "sum of A·Aᵀ for a random N×N matrix A, on the GPU",
     "Makes a random N×N matrix A with entries in [0,1) on the GPU, computes the sum of all "
     "entries of A·Aᵀ, verifies it "
     "against float64, and says how long each step took and how fast the GPU is once warm.",
     RUN | OPTIONS_CACHE | OPTIONS_GPU | OPTIONS_DEVICES | OPTIONS_TALK | OPTIONS_HELP, cmd_run},
    {"cpu", "N", false, "the same on the CPU",
     "Makes the same matrix, bit for bit, on the CPU, computes the sum of all entries of A·Aᵀ, "
     "verifies it against "
     "float64, and says how long each step took and how fast the CPU is once warm.",
     RUN | OPTIONS_CPU | OPTIONS_TALK | OPTIONS_HELP, cmd_run},
    {"compare", "FILE...", false, "two sets of results judged, or many hosts side by side",
     "Of two names, each a result file, a directory of them, a baseline or - for standard input, "
     "says for every result whether the second is the SAME, FAST, SLOW, or whether that is UNSURE: "
     "the middle ratio of the process medians with its 99 % interval, without any assumption about "
     "their distribution. One run a side can show a ratio and never a verdict; five can. Of one "
     "directory, or of three names or more, shows the hosts in them side by side, the fastest "
     "marked and those named that are not like the others.",
     OPTIONS_GATE | FETCH | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
     cmd_compare},
    {"ab", "COMMAND...", false, "two builds or configurations in turns, on this machine",
     "Runs two commands, each of them gpubench or something that runs it, in turns (A B B A A B "
     "…), "
     "so that drift falls on both, and says whether the second is the SAME, FAST or SLOW, from the "
     "signed ranks of the pairs: 10 of them, 20 if it cannot be told by then, and SLOW only if it "
     "is so twice. For example: gpubench ab -- ./old/gpubench gpu 10000 -- ./new/gpubench gpu "
     "10000",
     OPTIONS_REPEAT | OPTIONS_GATE | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
     cmd_ab},
    {"check", "COMMAND...", true, "measure now and hold it against a baseline, for CI",
     "Measures what the baseline measured, in 10 processes and in 20 if it cannot be told by then, "
     "and says whether it is the SAME, FAST or SLOW; SLOW only if it is so twice. --update makes "
     "the baseline: gpubench check --baseline main.json --update -- gpu 10000. Several commands "
     "are set apart by another --. What the clocks explain, heat or another frequency, is UNSURE "
     "and not SLOW. In GitHub Actions verdicts are annotations and a step summary too.",
     OPTIONS_BASELINE | OPTIONS_REPEAT | OPTIONS_GATE | FETCH | OPTIONS_STORE | OPTIONS_JSON |
         OPTIONS_TALK | OPTIONS_HELP,
     cmd_check},
    {"sweep", "FROM:TO[:STEPS]", false, "GPU against CPU over N, and from which N the GPU wins",
     "Measures GPU and CPU at orders N from FROM to TO, each the same factor after the one before "
     "it (two steps for each doubling if STEPS is left out), and says from which N the GPU always "
     "wins: with the matrix on the GPU already, copied there once for ten calls, and copied for "
     "each call from pinned and from pageable memory. Each finished point is a result file; a "
     "sweep that was interrupted goes on when the same command is given again.",
     RUN | OPTIONS_GPU | OPTIONS_CPU | OPTIONS_SWEEP | OPTIONS_TALK | OPTIONS_HELP, cmd_sweep},
    {"export", "FILE...", false, "results in the formats that other programs read",
     "Writes results out of files and directories (-: standard input) in another program's format. "
     "Where a format has room for it, each run is there with its median; else runs of one key on "
     "one "
     "host are one figure, the median of theirs.",
     OPTIONS_FORMAT | OPTIONS_FILE | OPTIONS_TALK | OPTIONS_HELP, cmd_export},
    {"report", "FILE...", true, "a page to look at: one HTML file, or Markdown",
     "Makes one self-contained HTML page out of results in files and directories (default: the "
     "results directory): bars by variant, speed against N under the device's peak, error against "
     "speed, samples with their clocks, hosts against each other, GPU against CPU. Pictures are "
     "drawn by gnuplot, for light and dark and for a phone; without it there are the tables. The "
     "page loads nothing, and holds the results as JSON.",
     OPTIONS_PAGE | OPTIONS_FILE | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
     cmd_report},
    {"plot", "FILE...", true, "the pictures of a report, in the terminal",
     "Draws the pictures of `gpubench report` with characters, by gnuplot; without it there are "
     "the "
     "tables.",
     OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP, cmd_plot},
    {"history", "KEY [FILE...]", false,
     "the runs of one result in the order of time, and its changes",
     "Shows the runs of a result, named by its key, out of files and directories (default: the "
     "results directory), one a line, and marks where the level changed: a Mann-Whitney test of "
     "the runs before and after (p < 0.001) and at least 3 % on a GPU, 5 % on a CPU. KEY may have "
     "* "
     "and ?, and \"KEY@HOST\" is one host's.",
     OPTIONS_HISTORY | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP, cmd_history},
    {"list", NULL, false, "every variant, what it needs, and whether it can run here",
     "Lists every way to do each operation: operation, arithmetic, variant, whether it can run "
     "here, what it needs, and "
     "its idea in one line.",
     OPTIONS_GPU | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP, cmd_list},
    {"doctor", NULL, false, "check driver, devices, libraries and container",
     "Checks driver, devices, libraries, container and directories. Each line ends in ok, warn or "
     "fail, with what to type then. The last line is \"Result = PASS\" (exit 0), \"Result = NO "
     "GPU\" if only the "
     "CPU can be measured "
     "here (exit 77), or \"Result = FAIL\" (exit 1).",
     OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP, cmd_doctor},
    {"publish", "FILE...", true, "send results to a server, losing none",
     "Sends result files, or all below a directory, to a server: object stores and WebDAV, a "
     "Pushgateway, InfluxDB. What cannot be sent now is kept in .pending in the results directory, "
     "and gpubench publish --pending sends it (exit 6 until all is sent). Sending a result twice "
     "is "
     "sending it once.",
     OPTIONS_SEND | PUBLISH | OPTIONS_STORE | OPTIONS_TALK | OPTIONS_HELP, cmd_publish},
    {"help", "VERB", true, "what a verb does and its options", "Prints the help of a verb.",
     OPTIONS_HELP, cmd_help},
};
const size_t verb_count = sizeof verbs / sizeof *verbs;

const struct verb *verb_find(const char *name, struct failure *why)
{
    const char *names[sizeof verbs / sizeof *verbs];
    for (size_t i = 0; i < verb_count; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
        names[i] = verbs[i].name;
    }
    const char *near = words_nearest(name, names, verb_count);
    if (isdigit((unsigned char)*name))
        fail(why, STATUS_USAGE, "which device? gpubench gpu %.40s, or gpubench cpu %.40s", name,
             name);
    else if (near)
        fail(why, STATUS_USAGE,
             "unknown verb \"%.40s\": did you mean \"%s\"? gpubench --help shows all.", name, near);
    else
        fail(why, STATUS_USAGE, "unknown verb \"%.40s\": gpubench --help shows all.", name);
    return NULL;
}

bool verb_takes_many(const struct verb *verb)
{
    return verb->argument && strstr(verb->argument, "...");
}

void verbs_overview(FILE *to)
{
    fputs("gpubench: a random N×N matrix A, the sum of A·Aᵀ, GPU against CPU, verified\n\n", to);
    for (size_t i = 0; i < verb_count; i++) {
        fprintf(to, "  gpubench %-8s", verbs[i].name);
        words_left(to, verbs[i].argument ? verbs[i].argument : "", 12);
        fprintf(to, "%s\n", verbs[i].line);
    }
    fputs("\nFor example:\n"
          "  gpubench gpu 10000          one verified run, and the speed once warm\n"
          "  gpubench gpu 10000 --all    every variant in one table\n"
          "\n"
          "gpubench VERB --help shows a verb's options; gpubench --version, the version.\n",
          to);
}

enum status cmd_help(const struct options *options, struct failure *why)
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
