/* test_transfer.c - messages between ranks over a transport of the test's: pieces, losses, limits.
 */
#include "bench/plugin/transport.h"
#include "bench/ranks/transfer.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was begun ("send 12 bytes at 0 to 1 in 0"), and what test() says of the requests: each is
 * asked for as often as `waits` before it ends, with `outcome`, by its peer. */
static char log_text[1024];
static int begun, waits, asked[8], outcome[8], peer_of[8];
static atomic_int ended;

static int begin(const char *verb, size_t bytes, int peer, int channel)
{
    sprintf(log_text + strlen(log_text), "%s %zu %d %d;", verb, bytes, peer, channel);
    if (outcome[peer] == -2)
        return -1;
    peer_of[begun] = peer;
    return begun++;
}
static int send_to(const void *data, size_t bytes, int to, int channel)
{
    (void)data;
    return begin("send", bytes, to, channel);
}
static int receive_from(void *data, size_t bytes, int from, int channel)
{
    (void)data;
    return begin("receive", bytes, from, channel);
}
static int test(int request)
{
    if (asked[request]++ < waits)
        return 0;
    ended += outcome[peer_of[request]] == 1;
    return outcome[peer_of[request]];
}

static const struct transport transport = {
    .size = 4, .send = send_to, .receive = receive_from, .test = test};
static struct rank_info info[4] = {
    {.name = "rank 0"}, {.name = "rank 1"}, {.name = "rank 2"}, {.name = "rank 3"}};
static struct ranks ranks = {.transport = &transport, .size = 4, .info = info};
static struct failure why;
static char data[8];

