/* test_ring_run.c - what a rank of a ring multiplies, and what it sends on meanwhile: by the ranks'
 * transport, or by the links of its device. Both are this test's, and write down what is asked of
 * them. */
#include "bench/gpu_cpu/ranked.h"
#include "bench/plugin/transport.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 14, LOG_BYTES = 1000 };

static char moves[LOG_BYTES],
    work[LOG_BYTES]; /* the transport's, which another thread calls; and the rest */
static const char *const names[] = {
    [PANEL_EVEN] = "even", [PANEL_ODD] = "odd", [PANEL_OWN] = "own"};
static char panels[3][N * N * sizeof(float)];
static int products, fails_at; /* which product fails; 0: none */
static const char *fails;      /* the call that fails */
static int lost = -1;
static bool is_beside, never_moves;
static enum link_state state;

static void note(char *log, const char *format, ...)
{
    const size_t used = strlen(log);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(log + used, LOG_BYTES - used, format,
              arguments); /* a link is looked at again and again */
    va_end(arguments);
}

static const char *panel_at(const void *data)
{
    for (int p = 0; p < 3; p++)
        if (data == panels[p])
            return names[p];
    return "nothing";
}

static int send_to(const void *data, size_t bytes, int to, int channel)
{
    if (channel == CHANNEL_RING)
        note(moves, "%s, %zu bytes to %d; ", panel_at(data), bytes, to);
    return to;
}

static int receive_from(void *data, size_t bytes, int from, int channel)
{
    if (channel == CHANNEL_RING)
        note(moves, "%s, %zu bytes from %d; ", panel_at(data), bytes, from);
    else
        memset(data, 0, bytes);
    return from;
}

static int test(int request)
{
    return request == lost ? -1 : 1;
}

static void *host_panel(struct job *job, enum panel panel)
{
    (void)job;
    return panels[panel];
}

static enum status run_block(struct job *job, const struct variant *v, const struct block *b,
                             struct sample *sample, double *sum, struct failure *why)
{
    (void)job, (void)v;
    note(work, "%s %d x %d+%d; ", names[b->panel], (int)b->rows, (int)b->col, (int)b->cols);
    *sample = (struct sample){.launches = 1};
    *sum = (double[]){1, 10, 100}[products++];
    return products == fails_at ? fail(why, STATUS_NO_MEMORY, "no product") : STATUS_OK;
}

static enum status result_of(const char *call, struct failure *why)
{
    note(work, "%s; ", call);
    return fails && strcmp(call, fails) == 0 ? fail(why, STATUS_NO_MEMORY, "no %s", call)
                                             : STATUS_OK;
}

static enum status make_id(char id[LINKS_ID_BYTES], struct failure *why)
{
    strcpy(id, "the id");
    return result_of("id", why);
}

static enum status join(struct job *job, const char id[LINKS_ID_BYTES], int rank, int ranks,
                        struct failure *why)
{
    (void)job;
    cr_expect_str_eq(id, "the id");
    note(work, "%d of %d ", rank, ranks);
    state = LINK_STARTS;
    return result_of("join", why);
}

static enum status begin_move(struct job *job, enum panel from, uint64_t from_rows, enum panel to,
                              uint64_t to_rows, struct failure *why)
{
    (void)job;
    note(work, "%d of %s out, %d of %s in, ", (int)from_rows, names[from], (int)to_rows, names[to]);
    state = LINK_STARTS;
    return result_of("begin", why);
}

/* From look to look it gets further. */
static enum status look(struct job *job, enum link_state *now, struct failure *why)
{
    (void)job;
    state += state < LINK_RESTS && !never_moves;
    *now = state;
    return result_of(state == LINK_RESTS ? "rests" : "moves", why);
}

static bool goes_beside(const struct variant *v)
{
    (void)v;
    return is_beside;
}

static const struct links links = {.make_id = make_id,
                                   .join = join,
                                   .begin = begin_move,
                                   .look = look,
                                   .goes_beside = goes_beside};
