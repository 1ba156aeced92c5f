/* test_local.c - messages between the ranks of one host, and ranks that cannot start: their command
 * line is longer than the kernel takes, of which it tells the new process. */
#include "bench/ranks/local.h"

#include "bench/cli/verb.h"
#include "bench/plugin/transport.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 4 << 20 }; /* more than a socket takes at a time */

static const struct transport *transport_of(const char *text)
{
    setenv("GPUBENCH_RANKS", text, 1);
    return local_transport();
}

Test(local, what_is_no_description_of_ranks_is_none)
{
    static const char *const texts[] = {
        "", "1:2", "1:65:0", "1:2:0:9.0=3", "1:2:0:0.64=3", "1:2:0:-1.0=3", "1:2:0:0.-1=3"};
    unsetenv("GPUBENCH_RANKS");
    cr_expect_null(local_transport());
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_null(transport_of(texts[i]), "%s", texts[i]);
    const struct transport *t = transport_of("63:64:-1");
    cr_assert(t);
    cr_expect(t->rank == 63 && t->size == 64 && local_device() == -1);
    cr_expect(t->version == TRANSPORT_VERSION && t->takes_threads);
}

Test(local, a_message_goes_in_parts_and_a_request_is_free_again)
{
    int star[2], ring[2];
    char text[64], *out = malloc(BYTES), *in = malloc(BYTES);
    cr_assert(out && in && socketpair(AF_UNIX, SOCK_STREAM, 0, star) == 0 &&
              socketpair(AF_UNIX, SOCK_STREAM, 0, ring) == 0);
    for (size_t i = 0; i < BYTES; i++)
        out[i] = (char)(i * 7 >> 3);
    snprintf(text, sizeof text, "1:3:2:0.0=%d:1.2=%d", star[0], ring[0]);
    const struct transport *t = transport_of(text);
    cr_assert(t);
    cr_expect(t->rank == 1 && t->size == 3 && local_device() == 2);
    cr_expect(fcntl(star[0], F_GETFD) & FD_CLOEXEC);

    for (int turn = 0; turn < 2 * TRANSPORT_REQUESTS_MAX; turn++) {
        const int nothing = t->receive(in, 1, turn % 2 ? 0 : 2, turn % 2 ? 0 : 1);
        cr_assert_eq(nothing, 0);
        cr_expect_eq(t->test(nothing), 0);
        cr_expect_eq(write(turn % 2 ? star[1] : ring[1], "x", 1), 1);
        cr_expect_eq(t->test(nothing), 1);
        cr_expect_eq(*in, 'x');
    }
    const int sends = t->send(out, BYTES, 0, 0);
    cr_expect_eq(t->test(sends), 0);
    size_t got = 0;
    do {
        const ssize_t bytes = read(star[1], in + got, BYTES - got);
        cr_assert(bytes > 0 || got == BYTES);
        got += (size_t)bytes;
    } while (t->test(sends) == 0);
    while (got < BYTES)
        got += (size_t)read(star[1], in + got, BYTES - got);
    cr_expect_eq(memcmp(in, out, BYTES), 0);

    int requests[TRANSPORT_REQUESTS_MAX];
    for (int i = 0; i < TRANSPORT_REQUESTS_MAX; i++)
        cr_expect((requests[i] = t->receive(in, 1, 0, 0)) == i);
    cr_expect_eq(t->receive(in, 1, 0, 0), -1);
    close(star[1]);
    cr_expect_eq(t->test(requests[5]), -1);
    cr_expect_eq(t->send(out, 1, 0, 0), 5); /* free again after its failure */
    cr_expect_eq(t->test(5), -1);
    free(in);
    free(out);
}

enum { TOO_LONG = 8 << 20 }; /* for one word, also with pages of 64 KiB */

