/* test_launcher.c - which launcher has started this process, by what it sets. */
#include "bench/ranks/launcher.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void clear(void)
{
    static const char *const all[] = {
        "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_SIZE", "PMI_RANK",
        "SLURM_STEP_NUM_TASKS", "SLURM_PROCID",         "PMIX_RANK"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        unsetenv(all[i]);
}
TestSuite(launcher, .init = clear);

static void expect(const char *name, int rank, int size)
{
    int is_rank, is_size;
    const char *is_name = launcher_of(&is_rank, &is_size);
    cr_expect_str_eq(is_name ? is_name : "none", name);
    cr_expect_eq(is_rank, rank);
    cr_expect_eq(is_size, size);
}

/* What is said of "a sweep", which is for one process. */
static void expect_single(const char *sentence)
{
    struct failure why = {0};
    cr_expect_eq(launcher_check_single("a sweep", &why), *sentence ? STATUS_USAGE : STATUS_OK);
    cr_expect(strncmp(why.text, sentence, strlen(sentence)) == 0, "%s", why.text);
}

Test(launcher, is_known_by_its_variables)
{
    expect("none", -1, -1);
    expect_single("");
    setenv("PMI_SIZE", "3", 1);
    setenv("PMI_RANK", "2", 1);
    expect("mpiexec", 2, 3);
    expect_single("mpiexec started 3 processes, and a sweep is for one: ");
    setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
    setenv("OMPI_COMM_WORLD_RANK", "0", 1);
    expect("Open MPI's mpirun", 0, 1);
    expect_single("");
    setenv("OMPI_COMM_WORLD_SIZE", "0", 1); /* none of its */
    expect("mpiexec", 2, 3);
}

Test(launcher, srun_of_a_single_task_is_none)
{
    setenv("SLURM_STEP_NUM_TASKS", "1", 1);
    setenv("SLURM_PROCID", "0", 1);
    setenv("PMIX_RANK", "0", 1);
    expect("none", -1, -1);
    setenv("SLURM_STEP_NUM_TASKS", "2", 1);
    expect("Slurm's srun", 0, 2);
    cr_expect_str_eq(launcher_find()->mpi, "openmpi");
    unsetenv("SLURM_STEP_NUM_TASKS");
    expect("a PMIx server", 0, -1);
    expect_single("a PMIx server started this process, and a sweep is for one: ");
    setenv("PMIX_RANK", "one", 1);
    expect("none", -1, -1);
}

Test(launcher, a_number_is_whole_and_not_negative)
{
    static const struct {
        const char *text;
        int number;
    } cases[] = {{"0", 0},
                 {"17", 17},
                 {"", -1},
                 {"1x", -1},
                 {"-1", -1},
                 {"x1", -1},
                 {"2147483646", 2147483646},
                 {"2147483647", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("PMI_SIZE", cases[i].text, 1);
        cr_expect_eq(launcher_number("PMI_SIZE"), cases[i].number, "%s", cases[i].text);
    }
    unsetenv("PMI_SIZE");
    cr_expect_eq(launcher_number("PMI_SIZE"), -1);
    cr_expect_eq(launcher_number(NULL), -1);
}
