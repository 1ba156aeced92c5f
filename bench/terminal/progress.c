/* progress.c - one line on standard error that shows the current step. */
#include "bench/terminal/progress.h"

#include "bench/terminal/color.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TICK_NS = 100000000 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, stopping;
    nanos patience;
    struct progress shown;
} line = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .wake = PTHREAD_COND_INITIALIZER,
          .patience = 500000000,
          .shown = PROGRESS_NOTHING};

static volatile sig_atomic_t painted;

static const char wipe[] = "\r\033[K";

static void put(const char *text, size_t bytes)
{
    const ssize_t written = write(STDERR_FILENO, text, bytes);
    (void)written; /* nothing could be done about a failure */
}

/* Cuts UTF-8 text to `columns`. */
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
static void estimate(const struct progress *p, char *out, size_t bytes, nanos now)
{
    const double grown = p->share - p->first_share;
    const double taken = (double)(now - p->first_time) / 1e9;
    *out = '\0';
    if (p->first_share < 0 || grown < 0.01 || taken < 1)
        return;
    const double left = taken * (1 - p->share) / grown;
    if (left < 100)
        snprintf(out, bytes, ", %.0f s left", left);
    else if (left < 6000)
        snprintf(out, bytes, ", %.0f min left", left / 60);
    else
        snprintf(out, bytes, ", %.1f h left", left / 3600);
}

void progress_text(const struct progress *p, nanos now, bool is_interrupted, size_t columns,
                   char *out, size_t bytes)
{
    char left[48], share[32] = "";
    estimate(p, left, sizeof left, now);
    if (p->share >= 0)
        snprintf(share, sizeof share, " %.0f %%", p->share * 100);
    snprintf(out, bytes, "%s%s%s%s  %.0f s%s%s", p->whole, p->whole[0] ? ": " : "", p->text, share,
             (double)(now - p->since) / 1e9, left,
             is_interrupted ? "  interrupted, ends after this run (Ctrl-C again: at once)" : "");
    cut(out, columns);
}

void progress_advance(struct progress *p, double share, nanos now)
{
    if (p->whole[0]) {
        share = p->from + (share > 0 ? share : 0) * (p->to - p->from);
        share = share < p->share ? p->share : share;
    }
    if (share < p->share || p->first_share < 0) {
        p->first_share = share;
        p->first_time = now;
    }
    p->share = share;
}

static void paint(nanos now)
{
    char text[sizeof line.shown.text + sizeof line.shown.whole + 160], out[sizeof text + 8];
    progress_text(&line.shown, now, interrupt_requested(), terminal_width(stderr) - 1, text,
                  sizeof text);
    const int length = snprintf(out, sizeof out, "%s%s", wipe, text);
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
        if (line.shown.text[0] && now - line.shown.since >= line.patience)
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
    const nanos now = clock_now();
    struct progress *p = &line.shown;
    if (!p->text[0])
        p->since = now;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p->text, sizeof p->text, format, arguments);
    va_end(arguments);
    progress_advance(p, share, now);
    pthread_mutex_unlock(&line.lock);
}

void progress_within(double from, double to, const char *format, ...)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line.shown.whole, sizeof line.shown.whole, format, arguments);
    va_end(arguments);
    line.shown.from = from;
    line.shown.to = to;
    pthread_mutex_unlock(&line.lock);
}

void progress_hide(void)
{
    if (!line.running)
        return;
    pthread_mutex_lock(&line.lock);
    line.shown.text[0] = '\0';
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
    line.shown.text[0] = '\0';
}

void progress_wipe_in_handler(void)
{
    if (painted)
        put(wipe, sizeof wipe - 1);
}

void progress_set_patience(nanos ns)
{
    line.patience = ns;
}
