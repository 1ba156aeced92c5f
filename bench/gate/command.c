/* command.c - commands built from the command line, or from the command that a result file records.
 */
#include "bench/gate/command.h"

#include "bench/cli/verb.h"
#include "bench/terminal/progress.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/base/process.h"
#include "harness/compare/compare.h"
#include "harness/reading/readings.h"
#include "harness/text/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OWN_WORDS_MAX = 40 };
static const char this_program[] = "/proc/self/exe";

void command_free(struct command *c)
{
    for (size_t i = 0; c->argv && c->argv[i]; i++)
        free(c->argv[i]);
    free(c->argv);
    free(c->text);
    *c = (struct command){0};
}

/* Returns the verb with that name if it measures, else NULL. */
static const struct verb *own_verb(const char *word)
{
    return strcmp(word, verb_gpu.name) == 0   ? &verb_gpu
           : strcmp(word, verb_cpu.name) == 0 ? &verb_cpu
                                              : NULL;
}

void command_from_words(struct command *out, const char *const *words, size_t count)
{
    static const char *const added[] = {"--json", "--quiet", "--no-save"};
    enum { ADDED = sizeof added / sizeof *added };
    const bool is_own = own_verb(words[0]);
    *out = (struct command){.argv = need_array(count + ADDED + 2, sizeof *out->argv)};
    size_t used = 0, bytes;
    FILE *text = need_stream(&out->text, &bytes);
    if (is_own)
        out->argv[used++] = need_text(this_program);
    for (size_t i = 0; i < count + ADDED; i++) {
        const char *word = i < count ? words[i] : added[i - count];
        out->argv[used++] = need_text(word);
        if (i < count)
            fprintf(text, "%s%s", i ? " " : is_own ? "gpubench " : "", word);
    }
    need_stream_end(text);
}

/* ---- the command of a run */

/* The words of a command line, with buffers for the numbers that it is built from. */
struct words {
    const char *list[OWN_WORDS_MAX];
    char numbers[8][32];
    size_t count, number_count;
};

static void put(struct words *w, const char *word)
{
    if (w->count < OWN_WORDS_MAX)
        w->list[w->count++] = word;
}

static void put_option(struct words *w, const char *name, const char *value)
{
    if (!value)
        return;
    put(w, name);
    put(w, value);
}

static void put_number(struct words *w, const char *name, double value, int decimals)
{
    char *text = w->numbers[w->number_count++];
    snprintf(text, sizeof w->numbers[0], "%.*f", decimals, value);
    if (name)
        put(w, name);
    put(w, text);
}

static void words_of_options(struct words *w, const struct options *o)
{
    put(w, o->verb->name);
    put_number(w, NULL, (double)o->n, 0);
    if (o->op != OP_SUM_AAT)
        put_option(w, "--op", op_name(o->op));
    put_option(w, "--variant", o->variants);
    put_option(w, "--arith", o->arithmetics);
    if (o->all)
        put(w, "--all");
    if (o->seed != 1) {
        char *text = w->numbers[w->number_count++];
        snprintf(text, sizeof w->numbers[0], "%" PRIu64, o->seed);
        put_option(w, "--seed", text);
    }
    if (o->range != RANGE_UNIT)
        put_option(w, "--range", o->range == RANGE_WIDE ? "wide" : "signed");
    if (o->element != ELEMENT_F32)
        put_option(w, "--type", element_name(o->element));
    if (o->device)
        put_number(w, "--device", o->device, 0);
    put_option(w, "--image", o->image);
    if (o->threads)
        put_number(w, "--threads", o->threads, 0);
    if (o->is_bound)
        put(w, "--bind");
    put_option(w, "--blas", o->blas);
    if (o->samples)
        put_number(w, "--samples", (double)o->samples, 0);
    if (o->max_time_s > 0)
        put_number(w, "--max-time", o->max_time_s, 6);
    if (o->is_cold)
        put_option(w, "--cache", "cold");
    if (o->memory_limit)
        put_number(w, "--memory-limit", (double)o->memory_limit, 0);
}

enum status command_from_run(struct command *out, const struct reading *run, struct failure *why)
{
    json_t *document = readings_document(run, true);
    const json_t *argv = json_at(document, "argv");
    const size_t count = json_array_size(argv);
    const char *verb_name = json_string_value(json_array_get(argv, 1));
    char **words = need_array(count + 1, sizeof *words);
    struct options options = {0};
    struct failure unclear = {0};
    enum status status = STATUS_OK;
    const struct verb *verb = verb_name ? own_verb(verb_name) : NULL;
    bool is_understood = verb != NULL;
    for (size_t i = 1; is_understood && i < count; i++) {
        words[i - 1] = (char *)json_string_value(json_array_get(argv, i));
        is_understood = words[i - 1] != NULL;
    }
    if (is_understood)
        is_understood =
            options_parse(verb, (int)count - 1, words, &options, &unclear) == STATUS_OK &&
            !options.help;
    if (is_understood) {
        struct words again = {0};
        const double index = read_number(document, "device.index");
        if (options.all_devices && index >= 0) /* the run was one of several, each on a GPU */
            options.device = (int)fmin(index, 1023);
        words_of_options(&again, &options);
        command_from_words(out, again.list, again.count);
    } else {
        const size_t length = strlen(unclear.text);
        if (length > 0 && unclear.text[length - 1] == '.')
            unclear.text[length - 1] = '\0';
        status =
            fail(why, STATUS_NOT_COMPARABLE,
                 "%s does not say how it was measured%s%.300s; write the command after --, for "
                 "example gpubench check --baseline FILE -- gpu 10000",
                 run->source, unclear.text[0] ? ": " : "", unclear.text);
    }
    options_free(&options);
    free(words);
    json_decref(document);
    return status;
}

