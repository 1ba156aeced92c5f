/* test_room.c - how much OpenBLAS needs, and what is said where a limit leaves less. */
#define _GNU_SOURCE 1 /* pthread_setattr_default_np */
#include "cpu/blas/room.h"
#include "harness/host/limits.h"
#include "tests/unit/cpu/blas/stand_in.h"
#include "tests/unit/host_tree.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

static bool can_map(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at != MAP_FAILED)
        munmap(at, bytes);
    return at != MAP_FAILED;
}

/* Limits stay, so each is tried in a child process. */
static int in_a_child(int (*body)(void))
{
    if (!limits_work())
        cr_skip_test("limits of address space mean nothing here");
    const pid_t child = fork();
    int ended;
    cr_assert_geq(child, 0);
    if (child == 0)
        _exit(body());
    cr_assert_eq(waitpid(child, &ended, 0), child);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

static int leave_eight_mib(void)
{
    room_leave(8 << 20);
    return can_map(6 << 20) && !can_map(10 << 20);
}

Test(room, as_much_is_left_as_was_asked_for)
{
    cr_expect_eq(in_a_child(leave_eight_mib), 1);
}

/* Mode 2 of the kernel grants no more memory than there is, so that what a library only reserves
 * may be too much. */
Test(room, it_is_limited_where_the_kernel_commits_strictly)
{
    static const struct {
        const char *mode;
        int is_limited;
    } cases[] = {{"2\n", 1}, {"0\n", 0}, {"1\n", 0}, {NULL, 0}};
    lift_limits();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        host_tree_make((const struct file[]){
            {cases[i].mode ? "proc/sys/vm/overcommit_memory" : NULL, cases[i].mode}, {NULL, NULL}});
        cr_expect_eq(room_is_limited(), cases[i].is_limited, "%s", cases[i].mode);
        host_tree_remove();
    }
}

static char said[sizeof((struct failure *)NULL)->text];

/* Leaves `mib` and asks for room for `threads`: whether there is, else *said is why not. */
static enum status status_of(size_t mib, int threads)
{
    struct failure why = {.text = ""};
    room_leave(mib << 20);
    const enum status status = room_check(threads, &why);
    snprintf(said, sizeof said, "%s", why.text);
    return status;
}

static bool says(const char *begin, const char *end)
{
    const size_t length = strlen(said), tail = strlen(end);
    return strncmp(said, begin, strlen(begin)) == 0 && length > tail &&
           strcmp(said + length - tail, end) == 0;
}

/* The library has 48 MiB, each of two buffers 128. */
static int one_thread_fits(void)
{
    return status_of(320, 1) == STATUS_OK && room_is_limited();
}
static int one_thread_does_not(void)
{
    return status_of(290, 1) == STATUS_NO_MEMORY &&
           says("OpenBLAS needs 304 MiB for 1 thread, and of the ",
                " MiB are in use: raise the limit");
}
static int two_threads_do_not(void)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16 << 20);
    pthread_setattr_default_np(&attributes);
    return status_of(320, 2) == STATUS_NO_MEMORY &&
           says("OpenBLAS needs 464 MiB for 2 threads, and of the ",
                " MiB are in use: raise the limit, or take fewer threads with --threads");
}

Test(room, a_thread_needs_a_library_and_two_buffers)
{
    cr_expect_eq(in_a_child(one_thread_fits), 1);
    cr_expect_eq(in_a_child(one_thread_does_not), 1);
}

/* And two stacks, here of 16 MiB, of the library's thread and of the program's. */
Test(room, another_thread_needs_a_third_buffer_and_stacks)
{
    cr_expect_eq(in_a_child(two_threads_do_not), 1);
}
