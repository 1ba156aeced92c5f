/* cmd_check.c - the verb check: measures and compares with a baseline, makes a baseline, or
 * measures the machine's own noise. */
#include "bench/cli/verb.h"
#include "bench/gate/command.h"
#include "bench/gate/gate.h"
#include "bench/gate/self_test.h"
#include "bench/stored/inputs.h"
#include "bench/stored/publishing.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/baseline/baseline.h"
#include "harness/result/store.h"

#include <limits.h>
#include <string.h>
#include <time.h>

/* How many times a SLOW row is measured again on a CPU. On a GPU it is once. */
enum { CPU_LOOKS = 2 };

struct check {
    const struct options *options;
    struct commands commands;
    struct readings base, now, again[CPU_LOOKS];
};

/* ---- what to measure */

static void commands_of_words(struct check *c)
{
    const struct options *o = c->options;
    for (size_t from = 0, to; from < o->word_count; from = to + 1) {
        struct command command;
        for (to = from; to < o->word_count && strcmp(o->words[to], "--") != 0;)
            to++;
        if (to == from)
            continue;
        command_from_words(&command, o->words + from, to - from);
        commands_add(&c->commands, command);
    }
}

/* Takes the commands after --, or else the commands that made the baseline's runs. */
static enum status take_commands(struct check *c, struct failure *why)
{
    enum status status = STATUS_OK;
    commands_of_words(c);
    for (size_t i = 0; status == STATUS_OK && c->options->word_count == 0 && i < c->base.count;
         i++) {
        struct command command;
        status = command_from_run(&command, &c->base.list[i], why);
        if (status == STATUS_OK)
            commands_add(&c->commands, command);
    }
    if (status == STATUS_OK && c->commands.count == 0)
        status = fail(why, STATUS_USAGE,
                      "what to measure? For example gpubench check --baseline main.json --update "
                      "-- gpu 10000");
    return status;
}

/* ---- measuring */

/* A shared CPU is sometimes slow for several seconds. A SLOW row is therefore measured again,
 * twice, each time after a pause longer than that, and the runs of a baseline are spread over more
 * than one such period. */
enum { SPELL_MS = 10000, SPREAD_MS = 1000 };

static bool is_of_cpu(const struct readings *runs)
{
    bool is_cpu = false;
    for (size_t i = 0; i < runs->count; i++)
        for (size_t k = 0; k < runs->list[i].count; k++)
            is_cpu = is_cpu || strcmp(runs->list[i].results[k].backend, "cpu") == 0;
    return is_cpu;
}

static enum status wait_ms(unsigned ms, struct failure *why)
{
    const nanos end = clock_now() + ms * (nanos)1000000;
    enum status status = interrupt_check(why);
    while (status == STATUS_OK && clock_now() < end) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        status = interrupt_check(why);
    }
    return status;
}

/* With fewer processes on one side and CHANGE_PROCESSES on the other, no change is significant. */
enum { FEWEST_PROCESSES = 5 };

static size_t processes_of(const struct check *c)
{
    return c->options->processes ? c->options->processes : CHANGE_PROCESSES;
}

/* Whether more runs could turn a row that is UNSURE into a verdict. */
static bool is_open(const struct comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].state == ROW_JUDGED && c->rows[i].change == CHANGE_UNSURE)
            return true;
    return false;
}

/* Measures again; on a CPU, after a pause. A row that is not SLOW the second time becomes UNSURE.
 */
static enum status look_again(const struct check *c, struct gate *gate, size_t processes,
                              struct readings *again, struct failure *why)
{
    struct comparison second = {0};
    enum status status = STATUS_OK;
    if (is_of_cpu(&c->now)) {
        progress_say(-1, "SLOW: measured again in %d s", SPELL_MS / 1000);
        status = wait_ms(SPELL_MS, why);
    }
    if (status == STATUS_OK)
        status =
            commands_measure(&c->commands, again, processes, processes, "SLOW, again: run", why);
    if (status == STATUS_OK)
        status = compare(&c->base, again, &gate->rules, &second, why);
    if (status == STATUS_OK)
        comparison_confirm(&gate->comparison, &second, &gate->rules);
    comparison_free(&second);
    return status;
}

