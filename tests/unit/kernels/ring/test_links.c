/* test_links.c - what a rank of a ring asks of NCCL and the driver, and when a transfer has ended:
 * both only take notes. */
#include "kernels/ring/ring.h"

#include "harness/base/need.h"
#include "kernels/ring/nccl.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- versions */

static void expect_version(const char *version, enum status status, const char *name)
{
    const struct nccl *nccl;
    struct failure why = {0};
    char text[64];
    setenv("FAKENCCL_VERSION", version, 1);
    cr_expect_eq(nccl_load(&nccl, &why), status, "%s: %s", version, why.text);
    cr_expect_str_eq(nccl->name, name);
    snprintf(text, sizeof text, "%s is too old for --exchange ring", name);
    cr_expect_eq(strncmp(why.text, status ? text : "", strlen(text)), 0, "%s", why.text);
}

Test(links, nccl_is_new_enough_from_2_14_on)
{
    fake_library_load("libcuda.so.1");
    fake_library_load("libnccl.so.2");
    expect_version("2304", STATUS_FAILED, "NCCL 2.3.4");
    expect_version("2809", STATUS_FAILED, "NCCL 2.8.9");
    expect_version("9999", STATUS_FAILED, "NCCL 9.9.99");
    expect_version("10000", STATUS_FAILED, "NCCL 1.0.0");
    expect_version("10899", STATUS_FAILED, "NCCL 1.8.99");
    expect_version("21399", STATUS_FAILED, "NCCL 2.13.99");
}

