/* main.c - dispatch to a verb, the last message, and the exit status. */
#include "bench/complete.h"
#include "bench/devices/hang.h"
#include "bench/manual.h"
#include "bench/ranks/launcher.h"
#include "bench/signals.h"
#include "bench/terminal/words.h"
#include "bench/verbs.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/result/store.h"
#include "harness/result/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* If a standard stream is closed, the next file that is opened would take its number and get its
 * output. So closed streams are opened in a way that keeps them failing: standard input for
 * writing, the others for reading. */
static void open_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Whether a launcher has started several processes and this is not the first one, which prints the
 * message. */
static bool is_later_rank(void)
{
    int rank, size;
    return launcher_of(&rank, &size) && rank > 0;
}

/* Refuses several processes of a verb that works alone, because they would be separate runs that
 * look like one. Verbs that describe a host may run on many hosts at once. */
static enum status check_launcher(const struct verb *verb, struct failure *why)
{
    char what[64];
    snprintf(what, sizeof what, "gpubench %s", verb->name);
    if (verb->options & OPTIONS_RANKS || verb == &verb_list || verb == &verb_doctor)
        return STATUS_OK;
    return launcher_check_single(what, why);
}

/* Checks, before anything is measured, that the verb can write its files. */
static enum status check_places(const struct options *o, struct failure *why)
{
    if (is_later_rank()) /* rank 0 writes */
        return STATUS_OK;
    char directory[4096];
    const bool records = o->verb->options & OPTIONS_RECORD;
    const char *const files[] = {records ? o->output : NULL, o->junit};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] && store_check_file(files[i], why) != STATUS_OK)
            return why->status;
    if (!records || o->discard || o->update) /* --update writes only the baseline */
        return STATUS_OK;
    const enum status status = store_directory(o->results, directory, sizeof directory, why);
    return status == STATUS_OK ? store_check_directory(directory, why) : status;
}

static enum status dispatch(int argc, char **argv, struct failure *why)
{
    static const char print[] = "--print=";
    if (argc < 2) {
        verbs_overview(stderr);
        return fail(why, STATUS_USAGE, "%s", "");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        verbs_overview(stdout);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("gpubench %s (%s)\n", tool_version(), tool_commit());
        return STATUS_OK;
    }
    if (strcmp(argv[1], "--complete") == 0) {
        complete_print(argv + 2, argc - 2);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "--print=man") == 0) {
        manual_print();
        return STATUS_OK;
    }
    if (strncmp(argv[1], print, sizeof print - 1) == 0)
        return complete_script(argv[1] + sizeof print - 1, why);

    if (strcasecmp(argv[1], "-v") == 0 || strcasecmp(argv[1], "-version") == 0 ||
        strcasecmp(argv[1], "--version") == 0)
        return fail(why, STATUS_USAGE,
                    "%s is no option of gpubench itself: gpubench --version shows the version.",
                    argv[1]);
    if (strcmp(argv[1], "--gpu") == 0 || strcmp(argv[1], "--cpu") == 0)
        return fail(why, STATUS_USAGE, "%s is no option: did you mean gpubench %s?", argv[1],
                    argv[1] + 2);
    if (argv[1][0] == '-')
        return fail(why, STATUS_USAGE,
                    "%.40s is no option of gpubench itself: options follow a verb, gpubench --help "
                    "shows all.",
                    argv[1]);

    const struct verb *verb = verb_find(argv[1], why);
    if (!verb)
        return STATUS_USAGE;
    struct options options;
    enum status status = options_parse(verb, argc - 1, argv + 1, &options, why);
    options.argc = argc;
    options.argv = argv;
    if (status == STATUS_OK && options.help)
        options_help(verb, stdout);
    else if (status == STATUS_OK && clock_hang_invalid())
        status =
            fail(why, STATUS_USAGE,
                 "GPUBENCH_HANG_SECONDS=%.40s is not a number of seconds: set it to 0 or more, or "
                 "unset it.",
                 clock_hang_invalid());
    else if (status == STATUS_OK && (status = check_launcher(verb, why)) == STATUS_OK &&
             (status = check_places(&options, why)) == STATUS_OK)
        status = verb->run(&options, why);
    options_free(&options);
    return status;
}

/* A launcher kills all ranks when one of them fails, also rank 0 before it has said why. The others
 * therefore end a second later, or as soon as they are killed. */
static void let_rank_0_speak(void)
{
    const struct timespec second = {.tv_sec = 1};
    if (!interrupt_requested())
        nanosleep(&second, NULL);
}

/* The exit code, after the last messages: why it failed, and whether standard output took
 * everything. */
static int end_of(enum status status, const struct failure *why, bool is_document)
{
    errno = 0;
    const bool is_short = fflush(stdout) != 0 || ferror(stdout);
    const int error = errno;
    const bool is_silent = !why->text[0] || status == STATUS_USAGE;
    if (status != STATUS_OK && is_silent && is_later_rank())
        let_rank_0_speak();
    else if (status != STATUS_OK && why->text[0])
        words_warn("%s", why->text);
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (is_short && (error == EPIPE || (poll(&out, 1, 0) == 1 && out.revents & POLLERR))) {
        /* The reader has gone: die by SIGPIPE, as programs do by default. If a document was cut
         * off, print a message first. */
        if (is_document)
            fputs("gpubench: standard output was closed by its reader: the document is "
                  "incomplete.\n",
                  stderr);
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    if (is_short && (error || status == STATUS_OK)) { /* else why->text says so */
        fprintf(stderr,
                "gpubench: standard output cannot be written: %s; what it got is incomplete: send "
                "it to a place with room.\n",
                error ? strerror(error) : "write error");
        status = status_worse(status, STATUS_FAILED);
    }
    if (status == STATUS_INTERRUPTED && interrupt_requested())
        return 128 + interrupt_requested();
    return exit_code(status);
}

int main(int argc, char **argv)
{
    struct failure why = {0};
    open_standard_streams();
    json_set_alloc_funcs(need, free); /* Jansson never returns NULL for lack of memory */
    signals_catch();
    guard_on_hang(hang_end, NULL);
    const bool is_document =
        argc > 1 && (strcmp(argv[1], "report") == 0 || strcmp(argv[1], "export") == 0);
    const int code = end_of(dispatch(argc, argv, &why), &why, is_document);
    signals_main_has_ended();
    return code;
}
