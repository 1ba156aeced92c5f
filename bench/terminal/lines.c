/* lines.c - breaks lines to the width of the terminal. */
#include "bench/terminal/lines.h"

#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The widest label with the blanks around it, and the narrowest column of text beside it. */
enum { LABEL_MAX = 22, ROOM_LEAST = 24 };

static void print_line(FILE *to, const char *line)
{
    const size_t columns = terminal_width(to), blanks = strspn(line, " ");
    const char *gap = strstr(line + blanks, "  "), *said = gap ? gap + strspn(gap, " ") : line;
    size_t at = words_width(line) - words_width(said), indent = blanks ? blanks : 2;
    if (words_width(line) <= columns) {
        fputs(line, to);
        return;
    }
    if (!gap || at > LABEL_MAX || at >= columns) {
        said = line + blanks;
        at = blanks;
    } else if (at + ROOM_LEAST <= columns) {
        indent = at;
    }
    fprintf(to, "%.*s", (int)(said - line), line);
    words_wrap(to, said, at, indent, columns);
}

void lines_print(FILE *to, char *text)
{
    for (char *end; *text; text = end) {
        end = text + strcspn(text, "\n");
        const bool is_last = !*end;
        *end = '\0';
        print_line(to, text);
        fputc('\n', to);
        end += !is_last;
    }
}

void lines_printf(FILE *to, const char *format, ...)
{
    char *text;
    size_t bytes;
    FILE *line = need_stream(&text, &bytes);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(line, format, arguments);
    va_end(arguments);
    need_stream_end(line);
    lines_print(to, text);
    free(text);
}
