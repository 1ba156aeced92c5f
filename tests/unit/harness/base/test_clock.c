#include "harness/base/clock.h"

#include <criterion/criterion.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The start of a process is known to a kernel tick. */
enum { TICK_NS = 10000000 };

static void live_for(nanos ns)
{
    for (nanos begin = clock_now(); clock_now() - begin < ns;)
        ;
}

Test(clock, now_never_goes_back)
{
    nanos before = clock_now();
    for (int i = 0; i < 1000; i++) {
        const nanos now = clock_now();
        cr_assert_geq(now, before);
        before = now;
    }
}

/* A child measures its own age between two moments its parent and it know. Exit status 0: right. */
static int age_of_a_child_is_right(const char *name)
{
    const nanos before_fork = clock_now();
    const pid_t child = fork();
    if (child == 0) {
        if (name)
            prctl(PR_SET_NAME, name);
        const nanos in_child = clock_now();
        live_for(3 * TICK_NS);
        const nanos least = clock_now() - in_child;
        const nanos age = clock_since_process_start();
        const nanos most = clock_now() - before_fork + TICK_NS;
        _exit(age < least ? 1 : age > most ? 2 : 0);
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(clock, age_of_a_process_counts_from_its_fork)
{
    cr_assert_eq(age_of_a_child_is_right(NULL), 0);
}

Test(clock, a_program_name_with_spaces_and_parentheses_does_not_confuse_it)
{
    cr_expect_eq(age_of_a_child_is_right("a) R 1 (b"), 0);
    cr_expect_eq(age_of_a_child_is_right(")) 7 ((("), 0);
}
