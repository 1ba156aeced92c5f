/* test_ranks.c - exchanges in a star as rank 0 of three, over a transport of the test's: what the
 * others send is given, and what they would get is kept. */
#include "bench/plugin/transport.h"
#include "bench/ranks/ranks.h"
#include "harness/base/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct failure of[3]; /* what each rank says in ranks_agree() */
static char said[256];       /* who sent and received, and whose messages are lost */
static int lost = -1;
static enum status verdict_sent[3];

static int send_to(const void *data, size_t bytes, int to, int channel)
{
    sprintf(said + strlen(said), "to %d;", to);
    if (bytes == sizeof(enum status))
        memcpy(&verdict_sent[to], data, bytes);
    cr_expect_eq(channel, CHANNEL_STAR);
    return to;
}

static int receive_from(void *data, size_t bytes, int from, int channel)
{
    sprintf(said + strlen(said), "from %d;", from);
    if (bytes == sizeof *of)
        memcpy(data, &of[from], bytes);
    else
        memset(data, 'a' + from, bytes);
    cr_expect_eq(channel, CHANNEL_STAR);
    return from;
}

static int test(int request)
{
    return request == lost ? -1 : 1;
}

static const struct transport transport = {
    .size = 3, .send = send_to, .receive = receive_from, .test = test};
static struct rank_info info[3] = {{.name = "rank 0"}, {.name = "rank 1"}, {.name = "rank 2"}};
static struct ranks ranks = {.transport = &transport, .size = 3, .info = info};
static struct failure why;

Test(ranks, rank_0_gathers_in_the_order_of_the_ranks_and_broadcasts_to_all)
{
    char all[9] = "";
    cr_expect_eq(ranks_gather(&ranks, "xy", 2, all, "step", &why), STATUS_OK);
    cr_expect_str_eq(all, "xybbcc");
    cr_expect_eq(ranks_broadcast(&ranks, all, 2, "step", &why), STATUS_OK);
    cr_expect_str_eq(said, "from 1;from 2;to 1;to 2;");
}

Test(ranks, another_rank_only_sends_and_receives)
{
    char data[3] = "xy";
    ranks.rank = 2;
    cr_expect_eq(ranks_gather(&ranks, "xy", 2, NULL, "step", &why), STATUS_OK);
    cr_expect_eq(ranks_broadcast(&ranks, data, 2, "step", &why), STATUS_OK);
    cr_expect_str_eq(said, "to 0;from 0;");
    cr_expect_str_eq(data, "aa");
}

