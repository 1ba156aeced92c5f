/* http_server.h - a server on the loopback interface that gives prepared answers, one to each
 * connection, and keeps the requests. */
#ifndef TESTS_UNIT_HTTP_SERVER_H
#define TESTS_UNIT_HTTP_SERVER_H

#include <stddef.h>

/* Starts a thread that gives these answers in order: all that follows "HTTP/1.1 ", as in
 * "200 OK\r\n\r\ntext"; NULL closes the connection without a word. Returns "http://127.0.0.1:PORT".
 */
const char *http_server_start(const char *const *answers, size_t count);

/* Ends the thread and returns the number of requests. */
size_t http_server_stop(void);

/* Request number i, head and body. Valid after http_server_stop(). */
const char *http_server_asked(size_t i);

#endif