/* ---- running it */

static enum status ended_badly(const struct command *c, int ended, struct failure *why)
{
    if (WIFSIGNALED(ended))
        return fail(why, STATUS_FAILED, "%.400s was ended by signal %d (%s).", c->text,
                    WTERMSIG(ended), strsignal(WTERMSIG(ended)));
    const int code = WEXITSTATUS(ended);
    return fail(why,
                code == exit_code(STATUS_NO_DEVICE) ? STATUS_NO_DEVICE
                : code == exit_code(STATUS_USAGE)   ? STATUS_USAGE
                                                    : STATUS_FAILED,
                "%.400s ended with exit status %d and no result.", c->text, code);
}

static bool has_bad(const struct reading *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->results[i].state == READ_FAILED || run->results[i].state == READ_WRONG)
            return true;
    return false;
}

/* Refuses runs, from index `before` on, that the command did not measure just now. A command that
 * prints an old file would otherwise count as a new process each time. */
static enum status check_fresh(const struct command *c, struct readings *to, size_t before,
                               size_t copies, int code, int64_t began, struct failure *why)
{
    if (to->copies > copies)
        return fail(why, STATUS_FAILED,
                    "%.400s printed the same result again, with the same start and samples: each "
                    "run must measure again.",
                    c->text);
    if (readings_mark_copies(to, NULL) > 0)
        return fail(why, STATUS_FAILED,
                    "%.400s printed the samples of an earlier run with another start: each run "
                    "must measure again.",
                    c->text);
    bool is_bad = false;
    for (size_t i = before; i < to->count; i++) {
        const struct reading *run = &to->list[i];
        is_bad = is_bad || has_bad(run);
        if (read_time(run->started) < began)
            return fail(why, STATUS_FAILED,
                        "%.400s printed a result that was started at %.40s, before the command "
                        "itself: each run must measure again.",
                        c->text, run->started);
    }
    if (code != 0 && !is_bad)
        return fail(why, STATUS_FAILED,
                    "%.400s ended with exit status %d, and no result in what it printed failed: "
                    "it is not counted.",
                    c->text, code);
    return STATUS_OK;
}

enum status command_run(const struct command *c, struct readings *to, struct failure *why)
{
    enum status status = interrupt_check(why);
    if (status != STATUS_OK)
        return status;
    struct process_output output;
    const size_t before = to->count, copies = to->copies;
    const int64_t began = (int64_t)time(NULL); /* in whole seconds, as `started` is */
    const int error = process_read(c->argv, STDIN_FILENO, PROCESS_COMMAND, READ_BYTES_MAX, &output);
    if (error)
        return fail(why, STATUS_FAILED, "cannot run %.400s: %s.", c->text, strerror(error));
    /* A wrong or failed result has exit status 1, and is kept as well. */
    const bool has_result =
        WIFEXITED(output.ended) && WEXITSTATUS(output.ended) <= 1 && output.count > 0;
    status = interrupt_check(why);
    if (status == STATUS_OK && !output.bytes)
        status = fail(why, STATUS_FAILED, "%.400s printed more than a result can be.", c->text);
    else if (status == STATUS_OK && !has_result)
        status = ended_badly(c, output.ended, why);
    else if (status == STATUS_OK)
        status = readings_add_text(to, c->text, output.bytes, output.count, READ_WHOLE, why);
    if (status == STATUS_OK)
        status = check_fresh(c, to, before, copies, WEXITSTATUS(output.ended), began, why);
    free(output.bytes);
    return status;
}

/* ---- several commands */

void commands_add(struct commands *c, struct command command)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->list[i].text, command.text) == 0) {
            command_free(&command);
            return;
        }
    c->list = need_room(c->list, c->count, sizeof *c->list);
    c->list[c->count++] = command;
}

void commands_free(struct commands *c)
{
    for (size_t i = 0; i < c->count; i++)
        command_free(&c->list[i]);
    free(c->list);
}

enum status commands_measure(const struct commands *c, struct readings *to, size_t count,
                             size_t most, const char *what, struct failure *why)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && to->count < count * c->count) {
        const size_t done = to->count;
        const struct command *command = &c->list[done % c->count];
        progress_say((double)done / (double)(most * c->count), "%s %zu of %zu: %.60s", what,
                     done / c->count + 1, most, command->text);
        status = command_run(command, to, why);
        if (status == STATUS_OK && to->count != done + 1)
            status = fail(why, STATUS_FAILED, "%s printed more than one result.", command->text);
        if (status == STATUS_OK && done == 0)
            status = compare_refuse_simulated(to, why);
    }
    return status;
}