Test(transfer, a_long_message_goes_in_pieces_and_messages_move_together)
{
    struct transfer list[] = {{.peer = 1,
                               .channel = CHANNEL_STAR,
                               .from = data,
                               .bytes = (size_t)TRANSPORT_BYTES_MAX + 5},
                              {.peer = 2, .channel = CHANNEL_RING, .to = data, .bytes = 7}};
    outcome[1] = outcome[2] = 1;
    waits = 1;
    cr_expect_eq(ranks_wait(&ranks, list, 2, "step", &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(log_text, "send 1073741824 1 0;receive 7 2 1;send 5 1 0;");
    cr_expect_eq(list[0].done, list[0].bytes);
    cr_expect_eq(list[1].done, 7);
    cr_expect_not(ranks.is_broken || ranks.is_stuck);
    cr_expect_eq(ranks_wait(&ranks, list, 2, "step", &why), STATUS_OK);
    cr_expect_eq(begun, 3, "what has moved is not sent again");
}

Test(transfer, a_lost_rank_is_named_before_one_that_is_only_slow)
{
    struct transfer list[] = {{.peer = 1, .channel = CHANNEL_STAR, .to = data, .bytes = 1},
                              {.peer = 2, .channel = CHANNEL_STAR, .to = data, .bytes = 1}};
    outcome[2] = -1;
    cr_expect_eq(ranks_wait(&ranks, list, 2, "the sums", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 2 is gone (the sums): "), "%s", why.text);
    cr_expect(ranks.is_broken && !ranks.is_stuck);
}

Test(transfer, a_message_that_cannot_be_begun_is_a_loss_and_in_the_ring_rank_0_can_still_be_told)
{
    struct transfer one = {.peer = 3, .channel = CHANNEL_RING, .from = data, .bytes = 1};
    outcome[3] = -2;
    cr_expect_eq(ranks_wait(&ranks, &one, 1, "a panel", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 3 is gone (a panel)"), "%s", why.text);
    cr_expect(ranks.is_stuck && !ranks.is_broken);
}

Test(transfer, a_rank_that_does_not_answer_is_named_after_the_time_limit)
{
    struct transfer one = {.peer = 1, .channel = CHANNEL_STAR, .to = data, .bytes = 1};
    setenv("GPUBENCH_HANG_SECONDS", "0.03", 1);
    ranks.last = clock_now();
    const nanos start = clock_now();
    cr_expect_eq(ranks_wait(&ranks, &one, 1, "the sums", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 1 has not answered for "), "%s", why.text);
    cr_expect(strstr(why.text, " s (the sums): it hangs"), "%s", why.text);
    cr_expect_geq(clock_now() - start, 30000000);
    cr_expect(ranks.is_broken);
    cr_expect_geq(ranks.last - start, 30000000);
}

Test(transfer, rank_0_waits_longer_than_a_neighbour_in_the_ring_and_the_others_longer_than_rank_0)
{
    static const struct {
        int rank;
        bool has_ring;
        int channel;
        double seconds;
    } cases[] = {
        {0, false, CHANNEL_STAR, 50}, {1, false, CHANNEL_STAR, 85},   {2, false, CHANNEL_STAR, 85},
        {0, true, CHANNEL_STAR, 85},  {1, true, CHANNEL_STAR, 137.5}, {0, true, CHANNEL_RING, 50},
        {3, true, CHANNEL_RING, 50},
    };
    ranks.longest = 2000000000;
    setenv("GPUBENCH_HANG_SECONDS", "10", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ranks.rank = cases[i].rank;
        ranks.has_ring = cases[i].has_ring;
        cr_expect_float_eq(1e-9 * (double)ranks_limit(&ranks, cases[i].channel), cases[i].seconds,
                           1e-6, "case %zu", i);
    }
    setenv("GPUBENCH_HANG_SECONDS", "0", 1);
    cr_expect_eq(ranks_limit(&ranks, CHANNEL_STAR), 0, "for ever");
}

Test(transfer, work_between_two_exchanges_is_remembered_but_not_time_waited)
{
    struct transfer one = {.peer = 1, .channel = CHANNEL_STAR, .to = data, .bytes = 1};
    outcome[1] = 1;
    const nanos hour = 3600000000000;
    ranks.last = clock_now() - hour;
    cr_expect_eq(ranks_wait(&ranks, &one, 1, "step", &why), STATUS_OK);
    cr_expect_geq(ranks.longest, hour);
    const nanos longest = ranks.longest;
    cr_expect_eq(ranks_wait(&ranks, &one, 1, "step", &why), STATUS_OK);
    cr_expect_eq(ranks.longest, longest);
}

/* Is done when it has been called that often; fails at the call `broken`. */
static int calls, enough = -1, broken = -1;
static enum status look(void *context, bool *is_done, struct failure *found)
{
    (void)context;
    *is_done = ++calls == enough;
    return calls == broken ? fail(found, STATUS_LOST, "the link is down") : STATUS_OK;
}

Test(transfer, what_moves_without_the_transport_is_looked_at_until_it_is_done)
{
    enough = 3;
    cr_expect_eq(ranks_wait_until(&ranks, 1, look, NULL, "a panel", &why), STATUS_OK);
    cr_expect_eq(calls, 3);
    cr_expect_not(ranks.is_stuck || ranks.is_broken);
}

Test(transfer, a_look_that_fails_is_this_ranks_failure_and_one_in_vain_its_neighbours)
{
    ranks.rank = 2;
    broken = 2;
    cr_expect_eq(ranks_wait_until(&ranks, 1, look, NULL, "a panel", &why), STATUS_LOST);
    cr_expect_str_eq(why.text, "rank 2: the link is down");
    cr_expect(ranks.is_broken);
    ranks.is_broken = false;
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    ranks.longest = 0;
    ranks.last = clock_now();
    cr_expect_eq(ranks_wait_until(&ranks, 1, look, NULL, "a panel", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 1 has not answered"), "%s", why.text);
    cr_expect(ranks.is_stuck && !ranks.is_broken);
}

Test(transfer, a_thread_moves_messages_and_the_rest_is_waited_for)
{
    struct transfer list[] = {{.peer = 1, .channel = CHANNEL_RING, .from = data, .bytes = 3},
                              {.peer = 2, .channel = CHANNEL_RING, .to = data, .bytes = 4}};
    struct movement m = {.ranks = &ranks, .list = list, .count = 2};
    outcome[1] = outcome[2] = 1;
    waits = 40;
    cr_expect_eq(ranks_move(&m, &why), STATUS_OK);
    const nanos patience = clock_now() + 30000000000;
    while (ended < 2 && clock_now() < patience)
        sched_yield();
    cr_expect_eq(ended, 2, "without waiting for it");
    cr_expect_eq(ranks_moved(&m, "a panel", &why), STATUS_OK, "%s", why.text);
    cr_expect(list[0].done == 3 && list[1].done == 4);
    struct transfer gone = {.peer = 3, .channel = CHANNEL_RING, .from = data, .bytes = 1};
    m.list = &gone;
    m.count = 1;
    outcome[3] = -1;
    cr_expect_eq(ranks_move(&m, &why), STATUS_OK);
    cr_expect_eq(ranks_moved(&m, "a panel", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 3 is gone (a panel)"), "%s", why.text);
}

Test(transfer, a_movement_that_has_ended_can_begin_again)
{
    struct transfer one = {.peer = 1, .channel = CHANNEL_RING, .from = data, .bytes = 3};
    struct movement m = {.ranks = &ranks, .list = &one, .count = 1};
    outcome[1] = 1;
    atomic_init(&m.ends, true);
    cr_expect_eq(ranks_move(&m, &why), STATUS_OK);
    const nanos patience = clock_now() + 5000000000;
    while (ended < 1 && clock_now() < patience)
        sched_yield();
    cr_expect_eq(ended, 1, "without waiting for it");
    cr_expect_eq(ranks_moved(&m, "a panel", &why), STATUS_OK, "%s", why.text);
}

Test(transfer, a_thread_whose_messages_never_move_ends)
{
    struct transfer one = {.peer = 1, .channel = CHANNEL_RING, .from = data, .bytes = 1};
    struct movement m = {.ranks = &ranks, .list = &one, .count = 1};
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    ranks.last = clock_now();
    cr_expect_eq(ranks_move(&m, &why), STATUS_OK);
    cr_expect_eq(ranks_moved(&m, "a panel", &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 1 has not answered"), "%s", why.text);
}