Test(links, nccl_2_14_is_new_enough)
{
    char name[64];
    struct failure why = {0};
    fake_library_load("libcuda.so.1");
    fake_library_load("libnccl.so.2");
    unsetenv("NCCL_NVLS_ENABLE");
    setenv("FAKENCCL_VERSION", "21400", 1);
    cr_expect_eq(ring_links.find(name, sizeof name, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(name, "NCCL 2.14.0");
    cr_expect_str_eq(getenv("NCCL_NVLS_ENABLE"), "0");
    setenv("FAKENCCL_VERSION", "2304", 1);
    cr_expect_eq(ring_links.find(name, sizeof name, &why), STATUS_OK, "it is loaded once");
}

Test(links, an_nccl_that_was_told_to_use_multicast_is_left_alone_and_named)
{
    const struct nccl *nccl;
    struct failure why = {0};
    fake_library_load("libcuda.so.1");
    fake_library_load("libnccl.so.2");
    setenv("NCCL_NVLS_ENABLE", "1", 1);
    setenv("FAKENCCL_VERSION", "25906", 1);
    cr_assert_eq(nccl_load(&nccl, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(getenv("NCCL_NVLS_ENABLE"), "1");
    cr_expect_str_eq(nccl->name, "NCCL 2.59.6");
    cr_expect_not_null(nccl->GetErrorString);
    cr_expect_not_null(nccl->GetLastError);
}

static const char *words_of(int error)
{
    return error == 3 ? "three" : NULL;
}

static const char *more_of(ncclComm_t comm)
{
    (void)comm;
    return "a cable";
}

static const char *no_more(ncclComm_t comm)
{
    (void)comm;
    return "";
}

static void expect_words(const struct nccl *nccl, int error, const char *text)
{
    struct failure why = {0};
    cr_expect_eq(nccl_fail(nccl, error, "moving", &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, text);
}

Test(links, an_error_is_told_in_the_words_of_nccl)
{
    expect_words(&(struct nccl){.name = "X", .GetErrorString = words_of, .GetLastError = more_of},
                 3, "moving: X error 3 (three: a cable); NCCL_DEBUG=WARN makes it say more");
    expect_words(&(struct nccl){.GetErrorString = words_of, .GetLastError = no_more}, 4,
                 "moving: NCCL error 4 (no description); NCCL_DEBUG=WARN makes it say more");
    expect_words(&(struct nccl){.name = ""}, 3,
                 "moving: NCCL error 3 (no description); NCCL_DEBUG=WARN makes it say more");
}

/* ---- an NCCL and a driver that take notes */

enum { ROWS = 1000, PITCH = 1024, A = 1 << 28 };

static char said[1024];
static int async_error, in_error, stream_of_cuda;
static int refusal; /* what the call named `refused` returns */
static const char *refused = "";
static CUresult query;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    const size_t used = strlen(said);
    va_list list;
    va_start(list, format);
    vsnprintf(said + used, sizeof said - used, format, list);
    va_end(list);
}

static int result_of(const char *call)
{
    return strcmp(refused, call) == 0 ? refusal : 0;
}

static int start(void)
{
    say("start ");
    return result_of("start");
}

static int end(void)
{
    say("end ");
    return result_of("end");
}

static int send_to(const void *from, size_t count, int type, int peer, ncclComm_t comm,
                   CUstream stream)
{
    (void)comm, (void)stream;
    say("send %lld: %zu of %d to %d ", (long long)((uintptr_t)from - A), count, type, peer);
    return result_of("send");
}

static int receive(void *to, size_t count, int type, int peer, ncclComm_t comm, CUstream stream)
{
    (void)comm, (void)stream;
    say("receive %lld: %zu of %d from %d ", (long long)((uintptr_t)to - A), count, type, peer);
    return result_of("receive");
}

static int state_of(ncclComm_t comm, int *error)
{
    (void)comm;
    *error = in_error;
    return async_error;
}

static int join_group(ncclComm_t *comm, int ranks, ncclUniqueId id, int rank,
                      struct nccl_config *config)
{
    *comm = (ncclComm_t)&async_error;
    say("join %d of %d, %.3s, %d %x %d %d ", rank, ranks, id.internal,
        config->size == sizeof *config, config->magic, config->version, config->blocking);
    return result_of("join");
}

static int abort_group(ncclComm_t comm)
{
    (void)comm;
    say("abort ");
    return 0;
}

static CUresult priorities(int *least, int *most)
{
    *least = 0, *most = -5;
    return (CUresult)result_of("priorities");
}

static CUresult make_stream(CUstream *stream, unsigned flags, int priority)
{
    *stream = (CUstream)&stream_of_cuda;
    say("stream %u %d ", flags, priority);
    return (CUresult)result_of("stream");
}

static CUresult make_event(CUevent *event, unsigned flags)
{
    *event = (CUevent)&query;
    (void)flags;
    return (CUresult)result_of("event");
}

static CUresult end_stream(CUstream stream)
{
    (void)stream;
    say("end stream ");
    return CUDA_SUCCESS;
}

static CUresult end_event(CUevent event)
{
    (void)event;
    say("end event ");
    return CUDA_SUCCESS;
}

static CUresult record(CUevent event, CUstream stream)
{
    (void)event, (void)stream;
    say("record ");
    return (CUresult)result_of("record");
}

static CUresult ask_event(CUevent event)
{
    (void)event;
    return query;
}

static CUresult clear(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream)
{
    say("clear %lld: %zu to %d on %d ", (long long)(to - A), bytes, value,
        stream == (CUstream)&stream_of_cuda);
    return (CUresult)result_of("clear");
}

static struct device device;
static struct job job;
static struct failure why;

/* Rank 0 of 3, whose panels have room for 1000 rows, of 1536 with what is behind them. */
static void use_notes(void)
{
    const struct nccl *loaded;
    fake_library_load("libcuda.so.1");
    fake_library_load("libnccl.so.2");
    cr_assert_eq(nccl_load(&loaded, &why), STATUS_OK, "%s", why.text);
    struct nccl *nccl = (struct nccl *)(uintptr_t)loaded;
    nccl->GroupStart = start, nccl->GroupEnd = end;
    nccl->Send = send_to, nccl->Recv = receive;
    nccl->CommGetAsyncError = state_of, nccl->CommAbort = abort_group;
    nccl->CommInitRankConfig = join_group;
    nccl->GetErrorString = NULL, nccl->GetLastError = NULL;
    device =
        (struct device){.share = {.is_block = true, .end = ROWS, .panels = 2, .panel_rows = ROWS},
                        .cu = {.cuCtxGetStreamPriorityRange = priorities,
                               .cuStreamCreateWithPriority = make_stream,
                               .cuStreamDestroy = end_stream,
                               .cuEventCreate = make_event,
                               .cuEventDestroy = end_event,
                               .cuEventRecord = record,
                               .cuEventQuery = ask_event,
                               .cuMemsetD8Async = clear}};
    job = (struct job){.device = &device,
                       .problem = {.op = OP_SUM_AAT, .n = PITCH},
                       .n = PITCH,
                       .pitch = PITCH,
                       .a = A};
}

static void expect_said(const char *text)
{
    cr_expect_str_eq(said, text);
    said[0] = '\0';
}

static void join_ring(int rank)
{
    static const char id[LINKS_ID_BYTES] = "abc";
    use_notes();
    cr_assert_eq(ring_links.join(&job, id, rank, 3, &why), STATUS_OK, "%s", why.text);
}

#define JOINED "stream 1 -5 join 0 of 3, abc, 1 cafebeef 21400 0 "

Test(links, a_rank_joins_with_a_stream_of_the_highest_priority_and_leaves_all_behind)
{
    join_ring(0);
    expect_said(JOINED);
    ring_links.leave(&job);
    expect_said("abort end event end stream ");
    cr_expect_null(job.link);
    ring_links.leave(&job);
    ring_links.leave(NULL);
    expect_said("");
}

static void expect_not_joined(const char *call, int error, enum status status, const char *text)
{
    static const char id[LINKS_ID_BYTES] = "abc";
    refused = call, refusal = error;
    cr_expect_eq(ring_links.join(&job, id, 0, 3, &why), status, "%s", call);
    cr_expect(status == STATUS_OK || strstr(why.text, text), "%s", why.text);
    ring_links.leave(&job);
    refused = "";
    said[0] = '\0';
}

Test(links, what_fails_when_joining_is_told)
{
    use_notes();
    expect_not_joined("priorities", 1, STATUS_FAILED, "making a stream for panels");
    expect_not_joined("stream", 1, STATUS_FAILED, "making a stream for panels");
    expect_not_joined("event", 1, STATUS_FAILED, "making a stream for panels");
    expect_not_joined("join", 3, STATUS_FAILED, "joining a group of GPUs: NCCL ");
    expect_not_joined("join", 3, STATUS_FAILED, " error 3 (no description); NCCL_DEBUG=WARN");
    expect_not_joined("join", NCCL_IN_PROGRESS, STATUS_OK, "");
}

/* A row is 4096 bytes, a panel 1536 rows. */
Test(links, a_panel_goes_to_the_next_rank_and_one_comes_from_the_one_before)
{
    join_ring(0);
    said[0] = '\0';
    cr_expect_eq(ring_links.begin(&job, PANEL_OWN, 1000, PANEL_EVEN, 900, &why), STATUS_OK);
    expect_said("clear -2605056: 2605056 to 0 on 1 start send 0: 4096000 of 0 to 1 "
                "receive -6291456: 3686400 of 0 from 2 end ");
    cr_expect_eq(ring_links.begin(&job, PANEL_EVEN, 0, PANEL_ODD, 768, &why), STATUS_OK);
    expect_said("start receive 6291456: 3145728 of 0 from 2 end ");
    cr_expect_eq(ring_links.begin(&job, PANEL_ODD, 10, PANEL_EVEN, 0, &why), STATUS_OK);
    expect_said("start send 6291456: 40960 of 0 to 1 end ");
    ring_links.leave(&job);
    join_ring(2);
    said[0] = '\0';
    cr_expect_eq(ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 1535, &why), STATUS_OK);
    expect_said("clear 12578816: 4096 to 0 on 1 start send 0: 4096 of 0 to 0 "
                "receive 6291456: 6287360 of 0 from 1 end ");
    ring_links.leave(&job);
}

static void expect_begun(const char *call, int error, enum status status, const char *text)
{
    said[0] = '\0';
    refused = call, refusal = error;
    cr_expect_eq(ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 768, &why), status, "%s", call);
    expect_said(text);
    refused = "";
}

Test(links, what_fails_when_exchanging_is_told_and_what_is_in_progress_is_not)
{
#define SEND    "send 0: 4096 of 0 to 1 "
#define RECEIVE "receive 6291456: 3145728 of 0 from 2 "
    join_ring(0);
    expect_begun("start", 3, STATUS_FAILED, "start end ");
    expect_begun("send", 3, STATUS_FAILED, "start " SEND "end ");
    expect_begun("send", NCCL_IN_PROGRESS, STATUS_OK, "start " SEND RECEIVE "end ");
    expect_begun("receive", 3, STATUS_FAILED, "start " SEND RECEIVE "end ");
    expect_begun("receive", NCCL_IN_PROGRESS, STATUS_OK, "start " SEND RECEIVE "end ");
    expect_begun("end", 3, STATUS_FAILED, "start " SEND RECEIVE "end ");
    cr_expect(strstr(why.text, "exchanging panels"), "%s", why.text);
    expect_begun("end", NCCL_IN_PROGRESS, STATUS_OK, "start " SEND RECEIVE "end ");
    refused = "clear", refusal = 1;
    said[0] = '\0';
    cr_expect_eq(ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 767, &why), STATUS_FAILED);
    expect_said("clear 9433088: 4096 to 0 on 1 ");
    ring_links.leave(&job);
}

static void expect_state(enum link_state want, const char *text)
{
    enum link_state state;
    cr_expect_eq(ring_links.look(&job, &state, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(state, want, "%d, not %d", (int)state, (int)want);
    expect_said(text);
}

Test(links, a_transfer_starts_moves_and_ends)
{
    enum link_state state;
    join_ring(0);
    said[0] = '\0';
    expect_state(LINK_RESTS, "");
    ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 768, &why);
    said[0] = '\0';
    in_error = NCCL_IN_PROGRESS, query = CUDA_ERROR_NOT_READY;
    expect_state(LINK_STARTS, "");
    in_error = 0;
    expect_state(LINK_MOVES, "record ");
    expect_state(LINK_MOVES, "");
    query = CUDA_SUCCESS;
    expect_state(LINK_RESTS, "");

    ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 768, &why);
    in_error = 5;
    cr_expect_eq(ring_links.look(&job, &state, &why), STATUS_FAILED);
    in_error = 0, async_error = 4;
    cr_expect_eq(ring_links.look(&job, &state, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, " error 4 "), "%s", why.text);
    async_error = 0, refused = "record", refusal = 1;
    cr_expect_eq(ring_links.look(&job, &state, &why), STATUS_FAILED);
    refused = "";
    ring_links.begin(&job, PANEL_OWN, 1, PANEL_ODD, 768, &why);
    query = CUDA_ERROR_INVALID_VALUE;
    cr_expect_eq(ring_links.look(&job, &state, &why), STATUS_FAILED);
    ring_links.leave(&job);
}

Test(links, partial_sums_are_those_of_the_tiles_left_of_two_panels_diagonal)
{
    const struct share share = {.is_block = true, .panel_rows = 1000};
    cr_expect_eq(ring_partials(&share, 64), 48 * 49 / 2);
    cr_expect_eq(ring_partials(&share, 128), 24 * 25 / 2);
}
