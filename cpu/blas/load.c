/* load.c - tries the BLAS libraries and loads those that work. */
#include "cpu/blas/load.h"

#include "cpu/blas/room.h"
#include "cpu/blas/trial.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct entry {
    enum load_state state;
    struct blas blas; /* never unloaded: its threads outlive any device */
    struct trial trial;
    char reason[512];
} entries[BLAS_MAX];
static int most_threads; /* the most that OpenBLAS has had */
static struct core_choice choice;

const struct core_choice *load_choice(void)
{
    return &choice;
}

static enum status choose(int threads, struct failure *why)
{
    const double seconds = clock_hang_seconds();
    choice = cores_choose(&blas_rows[BLAS_OPENBLAS], threads, seconds);
    const struct trial *own = &choice.trial[0];
    char words[32];
    trial_words(own, words, sizeof words);
    if (own->end == TRIAL_INTERRUPTED || interrupt_requested())
        return fail(why, STATUS_INTERRUPTED, "interrupted; nothing was saved");
    if (own->end == TRIAL_HUNG)
        return fail(why, STATUS_LOST,
                    "OpenBLAS has not loaded and multiplied within %.0f s: it hangs here. Fewer "
                    "threads (--threads) or another build of it may work; to wait longer: "
                    "GPUBENCH_HANG_SECONDS=%.0f",
                    seconds, 10 * seconds);
    if (own->end == TRIAL_DISOBEYS)
        return fail(why, STATUS_FAILED, "OpenBLAS does not keep to the threads asked for (%s): %s",
                    own->why, "install another build of it");
    if (own->end == TRIAL_CRASHED && choice.chosen <= 0)
        return fail(why, STATUS_FAILED, "OpenBLAS fails in a trial (%s)%s: %s", words,
                    choice.by_user ? " with the kernels of OPENBLAS_CORETYPE" : "",
                    choice.by_user ? "unset OPENBLAS_CORETYPE" : "install another build of it");
    return STATUS_OK;
}

/* The first use starts all threads, and maps their buffers before a matrix takes the room. */
static void start_threads(const struct blas *blas)
{
    enum { N = 256 };
    float *a = calloc(2 * N * N, sizeof *a);
    struct blas_guest guest;
    blas_enter(&guest);
    if (a)
        blas->sgemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, N, N, N, 1, a, N, a, N, 0, a + N * N,
                    N);
    blas_leave(&guest);
    free(a);
    nanosleep(&(struct timespec){0, 20000000}, NULL); /* threads that had no share start, too */
}

static bool is_there(void)
{
    return trial_run(&blas_rows[BLAS_OPENBLAS], 0, NULL, NULL, 5).end != TRIAL_ABSENT;
}

enum status load_has_room(int threads, struct failure *why)
{
    const enum status status =
        threads > most_threads ? room_check(threads - most_threads, why) : STATUS_OK;
    const bool is_loaded = entries[BLAS_OPENBLAS].state == LOAD_READY;
    return status != STATUS_OK && (is_loaded || is_there()) ? status : STATUS_OK;
}

static void reject(struct entry *e, enum load_state state, const char *format, ...)
{
    char text[sizeof e->reason];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    clean_text(e->reason, sizeof e->reason, text); /* names of files, words of libraries */
    e->state = state;
}

/* Whether the dynamic linker finds the file of an earlier row under this row's name. */
static const char *same_as(size_t row)
{
    for (size_t i = 0; i < row && row < BLAS_NAMED; i++)
        if (*entries[row].trial.file && strcmp(entries[i].trial.file, entries[row].trial.file) == 0)
            return blas_rows[i].name;
    return NULL;
}

