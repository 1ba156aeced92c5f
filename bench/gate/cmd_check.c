/* cmd_check.c - the verb check: measure now, hold it against a baseline; make one; know one's
 * noise.
 */
#include "bench/cli/verb.h"
#include "bench/gate/command.h"
#include "bench/gate/gate.h"
#include "bench/stored/publishing.h"
#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/baseline/baseline.h"
#include "harness/result/store.h"
#include "harness/text/json_text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct check {
    const struct options *options;
    struct command *commands;
    size_t command_count;
    struct readings base, now;
};

/* ---- what to measure */

static enum status add_command(struct check *c, struct command command, struct failure *why)
{
    for (size_t i = 0; i < c->command_count; i++)
        if (strcmp(c->commands[i].text, command.text) == 0) {
            command_free(&command);
            return STATUS_OK;
        }
    struct command *more = realloc(c->commands, (c->command_count + 1) * sizeof *more);
    if (!more) {
        command_free(&command);
        return fail(why, STATUS_NO_MEMORY, "no memory for the commands.");
    }
    c->commands = more;
    c->commands[c->command_count++] = command;
    return STATUS_OK;
}

static enum status commands_of_words(struct check *c, struct failure *why)
{
    const struct options *o = c->options;
    enum status status = STATUS_OK;
    for (size_t from = 0, to; status == STATUS_OK && from < o->word_count; from = to + 1) {
        struct command command;
        for (to = from; to < o->word_count && strcmp(o->words[to], "--") != 0;)
            to++;
        if (to == from)
            continue;
        status = command_from_words(&command, o->words + from, to - from, why);
        if (status == STATUS_OK)
            status = add_command(c, command, why);
    }
    return status;
}

/* The words behind --, or else what the baseline's runs were made with. */
static enum status take_commands(struct check *c, struct failure *why)
{
    enum status status = commands_of_words(c, why);
    for (size_t i = 0; status == STATUS_OK && c->options->word_count == 0 && i < c->base.count;
         i++) {
        struct command command;
        status = command_from_run(&command, &c->base.list[i], why);
        if (status == STATUS_OK)
            status = add_command(c, command, why);
    }
    if (status == STATUS_OK && c->command_count == 0)
        status = fail(why, STATUS_USAGE,
                      "what to measure? For example gpubench check --baseline main.json --update "
                      "-- gpu 10000");
    return status;
}

/* ---- measuring */

/* A CPU shared with others is slower in spells of some seconds. SLOW is looked at again, twice,
 * when such a spell should be over, and a baseline takes its runs from more than one. */
enum { SPELL_MS = 10000, SPREAD_MS = 1000, CPU_LOOKS = 2 };

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

/* Adds runs until each command has `count`; `most` is how many there may be in the end. A simulated
 * device is found out at once. */
static enum status measure_up_to(const struct check *c, struct readings *to, size_t count,
                                 size_t most, const char *what, struct failure *why)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && to->count < count * c->command_count) {
        const size_t done = to->count, which = done % c->command_count;
        progress_say((double)done / (double)(most * c->command_count), "%s %zu of %zu: %.60s", what,
                     done / c->command_count + 1, count, c->commands[which].text);
        status = command_run(&c->commands[which], to, why);
        if (status == STATUS_OK && to->count != done + 1)
            status = fail(why, STATUS_FAILED, "%s printed more than one result.",
                          c->commands[which].text);
        if (status == STATUS_OK && done == 0)
            status = compare_refuse_simulated(to, why);
    }
    return status;
}

static size_t processes_of(const struct check *c)
{
    return c->options->processes ? c->options->processes : CHANGE_PROCESSES;
}

/* Whether more runs may settle something. */
static bool is_open(const struct comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].state == ROW_JUDGED && c->rows[i].change == CHANGE_UNSURE)
            return true;
    return false;
}

