/* options.c - the table of options, and argp over it. */
#include "bench/options.h"

#include "bench/options_check.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "harness/export.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum key {
    KEY_OP = 256,
    KEY_VARIANT,
    KEY_ARITH,
    KEY_ALL,
    KEY_SEED,
    KEY_RANGE,
    KEY_DEVICE,
    KEY_ALL_DEVICES,
    KEY_IMAGE,
    KEY_MEMORY_LIMIT,
    KEY_THREADS,
    KEY_SAMPLES,
    KEY_MAX_TIME,
    KEY_CACHE,
    KEY_RESULTS,
    KEY_NO_SAVE,
    KEY_JSON,
    KEY_COLOR,
    KEY_CROSS_HOST,
    KEY_THRESHOLD,
    KEY_STRICT,
    KEY_JUNIT,
    KEY_BASELINE,
    KEY_UPDATE,
    KEY_SELF_TEST,
    KEY_ALLOW_MISSING,
    KEY_PROCESSES,
    KEY_PUBLISH,
    KEY_TO,
    KEY_PENDING,
    KEY_REDACT,
    KEY_TOKEN_FILE,
    KEY_CA_FILE,
    KEY_TIMEOUT,
    KEY_INSECURE_HTTP,
    KEY_OFFLINE,
    KEY_ONLY,
    KEY_FORMAT,
    KEY_MARKDOWN,
    KEY_TITLE,
    KEY_CSV,
};

