/* status.h - how an operation ended, and a message that says why.
 *
 * A function that can fail returns enum status and fills a struct failure: what failed, with which
 * value, and what to do next. exit_code() is the only place where a status becomes a number. */
#ifndef HARNESS_STATUS_H
#define HARNESS_STATUS_H

#include <stdarg.h>

/* X(name, exit code, text): makes the enum, status_name() and exit_code(). */
#define STATUS_LIST(X)                                                                             \
    X(OK, 0, "ok")                                                                                 \
    X(FAILED, 1, "failed")                                                                         \
    X(LOST, 1, "device lost")                                                                      \
    X(WRONG, 1, "wrong result")                                                                    \
    X(NO_MEMORY, 1, "does not fit in memory")                                                      \
    X(USAGE, 2, "usage")                                                                           \
    X(REGRESSION, 3, "regression")                                                                 \
    X(INCONCLUSIVE, 4, "inconclusive")                                                             \
    X(NOT_COMPARABLE, 5, "not comparable, or a file is missing or holds no result")                \
    X(PUBLISH_FAILED, 6, "publish failed, result saved")                                           \
    X(NO_DEVICE, 77, "no usable device")                                                           \
    X(INTERRUPTED, 130, "interrupted")

enum status {
#define X(name, code, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
};

/* Why something failed, ready to print after "gpubench: "; without a final newline. */
struct failure {
    enum status status;
    char text[1024];
};

/* Fills *why, which may be NULL, and returns status: return fail(why, STATUS_…, "…"). */
enum status fail(struct failure *why, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The process exit code of a status, and its short name ("wrong result"). */
int exit_code(enum status status);
const char *status_name(enum status status);

/* The more severe of two statuses, which the exit code reports. By exit code, the most severe
 * first: 130, 2, 1, 5, 3, 4, 6, 77, 0. */
enum status status_worse(enum status a, enum status b);

#endif
