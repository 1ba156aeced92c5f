/* test_hello.c - two ranks meet: what they learn of each other, and that other work is refused. */
#include "bench/cli/verb.h"
#include "bench/ranks/ranks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct failure why;
static struct ranks *ranks;

static enum status join(int rank, int end, uint64_t n)
{
    static const struct verb verb = {.name = "cpu"};
    char text[64];
    snprintf(text, sizeof text, "%d:2:-1:0.%d=%d", rank, !rank, end);
    setenv("GPUBENCH_RANKS", text, 1);
    setenv("GPUBENCH_HANG_SECONDS", "5", 1);
    const struct options o = {.verb = &verb, .n = n};
    return ranks_join(&o, &ranks, &why);
}

static void leave(void)
{
    free(ranks->info);
    free(ranks);
}

/* What rank 1 writes to the pipe. */
struct told {
    enum status status, in_why;
    int hosts;
    struct rank_info info[2];
    char text[64];
};

/* Joins as rank 0, while a child joins as rank 1 with that order. */
static enum status meet(uint64_t n, uint64_t of_child, struct told *told)
{
    int ends[2], pipes[2];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && pipe(pipes) == 0);
    const pid_t child = fork();
    if (child == 0) {
        struct told mine = {.status = join(1, ends[1], of_child)};
        mine.in_why = why.status;
        mine.hosts = ranks->hosts;
        memcpy(mine.info, ranks->info, sizeof mine.info);
        snprintf(mine.text, sizeof mine.text, "%.63s", why.text);
        _exit(write(pipes[1], &mine, sizeof mine) != sizeof mine);
    }
    close(ends[1]);
    const enum status status = join(0, ends[0], n);
    close(ends[0]);
    int how;
    cr_assert_eq(read(pipes[0], told, sizeof *told), sizeof *told);
    cr_assert(waitpid(child, &how, 0) == child && how == 0);
    close(pipes[0]);
    close(pipes[1]);
    return status;
}

Test(hello, ranks_of_one_host_know_each_other)
{
    struct told told;
    char host[64] = "", name[128];
    gethostname(host, sizeof host - 1);
    cr_assert_eq(meet(100, 100, &told), STATUS_OK, "%s", why.text);
    cr_expect_eq(told.status, STATUS_OK, "%s", told.text);
    cr_expect(ranks->hosts == 1 && told.hosts == 1);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "rank %d on %s", i, host);
        cr_expect_str_eq(ranks->info[i].name, name);
        cr_expect_str_eq(told.info[i].name, name);
        cr_expect_str_eq(told.info[i].host, host);
        cr_expect_eq(told.info[i].on_host, i);
        cr_expect_eq(told.info[i].same_cpus, 2);
    }
    leave();
}

Test(hello, a_rank_with_other_work_is_refused_by_both_and_named_by_one)
{
    struct told told;
    cr_expect_eq(meet(100, 101, &told), STATUS_FAILED);
    cr_expect_eq(strncmp(why.text, "rank 1 on ", 10), 0, "%s", why.text);
    cr_expect(strstr(why.text, " was started with other work (cpu 101 --op "), "%s", why.text);
    cr_expect(strstr(why.text, ") than rank 0 on ") && strstr(why.text, " (cpu 100 --op "), "%s",
              why.text);
    cr_expect_eq(told.status, STATUS_FAILED);
    cr_expect_eq(told.in_why, STATUS_FAILED);
    cr_expect_str_empty(told.text);
    leave();
}

/* Of what a rank sends first, in every version: its build, its work and its host. */
struct sent {
    char build[192], work[384], host[64], rest[384];
};

Test(hello, a_rank_of_another_build_is_refused_with_both_builds)
{
    int ends[2];
    struct sent other = {.build = "gpubench 0.0.7 (abc, riscv)", .host = "far"};
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    cr_assert_eq(write(ends[1], &other, sizeof other), sizeof other);
    cr_expect_eq(join(0, ends[0], 100), STATUS_FAILED);
    cr_expect_eq(why.status, STATUS_FAILED);
    cr_expect_eq(strstr(why.text, "rank 1 on far runs gpubench 0.0.7 (abc, riscv), rank 0 on "),
                 why.text, "%s", why.text);
    cr_expect(strstr(why.text, " gpubench ") && strstr(why.text, ": install one build on every "),
              "%s", why.text);
    cr_expect_eq(ranks->hosts, 2);
    cr_expect(ranks->info[0].same_cpus == 1 && ranks->info[1].same_cpus == 1);
    cr_expect(ranks->info[0].on_host == 0 && ranks->info[1].on_host == 0);
    enum status verdict = STATUS_OK;
    cr_expect_eq(read(ends[1], &verdict, sizeof verdict), sizeof verdict);
    cr_expect_eq(verdict, STATUS_FAILED);
    close(ends[0]);
    close(ends[1]);
    leave();
}