const struct option_row option_rows[] = {
    {"op", KEY_OP, "OP", OPTIONS_WORK, "@ops",
     "sum-aat: the sum of A·Aᵀ (default); matmul: C = A·Aᵀ, every entry stored; reduce: the sum of "
     "A"},
    {"variant", KEY_VARIANT, "NAME[,NAME]", OPTIONS_WORK, "@variants",
     "Run these variants; * and ? match, and \"auto\" is the fastest verified f32 variant, which "
     "runs by default"},
    {"arith", KEY_ARITH, "NAME[,NAME]", OPTIONS_WORK, "@arithmetics",
     "Run variants in these arithmetics (default: f32; with --all, every one)"},
    {"all", KEY_ALL, NULL, OPTIONS_WORK, NULL,
     "Run every variant of the operation, interleaved, in one table"},
    {"seed", KEY_SEED, "S", OPTIONS_WORK, NULL, "Seed of the matrix (default: 1)"},
    {"range", KEY_RANGE, "RANGE", OPTIONS_WORK, "unit signed wide",
     "Entries of the matrix: unit, in [0,1) (default); signed, in [-1,1); or wide, in [-1,1) times "
     "a "
     "power of two, or zero, that differs from row to row"},
    {"device", KEY_DEVICE, "I", OPTIONS_GPU, NULL, "Which GPU (default: 0)"},
    {"all-devices", KEY_ALL_DEVICES, NULL, OPTIONS_DEVICES, NULL,
     "Every GPU of this host, a process each, in turn and then all at once: a table of what that "
     "costs each"},
    {"image", KEY_IMAGE, "NAME", OPTIONS_GPU, "native hopper ampere portable",
     "Kernels from this image only: native, hopper, ampere or portable (default: the best that "
     "loads)"},
    {"memory-limit", KEY_MEMORY_LIMIT, "BYTES", OPTIONS_GPU, NULL,
     "Use at most so much GPU memory, for example 1G (suffixes K, M, G): sum-aat then makes A "
     "panel "
     "by panel where it does not fit"},
    {"threads", KEY_THREADS, "T", OPTIONS_CPU, NULL,
     "CPU threads (default: the least of cores, affinity and cgroup quota)"},
    {"only", KEY_ONLY, "SIDE", OPTIONS_SWEEP, "gpu cpu",
     "Only this side, gpu or cpu; then there is no crossover"},
    {"samples", KEY_SAMPLES, "K", OPTIONS_TIME, NULL, "Take exactly K samples of each variant"},
    {"max-time", KEY_MAX_TIME, "SECONDS", OPTIONS_TIME, NULL,
     "Sample for so long (default: 0.05 for one variant, 12 for a table, 1 a point of a sweep)"},
    {"cache", KEY_CACHE, "STATE", OPTIONS_CACHE, "hot cold",
     "hot: data may be in the GPU's cache from the launch before (default); cold: the cache is "
     "emptied before each"},
    {"baseline", KEY_BASELINE, "NAME", OPTIONS_BASELINE, "@files",
     "What to hold the measurement against: a baseline, a result, or a directory of results"},
    {"update", KEY_UPDATE, NULL, OPTIONS_BASELINE, NULL,
     "Measure, and write what was measured as the new baseline"},
    {"self-test", KEY_SELF_TEST, NULL, OPTIONS_BASELINE, NULL,
     "Measure one thing twice in turns, and keep how far apart that is: this machine's noise, "
     "below twice of which no threshold goes"},
    {"allow-missing-baseline", KEY_ALLOW_MISSING, NULL, OPTIONS_BASELINE, NULL,
     "No baseline is no error: exit 0 without measuring"},
    {"processes", KEY_PROCESSES, "K", OPTIONS_REPEAT, NULL,
     "Runs a side (default: 10, and 20 if it cannot be told by then)"},
    {"threshold", KEY_THRESHOLD, "PERCENT", OPTIONS_GATE, NULL,
     "The smallest change that matters (default: 3 on a GPU, 5 on a CPU, 10 between cards or "
     "hosts of one model)"},
    {"cross-host", KEY_CROSS_HOST, NULL, OPTIONS_GATE, NULL,
     "Compare machines of different classes all the same"},
    {"strict", KEY_STRICT, NULL, OPTIONS_GATE, NULL,
     "UNSURE is exit status 4 and not 0 with a warning"},
    {"junit", KEY_JUNIT, "FILE", OPTIONS_GATE, "@files",
     "Also write the verdicts as JUnit XML, which GitLab and Jenkins show"},
    {"output", 'o', "FILE", OPTIONS_FILE, "@files",
     "Write the result to FILE (-: standard output); a measured one is saved all the same"},
    {"no-save", KEY_NO_SAVE, NULL, OPTIONS_RECORD, NULL,
     "Do not save the result in the results directory"},
    {"format", KEY_FORMAT, "NAME", OPTIONS_FORMAT, "@formats",
     "google-benchmark, github-action-smaller, github-action-bigger, bencher, openmetrics, influx, "
     "go-benchmark, junit, csv (default) or markdown"},
    {"markdown", KEY_MARKDOWN, NULL, OPTIONS_PAGE, NULL,
     "Markdown instead of HTML (the default where FILE ends in .md)"},
    {"title", KEY_TITLE, "TEXT", OPTIONS_PAGE, NULL, "Title of the page"},
    {"csv", KEY_CSV, NULL, OPTIONS_HISTORY, NULL,
     "CSV with time, commit and median, which Apache Otava reads"},
    {"results", KEY_RESULTS, "DIR", OPTIONS_STORE, "@directories",
     "The results directory (default: $GPUBENCH_RESULTS, else $XDG_DATA_HOME/gpubench/results, "
     "else "
     "~/.local/share/gpubench/results)"},
    {"publish", KEY_PUBLISH, "URL", OPTIONS_PUBLISH, NULL,
     "Also send the result there, once it is saved: https:// and s3+https:// (PUT of the file), "
     "pushgateway+https://, influx+https:// or file://"},
    {"to", KEY_TO, "URL", OPTIONS_SEND, NULL,
     "Where to send results (default: $GPUBENCH_PUBLISH_URL): https:// and s3+https:// (PUT of the "
     "file), pushgateway+https://, influx+https:// or file://"},
    {"pending", KEY_PENDING, NULL, OPTIONS_SEND, NULL,
     "Send what could not be sent before, oldest first; with --to, only what is for there"},
    {"redact", KEY_REDACT, NULL, OPTIONS_REDACT, NULL,
     "Send host names, UUIDs, PCI ids and the command line as digests; the saved file keeps them"},
    {"token-file", KEY_TOKEN_FILE, "FILE", OPTIONS_SERVER, "@files",
     "Token for the server (default: $GPUBENCH_TOKEN; without one, the user and password that "
     "~/.netrc has for it)"},
    {"ca-file", KEY_CA_FILE, "FILE", OPTIONS_SERVER, "@files",
     "Certificates of the authorities to trust (default: the system's)"},
    {"timeout", KEY_TIMEOUT, "SECONDS", OPTIONS_SERVER, NULL,
     "Give up on a server after so long, all tries together (default: 30)"},
    {"insecure-http", KEY_INSECURE_HTTP, NULL, OPTIONS_SERVER, NULL,
     "Allow http:// to other machines too, which anyone on the way can read and change"},
    {"offline", KEY_OFFLINE, NULL, OPTIONS_FETCH, NULL,
     "Take a baseline that has an address as it was when it was last fetched"},
    {"json", KEY_JSON, NULL, OPTIONS_JSON, NULL,
     "JSON on standard output, and the text for people on standard error"},
    {"quiet", 'q', NULL, OPTIONS_TALK, NULL, "Only the answer and errors"},
    {"verbose", 'v', NULL, OPTIONS_TALK, NULL,
     "Also everything known about host, device and libraries"},
    {"color", KEY_COLOR, "WHEN", OPTIONS_TALK, "auto always never",
     "Colour: auto (default; on a terminal unless NO_COLOR is set), always or never"},
    {"help", 'h', NULL, OPTIONS_HELP, NULL, "Print this help"},
};
const size_t option_count = sizeof option_rows / sizeof *option_rows;

