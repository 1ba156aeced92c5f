/* test_system.c - the facts of a system whose files are empty, malformed or in another place. */
#include "harness/host/host.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static struct facts facts;

static void begin(void)
{
    host_tree_make((struct file[]){{NULL, NULL}});
    unsetenv("GPUBENCH_HOST");
    unsetenv("GPUBENCH_IMAGE_DIGEST");
}

static void end(void)
{
    facts_free(&facts);
    host_tree_remove();
}
TestSuite(host_system, .init = begin, .fini = end);

static const char *text_of(const char *path)
{
    facts_free(&facts);
    facts = (struct facts){0};
    host_facts(&facts);
    return facts_get(&facts, path) ? facts_get_text(&facts, path) : "none";
}

Test(host_system, an_id_has_32_hexadecimal_digits_that_are_not_all_alike)
{
    static const struct {
        const char *id;
        bool is_id;
    } cases[] = {{"b08dfa6083e7567a1921a715000001fb", true},
                 {"b08dfa6083e7567a1921a715000001f", false},
                 {"4C4C4544-0042-3510-8052-B4C04F4E4C32\n", true},
                 {"4C4C4544-0042-3510-8052-B4C04F4E4CG2\n", false},
                 {"b08dfa6083e7567a1921a715000001fb extra", false},
                 {"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", false},
                 {"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFE", true},
                 {"11111111111111111111111111111111", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_file("etc/machine-id", cases[i].id);
        const char *digest = text_of("host.machine");
        cr_expect_eq(strcmp(digest, "none") != 0, cases[i].is_id, "%s: %s", cases[i].id, digest);
    }
}

Test(host_system, the_first_of_three_files_that_has_an_id_counts)
{
    static const char *const files[] = {"sys/class/dmi/id/product_uuid", "var/lib/dbus/machine-id",
                                        "etc/machine-id"};
    char last[32] = "none";
    for (size_t i = 0; i < 3; i++) {
        char id[40];
        snprintf(id, sizeof id, "b08dfa6083e7567a1921a7150000%04zu\n", i);
        scratch_file(files[i], id);
        const char *digest = text_of("host.machine");
        cr_expect_str_neq(digest, last, "%s", files[i]);
        cr_expect_eq(strlen(digest), 16);
        snprintf(last, sizeof last, "%s", digest);
    }
    scratch_file("etc/machine-id", "uninitialized\n");
    cr_expect_str_neq(text_of("host.machine"), last);
    scratch_file("sys/class/dmi/id/board_name", "A board\n");
    snprintf(last, sizeof last, "%s", text_of("host.machine"));
    scratch_file("sys/class/dmi/id/board_name", "B board\n");
    cr_expect_str_neq(text_of("host.machine"), last);
}

Test(host_system, the_name_of_the_system_is_the_first_that_is_not_empty)
{
    static const struct {
        const char *text, *name;
    } cases[] = {{"PRETTY_NAME=\"A system\"\nPRETTY_NAME=B\n", "A system"},
                 {"PRETTY_NAME=\"\"\nPRETTY_NAME='B system'\n", "B system"},
                 {"XPRETTY_NAME=A\nPRETTY_NAME=C", "C"},
                 {"PRETTY_NAMES=\"of many\"\nPRETTY_NAME=E", "E"},
                 {"PRETTY_NAME\n", "none"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_file("etc/os-release", cases[i].text);
        cr_expect_str_eq(text_of("host.os"), cases[i].name);
    }
    scratch_file("usr/lib/os-release", "PRETTY_NAME=D\n");
    cr_expect_str_eq(text_of("host.os"), "none", "it is read only where there is no other");
}

Test(host_system, a_setting_without_brackets_and_a_load_without_digits_are_none)
{
    static const char thp[] = "sys/kernel/mm/transparent_hugepage/enabled";
    scratch_file(thp, "always madvise never\n");
    cr_expect_str_eq(text_of("host.thp"), "none");
    scratch_file(thp, "always [madvise\n");
    cr_expect_str_eq(text_of("host.thp"), "none");
    scratch_file(thp, "[always] madvise\n");
    cr_expect_str_eq(text_of("host.thp"), "always");
    scratch_file("proc/loadavg", "none\n");
    scratch_file("sys/devices/system/node/online", "none\n");
    text_of("");
    cr_expect_null(facts_get(&facts, "host.load_1min"));
    cr_expect_null(facts_get(&facts, "host.numa_nodes"));
    scratch_file("proc/loadavg", "0.00 1 2\n");
    text_of("");
    cr_assert_not_null(facts_get(&facts, "host.load_1min"));
    cr_expect_eq(facts_get(&facts, "host.load_1min")->real, 0);
}

Test(host_system, an_empty_variable_is_as_good_as_none)
{
    struct utsname system;
    uname(&system);
    cr_expect_str_eq(text_of("host.name"), system.nodename);
    setenv("GPUBENCH_HOST", "", 1);
    setenv("GPUBENCH_IMAGE_DIGEST", "", 1);
    cr_expect_str_eq(text_of("host.name"), system.nodename);
    cr_expect_str_eq(text_of("container.image_digest"), "none");
    cr_expect_str_eq(text_of("host.kernel"), system.release);
    cr_expect_str_eq(text_of("host.arch"), system.machine);
}

Test(host_system, the_first_and_the_last_variable_of_the_list_are_recorded)
{
    setenv("CUBLASLT_WORKSPACE_SIZE", "1", 1);
    setenv("OPENBLAS_VERBOSE", "2", 1);
    cr_expect_str_eq(text_of("env.CUBLASLT_WORKSPACE_SIZE"), "1");
    cr_expect_str_eq(text_of("env.OPENBLAS_VERBOSE"), "2");
}
