/* need.c - allocation that succeeds or ends the program. */
#include "harness/base/need.h"

#include "harness/base/status.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Enough to write the results of a run as JSON text. */
enum { RESERVE_BYTES = 1 << 20 };

static struct {
    void (*save)(void *context);
    void *context;
    void *reserve; /* released before save() runs */
    atomic_bool has_failed;
} on_failure;

void need_on_failure(void (*save)(void *context), void *context)
{
    free(on_failure.reserve);
    on_failure.reserve = save ? malloc(RESERVE_BYTES) : NULL;
    on_failure.save = save;
    on_failure.context = context;
}

/* No exit handlers: a GPU driver's may hang while another thread is inside the driver. */
_Noreturn void need_failed(size_t bytes)
{
    const bool is_first = !atomic_exchange(&on_failure.has_failed, true);
    if (is_first && on_failure.save) {
        free(on_failure.reserve);
        on_failure.save(on_failure.context);
    }
    fflush(stdout);
    fprintf(stderr,
            "gpubench: out of memory: the host refused %zu bytes; end other programs or raise the "
            "memory limit.\n",
            bytes);
    _exit(exit_code(STATUS_NO_MEMORY));
}

void *need_array(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        need_failed(size && count > SIZE_MAX / size ? SIZE_MAX : count * size);
    return memory;
}

void *need(size_t bytes)
{
    return need_array(1, bytes);
}

void *need_more(void *old, size_t bytes)
{
    void *memory = realloc(old, bytes ? bytes : 1);
    if (!memory)
        need_failed(bytes);
    return memory;
}

void *need_copy(const void *from, size_t bytes)
{
    return bytes ? memcpy(need(bytes), from, bytes) : need(0);
}

char *need_text(const char *text)
{
    return need_copy(text, strlen(text) + 1);
}

void *need_room(void *list, size_t count, size_t size)
{
    enum { SMALLEST = 8 };
    if (count == 0)
        return need_more(list, SMALLEST * size);
    const bool is_full = count >= SMALLEST && (count & (count - 1)) == 0;
    return is_full ? need_more(list, 2 * count * size) : list;
}

char *need_format(const char *format, ...)
{
    char *text;
    size_t bytes;
    va_list arguments;
    FILE *to = need_stream(&text, &bytes);
    va_start(arguments, format);
    vfprintf(to, format, arguments);
    va_end(arguments);
    need_stream_end(to);
    return text;
}

FILE *need_stream(char **text, size_t *bytes)
{
    *text = NULL;
    FILE *stream = open_memstream(text, bytes);
    if (!stream)
        need_failed(0);
    return stream;
}

void need_stream_end(FILE *stream)
{
    const bool is_short = ferror(stream) != 0;
    if (fclose(stream) != 0 || is_short) /* a stream in memory fails only for lack of it */
        need_failed(0);
}
