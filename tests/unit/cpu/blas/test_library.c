/* test_library.c - names of BLAS libraries, and what is found in one when it is loaded. */
#include "cpu/blas/library.h"
#include "tests/unit/cpu/blas/stand_in.h"
#include "tests/unit/scratch.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>

/* ---- names */

static const char *name_of(const char *file)
{
    struct failure why = {.text = ""};
    const int row = blas_row_add(file, &why);
    cr_assert_geq(row, 0, "%s", why.text);
    return blas_rows[row].name;
}

Test(library, a_row_is_found_by_its_whole_name)
{
    cr_expect_eq(blas_row_named("openblas"), 0);
    cr_expect_eq(blas_row_named("netlib"), BLAS_NAMED - 1);
    cr_expect_eq(blas_row_named("open"), -1);
    cr_expect_eq(blas_row_named("openblas640"), -1);
    cr_expect_eq(blas_row_named(""), -1);
    cr_expect_eq(blas_row_count, BLAS_NAMED);
}

Test(library, a_file_has_the_name_of_what_is_between_lib_and_so)
{
    static const struct {
        const char *file, *name;
    } cases[] = {{"libMine-1.2_x.so.4", "mine-1-2-x"},
                 {"other.SO", "other-so"},
                 {"lib.so", "file"},
                 {"libabcdefghijklmnopqrstuvwxyz012345.so", "abcdefghijklmnopqrstuvwxyz0"},
                 {"alibrary", "alibrary"}};
    scratch_make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_file(cases[i].file, "");
        cr_expect_str_eq(name_of(scratch_path(cases[i].file)), cases[i].name);
        cr_expect_eq(blas_row_named(cases[i].name), BLAS_NAMED + (int)i);
    }
    scratch_remove();
}

Test(library, files_of_one_name_are_numbered_from_2_and_one_file_has_one_row)
{
    scratch_make();
    scratch_file("a/libblis.so", "");
    scratch_file("b/libblis.so", "");
    cr_expect_str_eq(name_of(scratch_path("a/libblis.so")), "blis-2");
    cr_expect_str_eq(name_of(scratch_path("b/libblis.so")), "blis-3");
    cr_expect_str_eq(name_of(scratch_path("a/../a/libblis.so")), "blis-2");
    cr_expect_eq(blas_row_count, BLAS_NAMED + 2);
    const struct blas_row *row = &blas_rows[BLAS_NAMED];
    cr_expect_eq(row->title, row->name);
    cr_expect_str_eq(row->install, "name another file");
    cr_expect(row->marker == NULL && row->files[1] == NULL);
    scratch_remove();
}

Test(library, a_name_that_the_dynamic_linker_may_know_is_taken_and_another_is_refused)
{
    static const char *const none[] = {"noblas", "./libnoblas.so", "no/libnoblas.so.0"};
    struct failure why;
    cr_expect_str_eq(name_of("libno-such-blas.so.3"), "no-such-blas");
    cr_expect_str_eq(blas_rows[BLAS_NAMED].files[0], "libno-such-blas.so.3");
    for (int i = 0; i < 3; i++) {
        char want[256];
        snprintf(want, sizeof want,
                 "--blas %s: there is no such file, and no library of that name: gpubench list "
                 "shows those that are installed.",
                 none[i]);
        cr_expect_eq(blas_row_add(none[i], &why), -1);
        cr_expect_str_eq(why.text, want);
        cr_expect_eq(why.status, STATUS_USAGE);
    }
}

Test(library, there_is_room_for_eight_files)
{
    struct failure why;
    for (int i = 0; i < 8; i++) {
        char file[32];
        snprintf(file, sizeof file, "libmany%d.so", i);
        cr_expect_eq(blas_row_add(file, &why), BLAS_NAMED + i);
    }
    cr_expect_eq(blas_row_add("libmany3.so", &why), BLAS_NAMED + 3, "it has a row");
    cr_expect_eq(blas_row_add("libmany8.so", &why), -1);
    cr_expect_str_eq(why.text, "--blas libmany8.so: there is room for 8 files.");
    cr_expect_eq(blas_row_count, BLAS_MAX);
}

