#include "harness/result/store.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static json_t *document(int value)
{
    return json_pack("{s:s, s:s, s:{s:s}, s:{s:s, s:s}, s:i}", "schema", "gpubench-result/1",
                     "started", "2026-11-24T10:15:02Z", "tool", "commit", "1a2b3c4", "device",
                     "backend", "gpu", "name", "Example GPU", "value", value);
}

static int value_in(const char *path)
{
    json_t *read = json_load_file(path, 0, NULL);
    const int value = read ? (int)json_integer_value(json_object_get(read, "value")) : -1;
    json_decref(read);
    return value;
}

static void expect_advice(const struct failure *why, const char *name)
{
    cr_expect_eq(why->status, STATUS_FAILED);
    cr_expect_not_null(strstr(why->text, name), "names it: %s", why->text);
    /* The second is of a file that the command line names. */
    cr_expect((strstr(why->text, "--results DIR") && strstr(why->text, "--no-save")) ||
                  strstr(why->text, "; name another place for it"),
              "says what to do: %s", why->text);
    cr_expect_null(strchr(why->text, '\n'));
}

Test(store, the_directory_is_the_options_then_the_environments)
{
    static const struct {
        const char *option, *own, *data, *home, *want; /* want NULL: there is none */
    } cases[] = {
        {"here", "/own", "/data", "/home/x", "here"},
        {NULL, "/own", "/data", "/home/x", "/own"},
        {"", "/own", "/data", "/home/x", "/own"},
        {NULL, NULL, "/data", "/home/x", "/data/gpubench/results"},
        {NULL, "", "/data", "/home/x", "/data/gpubench/results"},
        {NULL, NULL, "relative", "/home/x", "/home/x/.local/share/gpubench/results"},
        {NULL, NULL, NULL, "/home/x", "/home/x/.local/share/gpubench/results"},
        {NULL, NULL, "", "", NULL},
        {NULL, NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const names[] = {"GPUBENCH_RESULTS", "XDG_DATA_HOME", "HOME"};
        const char *const values[] = {cases[i].own, cases[i].data, cases[i].home};
        for (int k = 0; k < 3; k++)
            if (values[k])
                setenv(names[k], values[k], 1);
            else
                unsetenv(names[k]);
        char path[100] = "";
        struct failure why = {0};
        const enum status status = store_directory(cases[i].option, path, sizeof path, &why);
        if (cases[i].want) {
            cr_expect_eq(status, STATUS_OK, "case %zu: %s", i, why.text);
            cr_expect_str_eq(path, cases[i].want, "case %zu: %s", i, path);
        } else {
            cr_expect_eq(status, STATUS_FAILED, "case %zu: %s", i, path);
            expect_advice(&why, "HOME");
        }
    }
}

Test(store, a_directory_whose_name_is_too_long_is_an_error)
{
    char path[8];
    struct failure why = {0};
    cr_expect_eq(store_directory("longer than that", path, sizeof path, &why), STATUS_FAILED);
    expect_advice(&why, "too long");
}

Test(store, a_result_goes_below_its_fingerprint_under_its_time_and_commit)
{
    char path[PATH_MAX], wanted[PATH_MAX], fingerprint[72];
    struct failure why = {0};
    scratch_make();
    json_t *d = document(1);
    store_fingerprint(d, fingerprint);
    cr_expect_eq(store_save(scratch_path("new/deep"), d, path, sizeof path, &why), STATUS_OK, "%s",
                 why.text);
    snprintf(wanted, sizeof wanted, "%s/%.12s/20261124T101502Z-1a2b3c4.json",
             scratch_path("new/deep"), fingerprint + 7);
    cr_expect_str_eq(path, wanted, "%s", path);
    cr_expect_eq(value_in(path), 1);
    json_decref(d);
    scratch_remove();
}

Test(store, a_taken_name_gets_a_number_and_the_old_file_stays)
{
    char paths[3][PATH_MAX];
    struct failure why = {0};
    scratch_make();
    for (int i = 0; i < 3; i++) {
        json_t *d = document(i);
        cr_expect_eq(store_save(scratch_path("r"), d, paths[i], PATH_MAX, &why), STATUS_OK, "%s",
                     why.text);
        json_decref(d);
    }
    for (int i = 0; i < 3; i++)
        cr_expect_eq(value_in(paths[i]), i, "%s", paths[i]);
    cr_expect_not_null(strstr(paths[1], "-1a2b3c4-2.json"), "%s", paths[1]);
    cr_expect_not_null(strstr(paths[2], "-1a2b3c4-3.json"), "%s", paths[2]);

    *strrchr(paths[0], '/') = '\0';
    cr_expect_eq(scratch_count(strstr(paths[0], "/r/")), 3, "no temporary file is left");
    scratch_remove();
}

Test(store, words_of_a_document_cannot_lead_out_of_the_directory)
{
    char path[PATH_MAX];
    struct failure why = {0};
    scratch_make();
    json_t *d = document(1);
    json_object_set_new(d, "started", json_string("../../x"));
    json_object_set_new(json_object_get(d, "tool"), "commit", json_string("/../etc"));
    cr_expect_eq(store_save(scratch_path("r"), d, path, sizeof path, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_str_eq(strrchr(path, '/'), "/x-etc.json", "%s", path);
    json_object_del(d, "started");
    json_object_del(d, "tool");
    cr_expect_eq(store_save(scratch_path("r"), d, path, sizeof path, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_str_eq(strrchr(path, '/'), "/unknown-unknown.json", "%s", path);
    json_decref(d);
    scratch_remove();
}

Test(store, a_file_is_replaced_whole_and_keeps_its_mode)
{
    struct stat known;
    struct failure why = {0};
    scratch_make();
    scratch_file("x.json", "old");
    chmod(scratch_path("x.json"), 0640);
    json_t *d = document(7);
    cr_expect_eq(store_write(scratch_path("x.json"), d, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(value_in(scratch_path("x.json")), 7);
    stat(scratch_path("x.json"), &known);
    cr_expect_eq(known.st_mode & 0777, 0640);
    cr_expect_eq(scratch_count(""), 1);
    json_decref(d);
    scratch_remove();
}

Test(store, a_new_file_has_the_mode_that_the_umask_leaves)
{
    char path[PATH_MAX];
    struct stat known;
    const mode_t before = umask(0027);
    scratch_make();
    json_t *d = document(7);
    cr_expect_eq(store_write(scratch_path("x.json"), d, NULL), STATUS_OK);
    stat(scratch_path("x.json"), &known);
    cr_expect_eq(known.st_mode & 0777, 0640);
    cr_expect_eq(store_save(scratch_path("r"), d, path, sizeof path, NULL), STATUS_OK);
    stat(path, &known);
    cr_expect_eq(known.st_mode & 0777, 0640);
    umask(before);
    json_decref(d);
    scratch_remove();
}

Test(store, a_name_without_directory_is_a_file_here)
{
    char before[PATH_MAX];
    cr_assert_not_null(getcwd(before, sizeof before));
    cr_assert_eq(chdir(scratch_make()), 0);
    json_t *d = document(3);
    cr_expect_eq(store_write("x.json", d, NULL), STATUS_OK);
    cr_expect_eq(value_in(scratch_path("x.json")), 3);
    json_decref(d);
    cr_assert_eq(chdir(before), 0);
    scratch_remove();
}

Test(store, a_symbolic_link_stays_and_what_it_leads_to_is_replaced)
{
    char link[PATH_MAX], target[PATH_MAX];
    struct stat known;
    scratch_make();
    scratch_file("real/target.json", "old");
    snprintf(link, sizeof link, "%s", scratch_path("link.json"));
    snprintf(target, sizeof target, "%s", scratch_path("real/target.json"));
    cr_assert_eq(symlink(target, link), 0);
    json_t *d = document(4);
    cr_expect_eq(store_write(link, d, NULL), STATUS_OK);
    cr_expect_eq(lstat(link, &known), 0);
    cr_expect(S_ISLNK(known.st_mode));
    cr_expect_eq(value_in(target), 4);
    json_decref(d);
    scratch_remove();
}

/* Runs a check as a user who may not replace what is not his; true if it says so. Root could write
 * anywhere, and a program that renames onto /dev/full would take the device from the machine. */
static bool holds_for_another_user(bool (*check)(void))
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(9);
        _exit(check() ? 0 : 1);
    }
    int ended = -1;
    waitpid(child, &ended, 0);
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
}

static bool full_device_is_refused(void)
{
    struct failure why = {0};
    json_t *d = document(1);
    const enum status status = store_write("/dev/full", d, &why);
    json_decref(d);
    return status == STATUS_FAILED && strstr(why.text, "/dev/full") &&
           strstr(why.text, strerror(ENOSPC)) && strstr(why.text, "name another place for it");
}

Test(store, a_full_device_is_an_error_with_a_sentence)
{
    cr_expect(holds_for_another_user(full_device_is_refused));
}

Test(store, a_pipe_is_written_in_place)
{
    scratch_make();
    cr_assert_eq(mkfifo(scratch_path("pipe"), 0600), 0);
    const int reader = open(scratch_path("pipe"), O_RDONLY | O_NONBLOCK);
    cr_assert_geq(reader, 0);
    json_t *d = document(1);
    cr_expect_eq(store_write(scratch_path("pipe"), d, NULL), STATUS_OK);
    char text[1000] = "";
    cr_expect_gt(read(reader, text, sizeof text - 1), 100);
    cr_expect_eq(text[0], '{');
    close(reader);
    json_decref(d);
    scratch_remove();
}

/* A limit on the size of files stops a write midway, as a full disk does. */
Test(store, a_write_that_fails_midway_leaves_the_old_file_and_no_temporary_one)
{
    struct failure why = {0};
    scratch_make();
    scratch_file("x.json", "{\"value\": 5}");
    json_t *d = document(1), *list = json_array();
    for (int i = 0; i < 20000; i++)
        json_array_append_new(list, json_integer(i));
    json_object_set_new(d, "list", list);

    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 8192;
    setrlimit(RLIMIT_FSIZE, &small);
    const enum status written = store_write(scratch_path("x.json"), d, &why);
    char path[PATH_MAX];
    struct failure why_not_saved = {0};
    const enum status saved = store_save(scratch_path("r"), d, path, sizeof path, &why_not_saved);
    setrlimit(RLIMIT_FSIZE, &before);

    cr_expect_eq(written, STATUS_FAILED);
    expect_advice(&why, "x.json");
    cr_expect_not_null(strstr(why.text, strerror(EFBIG)), "%s", why.text);
    cr_expect_eq(value_in(scratch_path("x.json")), 5);
    cr_expect_eq(saved, STATUS_FAILED);
    expect_advice(&why_not_saved, "/r/");
    cr_expect_eq(scratch_count(""), 2, "x.json and r");
    char fingerprint[72], folder[40];
    store_fingerprint(d, fingerprint);
    snprintf(folder, sizeof folder, "r/%.12s", fingerprint + 7);
    cr_expect_eq(scratch_count(folder), 0);
    json_decref(d);
    scratch_remove();
}

Test(store, a_directory_that_is_missing_or_a_file_is_an_error_with_a_sentence)
{
    struct failure why = {0};
    char path[PATH_MAX];
    scratch_make();
    scratch_file("file", "x");
    json_t *d = document(1);
    cr_expect_eq(store_write(scratch_path("no/such/x.json"), d, &why), STATUS_FAILED);
    expect_advice(&why, "no/such");
    cr_expect_eq(store_write(scratch_path(""), d, &why), STATUS_FAILED);
    expect_advice(&why, strerror(EISDIR));
    cr_expect_eq(store_save(scratch_path("file"), d, path, sizeof path, &why), STATUS_FAILED);
    expect_advice(&why, strerror(ENOTDIR));
    cr_expect_eq(store_save(scratch_path("file/below"), d, path, sizeof path, &why), STATUS_FAILED);
    expect_advice(&why, strerror(ENOTDIR));
    cr_expect_not_null(strstr(why.text, "cannot make the directory"), "%s", why.text);
    cr_expect_eq(store_save("/proc/gpubench", d, path, sizeof path, &why), STATUS_FAILED);
    expect_advice(&why, "/proc/gpubench");
    json_decref(d);
    scratch_remove();
}

static bool locked_directory_is_refused(void)
{
    struct failure why = {0};
    char path[PATH_MAX];
    json_t *d = document(1);
    const bool refused =
        store_write(scratch_path("locked/x.json"), d, &why) == STATUS_FAILED &&
        strstr(why.text, "locked") && strstr(why.text, strerror(EACCES)) &&
        store_save(scratch_path("locked/r"), d, path, sizeof path, &why) == STATUS_FAILED &&
        strstr(why.text, "locked/r") && strstr(why.text, "--no-save");
    json_decref(d);
    return refused;
}

Test(store, a_directory_without_permission_is_an_error_with_a_sentence)
{
    chmod(scratch_make(), 0755);
    cr_assert_eq(mkdir(scratch_path("locked"), 0755), 0);
    chmod(scratch_path("locked"), 0555);
    cr_expect(holds_for_another_user(locked_directory_is_refused));
    cr_expect_eq(scratch_count("locked"), 0);
    scratch_remove();
}

Test(store, names_too_long_for_the_system_are_errors_with_a_sentence)
{
    struct failure why = {0};
    char path[PATH_MAX], name[300], chain[PATH_MAX + 100];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    memset(chain, 'y', sizeof chain);
    for (size_t i = 0; i < sizeof chain; i += 100)
        chain[i] = '/';
    chain[sizeof chain - 1] = '\0';
    scratch_make();
    json_t *d = document(1);
    cr_expect_eq(store_write(scratch_path(name), d, &why), STATUS_FAILED);
    expect_advice(&why, strerror(ENAMETOOLONG));
    cr_expect_eq(store_save(scratch_path(name), d, path, sizeof path, &why), STATUS_FAILED);
    expect_advice(&why, strerror(ENAMETOOLONG));
    cr_expect_eq(store_write(chain, d, &why), STATUS_FAILED);
    cr_expect_eq(store_save(chain, d, path, sizeof path, &why), STATUS_FAILED);
    char small[10];
    cr_expect_eq(store_save(scratch_path("r"), d, small, sizeof small, &why), STATUS_FAILED);
    expect_advice(&why, strerror(ENAMETOOLONG));
    cr_expect_eq(scratch_count(""), 0);
    json_decref(d);
    scratch_remove();
}

Test(store, standard_output_that_cannot_be_written_is_an_error)
{
    struct failure why = {0};
    json_t *d = document(1);
    fflush(stdout);
    const int before = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    const enum status status = store_write("-", d, &why);
    clearerr(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(full);
    cr_expect_eq(status, STATUS_FAILED);
    cr_expect_not_null(strstr(why.text, strerror(ENOSPC)), "%s", why.text);
    json_decref(d);
}