/* Measures ten processes, or twenty if some rows are UNSURE; then measures SLOW rows again. */
static enum status measure_and_judge(struct check *c, struct gate *gate, struct failure *why)
{
    const size_t first = processes_of(c), most = c->options->processes ? first : 2 * first;
    enum status status = commands_measure(&c->commands, &c->now, first, most, "run", why);
    if (status == STATUS_OK)
        status = gate_judge(gate, &c->base, &c->now, why);
    if (status == STATUS_OK && most > first && is_open(&gate->comparison)) {
        status = commands_measure(&c->commands, &c->now, most, most, "run", why);
        if (status == STATUS_OK)
            status = gate_judge(gate, &c->base, &c->now, why);
    }
    const size_t looks = is_of_cpu(&c->now) ? CPU_LOOKS : 1;
    for (size_t i = 0; status == STATUS_OK && i < looks; i++)
        if (comparison_count(&gate->comparison, CHANGE_SLOW) > 0)
            status = look_again(c, gate, first, &c->again[i], why);
    return status;
}

static enum status check_baseline(struct check *c, struct failure *why)
{
    struct gate gate;
    gate_begin(&gate, c->options, c->options->processes ? CHANGE_ALPHA : CHANGE_LOOK_ALPHA);
    gate.rules.is_complete = true;
    const nanos began = clock_now();
    enum status status = measure_and_judge(c, &gate, why);
    progress_stop();
    gate.seconds = (double)(clock_now() - began) / 1e9;
    if (status == STATUS_OK)
        gate_remember(&gate);
    if (status == STATUS_OK)
        status = gate_tell(&gate, "baseline", "now", why);
    const struct gate_side sides[] = {{"baseline", &c->base},
                                      {"now", &c->now},
                                      {"again-1", &c->again[0]},
                                      {"again-2", &c->again[1]}};
    if (c->now.count > 0)
        status = gate_keep(c->options, status, sides, sizeof sides / sizeof *sides, why);
    gate_end(&gate);
    return status;
}

/* ---- --update */

/* A baseline is made once and used often, so on a CPU it has twice as many runs as a check, one
 * second apart. */
static enum status update(struct check *c, struct failure *why)
{
    size_t count = processes_of(c);
    enum status status = commands_measure(&c->commands, &c->now, 1, count, "run", why);
    const bool is_cpu = is_of_cpu(&c->now);
    if (is_cpu && !c->options->processes)
        count *= 2;
    for (size_t i = 2; status == STATUS_OK && i <= count; i++) {
        if (is_cpu)
            status = wait_ms(SPREAD_MS, why);
        if (status == STATUS_OK)
            status = commands_measure(&c->commands, &c->now, i, count, "run", why);
    }
    progress_stop();
    if (status == STATUS_OK)
        status = baseline_write(c->options->baseline, &c->now, why);
    if (status == STATUS_OK && !c->options->quiet)
        lines_printf(stdout, "baseline   %s   %zu runs on %s", c->options->baseline, c->now.count,
                     c->now.list[0].device);
    return status;
}

/* ---- */

