/* places.c - reads the CPUs that are allowed, and binds threads to them. */
#define _GNU_SOURCE 1 /* sched_setaffinity, CPU_ALLOC */

#include "cpu/chip/places.h"

#include "harness/host/files.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The node of each CPU; 0 if the kernel does not report it. */
static void find_nodes(int node_of[PLACES_MAX])
{
    char online[1024], path[80], cpus[4096];
    const char *nodes = online, *list = cpus;
    int first, last, from, to;
    if (!host_read("/sys/devices/system/node/online", online, sizeof online))
        return;
    while (host_list_next(&nodes, &first, &last))
        for (int node = first; node <= last && node < PLACES_MAX; node++) {
            snprintf(path, sizeof path, "/sys/devices/system/node/node%d/cpulist", node);
            if (!host_read(path, cpus, sizeof cpus))
                continue;
            for (list = cpus; host_list_next(&list, &from, &to);)
                for (int cpu = from; cpu <= to && cpu < PLACES_MAX; cpu++)
                    node_of[cpu] = node;
        }
}

/* The first CPU of a CPU's core. */
static int core_of(int cpu)
{
    char path[96], text[256];
    const char *list = text;
    int first, last;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    return host_read(path, text, sizeof text) && host_list_next(&list, &first, &last) ? first : cpu;
}

static int by_turn(const void *a, const void *b)
{
    const struct place_of_cpu *x = a, *y = b;
    if (x->turn != y->turn)
        return x->turn - y->turn;
    return x->node != y->node ? x->node - y->node : x->cpu - y->cpu;
}

void places_of(struct places *p, const bool *allowed, size_t count)
{
    int node_of[PLACES_MAX] = {0}, turns[PLACES_MAX] = {0};
    find_nodes(node_of);
    p->count = p->cores = 0;
    for (int cpu = 0; cpu < PLACES_MAX && (size_t)cpu < count; cpu++) {
        if (!allowed[cpu])
            continue;
        const int core = core_of(cpu);
        const int turn = core >= 0 && core < PLACES_MAX ? turns[core]++ : 0;
        p->list[p->count++] = (struct place_of_cpu){cpu, core, node_of[cpu], turn};
        p->cores += turn == 0;
    }
    qsort(p->list, p->count, sizeof *p->list, by_turn);
}

void places_find(struct places *p)
{
    bool allowed[PLACES_MAX] = {false};
    cpu_set_t *set = CPU_ALLOC(PLACES_MAX);
    const size_t bytes = CPU_ALLOC_SIZE(PLACES_MAX);
    if (set && sched_getaffinity(0, bytes, set) == 0)
        for (size_t cpu = 0; cpu < PLACES_MAX; cpu++)
            allowed[cpu] = CPU_ISSET_S(cpu, bytes, set);
    if (set)
        CPU_FREE(set);
    places_of(p, allowed, PLACES_MAX);
}

int places_nodes(const struct places *p, size_t count)
{
    int nodes = 0;
    for (size_t i = 0; i < count && i < p->count; i++) {
        size_t first = 0;
        while (p->list[first].node != p->list[i].node)
            first++;
        nodes += first == i;
    }
    return nodes;
}

/* Places from … to - 1 of the list. */
static void keep(const struct places *p, size_t from, size_t to, int task)
{
    const size_t bytes = CPU_ALLOC_SIZE(PLACES_MAX);
    cpu_set_t *set = CPU_ALLOC(PLACES_MAX);
    if (!set)
        return;
    CPU_ZERO_S(bytes, set);
    for (size_t i = from; i < to; i++)
        CPU_SET_S((size_t)p->list[i].cpu, bytes, set);
    sched_setaffinity(task, bytes, set); /* of a task that has ended, it fails, which is right */
    CPU_FREE(set);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void places_keep(const struct places *p, size_t count, int task, size_t which)
{
    const size_t at = p->count && count ? which % least(count, p->count) : 0;
    if (p->count)
        keep(p, at, at + 1, task);
}

void places_keep_on_all(const struct places *p, size_t count, int task)
{
    if (p->count)
        keep(p, 0, least(count, p->count), task);
}

size_t places_tasks(int *tasks, size_t max)
{
    DIR *list = opendir("/proc/self/task");
    size_t count = 0;
    for (const struct dirent *entry; list && count < max && (entry = readdir(list));)
        if (entry->d_name[0] != '.')
            tasks[count++] = atoi(entry->d_name);
    if (list)
        closedir(list);
    return count;
}

void places_keep_new(const struct places *p, size_t count, const int *before, size_t before_count)
{
    int now[2 * PLACES_MAX];
    const size_t now_count = places_tasks(now, 2 * PLACES_MAX);
    size_t new = 0;
    for (size_t i = 0; i < now_count; i++) {
        bool is_old = false;
        for (size_t k = 0; k < before_count; k++)
            is_old = is_old || before[k] == now[i];
        if (!is_old)
            places_keep(p, count, now[i], ++new);
    }
}
