/* switch.c - the switch of each mutant that scripts/mutate/mutate compiles in.
 *
 * MUTANT=17 in the environment turns on mutant 17. Without it the program is as written, and if MUTANTS_REACHED names a
 * folder, each switch that is reached leaves an empty file there, named after the switch and the test: that needs no file
 * descriptor and works under a limit on file sizes.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int mutant_chosen = -1; /* 0: note what is reached */
int mutant_reached(int number);

/* Criterion's current test; absent outside the unit tests. */
struct test {
    const char *name, *suite;
};
extern const struct test *const criterion_current_test __attribute__((weak));

static const char *folder, *file, *test;

__attribute__((constructor)) static void read_environment(void)
{
    const char *chosen = getenv("MUTANT"), *path = getenv("BATS_TEST_FILENAME");
    folder = getenv("MUTANTS_REACHED");
    file = path && strrchr(path, '/') ? strrchr(path, '/') + 1 : "";
    test = getenv("BATS_TEST_NUMBER");
    mutant_chosen = chosen ? atoi(chosen) : folder ? 0 : -1;
}

/* Always 0: the mutant is not on. */
int mutant_reached(int number)
{
    static atomic_bool seen[1 << 14];
    if (seen[number] || atomic_exchange(&seen[number], 1))
        return 0;
    const int error = errno;
    const struct test *const unit = &criterion_current_test ? criterion_current_test : NULL;
    char name[4096];
    snprintf(name, sizeof name, "%s/%d %s %s", folder, number, unit ? unit->suite : file, unit ? unit->name : test ? test : "");
    mknod(name, S_IFREG | 0666, 0);
    errno = error;
    return 0;
}
