/* places.h - the CPUs that threads may run on, in the order in which threads should take them, and
 * threads kept on them. */
#ifndef CPU_PLACES_H
#define CPU_PLACES_H

#include <stdbool.h>
#include <stddef.h>

enum { PLACES_MAX = 1024 };

struct place_of_cpu {
    int cpu, core, node; /* the core has the number of its first CPU */
    int turn;            /* 0: the first CPU of its core, 1: its second (SMT) … */
};

/* One CPU of each core, node by node, then the second ones. */
struct places {
    struct place_of_cpu list[PLACES_MAX];
    size_t count, cores;
};

/* Those that the affinity mask allows; and those of `count` CPUs that `allowed` has. If the kernel
 * reports no topology, each CPU is a core of node 0. */
void places_find(struct places *p);
void places_of(struct places *p, const bool *allowed, size_t count);

/* How many NUMA nodes the first `count` places lie on. */
int places_nodes(const struct places *p, size_t count);

/* Keeps a task (0: the caller) on place `which` of the first `count`, counted on from the first
 * again if there are fewer; or on all of those. Both do nothing without places. */
void places_keep(const struct places *p, size_t count, int task, size_t which);
void places_keep_on_all(const struct places *p, size_t count, int task);

/* The tasks of this process, up to `max` of them. */
size_t places_tasks(int *tasks, size_t max);

/* Keeps each task that has started since `before` was listed on a place of its own, from the second
 * on: the first is the caller's. */
void places_keep_new(const struct places *p, size_t count, const int *before, size_t before_count);

#endif
