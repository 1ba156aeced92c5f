/* test_files.c - reading the host's small files, and whether a directory can be written. */
#include "harness/host/files.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static void begin(void)
{
    host_set_root(scratch_make());
}

static void end(void)
{
    host_set_root(NULL);
    scratch_remove();
}

TestSuite(files, .init = begin, .fini = end);

Test(files, a_text_is_read_without_the_blanks_at_its_end)
{
    char text[8] = "before";
    scratch_file("a", "one two\n\n");
    scratch_file("one", "x \n");
    scratch_file("blank", " \n");
    scratch_file("empty", "");
    cr_expect(host_read("/a", text, sizeof text));
    cr_expect_str_eq(text, "one two", "as much as there is room for");
    cr_expect(host_read("/a", text, 4));
    cr_expect_str_eq(text, "one");
    cr_expect(host_read("/one", text, sizeof text));
    cr_expect_str_eq(text, "x");
    cr_expect_not(host_read("/blank", text, sizeof text));
    cr_expect_str_eq(text, "");
    cr_expect_not(host_read("/empty", text, sizeof text));
    cr_expect_not(host_read("/none", text, sizeof text));
}

Test(files, a_number_may_have_blanks_before_and_words_behind_it)
{
    static const struct {
        const char *text;
        bool is_number;
        uint64_t value;
    } cases[] = {{"0\n", true, 0},   {" 42 kB\n", true, 42},
                 {"-1\n", false, 7}, {"18446744073709551615", true, UINT64_MAX},
                 {"max", false, 7},  {"x 1", false, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t value = 7;
        scratch_file("n", cases[i].text);
        cr_expect_eq(host_read_number("/n", &value), cases[i].is_number, "%s", cases[i].text);
        cr_expect_eq(value, cases[i].value, "%s", cases[i].text);
    }
}

Test(files, a_key_is_found_whole_at_the_beginning_of_a_line)
{
    uint64_t value = 7;
    scratch_file("keys", "Free: 1 kB\nMemFree:  2 kB\nMem 3\nBare:4\nMany: x\nMany: 5\n");
    cr_expect(host_read_keyed("/keys", "MemFree", &value) && value == 2);
    cr_expect(host_read_keyed("/keys", "Free", &value) && value == 1);
    cr_expect(host_read_keyed("/keys", "Mem", &value) && value == 3);
    cr_expect(host_read_keyed("/keys", "Many", &value) && value == 5);
    cr_expect_not(host_read_keyed("/keys", "Bare", &value));
    cr_expect_not(host_read_keyed("/keys", "None", &value));
    cr_expect_not(host_read_keyed("/none", "Mem", &value));
}

Test(files, what_is_there_and_may_be_used_is_told)
{
    char long_name[2 * PATH_MAX + 1];
    scratch_file("a", "x");
    scratch_file("folder", NULL);
    cr_expect(host_exists("/a"));
    cr_expect_not(host_exists("/b"));
    cr_expect_eq(host_use_error("/a"), 0);
    cr_expect_eq(host_use_error("/b"), ENOENT);
    cr_expect_eq(host_use_error("/folder"), EISDIR);
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cr_expect_eq(host_use_error(long_name), ENAMETOOLONG);
    cr_expect_not(host_exists(long_name));
    cr_expect_null(host_open(long_name));
    cr_expect_null(host_opendir(long_name));
}

Test(files, a_list_is_taken_apart_range_by_range)
{
    const char *list = "0-3,8,19-20";
    int first, last;
    cr_expect(host_list_next(&list, &first, &last) && first == 0 && last == 3);
    cr_expect(host_list_next(&list, &first, &last) && first == 8 && last == 8);
    cr_expect(host_list_next(&list, &first, &last) && first == 19 && last == 20);
    cr_expect_not(host_list_next(&list, &first, &last));
    static const char *const wrong[] = {"", "x", "3-", "3-1", "-1", "0-16777217"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        list = wrong[i];
        cr_expect_not(host_list_next(&list, &first, &last), "%s", wrong[i]);
    }
    list = "0-16777216";
    cr_expect(host_list_next(&list, &first, &last));
}

Test(files, a_directory_that_does_not_exist_is_judged_by_its_nearest_parent)
{
    cr_assert_eq(chdir(scratch_path("")), 0);
    scratch_file("folder", NULL);
    scratch_file("file", "x");
    cr_expect(host_can_write(scratch_path("folder")));
    cr_expect(host_can_write(scratch_path("folder/new/deep")));
    cr_expect(host_can_write("folder/new"));
    cr_expect(host_can_write("new/deep"));
    cr_expect(host_can_write("x"));
    cr_expect_not(host_can_write("file"));
    cr_expect_not(host_can_write("/proc/gpubench"));
    cr_expect_eq(scratch_count(""), 2, "no trial is left");
    cr_expect_eq(scratch_count("folder"), 0);
}

Test(files, free_bytes_are_those_of_the_file_system)
{
    struct statvfs here;
    cr_expect_eq(host_free_bytes("/proc/gpubench/none"), 0);
    cr_assert_eq(statvfs("/", &here), 0);
    const uint64_t bytes = host_free_bytes("/gpubench-none/deep");
    cr_expect_eq(bytes == 0, here.f_bavail == 0);
    cr_expect_neq(bytes, UINT64_MAX);
    cr_expect_eq(host_free_bytes("/dev/null/none"), UINT64_MAX);
}
