/* complete.c - completion of command lines, from the tables of verbs and options. The script of
 * each shell only asks `gpubench --complete WORDS`. */
#include "bench/complete.h"

#include "bench/cli/take.h"
#include "bench/devices/backends.h"
#include "bench/verbs.h"
#include "harness/export/export.h"
#include "harness/host/files.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* The word to complete: the first before_bytes of `before` are printed in front of each candidate,
 * which has to begin with `start`. In a list, the names from `list` to `start` are there already.
 */
struct word {
    const char *before;
    int before_bytes;
    const char *list, *start;
};

static bool is_listed(const struct word *word, const char *candidate)
{
    for (const char *c = word->list; c && c < word->start; c += strcspn(c, ",") + 1)
        if (strlen(candidate) == strcspn(c, ",") && strncmp(c, candidate, strcspn(c, ",")) == 0)
            return true;
    return false;
}

static void offer(const struct word *word, const char *candidate, const char *description)
{
    if (strncmp(candidate, word->start, strlen(word->start)) == 0 && !is_listed(word, candidate))
        printf("%.*s%s%s%s\n", word->before_bytes, word->before, candidate,
               *description ? "\t" : "", description);
}

/* Each name once, though it may occur for several operations. */
static void offer_variants(const struct word *word)
{
    offer(word, "auto", "");
    for (size_t p = 0; p < place_count; p++)
        for (size_t i = 0; i < places[p].backend->variant_count; i++) {
            const struct variant *all = places[p].backend->variants;
            size_t first = 0;
            while (strcmp(all[first].name, all[i].name) != 0)
                first++;
            if (first == i)
                offer(word, all[i].name, "");
        }
}

/* Counts the folders that the kernel module has, one for each GPU, because starting the driver to
 * ask it takes too long. */
static void offer_gpus(const struct word *word)
{
    DIR *gpus = host_opendir("/proc/driver/nvidia/gpus");
    const struct dirent *entry;
    for (int count = 0; gpus && (entry = readdir(gpus));)
        if (*entry->d_name != '.') {
            char number[16];
            snprintf(number, sizeof number, "%d", count++);
            offer(word, number, "");
        }
    if (gpus)
        closedir(gpus);
}

static void offer_choice(const struct word *word, const char *choice)
{
    if (strcmp(choice, "@ops") == 0)
        for (int i = 0; i < OP_COUNT; i++)
            offer(word, op_name((enum op)i), "");
    else if (strcmp(choice, "@arithmetics") == 0)
        for (int i = 0; i < ARITH_COUNT; i++)
            offer(word, arithmetic_name((enum arithmetic)i), arithmetic_note((enum arithmetic)i));
    else if (strcmp(choice, "@variants") == 0)
        offer_variants(word);
    else if (strcmp(choice, "@formats") == 0)
        for (size_t i = 0; i < exporter_count; i++)
            offer(word, exporters[i].name, "");
    else if (strcmp(choice, "@gpus") == 0)
        offer_gpus(word);
    else if (choice[0] != '@' && (word->list == word->start || strcmp(choice, "all") != 0))
        offer(word, choice, "");
}

/* Completes the value of an option; of a list, the name behind the last comma. */
static void complete_value(struct word *word, const struct verb *verb, const struct option_row *row)
{
    const char *c = row->choices ? row->choices : "";
    const bool is_list = *c == ',' || (row->take == take_device && verb->options & OPTIONS_SOAK);
    const char *comma = is_list ? strrchr(word->start, ',') : NULL;
    word->list = word->start;
    if (comma) {
        word->before_bytes += (int)(comma + 1 - word->start);
        word->start = comma + 1;
    }
    for (c += *c == ','; *c; c += strspn(c, " ")) {
        char choice[32];
        const size_t length = strcspn(c, " ");
        snprintf(choice, sizeof choice, "%.*s", (int)length, c);
        offer_choice(word, choice);
        c += length;
    }
}

/* The row of an option as it was typed, up to '='; NULL if the verb has none. */
static const struct option_row *row_of(const struct verb *verb, const char *typed)
{
    const size_t length = strcspn(typed, "=");
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_rows[i];
        char letter[] = {'-', (char)row->letter, '\0'};
        if ((verb->options & (unsigned)row->group) &&
            ((strncmp(typed, "--", 2) == 0 && length == strlen(row->name) + 2 &&
              strncmp(typed + 2, row->name, length - 2) == 0) ||
             (row->letter && strcmp(typed, letter) == 0)))
            return row;
    }
    return NULL;
}