/* Tries to start ranks; `said` gets what they print on standard error. */
static enum status start(const char *ranks, const char *list, char *said, size_t bytes,
                         bool *is_begun, struct failure *why)
{
    static const struct verb verb = {.name = "cpu"};
    char *line[] = {"gpubench", calloc(TOO_LONG + 1, 1), NULL};
    const struct options o = {
        .verb = &verb, .argc = 2, .argv = line, .ranks = ranks, .together = list};
    const int own = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    cr_assert(line[1] && file);
    memset(line[1], '7', TOO_LONG);
    dup2(fileno(file), STDERR_FILENO);
    const enum status status = local_run(&o, is_begun, why);
    dup2(own, STDERR_FILENO);
    close(own);
    rewind(file);
    said[fread(said, 1, bytes - 1, file)] = '\0';
    fclose(file);
    free(line[1]);
    return status;
}

#define REASON "gpubench: cannot start itself again: Argument list too long\n"

Test(local, ranks_that_cannot_start_the_program_again_say_so_and_fail)
{
    struct failure why = {.text = "an old reason"};
    char said[400];
    bool is_begun = false;
    cr_expect_eq(start("2", NULL, said, sizeof said, &is_begun, &why), STATUS_FAILED);
    cr_expect_str_eq(said, REASON REASON);
    cr_expect(is_begun);
    cr_expect_str_empty(why.text);
    cr_expect_eq(why.status, STATUS_FAILED);
}

Test(local, a_list_of_devices_has_64_numbers_of_four_digits_at_most)
{
    char many[65 * 2 + 1], said[8000];
    struct failure why;
    bool is_begun;
    for (size_t i = 0; i < 65; i++)
        memcpy(many + 2 * i, "7,", 2);
    many[2 * 65 - 1] = '\0';
    const struct {
        const char *list;
        bool is_taken;
    } cases[] = {{many + 2, true}, {many, false},   {"9999", true}, {"10000", false}, {"1,0", true},
                 {"", false},      {"1,", false},   {",1", false},  {"1;0", false},   {"-1", false},
                 {"+1", false},    {"1, 0", false}, {"x", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const enum status status = start(NULL, cases[i].list, said, sizeof said, &is_begun, &why);
        cr_expect_eq(status, cases[i].is_taken ? STATUS_FAILED : STATUS_USAGE, "%s", cases[i].list);
        cr_expect_eq(is_begun, cases[i].is_taken, "%s", cases[i].list);
    }
    start(NULL, many + 2, said, sizeof said, &is_begun, &why);
    cr_expect_eq(strlen(said), 64 * strlen(REASON));
    start(NULL, "x", said, sizeof said, &is_begun, &why);
    cr_expect_str_eq(why.text,
                     "--devices is a list of GPUs, at most 64, as in 0,1, or all; not \"x\".");
}

Test(local, without_descriptors_no_rank_is_started)
{
    struct failure why;
    static const struct verb verb = {.name = "cpu"};
    struct rlimit most;
    char *line[] = {"gpubench", NULL};
    const struct options o = {.verb = &verb, .argc = 1, .argv = line, .ranks = "2"};
    bool is_begun = true;
    const int next = dup(STDIN_FILENO);
    cr_assert(next >= 0 && getrlimit(RLIMIT_NOFILE, &most) == 0);
    close(next);
    most.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &most), 0);
    cr_expect_eq(local_run(&o, &is_begun, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "cannot start 2 processes: Too many open files");
    cr_expect_not(is_begun);
}

/* Rank 0 dies of SIGPIPE, because nobody reads what it prints, and so does what started it. */
Test(local, if_nobody_reads_what_rank_0_prints_the_starter_ends_as_rank_0_does)
{
    int ends[2], how;
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    const pid_t child = fork();
    if (child == 0) {
        static const struct verb verb = {.name = "cpu"};
        char *line[] = {"gpubench", calloc(TOO_LONG + 1, 1), NULL};
        const struct options o = {.verb = &verb, .argc = 2, .argv = line, .ranks = "1"};
        struct failure why;
        bool is_begun;
        memset(line[1], '7', TOO_LONG);
        signal(SIGPIPE, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        local_run(&o, &is_begun, &why);
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_expect(WIFSIGNALED(how) && WTERMSIG(how) == SIGPIPE, "%d", how);
    close(ends[1]);
}