static const struct transport transport = {
    .size = 4, .send = send_to, .receive = receive_from, .test = test};
static struct rank_info info[4] = {
    {.name = "rank 0"}, {.name = "rank 1"}, {.name = "rank 2"}, {.name = "rank 3"}};
static struct ranks ranks;
static struct variant variant = {.op = OP_SUM_AAT, .name = "plain"};
static struct backend backend;
static struct place place = {.backend = &backend};
static struct run run = {.place = &place,
                         .result.problem = {OP_SUM_AAT, N, 1, RANGE_UNIT, ELEMENT_F32}};
static uint64_t at[5] = {0, 2, 5, 9, N};
static struct ranked k = {
    .run = &run, .ranks = &ranks, .variant = &variant, .is_ring = true, .grain = 1, .at = at};
static struct moment moment;
static struct failure why;

static void begin(void)
{
    backend = fake_backend;
    backend.run_block = run_block;
    backend.host_panel = host_panel;
    ranks = (struct ranks){
        .transport = &transport, .rank = 1, .size = 4, .info = info, .last = clock_now()};
}
TestSuite(ring_run, .init = begin, .timeout = 60);

static enum status go(int what)
{
    *moves = *work = '\0';
    products = 0;
    moment = (struct moment){0};
    ranks.is_broken = ranks.is_stuck = false;
    return ring_run(&k, what, &moment, &why);
}

#define PRODUCTS "own 3 x 0+3; even 3 x 0+2; odd 3 x 2+3; "
#define MOVES                                                                                      \
    "even, 112 bytes from 0; own, 168 bytes to 2; odd, 280 bytes from 0; even, 112 bytes to 2; "

Test(ring_run, a_panel_goes_on_while_it_is_multiplied_with)
{
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(work, PRODUCTS);
    cr_expect_str_eq(moves, MOVES);
    cr_expect_eq(moment.part, 111);
    cr_expect_eq(moment.sample.launches, 1);
    cr_expect_eq(ring_bytes(&k), 112 + 280);
}

Test(ring_run, either_can_be_had_alone)
{
    cr_expect_eq(go(RING_MULTIPLIES), STATUS_OK);
    cr_expect_str_eq(work, PRODUCTS);
    cr_expect_str_empty(moves);
    cr_expect_eq(go(RING_MOVES), STATUS_OK);
    cr_expect_str_empty(work);
    cr_expect_str_eq(moves, MOVES);
    cr_expect_eq(moment.part, 0);
}

Test(ring_run, the_first_rank_has_the_last_before_it_and_the_last_the_first_behind_it)
{
    ranks.rank = 0;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_OK);
    cr_expect_str_eq(work, "own 2 x 0+2; even 2 x 0+5; odd 2 x 2+2; ");
    cr_expect_str_eq(moves, "even, 280 bytes from 3; own, 112 bytes to 1; "
                            "odd, 224 bytes from 3; even, 280 bytes to 1; ");
    ranks.rank = 3;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_OK);
    cr_expect_str_eq(work, "own 5 x 0+5; even 5 x 0+4; odd 2 x 0+3; ");
    cr_expect_str_eq(moves, "even, 224 bytes from 2; own, 280 bytes to 0; "
                            "odd, 168 bytes from 2; even, 224 bytes to 0; ");
}

Test(ring_run, a_product_that_fails_ends_the_run_when_its_panels_have_moved)
{
    fails_at = 1;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "no product");
    cr_expect_str_eq(work, "own 3 x 0+3; ");
    cr_expect_str_eq(moves, "even, 112 bytes from 0; own, 168 bytes to 2; ");
}

Test(ring_run, a_panel_that_is_lost_ends_it)
{
    lost = 2;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 2 is gone (exchanging panels)"), "%s", why.text);
    cr_expect_str_eq(work, "own 3 x 0+3; ");
    cr_expect(ranks.is_stuck && !ranks.is_broken);
}

