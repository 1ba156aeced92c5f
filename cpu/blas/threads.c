/* threads.c - reads OpenBLAS's thread variables. */
#include "cpu/blas/threads.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* 0 if the text is not a positive number. */
static int number_of(const char *text)
{
    char *end;
    const long value = strtol(text, &end, 10);
    const bool is_whole = end != text && (*end == '\0' || *end == ',');
    return is_whole && value > 0 && value <= INT_MAX ? (int)value : 0;
}

int threads_of_user(const char **variable, char *complaint, size_t bytes)
{
    static const char *const names[] = {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS",
                                        "OMP_NUM_THREADS"};
    *complaint = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = getenv(names[i]);
        const int threads = text ? number_of(text) : 0;
        if (threads > 0) {
            *variable = names[i];
            return threads;
        }
        if (text && *text && !*complaint)
            snprintf(complaint, bytes,
                     "%s=%.32s is no number of threads and is ignored: set it to 1 or more, or "
                     "unset it",
                     names[i], text);
    }
    return 0;
}