static enum status check_words(const struct options *o, struct failure *why)
{
    if (o->update && o->self_test)
        return fail(why, STATUS_USAGE, "--update and --self-test: one at a time.");
    if (o->self_test && o->processes && o->processes < 5)
        return fail(why, STATUS_USAGE,
                    "--processes %zu: a self-test needs at least 5 on each side.", o->processes);
    if (o->update && o->processes && o->processes < FEWEST_PROCESSES)
        return fail(why, STATUS_USAGE,
                    "--processes %zu: a baseline of fewer than %d runs can never show a change; "
                    "without --processes it takes %d.",
                    o->processes, FEWEST_PROCESSES, CHANGE_PROCESSES);
    if (o->update && o->baseline && destination_is_url(o->baseline))
        return fail(
            why, STATUS_USAGE,
            "--update writes a file of this machine: name one with --baseline, and gpubench "
            "publish FILE --to URL sends it.");
    if (!o->baseline && !o->self_test)
        return fail(why, STATUS_USAGE,
                    "check needs --baseline NAME; gpubench check --baseline main.json --update -- "
                    "gpu 10000 makes one.");
    return o->update && o->baseline ? store_check_file(o->baseline, why) : STATUS_OK;
}

static enum status forget_noise(const struct options *o, struct failure *why)
{
    char directory[PATH_MAX];
    size_t count = 0;
    enum status status = store_directory(o->results, directory, sizeof directory, why);
    if (status == STATUS_OK)
        status = noise_forget(directory, &count, why);
    if (status == STATUS_OK && !o->quiet)
        lines_printf(stdout, "forgot the noise of %zu class%s of machine in %s", count,
                     count == 1 ? "" : "es", directory);
    return status;
}

static enum status go(struct check *c, struct failure *why)
{
    const struct options *o = c->options;
    if (o->forget_noise)
        return forget_noise(o, why);
    enum status status = check_words(o, why);
    if (status == STATUS_OK && o->baseline && !(o->update && o->word_count))
        status = publishing_baseline(o, o->baseline, &c->base, why);
    if (status == STATUS_NOT_COMPARABLE && o->allow_missing) {
        words_warn("there is no baseline, so nothing was measured: %s", why->text);
        return STATUS_OK;
    }
    if (status == STATUS_NOT_COMPARABLE && destination_is_url(o->baseline))
        return fail(why, status,
                    "%s gpubench check --baseline main.json --update -- gpu 10000 makes one, and "
                    "gpubench publish main.json --to URL sends it.",
                    why->text);
    if (status == STATUS_NOT_COMPARABLE)
        return fail(why, status,
                    "there is no baseline: %s gpubench check --baseline %.300s --update -- gpu "
                    "10000 makes one.",
                    why->text, o->baseline);
    if (status == STATUS_OK)
        status = compare_refuse_simulated(&c->base, why);
    if (status == STATUS_OK)
        status = take_commands(c, why);
    if (status != STATUS_OK)
        return status;
    inputs_tell_skipped(o, &c->base);
    if (!o->quiet)
        progress_start();
    gate_warn_load(o);
    status = o->self_test ? self_test(o, &c->commands, 2 * processes_of(c), why)
             : o->update  ? update(c, why)
                          : check_baseline(c, why);
    progress_stop();
    return status;
}

static enum status cmd_check(const struct options *options, struct failure *why)
{
    struct check c = {.options = options};
    const enum status status = go(&c, why);
    commands_free(&c.commands);
    readings_free(&c.base);
    readings_free(&c.now);
    for (size_t i = 0; i < CPU_LOOKS; i++)
        readings_free(&c.again[i]);
    return status;
}

const struct verb verb_check = {
    .name = "check",
    .argument = "COMMAND...",
    .optional = true,
    .line = "measure and compare with a baseline, for CI",
    .about = "Measures what the baseline measured, in 10 processes, or in 20 if 10 are "
             "inconclusive, and reports whether it is the SAME, FAST or SLOW. SLOW is measured a "
             "second time before it is reported. --update makes the baseline: gpubench check "
             "--baseline main.json --update -- gpu 10000. Separate several commands by another "
             "--. A change that the clocks explain, by heat or another frequency, is UNSURE and "
             "not SLOW. In GitHub Actions, verdicts are also annotations and a step summary.",
    .options = OPTIONS_BASELINE | OPTIONS_REPEAT | OPTIONS_GATE | OPTIONS_FETCH | OPTIONS_SERVER |
               OPTIONS_RECORD | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_check,
};
