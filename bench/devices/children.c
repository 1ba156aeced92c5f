/* children.c - starts a process per GPU, waits, collects the results. A child writes its standard
 * output and error to memory files: these never block as a full pipe does, and need no writable
 * file system. */
#define _GNU_SOURCE 1 /* memfd_create */

#include "bench/devices/children.h"

#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/devices/barrier.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often to check for an interruption, and how long to sample by default: long enough for the
 * other GPUs to affect clocks and power. */
enum { LOOK_MS = 100 };
#define SAMPLE_SECONDS "2"

struct process {
    pid_t pid;
    int barrier, out, err;
    bool is_told, is_lost; /* the interruption was passed on; it does not end */
    bool is_end_seen;      /* its end was reported to the watch */
};

/* One call of children_run(). */
struct family {
    const struct options *options;
    const struct children_watch *watch; /* NULL: nothing to follow */
    struct child *children;
    int count;
    nanos opened, told; /* when the barrier opened and when an interruption came; 0: not yet */
};

struct count_answer {
    enum status status;
    int count;
    char text[sizeof((struct failure *)0)->text];
};

enum status children_count(int *count, struct failure *why)
{
    int ends[2];
    struct count_answer answer = {.status = STATUS_FAILED,
                                  .text = "the driver ended the process that counts the GPUs"};
    if (pipe(ends) != 0)
        return fail(why, STATUS_FAILED, "cannot make a pipe: %s", strerror(errno));
    const pid_t pid = fork();
    if (pid == 0) {
        struct failure reason = {0};
        answer.status = place_named("gpu")->backend->count(&answer.count, &reason);
        memcpy(answer.text, reason.text, sizeof answer.text);
        _exit(write(ends[1], &answer, sizeof answer) != sizeof answer);
    }
    close(ends[1]);
    if (pid > 0) {
        struct count_answer heard;
        struct pollfd ready = {.fd = ends[0], .events = POLLIN};
        while (poll(&ready, 1, LOOK_MS) <= 0)
            if (interrupt_requested()) {
                kill(pid, SIGKILL);
                break;
            }
        if (!interrupt_requested() && read(ends[0], &heard, sizeof heard) == sizeof heard)
            answer = heard;
        waitpid(pid, NULL, 0);
    }
    close(ends[0]);
    if (interrupt_requested())
        return interrupt_check(why);
    *count = answer.count;
    return answer.status == STATUS_OK ? STATUS_OK : fail(why, answer.status, "%s", answer.text);
}

/* Whether a word is the long option of that name, and whether its argument is the next word. */
static bool is_option(const char *word, const char *name, bool *takes_next)
{
    const size_t length = strlen(name);
    *takes_next = strcmp(word, name) == 0;
    return strncmp(word, name, length) == 0 && (word[length] == '=' || !word[length]);
}

/* The child's command line: "gpubench gpu --device I --json --quiet --max-time 2 …" and what was
 * typed, less --all-devices and --device; what was typed comes later and wins. */
static char **command_line(const struct options *options, char *device)
{
    static char *const before[] = {"--json", "--quiet", "--max-time", SAMPLE_SECONDS};
    enum { BEFORE = sizeof before / sizeof *before };
    char **line = need_array((size_t)options->argc + BEFORE + 3, sizeof *line);
    int used = 0;
    line[used++] = options->argv[0];
    line[used++] = options->argv[1];
    line[used++] = "--device";
    line[used++] = device;
    const bool takes_time = options->verb->options & OPTIONS_TIME && !options->samples;
    for (int i = 0; i < (takes_time ? BEFORE : BEFORE - 2); i++)
        line[used++] = before[i];
    bool takes_next = false;
    for (int i = 2; i < options->argc; i++)
        if (takes_next)
            takes_next = false;
        else if (!is_option(options->argv[i], "--device", &takes_next) &&
                 strncmp(options->argv[i], "--all-", 6) != 0)
            line[used++] = options->argv[i];
    return line;
}

/* Does not return. */
static void become(const struct family *f, const struct child *child, const struct process *p,
                   int barrier)
{
    char device[16];
    snprintf(device, sizeof device, "%d", child->device);
    char **line = command_line(f->options, device);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (f->watch)
        setpgid(0, 0);
    barrier_enter(barrier, f->count);
    if (dup2(p->out, STDOUT_FILENO) >= 0 && dup2(p->err, STDERR_FILENO) >= 0) {
        execv("/proc/self/exe", line);
        dprintf(STDERR_FILENO, "gpubench: cannot start itself again: %s\n", strerror(errno));
    }
    _exit(1);
}

static enum status start(const struct family *f, const struct child *child, struct process *p,
                         struct failure *why)
{
    int barrier = -1;
    p->barrier = barrier_make(&barrier);
    p->out = memfd_create("gpubench-out", MFD_CLOEXEC);
    p->err = memfd_create("gpubench-err", MFD_CLOEXEC);
    if (p->barrier >= 0 && p->out >= 0 && p->err >= 0) {
        p->pid = fork();
        if (p->pid == 0)
            become(f, child, p, barrier);
    }
    const int error = errno;
    close(barrier);
    if (p->pid > 0)
        return STATUS_OK;
    return fail(why, STATUS_FAILED, "cannot start a process for GPU %d: %s", child->device,
                strerror(error));
}