static void offer_verbs(const struct word *word)
{
    for (size_t i = 0; i < verb_count; i++)
        offer(word, verbs[i]->name, verbs[i]->line);
}

/* A command of ab or check behind "--", which may begin with the program to run. */
static void complete_inner(char **words, int count)
{
    const bool names_program = strchr(words[0], '/') || strncmp(words[0], "gpubench", 8) == 0 ||
                               (count > 1 && !verb_find(words[0], NULL));
    if (count > 1 && names_program)
        complete_print(words + 1, count - 1);
    else if (!names_program)
        complete_print(words, count);
}

/* The words that a verb's argument begins with: of "gpu|cpu" both, of "add FILE..." the first; the
 * other arguments are names in capitals. */
static void offer_arguments(const struct word *word, const char *argument)
{
    while (argument && *argument >= 'a' && *argument <= 'z') {
        char choice[16];
        const size_t length = strcspn(argument, "| ");
        snprintf(choice, sizeof choice, "%.*s", (int)length, argument);
        offer(word, choice, "");
        argument += length + (argument[length] == '|');
    }
}

void complete_print(char **words, int count)
{
    const char *last = count > 0 ? words[count - 1] : "";
    struct word word = {last, 0, NULL, last};
    if (count <= 1) {
        offer_verbs(&word);
        offer(&word, "--help", "");
        offer(&word, "--version", "");
        return;
    }
    const struct verb *verb = verb_find(words[0], NULL);
    const char *option = words[count - 2];
    if (!verb)
        return;
    if (verb->argument && strcmp(verb->argument, "COMMAND...") == 0)
        for (int i = count - 2; i > 0; i--)
            if (strcmp(words[i], "--") == 0) {
                complete_inner(words + i + 1, count - i - 1);
                return;
            }
    if (strcmp(verb->name, "help") == 0)
        offer_verbs(&word);
    if (count == 2)
        offer_arguments(&word, verb->argument);

    /* bash passes --op=m as three words. */
    if (strcmp(last, "=") == 0) {
        word.start = "";
    } else if (strcmp(option, "=") == 0 && count > 2) {
        option = words[count - 3];
    } else if (strncmp(last, "--", 2) == 0 && strchr(last, '=')) {
        option = last;
        word.start = strchr(last, '=') + 1;
        word.before_bytes = (int)(word.start - last);
    }
    const struct option_row *row = row_of(verb, option);
    if (row && row->argument) {
        complete_value(&word, verb, row);
    } else if (last[0] == '-') {
        word.before = "--";
        word.before_bytes = 2;
        word.start = last + strspn(last, "-");
        for (size_t i = 0; i < option_count; i++)
            if (verb->options & (unsigned)option_rows[i].group)
                offer(&word, option_rows[i].name, option_rows[i].text);
    }
}

static const char bash[] =
    "# bash completion for gpubench, made by gpubench --print=bash\n"
    "_gpubench()\n"
    "{\n"
    "    local IFS=$'\\n'\n"
    "    COMPREPLY=($(gpubench --complete \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null | cut -f1))\n"
    "}\n"
    "complete -o default -F _gpubench gpubench\n";

static const char zsh[] =
    "#compdef gpubench\n"
    "# made by gpubench --print=zsh\n"
    "local -a found\n"
    "found=(${(f)\"$(gpubench --complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
    "found=(${${found//:/\\\\:}//$'\\t'/:})\n"
    "if (( $#found )); then _describe gpubench found; else _files; fi\n";

static const char fish[] =
    "# fish completion for gpubench, made by gpubench --print=fish\n"
    "function __gpubench\n"
    "    set -l found (gpubench --complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)\n"
    "    test -n \"$found\"; and printf '%s\\n' $found; or __fish_complete_path (commandline -ct)\n"
    "end\n"
    "complete -c gpubench -f -a '(__gpubench)'\n";

enum status complete_script(const char *shell, struct failure *why)
{
    static const struct {
        const char *shell, *script;
    } scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(scripts[i].shell, shell) == 0) {
            fputs(scripts[i].script, stdout);
            return STATUS_OK;
        }
    return fail(why, STATUS_USAGE, "--print=%.40s: choose one of: man bash zsh fish.", shell);
}
