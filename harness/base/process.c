/* process.c - starts a program, reads its pipe and waits for its end. */
#define _GNU_SOURCE 1 /* pipe2 */

#include "harness/base/process.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LOOK_MS = 100, WAIT_MS = 5, PATIENT_MS = 400 };

/* Whether the list has "NAME=value"; "NAME*" in it is any name that begins so. */
static bool lists(const char *const *names, const char *entry)
{
    for (; *names; names++) {
        const size_t length = strcspn(*names, "*");
        if (strncmp(entry, *names, length) == 0 && ((*names)[length] || entry[length] == '='))
            return true;
    }
    return false;
}

/* The caller frees the array alone. */
static char **environment_for(enum process_kind kind)
{
    static const char *const needed[] = {
        "PATH",       "HOME",         "LANG",      "LC_*",         "TMPDIR",
        "TZ",         "GDFONTPATH",   "GNUPLOT_*", "FONTCONFIG_*", "LD_LIBRARY_PATH",
        "LD_PRELOAD", "ASAN_OPTIONS", NULL};
    static const char *const secret[] = {"GPUBENCH_TOKEN",
                                         "GPUBENCH_PUBLISH_URL",
                                         "GPUBENCH_REDACT_SALT",
                                         "AWS_ACCESS_KEY_ID",
                                         "AWS_SECRET_ACCESS_KEY",
                                         "AWS_SESSION_TOKEN",
                                         NULL};
    size_t count = 0, used = 0;
    while (environ && environ[count])
        count++;
    char **out = need_array(count + 1, sizeof *out);
    for (size_t i = 0; i < count; i++)
        if (kind == PROCESS_TOOL ? lists(needed, environ[i]) : !lists(secret, environ[i]))
            out[used++] = environ[i];
    return out;
}

static int start(char *const *argv, int input, int to, enum process_kind kind, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* this program ignores them; others expect the default */
    sigaddset(&defaults, SIGXFSZ);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, to, STDOUT_FILENO);
    if (kind == PROCESS_TOOL)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    char **environment = environment_for(kind);
    const int error = posix_spawnp(pid, argv[0], &files, &attributes, argv, environment);
    free(environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* The program that is read. */
struct reader {
    pid_t pid;
    int from, ended;
    bool is_ended;
    int left;             /* bytes in the pipe when it was seen to have ended */
    nanos interrupted_at; /* 0: not yet */
};

/* Looks whether the program has ended, and passes an interruption on to it: SIGTERM at first, then
 * SIGKILL. */
static void look(struct reader *r)
{
    if (!r->is_ended && waitpid(r->pid, &r->ended, WNOHANG) == r->pid) {
        r->is_ended = true;
        (void)!ioctl(r->from, FIONREAD, &r->left); /* if it fails, all is read that comes */
    }
    if (r->is_ended || !interrupt_requested())
        return;
    const nanos now = clock_now();
    r->interrupted_at = r->interrupted_at ? r->interrupted_at : now;
    kill(r->pid, now - r->interrupted_at < PATIENT_MS * 1000000LL ? SIGTERM : SIGKILL);
}

/* Waits for bytes in the pipe or its end; false if the program has ended and left it open to
 * another one that may never end. */
static bool wait_for(struct reader *r)
{
    struct pollfd more = {.fd = r->from, .events = POLLIN};
    while (poll(&more, 1, LOOK_MS) <= 0) {
        if (r->is_ended)
            return false;
        look(r);
    }
    return true;
}

/* Reads the pipe to its end and adds to *count; NULL if reading fails or *count is above `most`. */
static char *read_all(struct reader *r, size_t most, size_t *count)
{
    size_t capacity = 1 << 16;
    char *bytes = need(capacity);
    bytes[0] = '\0';
    while (wait_for(r)) {
        look(r);
        if (r->is_ended && r->left <= 0)
            return bytes; /* the rest would be of another program, which may write on for ever */
        const ssize_t got = read(r->from, bytes + *count, capacity - *count - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || *count + (size_t)got > most) {
            free(bytes);
            return NULL;
        }
        *count += (size_t)got;
        r->left -= (int)got;
        bytes[*count] = '\0';
        if (got == 0)
            return bytes;
        if (*count + 1 == capacity)
            bytes = need_more(bytes, capacity *= 2);
    }
    return bytes;
}

int process_read(char *const *argv, int input, enum process_kind kind, size_t most,
                 struct process_output *out)
{
    int ends[2];
    pid_t pid;
    *out = (struct process_output){0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    const int error = start(argv, input, ends[1], kind, &pid);
    close(ends[1]);
    if (!error) {
        struct reader r = {.pid = pid, .from = ends[0], .left = INT_MAX};
        out->bytes = read_all(&r, most, &out->count);
        if (!out->bytes)
            kill(pid, SIGKILL);
        for (look(&r); !r.is_ended; look(&r)) /* it may close its output long before it ends */
            poll(NULL, 0, WAIT_MS);
        out->ended = r.ended;
    }
    close(ends[0]);
    return error;
}

bool process_plugin(char *path, const char *name)
{
    static const char *const places[] = {"../lib/gpubench/", "../lib/", ""};
    const char *chosen = getenv("GPUBENCH_PLUGINS");
    if (chosen && *chosen && snprintf(path, PATH_MAX, "%s/%s", chosen, name) < PATH_MAX &&
        access(path, F_OK) == 0)
        return true;
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(path, PATH_MAX, "%s/%s%s", program, places[i], name) < PATH_MAX &&
            access(path, F_OK) == 0)
            return true;
    return false;
}
