/* cmd_compare.c - the verb compare: judges two sets of results, or shows many hosts side by side.
 */
#include "bench/cli/verb.h"
#include "bench/gate/gate.h"
#include "bench/gate/hosts.h"
#include "bench/stored/inputs.h"
#include "bench/stored/publishing.h"
#include "harness/result/store.h"

#include <stdlib.h>
#include <string.h>

static enum status read_side(const struct options *o, const char *name, struct readings *to,
                             struct failure *why)
{
    const enum status status = publishing_baseline(o, name, to, why);
    inputs_tell_skipped(o, to);
    return status;
}

static enum status compare_two(const struct options *o, struct failure *why)
{
    struct readings base = {0}, now = {0};
    struct gate gate;
    enum status status = STATUS_OK;
    gate_begin(&gate, o, CHANGE_ALPHA);
    if (strcmp(o->words[0], "-") == 0 && strcmp(o->words[1], "-") == 0)
        status = fail(why, STATUS_USAGE, "only one of the two can be standard input.");
    if (status == STATUS_OK)
        status = read_side(o, o->words[0], &base, why);
    if (status == STATUS_OK)
        status = read_side(o, o->words[1], &now, why);
    if (status == STATUS_OK)
        status = gate_judge(&gate, &base, &now, why);
    if (status == STATUS_OK)
        status = gate_tell(&gate, "base", "new", why);
    gate_end(&gate);
    readings_free(&base);
    readings_free(&now);
    return status;
}

static enum status cmd_compare(const struct options *options, struct failure *why)
{
    if (options->word_count == 2)
        return compare_two(options, why);
    return hosts_compare(options, why);
}

const struct verb verb_compare = {
    .name = "compare",
    .argument = "FILE...",
    .line = "judge two sets of results, or compare hosts",
    .about = "With two names, each a result file, a directory of them, a baseline, or - for "
             "standard input: reports for every result whether the second is the SAME, FAST, "
             "SLOW, or UNSURE, from the median ratio of the process medians with its 99 % "
             "interval, which assumes nothing about their distribution. One run a side shows a "
             "ratio but no verdict; five runs can give one. With one directory, or with three "
             "names or more: shows the hosts in them side by side, marks the fastest, and names "
             "the outliers, which make the exit status 3.",
    .options = OPTIONS_GATE | OPTIONS_FETCH | OPTIONS_SERVER | OPTIONS_STORE | OPTIONS_JSON |
               OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_compare,
};