/* ---- what is in a library */

static struct blas opened(const char *file, int threads)
{
    const struct blas_row row = stand_in_row(file);
    struct blas blas;
    struct failure why = {.text = ""};
    bool is_absent;
    cr_assert_eq(blas_open(&row, threads, &blas, &is_absent, &why), STATUS_OK, "%s", why.text);
    cr_expect_not(is_absent);
    cr_expect(blas.sgemm && blas.ssyrk);
    cr_expect_str_eq(strrchr(blas.file, '/') + 1, file);
    return blas;
}

static void expect_described(const struct blas *b, const char *version, const char *core,
                             const char *threading, int bits, int threads)
{
    cr_expect_str_eq(b->version, version);
    cr_expect_str_eq(b->core, core);
    cr_expect_str_eq(b->threading, threading);
    cr_expect_eq(b->integer_bits, bits, "%d bits", b->integer_bits);
    cr_expect_eq(blas_threads(b), threads, "%d threads", blas_threads(b));
}

Test(library, each_family_says_version_kernels_threading_and_integers_in_its_own_way)
{
    struct blas b = opened("libaocl.so", 3);
    expect_described(&b, "5.0.0", "zen 4", "openmp", 64, 3);
    b = opened("libblis.so", 3);
    expect_described(&b, "1.2.3", "", "sequential", 0, 3);
    b = opened("libmkl.so", 3);
    expect_described(&b, "2025.0.1", "Intel(R) Advanced Vector Extensions 512", "", 32, 3);
    b = opened("libnvpl.so", 3);
    expect_described(&b, "1.2.3", "", "", 0, 3);
    cr_expect_not(b.is_openblas);
}

Test(library, openblas_says_more_than_others)
{
    clean_environment();
    struct blas b = opened("libopenblas.so", 3);
    expect_described(&b, "0.0.9", "Prescott", "pthreads", 32, 3);
    cr_expect_str_eq(b.config, "OpenBLAS 0.0.9 shim");
    cr_expect(b.is_openblas && b.dgemm && b.dsyrk);
    b.set_threads(2);
    cr_expect_eq(blas_threads(&b), 2);
}

Test(library, one_without_such_calls_runs_one_thread_and_may_have_its_version_in_its_name)
{
    struct blas b = opened("libplain.so.3.10.3", 3);
    expect_described(&b, "3.10.3", "", "", 0, 1);
    cr_expect(!b.set_threads && !b.get_threads && b.dgemm && b.dsyrk);
    b = opened("libwrong.so", 3);
    expect_described(&b, "", "", "", 0, 1);
}

Test(library, one_without_all_of_double_precision_has_none)
{
    const struct blas b = opened("libnodsyrk.so", 1);
    cr_expect(b.sgemm && b.ssyrk && !b.dgemm && !b.dsyrk);
}

Test(library, one_that_takes_a_number_of_threads_and_does_not_tell_it_is_not_asked)
{
    const struct blas b = opened("libhalf.so", 3);
    expect_described(&b, "1.2.3", "", "sequential", 0, 1);
    cr_expect(!b.set_threads && !b.get_threads);
}

Test(library, functions_with_a_suffix_have_integers_of_64_bits)
{
    const struct blas b = opened("libsuffix.so", 1);
    expect_described(&b, "", "", "", 64, 1);
    cr_expect(b.dgemm && b.dsyrk);
}

Test(library, without_double_precision_it_has_neither_of_its_functions)
{
    const struct blas b = opened("libsingle.so", 1);
    cr_expect(!b.dgemm && !b.dsyrk);
}

/* ---- what is refused */

static enum status refused(const struct blas_row *row, bool *is_absent, struct failure *why)
{
    struct blas blas;
    *why = (struct failure){.text = ""};
    const enum status status = blas_open(row, 1, &blas, is_absent, why);
    cr_expect_null(blas.library);
    return status;
}

