/* http_server.c - answers from a thread. */
#define _GNU_SOURCE 1 /* strcasestr */

#include "tests/unit/http_server.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUESTS_MOST = 32, REQUEST_BYTES = 64 << 10 };

static struct {
    pthread_t thread;
    int socket;
    const char *const *answers;
    size_t count, asked_count;
    char asked[REQUESTS_MOST][REQUEST_BYTES];
} server;

/* Reads a head and as many bytes as its Content-Length says. */
static void read_request(int from, char *text)
{
    size_t used = 0, want = REQUEST_BYTES - 1;
    while (used < want) {
        const ssize_t got = read(from, text + used, want - used);
        if (got <= 0)
            break;
        text[used += (size_t)got] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = end ? strcasestr(text, "\r\nContent-Length:") : NULL;
        if (end)
            want = (size_t)(end + 4 - text) + (length ? strtoul(length + 17, NULL, 10) : 0);
    }
}

static void send_all(int to, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        const ssize_t sent = send(to, text, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

static void *serve(void *unused)
{
    (void)unused;
    while (server.asked_count < server.count) {
        const int connection = accept(server.socket, NULL, NULL);
        if (connection < 0)
            break;
        read_request(connection, server.asked[server.asked_count]);
        const char *answer = server.answers[server.asked_count++];
        if (answer) {
            send_all(connection, "HTTP/1.1 ");
            send_all(connection, answer);
        }
        close(connection);
    }
    close(server.socket); /* further connections are refused */
    server.socket = -1;
    return NULL;
}

const char *http_server_start(const char *const *answers, size_t count)
{
    static char origin[64];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    cr_assert_leq(count, REQUESTS_MOST);
    server.answers = answers;
    server.count = count;
    server.asked_count = 0;
    server.socket = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(server.socket, (struct sockaddr *)&address, bytes), 0);
    cr_assert_eq(listen(server.socket, REQUESTS_MOST), 0);
    cr_assert_eq(getsockname(server.socket, (struct sockaddr *)&address, &bytes), 0);
    cr_assert_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", ntohs(address.sin_port));
    return origin;
}

size_t http_server_stop(void)
{
    shutdown(server.socket, SHUT_RDWR); /* ends accept() */
    pthread_join(server.thread, NULL);
    return server.asked_count;
}

const char *http_server_asked(size_t i)
{
    return server.asked[i];
}
