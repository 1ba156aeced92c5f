/* test_load.c - BLAS libraries are tried, loaded once, and what does not work is left out with its
 * reason. The rows of the table have libraries of plain loops as their files. */
#include "cpu/blas/load.h"
#include "cpu/blas/room.h"
#include "harness/base/interrupt.h"
#include "tests/unit/cpu/blas/stand_in.h"

#include <signal.h>
#include <sys/wait.h>

/* The second row is row 1, and so on. */
static void put(size_t row, const char *file)
{
    blas_rows[row].marker = NULL;
    memset(blas_rows[row].files, 0, sizeof blas_rows[row].files);
    blas_rows[row].files[0] = file;
}

static void put_openblas(const char *file)
{
    clean_environment();
    setenv("SHIM_SLOW", "", 1);
    put(BLAS_OPENBLAS, stand_in(file));
}

static enum status loaded(size_t rows, int threads, struct failure *why)
{
    bool wanted[BLAS_MAX] = {false};
    for (size_t i = 0; i <= rows; i++)
        wanted[i] = true;
    *why = (struct failure){.text = ""};
    return load_libraries(wanted, threads, NULL, why);
}

static void expect_state(size_t row, enum load_state state, const char *reason)
{
    const size_t length = strlen(reason);
    cr_expect_eq(load_state(row), state, "row %zu: state %d", row, (int)load_state(row));
    cr_expect_eq(load_get(row) != NULL, state == LOAD_READY, "row %zu", row);
    cr_expect_eq(strncmp(load_reason(row), reason, length), 0, "row %zu: %s", row,
                 load_reason(row));
}

Test(load, each_library_that_works_is_ready_and_each_other_has_its_reason)
{
    struct failure why;
    setenv("GPUBENCH_HANG_SECONDS", "30", 1);
    put_openblas("libopenblas.so");
    put(1, stand_in("libblis.so"));
    put(2, stand_in("libwrong.so"));
    put(3, stand_in("liblies.so"));
    put(4, stand_in("libaborts.so"));
    put(5, stand_in("libnosyrk.so"));
    put(6, stand_in("libblis.so"));
    put(7, "libno-such-blas.so");
    put(8, stand_in("libends.so"));
    put(9, stand_in("libprints.so"));
    cr_expect_eq(loaded(8, 2, &why), STATUS_OK, "%s", why.text);
    expect_state(0, LOAD_READY, "");
    expect_state(1, LOAD_READY, "");
    expect_state(2, LOAD_BROKEN, "OpenBLAS with OpenMP fails in a trial (wrong product)");
    expect_state(3, LOAD_BROKEN,
                 "OpenBLAS with 64-bit integers does not keep to the threads asked for: asked for "
                 "1 thread, it says that it runs 7");
    expect_state(4, LOAD_BROKEN, "BLIS fails in a trial (crash (signal 6)): no kernel");
    expect_state(5, LOAD_BROKEN, blas_rows[5].files[0]);
    expect_state(6, LOAD_ABSENT, "is the same file as openblas-pthread");
    expect_state(7, LOAD_ABSENT, "NVPL BLAS cannot be loaded (libno-such-blas.so: ");
    expect_state(8, LOAD_BROKEN, "ATLAS fails in a trial (ended early)");
    expect_state(9, LOAD_UNASKED, "");
    cr_expect_eq(blas_threads(load_get(0)), 2);
    cr_expect_eq(blas_threads(load_get(1)), 2);
    cr_expect_gt(load_flops(1), 0);
    cr_expect_eq(load_flops(2), 0);
    cr_expect(load_get(0)->is_openblas && !load_get(0)->prints && !load_get(1)->prints);
    cr_expect_eq(load_choice()->count > 0, true);

    const struct blas *first = load_get(0), *second = load_get(1);
    void *const library = second->library;
    put(1, stand_in("libaborts.so"));
    put(8, stand_in("libblis.so"));
    cr_expect_eq(loaded(9, 3, &why), STATUS_OK, "%s", why.text);
    cr_expect(load_get(0) == first && second->library == library, "they are loaded once");
    cr_expect_eq(blas_threads(first), 3);
    cr_expect_eq(blas_threads(second), 3);
    expect_state(8, LOAD_BROKEN, "ATLAS fails in a trial (ended early)");
    expect_state(9, LOAD_READY, "");
    cr_expect(load_get(9)->prints);
}

