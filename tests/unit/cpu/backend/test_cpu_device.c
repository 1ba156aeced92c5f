/* test_cpu_device.c - the CPU as a device: its facts and its energy counter. */
#include "cpu/backend/cpu_backend.h"
#include "harness/host/host.h"
#include "tests/unit/cpu/backend/opened.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

Test(cpu_backend, there_is_one_cpu_device)
{
    struct device_request request = {.index = 1};
    struct device *device = NULL;
    struct failure why = {0};

    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_USAGE);
    cr_expect_str_eq(why.text, "there is no CPU device 1: all of the CPU is device 0");
}

Test(cpu_backend, the_device_has_the_name_that_the_kernel_or_the_numbers_of_the_core_give)
{
    host_set_root(scratch_make());
    scratch_file("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n\n");
    scratch_file("sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    struct device_request request = {.threads = 1};
    struct device *device = NULL;
    struct failure why = {0};
    struct utsname system;
    char architecture[sizeof system.machine + 8];
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(cpu->device_facts(device)->name, "Arm Neoverse V1 (AWS Graviton3)");
    cpu->close(device);
    scratch_file("proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC\n\n");
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(cpu->device_facts(device)->name, "AMD EPYC");
    cpu->close(device);
    scratch_file("proc/cpuinfo", "processor\t: 0\nmodel name\t: X\001\033[31mY\n\n");
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(cpu->device_facts(device)->name, "X  [31mY"); /* commands no terminal */
    cpu->close(device);
    scratch_file("proc/cpuinfo", "processor\t: 0\n\n");
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(uname(&system), 0);
    snprintf(architecture, sizeof architecture, "%s CPU", system.machine);
    cr_expect_str_eq(cpu->device_facts(device)->name, architecture);
    cpu->close(device);
    host_set_root(NULL);
    scratch_remove();
}

/* Adds 10 mJ to a counter each millisecond, or later: 10 W at most. Never leaves the file empty. */
static void *run_counter(void *stop)
{
    FILE *file = fopen(scratch_path("sys/class/powercap/intel-rapl:0/energy_uj"), "r+");
    for (unsigned uj = 0; file && !__atomic_load_n((bool *)stop, __ATOMIC_RELAXED); uj += 10000) {
        rewind(file);
        fprintf(file, "%010u\n", uj);
        fflush(file);
        usleep(1000);
    }
    if (file)
        fclose(file);
    return NULL;
}

Test(cpu_backend, samples_have_power_and_energy_where_the_counter_can_be_read)
{
    host_set_root(scratch_make());
    scratch_file("sys/class/powercap/intel-rapl:0/name", "package-0\n");
    scratch_file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    scratch_file("sys/class/powercap/intel-rapl:0/energy_uj", "0000000000\n");
    struct device *device = open_cpu(1);
    struct job *job = begin_job(device, OP_SUM_AAT, 900);
    const struct variant *v = find_variant(OP_SUM_AAT, "reference");
    struct facts facts = {0};
    struct sample sample;
    bool stop = false;
    pthread_t counter;

    load_variant(job, v);
    pthread_create(&counter, NULL, run_counter, &stop);
    usleep(20000);
    cr_assert_eq(cpu->run(job, v, 2, &sample, NULL), STATUS_OK);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(counter, NULL);
    cr_expect(sample.power_w > 0 && sample.power_w < 11, "%g W", sample.power_w);
    cr_expect_float_eq(sample.energy_j, sample.power_w * (double)sample.wall_ns * 1e-9, 1e-9);
    cpu->facts(device, &facts);
    cr_expect_str_eq(facts_get_text(&facts, "cpu.energy"), "powercap: package-0");
    facts_free(&facts);
    cpu->end(job);
    cpu->close(device);
    host_set_root(NULL);
    scratch_remove();
}

Test(cpu_backend, the_device_says_what_it_is)
{
    static const char *const texts[] = {"cpu.model",    "cpu.isa",   "cpu.threads_by",
                                        "blas.version", "blas.core", "blas.config"};
    struct device *device = open_cpu(1);
    const struct device_facts *f = cpu->device_facts(device);
    struct facts facts = {0};

    cpu->facts(device, &facts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(*facts_get_text(&facts, texts[i]), "%s is empty", texts[i]);
    cr_expect_str_eq(facts_get_text(&facts, "blas.name"), "OpenBLAS");
    cr_expect_str_eq(f->place, "/cpu:0");
    cr_expect(*f->name);
    cr_expect(strstr(f->summary, "OpenBLAS"), "%s", f->summary);
    cr_expect(f->peak_flops[ARITH_F32] > 1e8 && f->peak_flops[ARITH_F32] < 1e16);
    cr_expect(f->memory_free > 0 && f->memory_free <= f->memory_total);
    cr_expect_not(f->simulated);
    facts_free(&facts);
    cpu->close(device);
}
