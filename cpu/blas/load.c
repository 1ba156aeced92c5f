/* load.c - see load.h. */
#include "cpu/blas/load.h"

#include "cpu/blas/room.h"
#include "cpu/blas/trial.h"
#include "harness/base/interrupt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", NULL};
static struct openblas loaded; /* never unloaded: its threads outlive any device */
static int most_threads;       /* that it has had */
static struct core_choice choice;

const struct core_choice *load_choice(void)
{
    return &choice;
}

/* As for any call that may hang (harness/contract/guard.h). */
static double patience(void)
{
    const char *text = getenv("GPUBENCH_HANG_SECONDS");
    char *end;
    const double seconds = text ? strtod(text, &end) : -1;
    return text && end != text && !*end && seconds >= 0 && seconds < 1e9 ? seconds : 60;
}

static enum status choose(int threads, struct failure *why)
{
    const double seconds = patience();
    choice = cores_choose(names, threads, seconds);
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
    if (own->end == TRIAL_CRASHED && choice.chosen <= 0)
        return fail(why, STATUS_FAILED, "OpenBLAS fails in a trial (%s)%s: %s", words,
                    choice.by_user ? " with the kernels of OPENBLAS_CORETYPE" : "",
                    choice.by_user ? "unset OPENBLAS_CORETYPE" : "install another build of it");
    return STATUS_OK;
}

/* The first use maps the buffers of all threads, before a matrix takes their room. */
static void take_room(const struct openblas *blas)
{
    enum { N = 256 };
    float *a = calloc(2 * N * N, sizeof *a);
    if (a)
        blas->cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, N, N, N, 1, a, N, a, N, 0,
                          a + N * N, N);
    free(a);
    nanosleep(&(struct timespec){0, 20000000}, NULL); /* threads that had no share start, too */
}

static bool is_there(void)
{
    return trial_run(names, 1, NULL, NULL, 5).end != TRIAL_NO_LIBRARY;
}

enum status load_has_room(int threads, struct failure *why)
{
    const enum status status =
        threads > most_threads ? room_check(threads - most_threads, why) : STATUS_OK;
    return status != STATUS_OK && (loaded.library || is_there()) ? status : STATUS_OK;
}

enum status load_openblas(int threads, const struct openblas **blas, struct failure *why)
{
    *blas = NULL;
    enum status status = STATUS_OK;
    if (loaded.library) {
        loaded.openblas_set_num_threads(threads);
    } else {
        status = choose(threads, why);
        if (status != STATUS_OK)
            return status;
        if (choice.chosen > 0)
            setenv("OPENBLAS_CORETYPE", choice.trial[choice.chosen].core, 1);
        status = openblas_open(names, threads, &loaded, why);
        if (choice.chosen > 0)
            unsetenv("OPENBLAS_CORETYPE");
    }
    if (status != STATUS_OK)
        return status;
    if (room_is_limited())
        take_room(&loaded);
    most_threads = threads > most_threads ? threads : most_threads;
    *blas = &loaded;
    return STATUS_OK;
}
