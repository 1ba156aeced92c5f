/* options.h - the options of all verbs: one table, from which the parser, --help, the manual page
 * and the shell completions are made. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "bench/terminal/color.h"
#include "harness/base/status.h"
#include "harness/contract/problem.h"

#include <stddef.h>
#include <stdio.h>

/* A verb takes whole groups; each has a heading. */
enum option_group {
    OPTIONS_WORK = 1 << 0,
    OPTIONS_GPU = 1 << 1,
    OPTIONS_DEVICES = 1 << 15,
    OPTIONS_CPU = 1 << 2,
    OPTIONS_TIME = 1 << 3,
    OPTIONS_RECORD = 1 << 4,
    OPTIONS_STORE = 1 << 5,
    OPTIONS_JSON = 1 << 6,
    OPTIONS_TALK = 1 << 7,
    OPTIONS_HELP = 1 << 8,
    OPTIONS_CACHE = 1 << 14,
    OPTIONS_GATE = 1 << 16,
    OPTIONS_BASELINE = 1 << 17,
    OPTIONS_REPEAT = 1 << 18,
    OPTIONS_PUBLISH = 1 << 9, /* a run that publishes */
    OPTIONS_SEND = 1 << 10,   /* the verb that does nothing else */
    OPTIONS_REDACT = 1 << 11,
    OPTIONS_SERVER = 1 << 12, /* how servers are reached */
    OPTIONS_FETCH = 1 << 13,
    OPTIONS_SWEEP = 1 << 20,
    OPTIONS_FILE = 1 << 21,
    OPTIONS_FORMAT = 1 << 22,
    OPTIONS_PAGE = 1 << 23,
    OPTIONS_HISTORY = 1 << 24,
};

struct options;
struct option_row;

/* What an option's argument does (bench/cli/take.h). */
typedef enum status take_argument(const struct option_row *row, const char *argument,
                                  struct options *to, struct failure *why);

struct option_row {
    const char *name;     /* "seed", typed --seed */
    int letter;           /* of the short form, 0 if there is none */
    const char *argument; /* what it is called in the help, NULL if the option has none */
    enum option_group group;
    const char *choices; /* what completion offers, space-separated; "@ops", "@arithmetics",
                            "@variants", "@files",
                            "@directories" stand for lists */
    const char *text;
    take_argument *take;
    size_t at; /* offset of the field of struct options that it takes the argument into */
};

enum { OPTIONS_MAX = 64 }; /* more rows than there will be */
extern const struct option_row option_rows[];
extern const size_t option_count;
const char *option_heading(enum option_group group);

/* A command line, understood. */
struct options {
    const struct verb *verb;
    int argc; /* as it was typed, for the record */
    char **argv;
    const char *first;  /* the first argument after the verb, NULL if none */
    const char **words; /* all, of a verb that takes several; what stands behind "--" too */
    size_t word_count;

    uint64_t n;
    enum op op;
    const char *variants, *arithmetics; /* comma lists, NULL if not given */
    bool all, all_devices, device_is_given;
    int device, threads;
    const char *image;     /* NULL = best */
    uint64_t memory_limit; /* bytes, 0 = not given */
    uint64_t seed;
    enum range range;
    size_t samples;    /* 0 = not given */
    double max_time_s; /* 0 = not given */
    bool is_cold;      /* caches are emptied before each launch */
    bool json, quiet, verbose, discard, help;
    const char *output, *results;
    bool cross_host, strict; /* compare, check, ab */
    double threshold;        /* 0 = not given */
    const char *junit, *baseline;
    bool update, self_test, allow_missing;
    size_t processes; /* 0 = not given */
    const char *publish, *to, *token_file, *ca_file;
    bool pending, redact, insecure_http, offline;
    double timeout_s;   /* 0 = not given */
    const char *only;   /* sweep: "gpu" or "cpu", NULL = both */
    const char *format; /* export; NULL = csv */
    const char *title;  /* report; NULL = made of what is in it */
    bool markdown, csv; /* report, history */
    enum color color;
};

/* Understands argv, whose first word is the verb. What cannot be understood is STATUS_USAGE with a
 * sentence. To be freed, also then. */
enum status options_parse(const struct verb *verb, int argc, char **argv, struct options *options,
                          struct failure *why);

void options_free(struct options *options);

/* The --help of a verb. */
void options_help(const struct verb *verb, FILE *to);

#endif