/* Tries a library other than the first. A row that is ready afterwards is still to be loaded. */
static enum status try_row(size_t i, int threads, struct failure *why)
{
    struct entry *e = &entries[i];
    const double seconds = clock_hang_seconds();
    const char *title = blas_rows[i].title;
    char words[32];
    e->trial = trial_run(&blas_rows[i], threads, NULL, NULL, seconds);
    trial_words(&e->trial, words, sizeof words);
    const bool is_absent = e->trial.end == TRIAL_ABSENT && i < BLAS_NAMED;
    if (e->trial.end == TRIAL_INTERRUPTED || interrupt_requested())
        return fail(why, STATUS_INTERRUPTED, "interrupted; nothing was saved");
    if (e->trial.end == TRIAL_ABSENT || e->trial.end == TRIAL_NO_LIBRARY)
        reject(e, is_absent ? LOAD_ABSENT : LOAD_BROKEN, "%s", e->trial.why);
    else if (same_as(i))
        reject(e, LOAD_ABSENT, "is the same file as %s", same_as(i));
    else if (e->trial.end == TRIAL_HUNG)
        reject(e, LOAD_BROKEN,
               "%s has not loaded and multiplied within %.0f s (to wait longer: "
               "GPUBENCH_HANG_SECONDS=%.0f)",
               title, seconds, 10 * seconds);
    else if (e->trial.end == TRIAL_DISOBEYS)
        reject(e, LOAD_BROKEN, "%s does not keep to the threads asked for: %s", title,
               e->trial.why);
    else if (e->trial.end != TRIAL_RIGHT)
        reject(e, LOAD_BROKEN, "%s fails in a trial (%s)%s%s", title, words,
               *e->trial.why ? ": " : "", e->trial.why);
    else
        e->state = LOAD_READY;
    return STATUS_OK;
}

/* Loads a row's library. For OpenBLAS, OPENBLAS_CORETYPE is meanwhile the core type that the trials
 * chose, or unset if it names none. */
static enum status load_row(size_t i, int threads, const struct places *places, struct failure *why)
{
    int before[2 * PLACES_MAX];
    const size_t before_count = places ? places_tasks(before, 2 * PLACES_MAX) : 0;
    struct entry *e = &entries[i];
    const bool is_chosen = i == BLAS_OPENBLAS && choice.chosen > 0;
    const bool is_ignored = i == BLAS_OPENBLAS && choice.is_ignored;
    bool is_absent;
    const bool has_room =
        i == BLAS_OPENBLAS || !*e->trial.core || room_check(threads, why) == STATUS_OK;
    if (!has_room) { /* another OpenBLAS would wait for it for ever */
        reject(e, LOAD_BROKEN, "%s", why->text);
        return why->status;
    }
    const char *user = getenv("OPENBLAS_CORETYPE");
    char *kept = user ? need_text(user) : NULL;
    if (is_ignored)
        unsetenv("OPENBLAS_CORETYPE");
    if (is_chosen)
        setenv("OPENBLAS_CORETYPE", choice.trial[choice.chosen].core, 1);
    const enum status status = blas_open(&blas_rows[i], threads, &e->blas, &is_absent, why);
    if ((is_chosen || is_ignored) && kept)
        setenv("OPENBLAS_CORETYPE", kept, 1);
    else if (is_chosen)
        unsetenv("OPENBLAS_CORETYPE");
    free(kept);
    e->blas.prints = e->trial.prints;
    if (status == STATUS_OK && places) {
        start_threads(&e->blas);
        places_keep_new(places, (size_t)threads, before, before_count);
    }
    if (status == STATUS_OK)
        e->state = LOAD_READY;
    else
        reject(e, is_absent ? LOAD_ABSENT : LOAD_BROKEN, "%s", why->text);
    return status;
}

enum status load_libraries(const bool wanted[BLAS_MAX], int threads, const struct places *places,
                           struct failure *why)
{
    struct entry *first = &entries[BLAS_OPENBLAS];
    enum status status = STATUS_OK;
    if (!first->blas.library) {
        status = choose(threads, why);
        if (status != STATUS_OK && status != STATUS_FAILED)
            return status;
        first->trial = choice.trial[0];
        if (status != STATUS_OK)
            reject(first, LOAD_BROKEN, "%s", why->text);
        else
            first->state = LOAD_READY;
    }
    for (size_t i = 1; i < blas_row_count; i++)
        if (wanted[i] && entries[i].state == LOAD_UNASKED && try_row(i, threads, why) != STATUS_OK)
            return why->status;
    for (size_t i = 0; i < blas_row_count; i++) {
        struct entry *e = &entries[i];
        if (e->state == LOAD_READY && !e->blas.library)
            load_row(i, threads, places, why);
        else if (e->blas.set_threads)
            e->blas.set_threads(threads);
        if (e->blas.is_openblas && room_is_limited())
            start_threads(&e->blas);
    }
    if (first->state == LOAD_READY)
        most_threads = threads > most_threads ? threads : most_threads;
    return STATUS_OK;
}

enum load_state load_state(size_t row)
{
    return entries[row].state;
}

const struct blas *load_get(size_t row)
{
    return entries[row].state == LOAD_READY ? &entries[row].blas : NULL;
}

const char *load_reason(size_t row)
{
    return entries[row].reason;
}

double load_flops(size_t row)
{
    return entries[row].trial.flops;
}
