/* process.c - starts a program, reads its pipe and waits for its end. */
#define _GNU_SOURCE 1 /* pipe2 */

#include "harness/base/process.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LOOK_MS = 100 }; /* how often to check for an interruption */

static int start(char *const *argv, int input, int to, bool is_hushed, pid_t *pid)
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
    if (is_hushed)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int error = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* Waits for bytes in the pipe or its end. Passes an interruption on to the other program. */
static void wait_for(int from, pid_t pid)
{
    struct pollfd more = {.fd = from, .events = POLLIN};
    while (poll(&more, 1, LOOK_MS) <= 0)
        if (interrupt_requested())
            kill(pid, SIGTERM);
}

/* Reads the pipe to its end; NULL if reading fails or there are more than `most` bytes. */
static char *read_all(int from, pid_t pid, size_t most, size_t *count)
{
    size_t capacity = 1 << 16;
    char *bytes = need(capacity);
    for (*count = 0;;) {
        wait_for(from, pid);
        const ssize_t got = read(from, bytes + *count, capacity - *count - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || *count + (size_t)got > most)
            break;
        *count += (size_t)got;
        bytes[*count] = '\0';
        if (got == 0)
            return bytes;
        if (*count + 1 == capacity)
            bytes = need_more(bytes, capacity *= 2);
    }
    free(bytes);
    return NULL;
}

int process_read(char *const *argv, int input, bool is_hushed, size_t most,
                 struct process_output *out)
{
    int ends[2];
    pid_t pid;
    *out = (struct process_output){0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    const int error = start(argv, input, ends[1], is_hushed, &pid);
    close(ends[1]);
    if (!error) {
        out->bytes = read_all(ends[0], pid, most, &out->count);
        if (!out->bytes)
            kill(pid, SIGKILL);
        while (waitpid(pid, &out->ended, 0) < 0 && errno == EINTR)
            ;
    }
    close(ends[0]);
    return error;
}