/* What is SLOW has to be found so again, with new runs; on a CPU after a while. */
static enum status look_again(const struct check *c, struct gate *gate, size_t processes,
                              struct failure *why)
{
    struct readings again = {0};
    struct comparison second = {0};
    enum status status = STATUS_OK;
    if (is_of_cpu(&c->now)) {
        progress_say(-1, "SLOW: measured again in %d s", SPELL_MS / 1000);
        status = wait_ms(SPELL_MS, why);
    }
    if (status == STATUS_OK)
        status = measure_up_to(c, &again, processes, processes, "SLOW, again: run", why);
    if (status == STATUS_OK)
        status = compare(&c->base, &again, &gate->rules, &second, why);
    if (status == STATUS_OK)
        comparison_confirm(&gate->comparison, &second, &gate->rules);
    comparison_free(&second);
    readings_free(&again);
    return status;
}

/* Ten processes; twenty if some are UNSURE; and then what is SLOW is looked at again. */
static enum status measure_and_judge(struct check *c, struct gate *gate, struct failure *why)
{
    const size_t first = processes_of(c), most = c->options->processes ? first : 2 * first;
    enum status status = measure_up_to(c, &c->now, first, most, "run", why);
    if (status == STATUS_OK)
        status = gate_judge(gate, &c->base, &c->now, why);
    if (status == STATUS_OK && most > first && is_open(&gate->comparison)) {
        status = measure_up_to(c, &c->now, most, most, "run", why);
        if (status == STATUS_OK)
            status = gate_judge(gate, &c->base, &c->now, why);
    }
    const size_t looks = is_of_cpu(&c->now) ? CPU_LOOKS : 1;
    for (size_t i = 0; status == STATUS_OK && i < looks; i++)
        if (comparison_count(&gate->comparison, CHANGE_SLOW) > 0)
            status = look_again(c, gate, first, why);
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
        status = gate_tell(&gate, "baseline", "now", why);
    gate_end(&gate);
    return status;
}

/* ---- --update */

/* A baseline is made once and used often: of a CPU it is twice as many runs as a check takes, a
 * second apart. */
static enum status update(struct check *c, struct failure *why)
{
    size_t count = processes_of(c);
    enum status status = measure_up_to(c, &c->now, 1, count, "run", why);
    const bool is_cpu = is_of_cpu(&c->now);
    if (is_cpu && !c->options->processes)
        count *= 2;
    for (size_t i = 2; status == STATUS_OK && i <= count; i++) {
        if (is_cpu)
            status = wait_ms(SPREAD_MS, why);
        if (status == STATUS_OK)
            status = measure_up_to(c, &c->now, i, count, "run", why);
    }
    progress_stop();
    if (status == STATUS_OK)
        status = baseline_write(c->options->baseline, &c->now, why);
    if (status == STATUS_OK && !c->options->quiet)
        printf("baseline   %s   %zu runs on %s\n", c->options->baseline, c->now.count,
               c->now.list[0].device);
    return status;
}

/* ---- --self-test */

/* The process medians of a result, in the order taken. */
static size_t medians_of(const struct readings *r, const char *key, double *to)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->list[i].count; k++) {
            const struct read_result *result = &r->list[i].results[k];
            if (result->median_s > 0 && strcmp(result->key, key) == 0)
                to[count++] = result->median_s;
        }
    return count;
}

static enum status estimate(const struct check *c, struct noise *noise, struct failure *why)
{
    double *medians = calloc(c->now.count + 1, sizeof *medians);
    bool ok = medians != NULL;
    for (size_t i = 0; ok && i < c->command_count; i++)
        for (size_t k = 0; ok && k < c->now.list[i].count; k++) {
            const struct read_result *r = &c->now.list[i].results[k];
            const bool is_gpu = strcmp(r->backend, "gpu") == 0;
            if (!(r->median_s > 0))
                continue;
            const size_t count = medians_of(&c->now, r->key, medians);
            struct noise_entry e =
                noise_estimate(medians, count, CHANGE_PROCESSES, is_gpu ? CHANGE_GPU : CHANGE_CPU);
            e.key = (char *)r->key;
            memcpy(e.fingerprint, c->now.list[i].fingerprint, sizeof e.fingerprint);
            ok = noise_put(noise, &e);
        }
    free(medians);
    return ok ? STATUS_OK : fail(why, STATUS_NO_MEMORY, "no memory for the noise.");
}