/* Passes an interruption on: once to children that are watched. */
static void pass_on(struct family *f, struct process *p, int count)
{
    if (!interrupt_requested())
        return;
    if (!f->told) {
        f->told = clock_now();
        setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL); /* they may need longer to save */
    }
    for (int i = 0; i < count; i++)
        if (p[i].pid > 0 && !p[i].is_told) {
            kill(p[i].pid, SIGTERM);
            p[i].is_told = true;
        }
}

static bool is_too_late(const struct family *f)
{
    const nanos now = clock_now();
    return (f->told && (double)(now - f->told) * 1e-9 > f->watch->hurry_s) ||
           (f->opened && (double)(now - f->opened) * 1e-9 > f->watch->limit_s);
}

/* The first line that begins with "gpubench: ", without that prefix. */
static void read_sentence(int file, char *sentence, size_t bytes)
{
    static const char word[] = "gpubench: ";
    char text[4096];
    const ssize_t length = pread(file, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    const char *from = strstr(text, word);
    from = from ? from + sizeof word - 1 : text;
    snprintf(sentence, bytes, "%.*s", (int)strcspn(from, "\n"), from);
}

/* Fills in how a process ended: by a signal, or with an exit status. One that ended with 0 has a
 * message only if it lacks a result. */
static void describe_end(struct child *child, const struct process *p, bool by_signal, int number,
                         bool has_result)
{
    child->code = by_signal ? 128 + number : number;
    if (by_signal)
        snprintf(child->sentence, sizeof child->sentence, "its process was ended by signal %d",
                 number);
    else if (number != 0 || !has_result)
        read_sentence(p->err, child->sentence, sizeof child->sentence);
}

static void tell_end(const struct family *f, struct process *p, int i)
{
    if (f->watch && !p[i].is_end_seen)
        f->watch->ended(f->watch->context, i, f->children[i].sentence);
    p[i].is_end_seen = true;
}

/* Tells the watch of children that have ended, in whatever order; collect() waits for them. */
static void notice_ends(const struct family *f, struct process *p, int count)
{
    for (int i = 0; i < count; i++) {
        siginfo_t end = {0};
        if (p[i].pid <= 0 || p[i].is_end_seen ||
            waitid(P_PID, (id_t)p[i].pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0 || !end.si_pid)
            continue;
        describe_end(&f->children[i], &p[i], end.si_code != CLD_EXITED, end.si_status, true);
        tell_end(f, p, i);
    }
}

/* Waits until child i of `count` is at its barrier or has ended; passes an interruption on. */
static void look(struct family *f, struct process *p, int i, int count)
{
    while (barrier_ready(p[i].barrier, LOOK_MS) < 0) {
        if (!f->watch) {
            if (interrupt_requested())
                kill(p[i].pid, SIGTERM);
            continue;
        }
        notice_ends(f, p, count);
        f->watch->tick(f->watch->context);
        pass_on(f, p, count);
        if (is_too_late(f)) {
            kill(p[i].pid, SIGKILL);
            p[i].is_lost = barrier_ready(p[i].barrier, 20 * LOOK_MS) < 0;
            return;
        }
    }
}

static void collect(struct child *child, struct process *p)
{
    int status = 0;
    if (p->is_lost) {
        child->code = exit_code(STATUS_LOST);
        snprintf(child->sentence, sizeof child->sentence,
                 "its process does not end, not even by SIGKILL: the driver hangs");
    } else if (p->pid > 0) {
        while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
            ;
        lseek(p->out, 0, SEEK_SET);
        child->document = json_loadfd(p->out, 0, NULL);
        describe_end(child, p, WIFSIGNALED(status),
                     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                     child->document != NULL);
    }
    for (int *file = (int[]){p->barrier, p->out, p->err, -2}; *file != -2; file++)
        if (*file >= 0)
            close(*file);
}

enum status children_run(const struct options *options, struct child *children, int count,
                         struct failure *why)
{
    return children_run_watched(options, children, count, NULL, why);
}

enum status children_run_watched(const struct options *options, struct child *children, int count,
                                 const struct children_watch *watch, struct failure *why)
{
    struct family f = {.options = options, .watch = watch, .children = children, .count = count};
    struct process *p = need_array((size_t)count, sizeof *p);
    enum status status = STATUS_OK;
    int started = 0;
    while (started < count && status == STATUS_OK) {
        status = start(&f, &children[started], &p[started], why);
        started++;
    }
    for (int i = 0; i < started; i++)
        if (p[i].pid > 0 && status != STATUS_OK)
            kill(p[i].pid, SIGTERM);
        else if (p[i].pid > 0)
            look(&f, p, i, started);
    f.opened = clock_now();
    for (int i = 0; i < started; i++)
        if (p[i].barrier >= 0)
            barrier_open(p[i].barrier);
    for (int i = 0; i < started; i++) {
        if (p[i].pid > 0 && !p[i].is_lost)
            look(&f, p, i, started); /* its end */
        collect(&children[i], &p[i]);
        tell_end(&f, p, i);
    }
    free(p);
    return status != STATUS_OK ? status : interrupt_check(why);
}

void children_free(struct child *children, int count)
{
    for (int i = 0; i < count; i++)
        json_decref(children[i].document);
}