Test(ranks, the_first_rank_that_is_lost_ends_an_exchange)
{
    char all[6] = "";
    lost = 1;
    cr_expect_eq(ranks_gather(&ranks, "xy", 2, all, "the step", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 1 is gone (the step)"), "%s", why.text);
    cr_expect_str_eq(said, "from 1;");
    cr_expect(ranks.is_broken);
    ranks.is_broken = false;
    *said = '\0';
    cr_expect_eq(ranks_broadcast(&ranks, all, 2, "the step", &why), STATUS_FAILED);
    cr_expect_str_eq(said, "to 1;");
}

Test(ranks, if_all_are_well_they_agree_on_that_and_no_reason_is_left)
{
    fail(&why, STATUS_FAILED, "an old reason");
    cr_expect_eq(ranks_agree(&ranks, STATUS_OK, "step", &why), STATUS_OK);
    cr_expect_str_empty(why.text);
    cr_expect_eq(why.status, STATUS_OK);
}

Test(ranks, the_worst_failure_counts_and_of_equal_ones_the_first)
{
    fail(&of[1], STATUS_FAILED, "one fell");
    fail(&of[2], STATUS_FAILED, "two fell");
    cr_expect_eq(ranks_agree(&ranks, STATUS_OK, "step", &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "rank 1: one fell");
    cr_expect(verdict_sent[1] == STATUS_FAILED && verdict_sent[2] == STATUS_FAILED);

    fail(&of[2], STATUS_INTERRUPTED, "two stopped");
    cr_expect_eq(ranks_agree(&ranks, STATUS_OK, "step", &why), STATUS_INTERRUPTED);
    cr_expect_str_eq(why.text, "rank 2: two stopped");

    of[1] = of[2] = (struct failure){0};
    fail(&why, STATUS_NO_DEVICE, "no card");
    cr_expect_eq(ranks_agree(&ranks, STATUS_NO_DEVICE, "step", &why), STATUS_NO_DEVICE);
    cr_expect_str_eq(why.text, "rank 0: no card");
}

Test(ranks, a_rank_alone_has_no_name_in_its_messages)
{
    ranks.size = 1;
    fail(&why, STATUS_NO_DEVICE, "no card");
    cr_expect_eq(ranks_agree(&ranks, STATUS_NO_DEVICE, "step", &why), STATUS_NO_DEVICE);
    cr_expect_str_eq(why.text, "no card");
    cr_expect_str_empty(said);
}

Test(ranks, another_rank_learns_that_one_has_failed_but_not_why)
{
    ranks.rank = 1;
    of[0].status = STATUS_OK;
    memset(&verdict_sent, 0, sizeof verdict_sent);
    fail(&why, STATUS_OK, "an old reason");
    const enum status status = ranks_agree(&ranks, STATUS_OK, "step", &why);
    cr_expect_neq(status, STATUS_OK, "receive_from() sent the bytes aaaa");
    cr_expect_str_empty(why.text);
}

Test(ranks, after_a_broken_exchange_nothing_is_exchanged)
{
    ranks.is_broken = true;
    fail(&why, STATUS_WRONG, "kept");
    cr_expect_eq(ranks_agree(&ranks, STATUS_WRONG, "step", &why), STATUS_WRONG);
    cr_expect_str_eq(why.text, "kept");
    cr_expect_str_empty(said);
}

Test(ranks, if_a_rank_is_lost_while_they_agree_that_is_the_reason)
{
    lost = 2;
    cr_expect_eq(ranks_agree(&ranks, STATUS_OK, "the step", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 2 is gone (the step)"), "%s", why.text);
    cr_expect_str_eq(said, "from 1;from 2;");
}

static void leave(void)
{
    strcat(said, "leaves;");
}

/* As a transport's, it does not return. */
static void give_up(int code)
{
    dprintf(STDERR_FILENO, "%sgives up", said);
    _exit(code);
}

/* Ends a copy of `ranks` in a child process, and compares what that says, to whom, and its exit
 * code; 0 if it goes on. */
static void expect_end(enum status status, const char *text, const char *want, int code)
{
    static struct transport ending;
    char got[400] = "";
    int pipes[2], how;
    ending = transport;
    ending.leave = leave;
    ending.give_up = give_up;
    cr_assert_eq(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct ranks *r = malloc(sizeof *r);
        dup2(pipes[1], STDERR_FILENO);
        *r = ranks;
        r->transport = &ending;
        r->info = calloc(3, sizeof *r->info);
        snprintf(why.text, sizeof why.text, "%s", text);
        why.status = status;
        ranks_end(r, status, &why);
        dprintf(STDERR_FILENO, "%s%s", said, why.text);
        _exit(0);
    }
    close(pipes[1]);
    for (ssize_t used = 0, more = 1; more > 0; used += more)
        more = read(pipes[0], got + used, sizeof got - 1 - (size_t)used);
    close(pipes[0]);
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_expect_str_eq(got, want);
    cr_expect(WIFEXITED(how) && WEXITSTATUS(how) == code, "%d", how);
}

Test(ranks, all_leave_together_and_a_failure_is_told_before)
{
    ranks_end(NULL, STATUS_FAILED, &why);
    expect_end(STATUS_OK, "", "to 1;to 2;leaves;", 0);
    expect_end(STATUS_OK, "no failure", "to 1;to 2;leaves;no failure", 0);
    expect_end(STATUS_FAILED, "one fell", "gpubench: one fell\nto 1;to 2;leaves;", 0);
    expect_end(STATUS_FAILED, "", "to 1;to 2;leaves;", 0);
    ranks.rank = 1;
    expect_end(STATUS_OK, "", "from 0;leaves;", 0);
}

Test(ranks, after_a_failed_exchange_they_give_up_with_the_code_of_the_status_or_1)
{
    ranks.is_broken = true;
    expect_end(STATUS_OK, "", "gives up", 1);
    expect_end(STATUS_OK, "a reason", "gpubench: a reason\ngives up", 1);
    expect_end(STATUS_NO_DEVICE, "no card", "gpubench: no card\ngives up", 77);
    ranks.is_broken = false;
    ranks.is_stuck = true;
    expect_end(STATUS_OK, "", "to 1;to 2;gives up", 1);
    ranks.is_stuck = false;
    lost = 2;
    expect_end(STATUS_OK, "", "to 1;to 2;gives up", 1);
    expect_end(STATUS_NO_DEVICE, "no card", "gpubench: no card\nto 1;to 2;gives up", 77);
}

Test(ranks, an_interruption_ends_them_at_once_and_rank_0_tells_it)
{
    interrupt_request(SIGTERM);
    expect_end(STATUS_INTERRUPTED, "stopped", "gpubench: stopped\n", 128 + SIGTERM);
    ranks.rank = 2;
    expect_end(STATUS_INTERRUPTED, "stopped", "", 128 + SIGTERM);
    interrupt_request(0);
}