const char *option_heading(enum option_group group)
{
    switch (group) {
    case OPTIONS_WORK:
        return "What to run:";
    case OPTIONS_GPU:
    case OPTIONS_DEVICES:
    case OPTIONS_CPU:
        return "Where:";
    case OPTIONS_SWEEP:
        return "Where:";
    case OPTIONS_TIME:
    case OPTIONS_CACHE:
    case OPTIONS_REPEAT:
        return "How it is measured:";
    case OPTIONS_BASELINE:
        return "Against what:";
    case OPTIONS_GATE:
        return "The verdict:";
    case OPTIONS_RECORD:
    case OPTIONS_FILE:
    case OPTIONS_FORMAT:
    case OPTIONS_PAGE:
    case OPTIONS_HISTORY:
    case OPTIONS_STORE:
        return "The result:";
    case OPTIONS_PUBLISH:
    case OPTIONS_SEND:
    case OPTIONS_REDACT:
    case OPTIONS_SERVER:
    case OPTIONS_FETCH:
        return "Servers:";
    case OPTIONS_JSON:
    case OPTIONS_TALK:
    case OPTIONS_HELP:
        return "What is printed:";
    }
    return "";
}

struct parse {
    struct options *options;
    struct failure *why;
    enum status status;
};

/* A word out of a list of choices, as its index. */
static enum status choose(const char *option, const char *text, const char *choices, int *index,
                          struct failure *why)
{
    size_t length = strlen(text);
    int at = 0;
    for (const char *c = choices; *c; at++) {
        size_t word = strcspn(c, " ");
        if (word == length && strncmp(c, text, word) == 0) {
            *index = at;
            return STATUS_OK;
        }
        c += word + strspn(c + word, " ");
    }
    return fail(why, STATUS_USAGE, "--%s %.40s: choose one of: %s.", option, *text ? text : "\"\"",
                choices);
}

static enum status parse_op(const char *text, enum op *op, struct failure *why)
{
    const char *names[OP_COUNT];
    for (int i = 0; i < OP_COUNT; i++)
        names[i] = op_name((enum op)i);
    if (op_parse(text, op))
        return STATUS_OK;
    const char *near = words_nearest(text, names, OP_COUNT);
    return fail(
        why, STATUS_USAGE,
        "unknown operation \"%.40s\": did you mean \"%s\"? There are sum-aat, matmul and reduce.",
        text, near ? near : "sum-aat");
}

