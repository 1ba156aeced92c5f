/* options.h - the options of all verbs: one table (table.c), from which the parser (parse.c),
 * --help (help.c), the manual page and the shell completions are made. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "bench/terminal/color.h"
#include "harness/base/status.h"
#include "harness/contract/problem.h"

#include <stddef.h>
#include <stdio.h>

/* Options come in groups; a verb takes whole groups, and help prints a heading for each. */
enum option_group {
    OPTIONS_WORK = 1 << 0,
    OPTIONS_GPU = 1 << 1,
    OPTIONS_DEVICES = 1 << 2,
    OPTIONS_CPU = 1 << 3,
    OPTIONS_SWEEP = 1 << 4,
    OPTIONS_TIME = 1 << 5,
    OPTIONS_CACHE = 1 << 6,
    OPTIONS_BASELINE = 1 << 7,
    OPTIONS_REPEAT = 1 << 8,
    OPTIONS_GATE = 1 << 9,
    OPTIONS_FILE = 1 << 10,   /* --output */
    OPTIONS_RECORD = 1 << 11, /* whether results are saved */
    OPTIONS_FORMAT = 1 << 12,
    OPTIONS_PAGE = 1 << 13,
    OPTIONS_HISTORY = 1 << 14,
    OPTIONS_STORE = 1 << 15,   /* the results directory */
    OPTIONS_PUBLISH = 1 << 16, /* gpu, cpu, sweep: publish the result of a run */
    OPTIONS_SEND = 1 << 17,    /* publish: what to send, and where */
    OPTIONS_REDACT = 1 << 18,
    OPTIONS_SERVER = 1 << 19, /* how servers are reached */
    OPTIONS_FETCH = 1 << 20,  /* baselines with an address */
    OPTIONS_JSON = 1 << 21,
    OPTIONS_TALK = 1 << 22,
    OPTIONS_HELP = 1 << 23,
    OPTIONS_OP = 1 << 24,
    OPTIONS_VERIFY = 1 << 25,
    OPTIONS_NAME = 1 << 26, /* what a run is recorded under */
    OPTIONS_SOAK = 1 << 27,
    OPTIONS_LOCAL = 1 << 28,    /* --ranks */
    OPTIONS_TOGETHER = 1 << 29, /* --devices */
    OPTIONS_RANKS = 1 << 30,
    OPTIONS_MEASURE = 1u << 31, /* doctor --measure */
};

struct options;
struct option_row;

/* What an option's argument does (bench/cli/take.h). */
typedef enum status take_argument(const struct option_row *row, const char *argument,
                                  struct options *to, struct failure *why);

struct option_row {
    const char *name;     /* "seed", typed --seed */
    int letter;           /* of the short form; 0: it has no short form */
    const char *argument; /* its name in the help; NULL if the option takes none */
    enum option_group group;
    const char *choices; /* what completion offers: space-separated words, of which "@ops",
                            "@arithmetics", "@variants", "@formats", "@gpus" and "@files" mean all
                            such; a comma in front: the option takes a list with commas */
    const char *text;
    take_argument *take;
    size_t at; /* offset of the field of struct options that the argument is stored in */
};

enum { OPTIONS_MAX = 64 }; /* at least the number of rows */
extern const struct option_row option_rows[];
extern const size_t option_count;
const char *option_heading(enum option_group group);

/* Whether the option takes the name of a format (harness/export/export.h). */
bool option_is_format(const struct option_row *row);

/* A parsed command line. */
struct options {
    const struct verb *verb;
    int argc; /* the whole command line, for the result file */
    char **argv;
    const char *first;  /* the first argument after the verb, NULL if none */
    const char **words; /* all arguments of a verb that takes several, also those after "--" */
    size_t word_count;

    uint64_t n;
    enum op op;
    const char *variants, *arithmetics; /* comma lists, NULL if not given */
    bool all, all_devices, device_is_given, op_is_given;
    bool mpi;
    const char *exchange, *balance; /* NULL: none, even */
    const char *together;           /* GPUs that do one problem together, NULL if not given */
    const char *ranks;              /* cpu: the number of processes that do; sweep: 1,2,4 */
    int device, threads;
    bool is_bound;
    const char *image;     /* NULL = best */
    const char *blas;      /* comma list of libraries and files, NULL if not given */
    uint64_t memory_limit; /* bytes, 0 = not given */
    uint64_t seed;
    enum range range;
    enum element element;
    size_t samples;     /* 0 = not given */
    double max_time_s;  /* 0 = not given */
    const char *verify; /* gpu, cpu: "sampled" or "full"; NULL = sampled */
    bool is_cold;       /* empty the caches before each launch */
    bool json, quiet, verbose, discard, help;
    const char *output, *results, *host;
    bool cross_host, strict; /* compare, check, ab */
    double threshold;        /* 0 = not given */
    const char *junit, *baseline;
    bool update, self_test, forget_noise, allow_missing;
    size_t processes; /* 0 = not given */
    const char *publish, *to, *token_file, *ca_file;
    bool pending, redact, insecure_http, offline;
    double timeout_s;               /* 0 = not given */
    const char *only;               /* sweep: "gpu" or "cpu", NULL = both */
    const char *format;             /* export; NULL = csv */
    const char *title;              /* report; NULL = made from the results */
    bool markdown, no_samples, csv; /* report, history */
    enum color color;
    double for_s, memory_share; /* soak; 0 = not given */
    uint64_t memory_bytes, order;
    const char *devices; /* soak: --device as typed, "0,2"; NULL = not given */
    bool stops_on_error;
    bool measures; /* doctor */
};

/* Parses argv, whose first word is the verb. A command line that is invalid is STATUS_USAGE with a
 * message. Call options_free() also then. */
enum status options_parse(const struct verb *verb, int argc, char **argv, struct options *options,
                          struct failure *why);

void options_free(struct options *options);

/* The --help of a verb. */
void options_help(const struct verb *verb, FILE *to);

#endif
