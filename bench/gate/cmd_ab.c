/* cmd_ab.c - the verb ab: runs two builds or configurations in turns, A B B A A B B A …, on one
 * machine, and compares them pair by pair. */
#include "bench/cli/verb.h"
#include "bench/gate/command.h"
#include "bench/gate/gate.h"
#include "bench/terminal/progress.h"
#include "harness/base/clock.h"

#include <string.h>

/* With fewer pairs the signed-rank test cannot reach a significance of 1 %. */
enum { FEWEST_PAIRS = 8 };

/* Verdicts are given after 10, 20 or 40 pairs. If one process in 20 is late, one pair in ten is off
 * by more than the change; then 20 pairs find a change of +5 % in only 73 of 100 comparisons. */
enum { PAIRS_MAX = 4 * CHANGE_PROCESSES };
static const double look_alpha = CHANGE_ALPHA / 3;

struct ab {
    struct command command[2];
    struct readings runs[2], again[2]; /* again: repeated runs, after a verdict SLOW */
};

static enum status take_commands(const struct options *o, struct ab *ab, struct failure *why)
{
    size_t cut = 0;
    while (cut < o->word_count && strcmp(o->words[cut], "--") != 0)
        cut++;
    if (cut == 0 || cut + 1 >= o->word_count)
        return fail(why, STATUS_USAGE,
                    "ab needs two commands: gpubench ab -- ./old/gpubench gpu 10000 -- "
                    "./new/gpubench gpu 10000");
    command_from_words(&ab->command[0], o->words, cut);
    command_from_words(&ab->command[1], o->words + cut + 1, o->word_count - cut - 1);
    return STATUS_OK;
}

/* Runs pairs until there are `count`. `most` is the largest count that may follow, for the progress
 * line. A runs first in pair 0, B in pair 1, and so on. */
static enum status run_pairs(const struct ab *ab, struct readings *runs, size_t count, size_t most,
                             struct failure *why)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && runs[1].count < count) {
        const size_t pair = runs[1].count;
        for (int turn = 0; status == STATUS_OK && turn < 2; turn++) {
            const int which = turn ^ (int)(pair % 2);
            progress_say((double)(2 * pair + (size_t)turn) / (double)(2 * most),
                         "pair %zu of %zu: %s", pair + 1, most, which ? "B" : "A");
            status = command_run(&ab->command[which], &runs[which], why);
        }
        if (status == STATUS_OK && runs[0].count != runs[1].count)
            status = fail(why, STATUS_FAILED, "A and B print different numbers of results.");
    }
    return status;
}

static enum status judge(struct gate *gate, struct ab *ab, struct failure *why)
{
    gate_look_up_noise(gate, &ab->runs[1]);
    comparison_free(&gate->comparison);
    readings_mark_copies(&ab->runs[0], &ab->runs[1]);
    return compare_pairs(&ab->runs[0], &ab->runs[1], &gate->rules, &gate->comparison, why);
}

static enum status measure_and_judge(const struct options *o, struct gate *gate, struct ab *ab,
                                     struct failure *why)
{
    const size_t first = o->processes ? o->processes : CHANGE_PROCESSES;
    const size_t most = o->processes ? first : PAIRS_MAX;
    enum status status = run_pairs(ab, ab->runs, first, most, why);
    if (status == STATUS_OK)
        status = judge(gate, ab, why);
    for (size_t count = 2 * first;
         count <= most && status == STATUS_OK && comparison_count(&gate->comparison, CHANGE_UNSURE);
         count *= 2) {
        status = run_pairs(ab, ab->runs, count, most, why);
        if (status == STATUS_OK)
            status = judge(gate, ab, why);
    }
    if (status != STATUS_OK || !comparison_count(&gate->comparison, CHANGE_SLOW))
        return status;

    /* A single SLOW may be chance, so it is measured a second time. */
    struct comparison second = {0};
    status = run_pairs(ab, ab->again, first, first, why);
    if (status == STATUS_OK)
        status = compare_pairs(&ab->again[0], &ab->again[1], &gate->rules, &second, why);
    if (status == STATUS_OK)
        comparison_confirm(&gate->comparison, &second, &gate->rules);
    comparison_free(&second);
    return status;
}

static enum status cmd_ab(const struct options *o, struct failure *why)
{
    struct ab ab = {0};
    struct gate gate;
    gate_begin(&gate, o, o->processes ? CHANGE_ALPHA : look_alpha);
    gate.rules.is_cross_host = gate.rules.is_paired = gate.rules.is_complete = true;
    const nanos began = clock_now();
    enum status status = STATUS_OK;
    if (o->processes && o->processes < FEWEST_PAIRS)
        status =
            fail(why, STATUS_USAGE,
                 "--processes %zu: fewer than %d pairs cannot distinguish a change from chance.",
                 o->processes, FEWEST_PAIRS);
    if (status == STATUS_OK)
        status = take_commands(o, &ab, why);
    if (status == STATUS_OK) {
        gate_warn_load(o);
        if (!o->quiet)
            progress_start();
        status = measure_and_judge(o, &gate, &ab, why);
        progress_stop();
    }
    gate.seconds = (double)(clock_now() - began) / 1e9;
    if (status == STATUS_OK)
        status = gate_tell(&gate, "A", "B", why);
    const struct gate_side sides[] = {{"A", &ab.runs[0]},
                                      {"B", &ab.runs[1]},
                                      {"A-again", &ab.again[0]},
                                      {"B-again", &ab.again[1]}};
    status = gate_keep(o, status, sides, sizeof sides / sizeof *sides, why);
    gate_end(&gate);
    for (int i = 0; i < 2; i++) {
        command_free(&ab.command[i]);
        readings_free(&ab.runs[i]);
        readings_free(&ab.again[i]);
    }
    return status;
}

const struct verb verb_ab = {
    .name = "ab",
    .argument = "COMMAND...",
    .line = "compare two builds in turns, on this machine",
    .about = "Runs two commands, each of them gpubench or something that runs it, in turns (A B B "
             "A A B …), so that drift affects both, and reports whether the second is the SAME, "
             "FAST or SLOW, from the signed ranks of 10 pairs, or of 20 or 40 if these are "
             "inconclusive. "
             "SLOW is measured a second time before it is reported. For example: gpubench ab -- "
             "./old/gpubench gpu 10000 -- ./new/gpubench gpu 10000",
    .options = OPTIONS_REPEAT | OPTIONS_GATE | OPTIONS_RECORD | OPTIONS_STORE | OPTIONS_JSON |
               OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_ab,
};