Test(load, a_file_that_a_user_named_and_that_is_not_there_is_broken)
{
    struct failure why;
    put_openblas("libopenblas.so");
    for (size_t i = 1; i < BLAS_NAMED; i++)
        put(i, "libno-such-blas.so");
    cr_expect_eq(blas_row_add("libno-other-blas.so", &why), BLAS_NAMED);
    cr_expect_eq(loaded(BLAS_NAMED, 1, &why), STATUS_OK);
    expect_state(1, LOAD_ABSENT, "OpenBLAS with pthreads cannot be loaded (");
    expect_state(BLAS_NAMED, LOAD_BROKEN, "no-other-blas cannot be loaded (libno-other-blas.so: ");
}

Test(load, one_that_hangs_is_left_out_with_how_to_wait_longer)
{
    struct failure why;
    put_openblas("libopenblas.so");
    put(1, stand_in("libhangs.so"));
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    setenv("GPUBENCH_HANG_SECONDS", "0.1", 1);
    cr_expect_eq(loaded(1, 1, &why), STATUS_OK);
    expect_state(1, LOAD_BROKEN,
                 "OpenBLAS with pthreads has not loaded and multiplied within 0 s (to wait longer: "
                 "GPUBENCH_HANG_SECONDS=1)");
}

/* ---- OpenBLAS, which is more than one among others */

Test(load, an_openblas_that_hangs_loses_the_device)
{
    struct failure why;
    put_openblas("libhangs.so");
    setenv("GPUBENCH_HANG_SECONDS", "0.1", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_LOST);
    cr_expect_str_eq(why.text,
                     "OpenBLAS has not loaded and multiplied within 0 s: it hangs here. Fewer "
                     "threads (--threads) or another build of it may work; to wait longer: "
                     "GPUBENCH_HANG_SECONDS=1");
    cr_expect_eq(load_state(0), LOAD_UNASKED);
}

Test(load, an_interrupt_ends_it)
{
    struct failure why;
    put_openblas("libhangs.so");
    interrupt_request(SIGINT);
    cr_expect_eq(loaded(0, 1, &why), STATUS_INTERRUPTED);
    cr_expect_str_eq(why.text, "interrupted; nothing was saved");
}

Test(load, an_interrupt_in_the_trial_of_another_ends_it_too)
{
    struct failure why;
    put_openblas("libopenblas.so");
    put(1, stand_in("libhangs.so"));
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    interrupt_request(SIGINT);
    cr_expect_eq(loaded(1, 1, &why), STATUS_INTERRUPTED);
    cr_expect_str_eq(why.text, "interrupted; nothing was saved");
}

Test(load, an_openblas_that_disobeys_is_left_out)
{
    struct failure why;
    put_openblas("liblies.so");
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_BROKEN,
                 "OpenBLAS does not keep to the threads asked for (asked for 1 thread, it says "
                 "that it runs 7): install another build of it");
    cr_expect_null(load_get(0));
}

Test(load, an_openblas_whose_kernels_all_crash_is_left_out)
{
    struct failure why;
    put_openblas("libopenblas.so");
    setenv("SHIM_CRASH", "Prescott Haswell SkylakeX Zen Sandybridge", 1);
    setenv("SHIM_KNOWS", "", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_BROKEN,
                 "OpenBLAS fails in a trial (crash (signal 4)): install another build of it");
}

Test(load, an_openblas_that_crashes_with_the_users_kernels_is_left_out_with_what_to_unset)
{
    struct failure why;
    put_openblas("libopenblas.so");
    setenv("SHIM_CRASH", "Haswell", 1);
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_BROKEN,
                 "OpenBLAS fails in a trial (crash (signal 4)) with the kernels of "
                 "OPENBLAS_CORETYPE: unset OPENBLAS_CORETYPE");
    cr_expect_str_eq(getenv("OPENBLAS_CORETYPE"), "Haswell");
}

Test(load, an_openblas_that_is_missing_says_what_to_install)
{
    struct failure why;
    put_openblas("libopenblas.so");
    put(0, "libno-such-blas.so");
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_ABSENT, "OpenBLAS cannot be loaded (libno-such-blas.so: ");
    cr_expect(strstr(load_reason(0), "apt-get install libopenblas0-pthread"));
}

/* Whoever runs it can tell by the kernels which of the names was in force when it was loaded. */
Test(load, a_name_of_no_core_type_is_put_back_after_openblas_was_loaded_without_it)
{
    struct failure why;
    put_openblas("libopenblas.so");
    setenv("SHIM_OWN", "SomethingNewer", 1);
    setenv("OPENBLAS_CORETYPE", "Hazwell", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_READY, "");
    cr_expect_str_eq(load_get(0)->core, "SomethingNewer");
    cr_expect_str_eq(getenv("OPENBLAS_CORETYPE"), "Hazwell");
    cr_expect(load_choice()->is_ignored && load_choice()->chosen == 0);
}

