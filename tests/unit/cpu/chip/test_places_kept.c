/* test_places_kept.c - threads are kept on the CPUs of their places. */
#define _GNU_SOURCE 1 /* sched_getaffinity */

#include "cpu/chip/places.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

static struct places p;

/* Two of this machine's CPUs, the second of them first. */
static void take_two(void)
{
    places_find(&p);
    if (p.count < 2)
        cr_skip_test("one CPU");
    const struct place_of_cpu first = p.list[0];
    p.list[0] = p.list[1];
    p.list[1] = first;
    p.count = 2;
}

/* The CPU on which a task is kept, or -1 if it has several. */
static int cpu_of(int task)
{
    cpu_set_t set;
    cr_assert_eq(sched_getaffinity(task, sizeof set, &set), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&set) == 1; cpu++)
        if (CPU_ISSET(cpu, &set))
            return (int)cpu;
    return -1;
}

Test(places_kept, a_task_is_kept_on_one_of_the_first_and_counted_on_from_the_first)
{
    static const struct {
        size_t count, which, place;
    } cases[] = {{2, 0, 0}, {2, 1, 1}, {2, 2, 0}, {2, 3, 1},
                 {1, 0, 0}, {1, 1, 0}, {9, 1, 1}, {9, 2, 0}};
    take_two();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        places_keep(&p, cases[i].count, 0, cases[i].which);
        cr_expect_eq(cpu_of(0), p.list[cases[i].place].cpu, "case %zu", i);
    }
    places_keep(&p, 0, 0, 1);
    cr_expect_eq(cpu_of(0), p.list[0].cpu, "none of none is the first");
}

Test(places_kept, a_task_may_be_kept_on_several)
{
    cpu_set_t set;
    take_two();
    places_keep_on_all(&p, 1, 0);
    cr_expect_eq(cpu_of(0), p.list[0].cpu);
    places_keep_on_all(&p, 5, 0);
    sched_getaffinity(0, sizeof set, &set);
    cr_expect_eq(CPU_COUNT(&set), 2);
    cr_expect(CPU_ISSET((size_t)p.list[0].cpu, &set) && CPU_ISSET((size_t)p.list[1].cpu, &set));
    const struct places none = {.count = 0};
    places_keep_on_all(&none, 1, 0);
    places_keep(&none, 1, 0, 1);
    cr_expect_eq(cpu_of(0), -1, "without places nothing is done");
}

static pthread_barrier_t listed, looked_at;
static int tasks[3];

static void *wait_for_it(void *which)
{
    tasks[(size_t)which] = gettid();
    pthread_barrier_wait(&listed);
    pthread_barrier_wait(&looked_at);
    return NULL;
}

/* The caller has the first place, so the first new task has the second. */
Test(places_kept, tasks_that_are_new_have_places_of_their_own_behind_the_callers)
{
    int before[64];
    pthread_t threads[3];
    unsigned on[2] = {0};
    take_two();
    places_keep(&p, 2, 0, 0);
    const size_t before_count = places_tasks(before, 64);
    cr_expect_geq(before_count, 1);
    cr_expect_eq(places_tasks(before, 0), 0);
    places_tasks(before, 64);
    pthread_barrier_init(&listed, NULL, 4);
    pthread_barrier_init(&looked_at, NULL, 4);
    for (size_t i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, wait_for_it, (void *)i);
    pthread_barrier_wait(&listed);
    cr_expect_eq(places_tasks((int[64]){0}, 64), before_count + 3);
    places_keep_new(&p, 2, before, before_count);
    for (int i = 0; i < 3; i++)
        on[cpu_of(tasks[i]) == p.list[1].cpu]++;
    cr_expect(on[1] == 2 && on[0] == 1, "%u and %u", on[0], on[1]);
    cr_expect_eq(cpu_of(0), p.list[0].cpu, "the caller stays");
    pthread_barrier_wait(&looked_at);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
