/* status.c - exit codes and names of enum status, and the formatting of failures. */
#include "harness/base/status.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int code;
    const char *name;
} statuses[] = {
#define X(name, code, text) [STATUS_##name] = {code, text},
    STATUS_LIST(X)
#undef X
};

enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

enum status fail(struct failure *why, enum status status, const char *format, ...)
{
    if (!why)
        return status;

    /* Formatted in a buffer of its own, because why->text may be one of the arguments. */
    char text[sizeof why->text];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);

    why->status = status;
    memcpy(why->text, text, sizeof text);
    return status;
}

int exit_code(enum status status)
{
    return (unsigned)status < STATUS_COUNT ? statuses[status].code : 1;
}

const char *status_name(enum status status)
{
    return (unsigned)status < STATUS_COUNT ? statuses[status].name : "unknown status";
}

/* An interrupt and a wrong command line end everything, so they are the most severe. A missing
 * device (77, which most CI systems treat as a skipped test) must not hide a finding, so it is the
 * mildest failure. */
static int severity(enum status status)
{
    static const int mildest_first[] = {0, 77, 6, 4, 3, 5, 1, 2, 130};
    int rank = 0;
    while (mildest_first[rank] != exit_code(status)) /* which is one of them */
        rank++;
    return rank;
}

enum status status_worse(enum status a, enum status b)
{
    return severity(b) > severity(a) ? b : a;
}
