/* The CPUs in the order in which threads take them, from trees of files. */
#include "cpu/chip/places.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define CPU(n, siblings)                                                                           \
    {"sys/devices/system/cpu/cpu" #n "/topology/thread_siblings_list", siblings "\n"}

/* Two nodes with two cores each, whose second CPUs are numbered 4 to 7, as servers have it. */
static const struct file server[] = {
    CPU(0, "0,4"),
    CPU(1, "1,5"),
    CPU(2, "2,6"),
    CPU(3, "3,7"),
    CPU(4, "0,4"),
    CPU(5, "1,5"),
    CPU(6, "2,6"),
    CPU(7, "3,7"),
    {"sys/devices/system/node/online", "0-1\n"},
    {"sys/devices/system/node/node0/cpulist", "0,2,4,6\n"},
    {"sys/devices/system/node/node1/cpulist", "1,3,5,7\n"},
    {NULL, NULL},
};

/* "0.0 2.0 …": the CPUs with their nodes. */
static const char *order(const struct places *p)
{
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; i < p->count; i++)
        sprintf(text + strlen(text), "%s%d.%d", i ? " " : "", p->list[i].cpu, p->list[i].node);
    return text;
}

Test(places, cores_come_before_second_threads_and_node_by_node)
{
    static const bool all[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct places p;
    host_tree_make(server);
    places_of(&p, all, 8);
    cr_expect_str_eq(order(&p), "0.0 2.0 1.1 3.1 4.0 6.0 5.1 7.1");
    cr_expect_eq(p.cores, 4);
    cr_expect_eq(places_nodes(&p, 2), 1);
    cr_expect_eq(places_nodes(&p, 3), 2);
    cr_expect_eq(places_nodes(&p, 100), 2);
    host_tree_remove();
}

Test(places, only_what_is_allowed_counts)
{
    static const bool some[8] = {0, 0, 1, 0, 1, 0, 1, 0}; /* 2, 4 and 6; 2 and 6 are one core */
    struct places p;
    host_tree_make(server);
    places_of(&p, some, 8);
    cr_expect_str_eq(order(&p), "2.0 4.0 6.0");
    cr_expect_eq(p.cores, 2);
    cr_expect_eq(places_nodes(&p, 3), 1);
    host_tree_remove();
}

Test(places, without_a_topology_each_cpu_is_a_core_of_node_0)
{
    static const struct file none[] = {{"sys", NULL}, {NULL, NULL}};
    static const bool two[3] = {1, 0, 1};
    struct places p;
    host_tree_make(none);
    places_of(&p, two, 3);
    cr_expect_str_eq(order(&p), "0.0 2.0");
    cr_expect_eq(p.cores, 2);
    places_of(&p, two, 0);
    cr_expect_eq(p.count, 0);
    cr_expect_eq(places_nodes(&p, 1), 0);
    places_keep(&p, 2, 0, 1); /* nothing to do, and no division by 0 */
    host_tree_remove();
}