Test(ring_run, devices_multiply_once_the_panels_move_or_have_moved)
{
    backend.links = &links;
    is_beside = true;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(work, "3 of own out, 2 of even in, begin; moves; own 3 x 0+3; rests; "
                           "2 of even out, 5 of odd in, begin; moves; even 3 x 0+2; rests; "
                           "odd 3 x 2+3; ");
    is_beside = false;
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_OK);
    cr_expect_str_eq(work, "3 of own out, 2 of even in, begin; moves; rests; own 3 x 0+3; rests; "
                           "2 of even out, 5 of odd in, begin; moves; rests; even 3 x 0+2; rests; "
                           "odd 3 x 2+3; ");
    cr_expect_str_empty(moves);
}

Test(ring_run, a_link_that_fails_is_this_ranks_failure)
{
    backend.links = &links;
    is_beside = true;
    fails = "begin";
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 1: no begin");
    cr_expect(ranks.is_broken);
    cr_expect_str_eq(work, "3 of own out, 2 of even in, begin; ");
    fails = "moves";
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 1: no moves");
    cr_expect_str_eq(work, "3 of own out, 2 of even in, begin; moves; ");
    fails = "rests";
    cr_expect_eq(go(RING_MULTIPLIES | RING_MOVES), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 1: no rests");
    cr_expect_str_eq(work, "3 of own out, 2 of even in, begin; moves; own 3 x 0+3; rests; ");
}

Test(ring_run, a_link_that_does_not_move_is_the_neighbours)
{
    setenv("GPUBENCH_HANG_SECONDS", "0.01", 1);
    backend.links = &links;
    never_moves = true;
    cr_expect_eq(go(RING_MOVES), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 0 has not answered for "), "%s", why.text);
    cr_expect(strstr(why.text, " (exchanging panels): "), "%s", why.text);
    ranks.rank = 0;
    cr_expect_eq(go(RING_MOVES), STATUS_FAILED);
    cr_expect(strstr(why.text, "rank 3 has not answered for "), "%s", why.text);
}

static enum status connect(const char *what_fails)
{
    fails = what_fails;
    *work = *why.text = '\0';
    ranks.is_broken = false;
    return ring_join(&k, &why);
}

#define JOINED "id; 0 of 4 join; moves; rests; "

Test(ring_run, devices_are_connected_by_an_id_and_a_first_row)
{
    backend.links = &links;
    ranks.rank = 0;
    is_beside = true;
    cr_expect_eq(connect(NULL), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(work, JOINED "1 of own out, 1 of even in, begin; moves; rests; ");
    cr_expect_eq(connect("id"), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 0: no id");
    cr_expect_str_eq(work, "id; ");
    cr_expect_eq(connect("join"), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 0: no join");
    cr_expect_str_eq(work, "id; 0 of 4 join; ");
    cr_expect_eq(connect("rests"), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 0: no rests");
    cr_expect_str_eq(work, JOINED);
    cr_expect_eq(connect("begin"), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "rank 0: no begin");
    cr_expect_str_eq(work, JOINED "1 of own out, 1 of even in, begin; ");
}

Test(ring_run, only_several_devices_with_links_in_a_ring_are_connected)
{
    ranks.rank = 0;
    cr_expect_eq(connect(NULL), STATUS_OK);
    backend.links = &links;
    ranks.size = 1;
    cr_expect_eq(connect(NULL), STATUS_OK);
    ranks.size = 4;
    k.is_ring = false;
    cr_expect_eq(connect(NULL), STATUS_OK);
    cr_expect_str_empty(work);
    k.is_ring = true;
    ranks.size = 2;
    is_beside = true;
    cr_expect_eq(connect(NULL), STATUS_OK);
    cr_expect_str_eq(work, "id; 0 of 2 join; moves; rests; 1 of own out, 1 of even in, begin; "
                           "moves; rests; ");
}
