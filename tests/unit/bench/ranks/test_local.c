/* test_local.c - messages between the ranks of one host. */
#include "bench/ranks/local.h"

#include "bench/plugin/transport.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
