/* take.c - parses the arguments of options; refuses an invalid one with a message. */
#include "bench/cli/take.h"

#include "bench/cli/verb.h"
#include "bench/terminal/words.h"
#include "harness/export/export.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where the row's field is. */
static void *field(const struct option_row *row, struct options *o)
{
    return (char *)o + row->at;
}

/* Sets *index to the position of a word among the row's choices. */
static enum status choose(const struct option_row *row, const char *text, int *index,
                          struct failure *why)
{
    const size_t length = strlen(text);
    const char *c = row->choices;
    for (*index = 0; *c; ++*index) {
        const size_t word = strcspn(c, " ");
        if (word == length && strncmp(c, text, word) == 0)
            return STATUS_OK;
        c += word + strspn(c + word, " ");
    }
    return fail(why, STATUS_USAGE, "--%s %.40s: choose one of: %s.", row->name,
                *text ? text : "\"\"", row->choices);
}

enum status take_flag(const struct option_row *row, const char *argument, struct options *to,
                      struct failure *why)
{
    (void)argument, (void)why;
    *(bool *)field(row, to) = true;
    return STATUS_OK;
}

enum status take_text(const struct option_row *row, const char *argument, struct options *to,
                      struct failure *why)
{
    (void)why;
    *(const char **)field(row, to) = argument;
    return STATUS_OK;
}

enum status take_name(const struct option_row *row, const char *argument, struct options *to,
                      struct failure *why)
{
    if (!*argument || strlen(argument) > CLEAN_NAME_MAX)
        return fail(why, STATUS_USAGE, "--%s needs a name of 1 to %d bytes, and this has %zu.",
                    row->name, CLEAN_NAME_MAX, strlen(argument));
    return take_text(row, argument, to, why);
}

enum status take_choice(const struct option_row *row, const char *argument, struct options *to,
                        struct failure *why)
{
    int index;
    *(const char **)field(row, to) = argument;
    return choose(row, argument, &index, why);
}

enum { DAY_S = 86400 };

enum status take_seconds(const struct option_row *row, const char *argument, struct options *to,
                         struct failure *why)
{
    return words_parse_seconds(row->name, argument, DAY_S, field(row, to), why);
}

enum status take_days(const struct option_row *row, const char *argument, struct options *to,
                      struct failure *why)
{
    return words_parse_seconds(row->name, argument, 30 * DAY_S, field(row, to), why);
}

enum status take_op(const struct option_row *row, const char *argument, struct options *to,
                    struct failure *why)
{
    const char *names[OP_COUNT];
    for (int i = 0; i < OP_COUNT; i++)
        names[i] = op_name((enum op)i);
    to->op_is_given = true;
    if (op_parse(argument, field(row, to)))
        return STATUS_OK;
    const char *near = words_nearest(argument, names, OP_COUNT);
    return fail(why, STATUS_USAGE,
                "unknown operation \"%.40s\"%s%s%s there are sum-aat, matmul and reduce.", argument,
                near ? ": did you mean \"" : ":", near ? near : "", near ? "\"?" : "");
}

enum status take_index(const struct option_row *row, const char *argument, struct options *to,
                       struct failure *why)
{
    int index;
    const enum status status = choose(row, argument, &index, why);
    *(unsigned *)field(row, to) = (unsigned)index; /* an enum is an unsigned int */
    return status;
}

enum status take_cache(const struct option_row *row, const char *argument, struct options *to,
                       struct failure *why)
{
    int index;
    const enum status status = choose(row, argument, &index, why);
    *(bool *)field(row, to) = index == 1;
    return status;
}

enum status take_format(const struct option_row *row, const char *argument, struct options *to,
                        struct failure *why)
{
    const char *names[32];
    *(const char **)field(row, to) = argument;
    if (exporter_named(argument))
        return STATUS_OK;
    size_t count = 0;
    for (; count < exporter_count && count < sizeof names / sizeof *names; count++)
        names[count] = exporters[count].name;
    const char *near = words_nearest(argument, names, count);
    return fail(why, STATUS_USAGE,
                "unknown format \"%.40s\"%s%s%s gpubench export --help shows all.", argument,
                near ? ": did you mean \"" : ":", near ? near : "", near ? "\"?" : "");
}

