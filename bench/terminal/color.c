/* color.c - ANSI colours on a terminal. */
#include "bench/terminal/color.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool color_wanted(FILE *to, enum color color)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (color != COLOR_AUTO)
        return color == COLOR_ALWAYS;
    return isatty(fileno(to)) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

void color_print(FILE *to, bool colored, enum tint tint, const char *text)
{
    if (colored)
        fprintf(to, "\033[%dm%s\033[0m", (int)tint, text);
    else
        fputs(text, to);
}

size_t terminal_width(FILE *to)
{
    struct winsize size;
    if (!isatty(fileno(to)))
        return SIZE_MAX;
    return ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}
