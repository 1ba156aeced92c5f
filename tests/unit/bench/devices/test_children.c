/* test_children.c - processes for GPUs that cannot start: with too long a command line, of which
 * the kernel says so to the child, and without descriptors. What children do that start is tested
 * with the program itself. */
#include "bench/devices/children.h"

#include "bench/cli/verb.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TOO_LONG = 8 << 20 }; /* for one word, also with pages of 64 KiB */

static const struct verb verb = {.name = "gpu"};
static struct failure why;

/* Options with a word of so many bytes. */
static struct options typed(size_t bytes)
{
    static char *line[] = {"gpubench", "gpu", NULL, NULL};
    line[2] = calloc(bytes + 1, 1);
    cr_assert(line[2]);
    memset(line[2], '7', bytes);
    return (struct options){.verb = &verb, .argc = 3, .argv = line};
}

/* Lets the process open no further descriptor. */
static void open_no_more(void)
{
    struct rlimit most;
    const int next = dup(STDIN_FILENO);
    cr_assert(next >= 0 && getrlimit(RLIMIT_NOFILE, &most) == 0);
    close(next);
    most.rlim_cur = (rlim_t)next;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &most), 0);
}

static char events[200];

static void tick(void *context)
{
    (void)context;
}

static void ended(void *context, int i, const char *sentence)
{
    const size_t used = strlen(events);
    cr_expect_eq(context, &events);
    snprintf(events + used, sizeof events - used, "%d: %s; ", i, sentence);
}

Test(children, a_program_that_cannot_be_started_again_is_a_failure_of_each_child)
{
    static const char reason[] = "cannot start itself again: Argument list too long";
    const struct options options = typed(TOO_LONG);
    struct child child[2] = {{.device = 0}, {.device = 1}};
    cr_expect_eq(children_run(&options, child, 2, &why), STATUS_OK, "%s", why.text);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(child[i].code, 1);
        cr_expect_str_eq(child[i].sentence, reason);
        cr_expect_null(child[i].document);
    }
    children_free(child, 2);
    free(options.argv[2]);
}

Test(children, the_end_of_each_child_is_told_once)
{
    const struct children_watch watch = {
        .tick = tick, .ended = ended, .context = &events, .limit_s = 3600, .hurry_s = 3600};
    const struct options options = typed(TOO_LONG);
    struct child child[2] = {{.device = 0}, {.device = 1}};
    cr_expect_eq(children_run_watched(&options, child, 2, &watch, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(events, "0: cannot start itself again: Argument list too long; "
                             "1: cannot start itself again: Argument list too long; ");
    children_free(child, 2);
    free(options.argv[2]);
}

Test(children, without_descriptors_none_is_started_and_none_of_the_streams_is_closed)
{
    const struct options options = typed(1);
    struct child child = {.device = 3};
    open_no_more();
    cr_expect_eq(children_run(&options, &child, 1, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "cannot start a process for GPU 3: Too many open files");
    cr_expect_null(child.document);
    cr_expect_geq(fcntl(STDIN_FILENO, F_GETFD), 0);
    free(options.argv[2]);
}

Test(children, without_descriptors_the_gpus_are_not_counted)
{
    int count = 42;
    open_no_more();
    cr_expect_eq(children_count(&count, &why), STATUS_FAILED);
    cr_expect_eq(why.status, STATUS_FAILED);
    cr_expect_str_eq(why.text, "cannot make a pipe: Too many open files");
    cr_expect_eq(count, 42);
}