static enum status check_format(const char *text, struct failure *why)
{
    const char *names[32];
    for (size_t i = 0; i < exporter_count && i < 32; i++)
        names[i] = exporters[i].name;
    const char *near = words_nearest(text, names, exporter_count);
    if (exporter_named(text))
        return STATUS_OK;
    return fail(why, STATUS_USAGE,
                "unknown format \"%.40s\"%s%s%s: gpubench export --help shows all.", text,
                near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static enum status take(const struct option_row *row, const char *argument, struct options *o,
                        struct failure *why)
{
    enum status status = STATUS_OK;
    uint64_t whole = 0;
    int index = 0;
    switch (row->key) {
    case KEY_OP:
        return parse_op(argument, &o->op, why);
    case KEY_VARIANT:
        o->variants = argument;
        return STATUS_OK;
    case KEY_ARITH:
        o->arithmetics = argument;
        return STATUS_OK;
    case KEY_ALL:
        o->all = true;
        return STATUS_OK;
    case KEY_SEED:
        return words_parse_whole(row->name, argument, 0, UINT64_MAX, &o->seed, why);
    case KEY_RANGE:
        status = choose(row->name, argument, row->choices, &index, why);
        o->range = (enum range)index;
        return status;
    case KEY_DEVICE:
        status = words_parse_whole(row->name, argument, 0, 1023, &whole, why);
        o->device = (int)whole;
        o->device_is_given = true;
        return status;
    case KEY_ALL_DEVICES:
        o->all_devices = true;
        return STATUS_OK;
    case KEY_IMAGE:
        o->image = argument;
        return choose(row->name, argument, row->choices, &index, why);
    case KEY_MEMORY_LIMIT:
        return words_parse_bytes(row->name, argument, &o->memory_limit, why);
    case KEY_THREADS:
        status = words_parse_whole(row->name, argument, 1, 4096, &whole, why);
        o->threads = (int)whole;
        return status;
    case KEY_SAMPLES:
        status = words_parse_whole(row->name, argument, 1, 1000000, &whole, why);
        o->samples = (size_t)whole;
        return status;
    case KEY_MAX_TIME:
        return words_parse_seconds(row->name, argument, &o->max_time_s, why);
    case KEY_CACHE:
        status = choose(row->name, argument, row->choices, &index, why);
        o->is_cold = index == 1;
        return status;
    case 'o':
        o->output = argument;
        return STATUS_OK;
    case KEY_RESULTS:
        o->results = argument;
        return STATUS_OK;
    case KEY_NO_SAVE:
        o->discard = true;
        return STATUS_OK;
    case KEY_JSON:
        o->json = true;
        return STATUS_OK;
    case 'q':
        o->quiet = true;
        return STATUS_OK;
    case 'v':
        o->verbose = true;
        return STATUS_OK;
    case KEY_COLOR:
        status = choose(row->name, argument, row->choices, &index, why);
        o->color = (enum color)index;
        return status;
    case KEY_BASELINE:
        o->baseline = argument;
        return STATUS_OK;
    case KEY_UPDATE:
        o->update = true;
        return STATUS_OK;
    case KEY_SELF_TEST:
        o->self_test = true;
        return STATUS_OK;
    case KEY_ALLOW_MISSING:
        o->allow_missing = true;
        return STATUS_OK;
    case KEY_PROCESSES:
        status = words_parse_whole(row->name, argument, 1, 1000, &whole, why);
        o->processes = (size_t)whole;
        return status;
    case KEY_THRESHOLD:
        return words_parse_threshold(row->name, argument, &o->threshold, why);
    case KEY_CROSS_HOST:
        o->cross_host = true;
        return STATUS_OK;
    case KEY_STRICT:
        o->strict = true;
        return STATUS_OK;
    case KEY_JUNIT:
        o->junit = argument;
        return STATUS_OK;
    case KEY_PUBLISH:
        o->publish = argument;
        return STATUS_OK;
    case KEY_TO:
        o->to = argument;
        return STATUS_OK;
    case KEY_PENDING:
        o->pending = true;
        return STATUS_OK;
    case KEY_REDACT:
        o->redact = true;
        return STATUS_OK;
    case KEY_TOKEN_FILE:
        o->token_file = argument;
        return STATUS_OK;
    case KEY_CA_FILE:
        o->ca_file = argument;
        return STATUS_OK;
    case KEY_TIMEOUT:
        return words_parse_seconds(row->name, argument, &o->timeout_s, why);
    case KEY_INSECURE_HTTP:
        o->insecure_http = true;
        return STATUS_OK;
    case KEY_OFFLINE:
        o->offline = true;
        return STATUS_OK;
    case KEY_ONLY:
        o->only = argument;
        return choose(row->name, argument, row->choices, &index, why);
    case KEY_FORMAT:
        o->format = argument;
        return check_format(argument, why);
    case KEY_MARKDOWN:
        o->markdown = true;
        return STATUS_OK;
    case KEY_TITLE:
        o->title = argument;
        return STATUS_OK;
    case KEY_CSV:
        o->csv = true;
        return STATUS_OK;
    case 'h':
        o->help = true;
        return STATUS_OK;
    }
    return fail(why, STATUS_USAGE, "--%s is not understood.", row->name);
}

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
        if (option_rows[i].key == key) {
            parse->status = take(&option_rows[i], argument, parse->options, parse->why);
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
            (struct argp_option){row->name, row->key, row->argument, 0, row->text, group};
    }
    rows[used] = (struct argp_option){0};
}

/* A verb's options in argp's words; the pointers inside point into the struct itself. */
struct grammar {
    struct argp_option rows[2 * sizeof option_rows / sizeof *option_rows + 1];
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
