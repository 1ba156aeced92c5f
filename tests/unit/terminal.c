/* terminal.c - a pseudo-terminal, of which a test holds both ends. */
#define _GNU_SOURCE 1 /* posix_openpt */

#include "tests/unit/terminal.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int screen = -1;
static FILE *stream;

FILE *terminal_open(unsigned short columns)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    struct termios modes;
    screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0)
        cr_skip_test("no terminal can be made here");
    const int end = open(ptsname(screen), O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert(end >= 0 && tcgetattr(end, &modes) == 0);
    modes.c_oflag &= ~(tcflag_t)OPOST; /* line breaks arrive as they are written */
    cr_assert(tcsetattr(end, TCSANOW, &modes) == 0 && ioctl(end, TIOCSWINSZ, &size) == 0);
    stream = fdopen(end, "w");
    cr_assert_not_null(stream);
    return stream;
}

const char *terminal_until(const char *text)
{
    static char shown[16384];
    struct pollfd from = {.fd = screen, .events = POLLIN};
    size_t used = 0;
    shown[0] = '\0';
    while (used + 1 < sizeof shown && !strstr(shown, text) && poll(&from, 1, 10000) == 1) {
        const ssize_t got = read(screen, shown + used, sizeof shown - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        shown[used] = '\0';
    }
    return shown;
}

const char *terminal_close(void)
{
    static const char end[] = "\004"; /* the kernel passes on what is written a moment later */
    fputs(end, stream);
    fflush(stream);
    char *shown = (char *)terminal_until(end);
    shown[strcspn(shown, end)] = '\0';
    fclose(stream);
    close(screen);
    return shown;
}