Test(load, a_core_type_that_was_chosen_is_in_force_only_while_openblas_is_loaded)
{
    struct failure why;
    if (cores_is_low("Prescott", cores_level()) == false)
        cr_skip_test("this CPU has no more than Prescott");
    put_openblas("libopenblas.so");
    setenv("SHIM_WRONG", "Prescott", 1);
    setenv("SHIM_KNOWS", "Sandybridge", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    expect_state(0, LOAD_READY, "");
    cr_expect_str_eq(load_get(0)->core, "Sandybridge");
    cr_expect_null(getenv("OPENBLAS_CORETYPE"));
}

Test(load, a_core_type_that_was_chosen_gives_way_to_what_the_user_had_set)
{
    struct failure why;
    if (cores_is_low("Prescott", cores_level()) == false)
        cr_skip_test("this CPU has no more than Prescott");
    put_openblas("libopenblas.so");
    setenv("SHIM_WRONG", "Prescott", 1);
    setenv("SHIM_KNOWS", "Sandybridge", 1);
    setenv("OPENBLAS_CORETYPE", "Hazwell", 1);
    cr_expect_eq(loaded(0, 1, &why), STATUS_OK);
    cr_expect_str_eq(load_get(0)->core, "Sandybridge");
    cr_expect_str_eq(getenv("OPENBLAS_CORETYPE"), "Hazwell");
}

/* ---- under a limit of address space, in a child process, because limits stay */

static bool room_is_asked_for_before_threads(void)
{
    struct failure why = {.text = ""};
    put_openblas("libopenblas.so");
    if (loaded(0, 2, &why) != STATUS_OK || load_has_room(2, &why) != STATUS_OK)
        return false;
    room_leave(64 << 20);
    return load_has_room(2, &why) == STATUS_OK && load_has_room(3, &why) == STATUS_NO_MEMORY &&
           strncmp(why.text, "OpenBLAS needs 304 MiB for 1 thread, and of the ", 48) == 0;
}

static bool room_is_needed_only_where_openblas_is(void)
{
    struct failure why = {.text = ""};
    put_openblas("libopenblas.so");
    put(0, "libno-such-blas.so");
    room_leave(64 << 20);
    return load_has_room(1, &why) == STATUS_OK;
}

static bool room_is_needed_before_openblas_is_loaded(void)
{
    struct failure why = {.text = ""};
    put_openblas("libopenblas.so");
    room_leave(64 << 20);
    return load_has_room(1, &why) == STATUS_NO_MEMORY;
}

static bool a_second_openblas_without_room_is_left_out(void)
{
    struct failure why = {.text = ""};
    put_openblas("libopenblas.so");
    put(1, stand_in("libsingle.so"));
    put(2, stand_in("libblis.so"));
    room_leave(64 << 20);
    return loaded(2, 1, &why) == STATUS_OK && load_state(0) == LOAD_READY &&
           load_state(1) == LOAD_BROKEN && load_state(2) == LOAD_READY &&
           strncmp(load_reason(1), "OpenBLAS needs 304 MiB for 1 thread, and of the ", 48) == 0;
}

static bool is_so_in_a_child(bool (*body)(void))
{
    int ended;
    const pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        _exit(body());
    cr_assert_eq(waitpid(child, &ended, 0), child);
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 1;
}

Test(load, openblas_and_others_of_its_kind_need_room)
{
    if (!limits_work())
        cr_skip_test("limits of address space mean nothing here");
    cr_expect(is_so_in_a_child(room_is_asked_for_before_threads));
    cr_expect(is_so_in_a_child(room_is_needed_only_where_openblas_is));
    cr_expect(is_so_in_a_child(room_is_needed_before_openblas_is_loaded));
    cr_expect(is_so_in_a_child(a_second_openblas_without_room_is_left_out));
}

/* The product that starts the threads is what the library sees next. */
Test(load, threads_of_a_library_are_kept_on_places_once_it_is_loaded)
{
    const bool wanted[BLAS_MAX] = {true};
    struct places places = {.count = 0};
    struct failure why;
    put_openblas("libopenblas.so");
    places_find(&places);
    cr_expect_eq(load_libraries(wanted, 1, &places, &why), STATUS_OK, "%s", why.text);
    expect_state(0, LOAD_READY, "");
}
