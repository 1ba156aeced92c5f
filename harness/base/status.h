/* status.h - how an operation ended, and the one sentence that says why.
 *
 * Functions that can fail return enum status and fill a struct failure: what failed, with which
 * value, and what to do next. Only main() exits; exit_code() is the one place where a status
 * becomes a number. */
#ifndef HARNESS_STATUS_H
#define HARNESS_STATUS_H

#include <stdarg.h>

/* X(name, exit code, meaning). The one list behind the enum, status_name() and exit_code(). */
#define STATUS_LIST(X)                                                                             \
    X(OK, 0, "ok")                                                                                 \
    X(FAILED, 1, "failed")                                                                         \
    X(LOST, 1, "device lost")                                                                      \
    X(WRONG, 1, "wrong result")                                                                    \
    X(NO_MEMORY, 1, "does not fit in memory")                                                      \
    X(USAGE, 2, "usage")                                                                           \
    X(REGRESSION, 3, "regression")                                                                 \
    X(INCONCLUSIVE, 4, "inconclusive")                                                             \
    X(NOT_COMPARABLE, 5, "not comparable")                                                         \
    X(PUBLISH_FAILED, 6, "publish failed, result saved")                                           \
    X(NO_DEVICE, 77, "no usable device")                                                           \
    X(INTERRUPTED, 130, "interrupted")

enum status {
#define X(name, code, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
};

/* Why something failed: one sentence without a final newline, ready to print after "gpubench: ". */
struct failure {
    enum status status;
    char text[1024];
};

/* Fills *why (may be NULL) and returns status, so that callers can write: return fail(why,
 * STATUS_…, "…"). */
enum status fail(struct failure *why, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The process exit code of a status, and its short name ("wrong result"). */
int exit_code(enum status status);
const char *status_name(enum status status);

/* Of two statuses of one process, the one its exit code must tell: 1 > 5 > 3 > 4 > 6, anything over
 * OK. */
enum status status_worse(enum status a, enum status b);

#endif
