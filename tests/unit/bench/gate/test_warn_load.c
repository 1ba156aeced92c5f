/* test_warn_load.c - from which load on a gate warns that others use the CPU too. */
#include "bench/gate/gate.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void expect(const char *load, bool is_quiet, const char *says)
{
    const struct options o = {.quiet = is_quiet};
    char said[256];
    cr_redirect_stderr();
    host_tree_make((const struct file[]){{load ? "proc/loadavg" : NULL, load}, {NULL, NULL}});
    gate_warn_load(&o);
    host_tree_remove();
    fflush(stderr);
    said[fread(said, 1, sizeof said - 1, cr_get_redirected_stderr())] = '\0';
    cr_expect_str_eq(said, says);
}

/* The load of `share` a CPU, and in *says what is said of it. */
static const char *load_of(double share, char *says, size_t bytes)
{
    static char load[64];
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(load, sizeof load, "%.4f 0 0 1/99 4242\n", share * (double)cpus);
    snprintf(says, bytes,
             "gpubench: other programs are running: the load is %.1f per CPU, and times of the CPU "
             "can be too long.\n",
             share);
    return load;
}

Test(warn_load, a_run_just_before_is_no_other_program)
{
    char says[256];
    expect(load_of(1.25, says, sizeof says), false, "");
}

Test(warn_load, more_is_a_warning)
{
    char says[256];
    const char *load = load_of(1.3, says, sizeof says);
    expect(load, false, says);
}

Test(warn_load, not_where_quiet_is_asked_for)
{
    char says[256];
    expect(load_of(3, says, sizeof says), true, "");
}

Test(warn_load, not_where_the_load_is_unknown)
{
    expect(NULL, false, "");
}
