/* manual.c - the manual page, made from the tables of verbs and options. */
#include "bench/manual.h"

#include "bench/verbs.h"
#include "harness/export/export.h"

#include <stdio.h>
#include <string.h>

/* Escapes hyphens. No text has a backslash, or begins like a request, with a full stop. */
static void roff(const char *text)
{
    for (; *text; text++)
        if (*text == '-')
            fputs("\\-", stdout);
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
    if (!option_is_format(row))
        return;
    puts(".RS");
    for (size_t i = 0; i < exporter_count; i++) {
        fputs(".TP\n.B ", stdout);
        roff(exporters[i].name);
        putchar('\n');
        roff(exporters[i].what);
        putchar('\n');
    }
    puts(".RE");
}

/* "(gpu, cpu)": the verbs that take an option group. */
static void verbs_with(enum option_group group)
{
    const char *between = "(";
    for (size_t i = 0; i < verb_count; i++)
        if (verbs[i]->options & (unsigned)group) {
            printf("%s%s", between, verbs[i]->name);
            between = ", ";
        }
    puts(")");
}

static void man_verbs(void)
{
    puts(".SH COMMANDS");
    for (size_t i = 0; i < verb_count; i++) {
        const struct verb *v = verbs[i];
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
    puts("\n.TP\n.B 129, 143\nended by SIGHUP or SIGTERM; nothing was saved");
}

void manual_print(void)
{
    puts(".\\\" Made by gpubench --print=man from the tables of verbs and options.\n"
         ".TH GPUBENCH 1 \"2026-11-29\" gpubench \"User Commands\"\n"
         ".SH NAME\n"
         "gpubench \\- sum of A·Aᵀ for a random matrix: GPU against CPU, verified\n"
         ".SH SYNOPSIS");
    for (size_t i = 0; i < verb_count; i++) {
        const struct verb *v = verbs[i];
        printf("%s.B gpubench %s\n", i ? ".br\n" : "", v->name);
        if (v->options & ~(unsigned)OPTIONS_HELP)
            puts("[\\fIOPTION\\fR...]");
        if (v->argument)
            printf(v->optional ? "[\\fI%s\\fR]\n" : "\\fI%s\\fR\n", v->argument);
    }
    puts(
        ".SH DESCRIPTION\n"
        "Makes a random N×N matrix A, computes the sum of all entries of A·Aᵀ, on the GPU or on the CPU,\n"
        "verifies it against float64, and prints how long every step took and how fast the device is once\n"
        "warm.\n"
        "The first lines are those of a widely used TensorFlow script: the sum, \"Shape: (N, N) Device:\n"
        "/gpu:0\" and \"Time taken: 0:00:00.341208\", which runs from the opening of the device to the sum on\n"
        "the host.\n"
        "No time is reported for a wrong result.\n"
        ".PP\n"
        "Results go to standard output, everything else to standard error.\n"
        "Each run is saved as a JSON file in the results directory.");
    man_verbs();
    man_options();
    man_statuses();
    puts(
        ".SH ENVIRONMENT\n"
        ".TP\n.B GPUBENCH_RESULTS\nThe results directory, if \\-\\-results is not given.\n"
        ".TP\n.B XDG_DATA_HOME\nThe results directory is gpubench/results below this, if neither of the above is\n"
        "given; ~/.local/share if this is not set either.\n"
        ".TP\n.B XDG_CONFIG_HOME\nThe figures of a site, which \\fBreference add\\fR writes, are in gpubench/ below this;\n"
        "~/.config if this is not set.\n"
        ".TP\n.B GPUBENCH_MPI\nThe plugin for MPI to load, by its file; without it, the one that suits the launcher.\n"
        ".TP\n.B GPUBENCH_HANG_SECONDS\nHow long a call of the GPU's driver, or the loading of OpenBLAS, may take (default: 60), plus 200 times what its\n"
        "work would take at the device's peak. After that the run ends with exit status 1 and saves what was\n"
        "measured so far. 0: no limit.\n"
        ".TP\n.B OPENBLAS_CORETYPE\nThe kernels that OpenBLAS runs. If it is not set, and OpenBLAS would run kernels below\n"
        "the CPU's instruction set, gpubench picks the best by a short trial.\n"
        ".TP\n.B OPENBLAS_NUM_THREADS, GOTO_NUM_THREADS, OMP_NUM_THREADS\nThe first that holds a number lowers the threads of the\n"
        "CPU, those of \\-\\-threads too.\n"
        ".TP\n.B GPUBENCH_TOKEN\nThe token for the server of \\-\\-publish, publish or a baseline's address, if \\-\\-token\\-file is not given.\n"
        ".TP\n.B GPUBENCH_PUBLISH_URL\nWhere publish sends results, if \\-\\-to is not given.\n"
        ".TP\n.B CUDA_VISIBLE_DEVICES, CUDA_DEVICE_ORDER\nWhich GPUs are seen and how they are numbered; set the order to PCI_BUS_ID to number them as nvidia\\-smi does.\n"
        ".TP\n.B NO_COLOR\nIf set and not empty, no colour unless \\-\\-color=always.\n"
        ".TP\n.B GPUBENCH_HOST\nRecorded as the host\'s name, if \\-\\-host is not given.\n"
        ".TP\n.B GPUBENCH_IMAGE_DIGEST\nRecorded as the digest of the container image.\n"
        ".TP\n.B GPUBENCH_REDACT_SALT\nA secret text for the digests of \\-\\-redact, the same on all hosts, without which names can be guessed.\n"
        ".TP\n.B AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN\nThe key that s3+https requests are signed with.\n"
        ".TP\n.B AWS_REGION, AWS_DEFAULT_REGION\nThe region that they are signed for (default: us\\-east\\-1).\n"
        ".TP\n.B XDG_CACHE_HOME\nCopies of baselines are in gpubench/baselines below this, else below ~/.cache.\n"
        ".TP\n.B GPUBENCH_PLUGINS\nWhere libgpubench\\-cub.so is looked for first.\n"
        ".SH FILES\n"
        ".TP\n.I ~/.local/share/gpubench/results\nThe results directory by default: a folder for each class of machine, a JSON file for each run.\n"
        ".TP\n.I ~/.netrc\nUsers and passwords of servers, if there is no token.\n"
        ".SH EXAMPLES\n"
        ".TP\n.B gpubench gpu 10000\nOne verified run on the first GPU, and its speed once warm.\n"
        ".TP\n.B gpubench gpu 10000 \\-\\-all\nEvery variant in one table.\n"
        ".TP\n.B gpubench cpu 4000 \\-\\-json | jq .\nThe result as JSON.\n"
        ".SH SEE ALSO\n"
        ".BR nvidia\\-smi (1),\n.BR numactl (8),\n.BR jq (1);\nmethod, formats and guides are below docs/ of the source.");
}