enum status take_whole(const struct option_row *row, const char *argument, struct options *to,
                       struct failure *why)
{
    return words_parse_whole(row->name, argument, 0, UINT64_MAX, field(row, to), why);
}

enum status take_bytes(const struct option_row *row, const char *argument, struct options *to,
                       struct failure *why)
{
    return words_parse_bytes(row->name, argument, field(row, to), why);
}

enum status take_percent(const struct option_row *row, const char *argument, struct options *to,
                         struct failure *why)
{
    return words_parse_threshold(row->name, argument, field(row, to), why);
}

static enum status take_count(const struct option_row *row, const char *argument, uint64_t most,
                              struct options *to, struct failure *why)
{
    uint64_t whole;
    const enum status status = words_parse_whole(row->name, argument, 1, most, &whole, why);
    if (status == STATUS_OK)
        *(size_t *)field(row, to) = (size_t)whole;
    return status;
}

enum status take_samples(const struct option_row *row, const char *argument, struct options *to,
                         struct failure *why)
{
    return take_count(row, argument, 1000000, to, why);
}

enum status take_processes(const struct option_row *row, const char *argument, struct options *to,
                           struct failure *why)
{
    return take_count(row, argument, 1000, to, why);
}

static enum status take_int(const struct option_row *row, const char *argument, uint64_t least,
                            uint64_t most, struct options *to, struct failure *why)
{
    uint64_t whole;
    const enum status status = words_parse_whole(row->name, argument, least, most, &whole, why);
    if (status == STATUS_OK)
        *(int *)field(row, to) = (int)whole;
    return status;
}

enum status take_threads(const struct option_row *row, const char *argument, struct options *to,
                         struct failure *why)
{
    return take_int(row, argument, 1, 4096, to, why);
}

/* Numbers with commas between them. */
static enum status take_devices(const struct option_row *row, const char *argument,
                                struct options *to, struct failure *why)
{
    const char *c = argument;
    to->devices = argument;
    for (int first = 1; *c || first; first = 0) {
        char *end;
        const unsigned long device = strtoul(c, &end, 10);
        if (!isdigit((unsigned char)*c) || device > 1023 || (*end && *end != ',') ||
            (*end == ',' && !end[1]))
            return fail(why, STATUS_USAGE,
                        "--%s %.40s: give the numbers of GPUs, for example 0 or 0,2.", row->name,
                        *argument ? argument : "\"\"");
        if (first)
            to->device = (int)device;
        c = *end ? end + 1 : end;
    }
    return STATUS_OK;
}

enum status take_device(const struct option_row *row, const char *argument, struct options *to,
                        struct failure *why)
{
    to->device_is_given = true;
    if (to->verb->options & OPTIONS_SOAK)
        return take_devices(row, argument, to, why);
    return take_int(row, argument, 0, 1023, to, why);
}

enum status take_order(const struct option_row *row, const char *argument, struct options *to,
                       struct failure *why)
{
    return words_parse_n(argument, field(row, to), why);
}

enum status take_memory(const struct option_row *row, const char *argument, struct options *to,
                        struct failure *why)
{
    const size_t length = strlen(argument);
    if (!length || argument[length - 1] != '%')
        return words_parse_bytes(row->name, argument, &to->memory_bytes, why);
    if (words_parse_threshold(row->name, argument, &to->memory_share, why) != STATUS_OK ||
        to->memory_share > 1)
        return fail(why, STATUS_USAGE,
                    "--memory %.40s: give a share of the free memory, more than 0%% and at most "
                    "100%%, for example 90%%.",
                    argument);
    return STATUS_OK;
}
