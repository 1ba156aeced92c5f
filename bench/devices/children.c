/* children.c - starts a process per GPU, waits, collects the results. A child writes its standard
 * output and error to memory files: these never block as a full pipe does, and need no writable
 * file system. */
#define _GNU_SOURCE 1 /* memfd_create */

#include "bench/devices/children.h"

#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/devices/barrier.h"
#include "harness/base/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often to check for an interruption, and how long to sample by default: long enough for the
 * other GPUs to affect clocks and power. */
enum { LOOK_MS = 100 };
#define SAMPLE_SECONDS "2"

struct process {
    pid_t pid;
    int barrier, out, err;
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

/* The child's command line: "gpubench gpu --device I --json --quiet --max-time 2 …", then the
 * user's options without --all-devices. These come last, so they win. */
static char **command_line(const struct options *options, char *device)
{
    static char *const before[] = {"--json", "--quiet", "--max-time", SAMPLE_SECONDS};
    enum { BEFORE = sizeof before / sizeof *before };
    char **line = calloc((size_t)options->argc + BEFORE + 3, sizeof *line);
    int used = 0;
    if (!line)
        return NULL;
    line[used++] = options->argv[0];
    line[used++] = options->argv[1];
    line[used++] = "--device";
    line[used++] = device;
    for (int i = 0; i < (options->samples ? BEFORE - 2 : BEFORE); i++)
        line[used++] = before[i];
    for (int i = 2; i < options->argc; i++)
        if (strncmp(options->argv[i], "--all-", 6) != 0)
            line[used++] = options->argv[i];
    return line;
}

/* Does not return. */
static void become(const struct options *options, const struct child *child,
                   const struct process *p, int barrier, int count)
{
    char device[16];
    snprintf(device, sizeof device, "%d", child->device);
    char **line = command_line(options, device);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    barrier_enter(barrier, count);
    if (line && dup2(p->out, STDOUT_FILENO) >= 0 && dup2(p->err, STDERR_FILENO) >= 0) {
        execv("/proc/self/exe", line);
        dprintf(STDERR_FILENO, "gpubench: cannot start itself again: %s\n", strerror(errno));
    }
    _exit(1);
}

static enum status start(const struct options *options, const struct child *child,
                         struct process *p, int count, struct failure *why)
{
    int barrier = -1;
    p->barrier = barrier_make(&barrier);
    p->out = memfd_create("gpubench-out", MFD_CLOEXEC);
    p->err = memfd_create("gpubench-err", MFD_CLOEXEC);
    if (p->barrier >= 0 && p->out >= 0 && p->err >= 0) {
        p->pid = fork();
        if (p->pid == 0)
            become(options, child, p, barrier, count);
    }
    const int error = errno;
    close(barrier);
    if (p->pid > 0)
        return STATUS_OK;
    return fail(why, STATUS_FAILED, "cannot start a process for GPU %d: %s", child->device,
                strerror(error));
}

/* Waits until the child is at its barrier or has ended; forwards an interruption to it. */
static int look(struct process *p)
{
    int ready;
    while ((ready = barrier_ready(p->barrier, LOOK_MS)) < 0)
        if (interrupt_requested())
            kill(p->pid, SIGTERM);
    return ready;
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

static void collect(struct child *child, struct process *p)
{
    int status = 0;
    if (p->pid > 0) {
        while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
            ;
        child->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        lseek(p->out, 0, SEEK_SET);
        child->document = json_loadfd(p->out, 0, NULL);
        if (child->code != 0 || !child->document)
            read_sentence(p->err, child->sentence, sizeof child->sentence);
        if (WIFSIGNALED(status))
            snprintf(child->sentence, sizeof child->sentence, "its process was ended by signal %d",
                     WTERMSIG(status));
    }
    for (int *file = (int[]){p->barrier, p->out, p->err, -2}; *file != -2; file++)
        if (*file >= 0)
            close(*file);
}

enum status children_run(const struct options *options, struct child *children, int count,
                         struct failure *why)
{
    struct process *p = calloc((size_t)count, sizeof *p);
    enum status status = STATUS_OK;
    int started = 0;
    if (!p)
        return fail(why, STATUS_NO_MEMORY, "no memory for %d processes.", count);
    while (started < count && status == STATUS_OK) {
        status = start(options, &children[started], &p[started], count, why);
        started++;
    }
    for (int i = 0; i < started; i++)
        if (p[i].pid > 0 && status != STATUS_OK)
            kill(p[i].pid, SIGTERM);
        else if (p[i].pid > 0)
            look(&p[i]);
    for (int i = 0; i < started; i++)
        if (p[i].barrier >= 0)
            barrier_open(p[i].barrier);
    for (int i = 0; i < started; i++) {
        if (p[i].pid > 0)
            look(&p[i]); /* its end */
        collect(&children[i], &p[i]);
    }
    free(p);
    return status != STATUS_OK ? status : interrupt_check(why);
}

void children_free(struct child *children, int count)
{
    for (int i = 0; i < count; i++)
        json_decref(children[i].document);
}