static void print_noise(FILE *to, const struct noise *n)
{
    char noise[WORDS_BYTES], smallest[WORDS_BYTES];
    for (size_t i = 0; i < n->count; i++) {
        const struct noise_entry *e = &n->entries[i];
        words_percent(noise, e->noise);
        words_percent(smallest, e->smallest);
        fprintf(to, "%s   noise (A/A) %s   smallest change that is found %s   %zu runs\n", e->key,
                noise, isnan(e->smallest) ? "none below 100 %" : smallest, e->processes);
    }
}

/* Each class of machine has a file of its own. */
static enum status save_noise(const struct check *c, const struct noise *found, struct failure *why)
{
    char directory[PATH_MAX], path[PATH_MAX];
    enum status status = store_directory(c->options->results, directory, sizeof directory, why);
    for (size_t i = 0; status == STATUS_OK && i < c->command_count; i++) {
        const char *fingerprint = c->now.list[i].fingerprint;
        struct noise all = {0};
        bool is_done = false;
        for (size_t k = 0; k < i; k++)
            is_done = is_done || strcmp(c->now.list[k].fingerprint, fingerprint) == 0;
        if (is_done)
            continue;
        noise_load(&all, directory, fingerprint);
        for (size_t k = 0; k < found->count; k++)
            if (strcmp(found->entries[k].fingerprint, fingerprint) == 0)
                noise_put(&all, &found->entries[k]);
        status = noise_save(&all, fingerprint, directory, path, sizeof path, why);
        if (status == STATUS_OK && !c->options->quiet)
            fprintf(c->options->json ? stderr : stdout, "saved   %s\n", path);
        noise_free(&all);
    }
    return status;
}

static enum status self_test(struct check *c, struct failure *why)
{
    const size_t count = 2 * processes_of(c);
    struct noise noise = {0};
    enum status status = measure_up_to(c, &c->now, count, count, "run", why);
    progress_stop();
    if (status == STATUS_OK)
        status = estimate(c, &noise, why);
    if (status == STATUS_OK && noise.count == 0)
        status =
            fail(why, STATUS_FAILED, "nothing was timed: %s has no time.", c->commands[0].text);
    if (status == STATUS_OK)
        status = save_noise(c, &noise, why);
    if (status == STATUS_OK && !c->options->quiet)
        print_noise(c->options->json ? stderr : stdout, &noise);
    if (status == STATUS_OK && c->options->json)
        status = store_print(json_pack("{s:s, s:o}", "schema", "gpubench-noise/1", "entries",
                                       noise_to_json(&noise, NULL)),
                             why);
    noise_free(&noise);
    return status;
}

/* ---- */

static enum status check_words(const struct options *o, struct failure *why)
{
    if (o->update && o->self_test)
        return fail(why, STATUS_USAGE, "--update and --self-test: one at a time.");
    if (o->self_test && o->processes && o->processes < 5)
        return fail(why, STATUS_USAGE, "--processes %zu: a self-test takes 5 a side or more.",
                    o->processes);
    if (o->update && o->baseline && destination_is_url(o->baseline))
        return fail(
            why, STATUS_USAGE,
            "--update writes a file of this machine: name one with --baseline, and gpubench "
            "publish FILE --to URL sends it.");
    if (!o->baseline && !o->self_test)
        return fail(why, STATUS_USAGE,
                    "check needs --baseline NAME; gpubench check --baseline main.json --update -- "
                    "gpu 10000 makes one.");
    return STATUS_OK;
}

static enum status go(struct check *c, struct failure *why)
{
    const struct options *o = c->options;
    enum status status = check_words(o, why);
    if (status == STATUS_OK && o->baseline && !(o->update && o->word_count))
        status = publishing_baseline(o, o->baseline, &c->base, why);
    if (status == STATUS_NOT_COMPARABLE && o->allow_missing) {
        fprintf(stderr, "gpubench: no baseline, nothing was measured: %s\n", why->text);
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
    gate_warn_skipped(&c->base);
    if (!o->quiet)
        progress_start();
    status = o->self_test ? self_test(c, why) : o->update ? update(c, why) : check_baseline(c, why);
    progress_stop();
    return status;
}

static enum status cmd_check(const struct options *options, struct failure *why)
{
    struct check c = {.options = options};
    const enum status status = go(&c, why);
    for (size_t i = 0; i < c.command_count; i++)
        command_free(&c.commands[i]);
    free(c.commands);
    readings_free(&c.base);
    readings_free(&c.now);
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
               OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_check,
};
