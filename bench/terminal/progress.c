/* progress.c - one line on standard error that shows the current step. */
#include "bench/terminal/progress.h"

#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_NS = 500000000, TICK_NS = 100000000, LINE_BYTES = 256 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, stopping;
    char text[LINE_BYTES]; /* "" while hidden */
    double share;
    nanos since;
    char whole[LINE_BYTES]; /* progress_within() */
    double from, to;
    double first_share; /* where the share began to grow without falling back */
    nanos first_time;
} line = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .wake = PTHREAD_COND_INITIALIZER,
          .share = -1,
          .to = 1,
          .first_share = -1};

static volatile sig_atomic_t painted;

static const char wipe[] = "\r\033[K";

static void put(const char *text, size_t bytes)
{
    /* A failed write to the terminal is ignored, because nothing could be done about it. */
    if (write(STDERR_FILENO, text, bytes) < 0)
        painted = 0;
}

/* Cuts UTF-8 text to `columns`. A longer line would wrap, and its second line could not be wiped.
 */
static void cut(char *text, size_t columns)
{
    size_t seen = 0;
    for (char *c = text; *c; c++)
        if (((unsigned char)*c & 0xC0) != 0x80 && seen++ == columns) {
            *c = '\0';
            return;
        }
}

/* ", 18 s left"; empty until the share has grown for a second and by a hundredth. */
static void estimate(char *out, size_t bytes, nanos now)
{
    const double grown = line.share - line.first_share;
    const double taken = (double)(now - line.first_time) / 1e9;
    *out = '\0';
    if (line.first_share < 0 || grown < 0.01 || taken < 1)
        return;
    const double left = taken * (1 - line.share) / grown;
    if (left < 100)
        snprintf(out, bytes, ", %.0f s left", left);
    else if (left < 6000)
        snprintf(out, bytes, ", %.0f min left", left / 60);
    else
        snprintf(out, bytes, ", %.1f h left", left / 3600);
}

static void paint(nanos now)
{
    char left[48];
    const nanos elapsed = now - line.since;
    estimate(left, sizeof left, now);

    char text[2 * LINE_BYTES + 160], share[32] = "", out[sizeof text + sizeof wipe];
    if (line.share >= 0)
        snprintf(share, sizeof share, " %.0f %%", line.share * 100);
    snprintf(text, sizeof text, "%s%s%s%s  %.0f s%s%s", line.whole, line.whole[0] ? ": " : "",
             line.text, share, (double)elapsed / 1e9, left,
             interrupt_requested() ? "  interrupted, ends after this run (Ctrl-C again: at once)"
                                   : "");
    cut(text, terminal_width(stderr) - 1);
    int length = snprintf(out, sizeof out, "%s%s", wipe, text);
    painted = 1;
    put(out, (size_t)length);
}

static void unpaint(void)
{
    if (painted)
        put(wipe, sizeof wipe - 1);
    painted = 0;
}

static void *painter(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&line.lock);
    while (!line.stopping) {
        const nanos now = clock_now();
        if (line.text[0] && now - line.since >= PATIENCE_NS)
            paint(now);
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&line.wake, &line.lock, &until);
    }
    unpaint();
    pthread_mutex_unlock(&line.lock);
    return NULL;
}

void progress_start(void)
{
    if (line.running || !isatty(STDERR_FILENO))
        return;
    /* Only the main thread handles signals. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    line.stopping = false;
    line.running = pthread_create(&line.thread, NULL, painter, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_say(double share, const char *format, ...)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    if (!line.text[0])
        line.since = clock_now();
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line.text, sizeof line.text, format, arguments);
    va_end(arguments);
    if (line.whole[0]) {
        share = line.from + (share > 0 ? share : 0) * (line.to - line.from);
        share = share < line.share ? line.share : share;
    }
    if (share < line.share || line.first_share < 0) {
        line.first_share = share;
        line.first_time = clock_now();
    }
    line.share = share;
    pthread_mutex_unlock(&line.lock);
}

void progress_within(double from, double to, const char *format, ...)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line.whole, sizeof line.whole, format, arguments);
    va_end(arguments);
    line.from = from;
    line.to = to;
    pthread_mutex_unlock(&line.lock);
}

void progress_hide(void)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    line.text[0] = '\0';
    unpaint();
    pthread_mutex_unlock(&line.lock);
}

void progress_stop(void)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    line.stopping = true;
    pthread_cond_signal(&line.wake);
    pthread_mutex_unlock(&line.lock);
    pthread_join(line.thread, NULL);
    line.running = false;
    line.text[0] = '\0';
}

void progress_wipe_in_handler(void)
{
    if (painted)
        put(wipe, sizeof wipe - 1);
}