Test(library, what_lacks_a_function_is_no_library_of_that_kind)
{
    struct blas_row row = stand_in_row("libnosyrk.so");
    char want[512];
    struct failure why;
    bool is_absent;
    cr_expect_eq(refused(&row, &is_absent, &why), STATUS_FAILED);
    cr_expect_not(is_absent);
    snprintf(want, sizeof want, "%s has no cblas_ssyrk, so it is not Stand-in: build it",
             row.files[0]);
    cr_expect_str_eq(why.text, want);
    row.title = row.name;
    refused(&row, &is_absent, &why);
    cr_expect(strstr(why.text, "it is not a BLAS library with the C interface: build it"));

    row = stand_in_row("libplain.so.3.10.3");
    row.marker = "bli_info_get_version_str";
    cr_expect_eq(refused(&row, &is_absent, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "has no bli_info_get_version_str, so"), "%s", why.text);
    row.files[0] = "libm.so.6";
    refused(&row, &is_absent, &why);
    cr_expect_str_eq(why.text, "libm.so.6 has no cblas_sgemm, so it is not Stand-in: build it");
}

Test(library, the_first_file_that_can_be_loaded_is_taken)
{
    const struct blas_row row = {
        .title = "Stand-in",
        .files = {"libno-1.so", stand_in("libblis.so"), stand_in("libnvpl.so")}};
    struct blas blas;
    struct failure why;
    bool is_absent;
    cr_expect_eq(blas_open(&row, 1, &blas, &is_absent, &why), STATUS_OK);
    cr_expect_str_eq(strrchr(blas.file, '/'), "/libblis.so");
}

/* A file that exists but is no library counts as found, and its error is reported. */
Test(library, it_is_absent_if_none_of_its_files_exists)
{
    struct blas_row row = {
        .title = "Stand-in", .files = {"libno-1.so", "libno-2.so"}, .install = "build it"};
    struct failure why;
    bool is_absent;
    scratch_make();
    scratch_file("libtext.so", "no library, but a text that is long enough to be looked at: it is "
                               "sixty-four bytes and more");
    cr_expect_eq(refused(&row, &is_absent, &why), STATUS_FAILED);
    cr_expect(is_absent);
    cr_expect_eq(strncmp(why.text, "Stand-in cannot be loaded (libno-1.so: ", 39), 0, "%s",
                 why.text);
    cr_expect(strstr(why.text, "): build it"), "%s", why.text);
    row.files[1] = scratch_path("libtext.so");
    cr_expect_eq(refused(&row, &is_absent, &why), STATUS_FAILED);
    cr_expect_not(is_absent);
    cr_expect(strstr(why.text, "libtext.so: "), "%s", why.text);
    row.files[0] = row.files[1];
    row.files[1] = "libno-2.so";
    cr_expect_eq(refused(&row, &is_absent, &why), STATUS_FAILED);
    cr_expect_not(is_absent);
    cr_expect(strstr(why.text, "libtext.so: "), "%s", why.text);
    scratch_remove();
}

Test(library, the_number_of_threads_in_the_environment_is_put_back)
{
    const struct blas_row row = stand_in_row("libblis.so");
    struct blas blas;
    bool is_absent;
    clean_environment();
    blas_open(&row, 2, &blas, &is_absent, NULL);
    cr_expect_null(getenv("OPENBLAS_NUM_THREADS"));
    setenv("OPENBLAS_NUM_THREADS", "7", 1);
    blas_open(&row, 2, &blas, &is_absent, NULL);
    cr_expect_str_eq(getenv("OPENBLAS_NUM_THREADS"), "7");
}

/* ---- the guest */

Test(library, what_a_library_prints_goes_to_standard_error_and_its_rounding_goes_with_it)
{
    struct blas_guest guest;
    char text[32] = "";
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    blas_enter(&guest);
    printf("from the library");
    fesetround(FE_UPWARD);
    blas_leave(&guest);
    cr_expect_eq(read(ends[0], text, sizeof text - 1), 16);
    cr_expect_str_eq(text, "from the library");
    cr_expect_eq(fegetround(), FE_TONEAREST);
    cr_expect_eq(fcntl(guest.output, F_GETFD), -1, "the copy is closed");
}
