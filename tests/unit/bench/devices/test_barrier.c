/* test_barrier.c - processes that start to sample at the same moment: both ends in this process. */
#include "bench/devices/barrier.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int parent, child;

static void enter(int count)
{
    parent = barrier_make(&child);
    cr_assert_geq(parent, 0);
    barrier_enter(child, count);
}

Test(barrier, without_one_nothing_waits)
{
    struct failure why = {0};
    struct facts facts = {0};
    unsetenv("GPUBENCH_BARRIER");
    cr_expect_not(barrier_exists());
    cr_expect_eq(barrier_wait(&why), STATUS_OK);
    setenv("GPUBENCH_BARRIER", "7", 1);
    cr_expect_not(barrier_exists());
    barrier_facts(&facts);
    cr_expect_null(facts_get(&facts, "device.at_once"));
    facts_free(&facts);
}

Test(barrier, a_child_says_that_it_is_ready_and_waits_for_the_start_once)
{
    struct failure why = {0};
    struct facts facts = {0};
    enter(3);
    cr_expect(barrier_exists());
    cr_expect_eq(fcntl(child, F_GETFD), 0);
    barrier_facts(&facts);
    cr_expect_eq(facts_get(&facts, "device.at_once")->integer, 3);
    facts_free(&facts);

    cr_expect_eq(barrier_ready(parent, 0), -1);
    barrier_open(parent);
    cr_expect_eq(barrier_wait(&why), STATUS_OK);
    cr_expect_eq(barrier_ready(parent, 0), 1);
    cr_expect_eq(barrier_wait(&why), STATUS_OK);
    cr_expect_eq(barrier_ready(parent, 0), -1);
    close(child);
    cr_expect_eq(barrier_ready(parent, 0), 0);
    barrier_open(parent); /* no SIGPIPE */
}

static void start(int number)
{
    (void)number;
    barrier_open(parent);
}

Test(barrier, a_signal_while_a_child_waits_is_not_the_start)
{
    struct failure why = {0};
    enter(2);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = start}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20000}, NULL);
    cr_expect_eq(barrier_wait(&why), STATUS_OK, "%s", why.text);
}

Test(barrier, of_one_process_is_no_fact)
{
    struct facts facts = {0};
    enter(1);
    barrier_facts(&facts);
    cr_expect_null(facts_get(&facts, "device.at_once"));
    facts_free(&facts);
}

Test(barrier, a_child_whose_parent_is_gone_fails)
{
    struct failure why = {0};
    enter(2);
    close(parent);
    cr_expect_eq(barrier_wait(&why), STATUS_FAILED);
    cr_expect(strstr(why.text, "is gone (Broken pipe)."), "%s", why.text);
}

Test(barrier, a_child_whose_parent_ends_while_it_waits_fails)
{
    struct failure why = {0};
    enter(2);
    shutdown(parent, SHUT_WR);
    cr_expect_eq(barrier_wait(&why), STATUS_FAILED);
    cr_expect(strstr(why.text, "is gone (end of file)."), "%s", why.text);
}
