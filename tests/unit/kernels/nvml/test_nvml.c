/* test_nvml.c - what is read through the server process, from the fake NVML that lies beside the
 * unit tests' program. */
#define _GNU_SOURCE 1 /* pipe2 */

#include "kernels/nvml/nvml.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct nvml_device *open_fake(const char *mode)
{
    fake_library_load("libnvidia-ml.so.1");
    setenv("FAKENVML", mode, 1);
    struct nvml_device *device = nvml_open("0000:01:00.0");
    cr_assert_not_null(device);
    return device;
}

Test(nvml, processes_are_counted_though_there_is_no_room_for_their_list)
{
    cr_expect_eq(nvml_get(open_fake("fine"), NVML_PROCESSES), 1);
}

Test(nvml, all_processes_are_counted)
{
    cr_expect_eq(nvml_get(open_fake("throttled"), NVML_PROCESSES), 2);
}

Test(nvml, a_number_that_no_card_has_is_unknown)
{
    struct nvml_device *device = open_fake("garbage");
    cr_expect_eq(nvml_get(device, NVML_PROCESSES), -1);
    cr_expect_eq(nvml_get(device, NVML_TEMPERATURE_C), -1);
    cr_expect_eq(nvml_get(NULL, NVML_PROCESSES), -1);
}

Test(nvml, a_lost_device_has_no_number)
{
    struct nvml_device *device = open_fake("failing");
    for (int what = 0; what <= NVML_NEXT_XID; what++)
        cr_expect_eq(nvml_get(device, (enum nvml_quantity)what), what == NVML_NVLINKS ? 0 : -1,
                     "%d", what);
}

/* ---- each quantity */

struct reading {
    enum nvml_quantity what;
    int64_t value;
};

static void expect_readings(struct nvml_device *device, const struct reading *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t got = nvml_get(device, list[i].what);
        cr_expect_eq(got, list[i].value, "%d: %lld, want %lld", (int)list[i].what, (long long)got,
                     (long long)list[i].value);
    }
}
#define EXPECT_READINGS(device, ...)                                                               \
    expect_readings(device, (const struct reading[]){__VA_ARGS__},                                 \
                    sizeof((const struct reading[]){__VA_ARGS__}) / sizeof(struct reading))

Test(nvml, each_quantity_is_that_of_the_card)
{
    setenv("FAKENVML_ROWS", "5,6,1,0", 1);
    setenv("FAKENVML_LINKS", "4", 1);
    setenv("FAKE_GEN", "3", 1);
    setenv("FAKE_WIDTH", "8", 1);
    struct nvml_device *device = open_fake("throttled");
    EXPECT_READINGS(device, {NVML_POWER_LIMIT_MW, 350000}, {NVML_POWER_DEFAULT_MW, 700000},
                    {NVML_POWER_MW, 123456}, {NVML_TEMPERATURE_C, 92}, {NVML_SM_MHZ, 1200},
                    {NVML_SM_MAX_MHZ, 1980}, {NVML_CLOCK_REASONS, 0x24}, {NVML_MIG, 0},
                    {NVML_PERSISTENCE, 0}, {NVML_PCIE_GENERATION, 3}, {NVML_PCIE_WIDTH, 8},
                    {NVML_PCIE_GENERATION_MAX, 5}, {NVML_PCIE_WIDTH_MAX, 16}, {NVML_PROCESSES, 2},
                    {NVML_MEMORY_TEMPERATURE_C, 55}, {NVML_ROWS_REMAPPED, 5},
                    {NVML_ROWS_REMAPPED_UNCORRECTED, 6}, {NVML_REMAPPING_PENDING, 1},
                    {NVML_REMAPPING_FAILED, 0}, {NVML_NVLINKS, 4}, {NVML_NVLINK_MB_PER_S, 26562});
    cr_expect_gt(nvml_get(device, NVML_ENERGY_MJ), 0);
}

Test(nvml, what_a_mode_changes_is_read)
{
    setenv("FAKECUDA_PROFILE", "mig", 1);
    setenv("FAKENVML_ROWS", "0,0,0,1", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_MIG, 1}, {NVML_PERSISTENCE, 1},
                    {NVML_REMAPPING_PENDING, 0}, {NVML_REMAPPING_FAILED, 1}, {NVML_NVLINKS, 0});
}

Test(nvml, an_older_driver_tells_the_reasons_of_clocks_by_another_name)
{
    EXPECT_READINGS(open_fake("old"), {NVML_CLOCK_REASONS, 4}, {NVML_ENERGY_MJ, -1});
}

/* Counters of their own: a question for one does not raise another. */
Test(nvml, each_counter_of_faults_rises_by_itself)
{
    setenv("FAKENVML_RISES", "ecc_corrected:10,ecc_uncorrected:20,pcie_replays:30,nvlink_errors:40",
           1);
    struct nvml_device *device = open_fake("ok");
    EXPECT_READINGS(device, {NVML_ECC_CORRECTED, 3}, {NVML_ECC_UNCORRECTED, 3},
                    {NVML_PCIE_REPLAYS, 3}, {NVML_NVLINK_ERRORS, 3}, {NVML_ECC_CORRECTED, 13},
                    {NVML_ECC_UNCORRECTED, 23}, {NVML_PCIE_REPLAYS, 33}, {NVML_NVLINK_ERRORS, 43});
}

/* The sum is of three other kinds of errors too, which are 0. */
Test(nvml, a_field_may_have_64_bits)
{
    setenv("FAKENVML_LONG", "1", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_MEMORY_TEMPERATURE_C, 55}, {NVML_NVLINK_MB_PER_S, 26562},
                    {NVML_NVLINK_ERRORS, INT64_C(4294967299)});
}

Test(nvml, an_xid_is_told_once)
{
    setenv("FAKENVML_RISES", "xid:79", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_NEXT_XID, 0}, {NVML_NEXT_XID, 79}, {NVML_NEXT_XID, 0});
}

Test(nvml, another_event_is_no_xid)
{
    setenv("FAKENVML_RISES", "event:5,xid:79", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_NEXT_XID, -1}, {NVML_NEXT_XID, 79});
}

Test(nvml, errors_of_nvlinks_are_those_of_all_kinds)
{
    setenv("FAKENVML_LINK_ERRORS", "1,10,100,1000", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_NVLINK_ERRORS, 1111});
}

Test(nvml, no_error_of_a_link_is_zero_errors)
{
    setenv("FAKENVML_LINK_ERRORS", "0,0,0,0", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_NVLINK_ERRORS, 0});
}

Test(nvml, a_card_has_at_most_64_links)
{
    setenv("FAKENVML_LINKS", "100", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_NVLINKS, 64});
}

Test(nvml, the_largest_number_is_known_and_the_next_is_not)
{
    setenv("FAKENVML_ROWS", "1000000,1000001,1,2", 1);
    EXPECT_READINGS(open_fake("ok"), {NVML_ROWS_REMAPPED, 1000000},
                    {NVML_ROWS_REMAPPED_UNCORRECTED, -1}, {NVML_REMAPPING_PENDING, 1},
                    {NVML_REMAPPING_FAILED, -1});
}

/* ---- devices and the library */

Test(nvml, devices_are_found_by_their_address_and_opened_once)
{
    struct nvml_device *first = open_fake("ok"), *second = nvml_open("0000:02:00.0");
    cr_assert_not_null(second);
    cr_expect_neq(first, second);
    cr_expect_eq(nvml_open("0000:01:00.0"), first);
    cr_expect_eq(nvml_open("0000:02:00.0"), second);
    cr_expect_null(nvml_open("0000:00:00.0"));
    const char *advice;
    cr_expect_str_eq(nvml_why_not(&advice), "not found: clocks stay unknown");
    cr_expect_eq(nvml_get(second, NVML_TEMPERATURE_C), 41);
}

Test(nvml, there_is_room_for_64_devices)
{
    struct nvml_device *first = open_fake("ok");
    char pci[16];
    for (unsigned bus = 2; bus <= 65; bus++) {
        snprintf(pci, sizeof pci, "0000:%02x:00.0", bus);
        cr_expect_eq(nvml_open(pci) != NULL, bus <= 64, "%s", pci);
    }
    cr_expect_eq(nvml_open("0000:01:00.0"), first);
}

static void expect_version(const char *version, const char *want)
{
    char text[100];
    setenv("FAKENVML_VERSION", version, 1);
    open_fake("ok");
    nvml_driver_version(text, sizeof text);
    cr_expect_str_eq(text, want, "%s", text);
}

Test(nvml, the_version_is_the_drivers)
{
    expect_version("580.65-06b", "580.65-06b");
}

Test(nvml, an_error_is_no_version)
{
    expect_version("unknown", "");
}

Test(nvml, a_version_has_neither_blanks_nor_signs)
{
    expect_version("580 00", "");
}

Test(nvml, a_version_without_an_end_is_cut)
{
    expect_version(
        "1234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789",
        "1234567890123456789012345678901234567890123456789012345678901234567890123456789");
}

static void expect_reason(const char *mood, const char *reason, const char *in_advice)
{
    const char *advice;
    char text[80];
    fake_library_load("libnvidia-ml.so.1");
    setenv("FAKENVML", mood, 1);
    cr_expect_null(nvml_open("0000:01:00.0"));
    cr_expect_null(nvml_open("0000:01:00.0"));
    cr_expect_str_eq(nvml_why_not(&advice), reason);
    cr_expect(strstr(advice, in_advice), "%s", advice);
    nvml_driver_version(text, sizeof text);
    cr_expect_str_eq(text, "");
}

Test(nvml, a_driver_that_is_not_loaded_is_said)
{
    expect_reason("no-init", "it does not reach the kernel module: clocks stay unknown",
                  "install libnvidia-ml1");
}

Test(nvml, a_driver_that_was_updated_is_said)
{
    setenv("FAKE_NVML_INIT", "18", 1);
    expect_reason("ok", "driver/library version mismatch: clocks stay unknown",
                  "start the machine again");
}

Test(nvml, another_error_at_the_start_is_said)
{
    setenv("FAKE_NVML_INIT", "1", 1);
    expect_reason("ok", "it does not start: clocks stay unknown", "install libnvidia-ml1");
}

Test(nvml, a_crash_is_said)
{
    expect_reason("crash:init", "it crashed: clocks stay unknown", "nvidia-smi uses the same");
}

Test(nvml, after_a_crash_nothing_is_asked_any_more)
{
    struct nvml_device *device = open_fake("crash:power");
    const char *advice;
    EXPECT_READINGS(device, {NVML_TEMPERATURE_C, 41}, {NVML_POWER_MW, -1},
                    {NVML_TEMPERATURE_C, -1});
    cr_expect_str_eq(nvml_why_not(&advice), "it crashed: clocks stay unknown");
}

Test(nvml, a_slow_answer_is_waited_for)
{
    EXPECT_READINGS(open_fake("slow:power"), {NVML_POWER_MW, 123456}, {NVML_TEMPERATURE_C, 41});
}

/* Ctrl-C ends the wait before its two seconds are over, and the process is reaped. */
Test(nvml, a_hang_is_said_and_its_process_ended)
{
    struct nvml_device *device = open_fake("hang:power");
    const nanos begin = clock_now();
    const char *advice;
    interrupt_request(SIGINT);
    EXPECT_READINGS(device, {NVML_POWER_MW, -1}, {NVML_TEMPERATURE_C, -1});
    cr_expect_lt(clock_now() - begin, 1000000000);
    cr_expect_str_eq(nvml_why_not(&advice), "it does not answer: clocks stay unknown");
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
    cr_expect_eq(errno, ECHILD);
}

/* ---- the process that answers */

static void *ask_for(void *what)
{
    enum { TIMES = 200 };
    const struct reading *reading = what;
    struct nvml_device *device = nvml_open("0000:01:00.0");
    char text[80];
    for (int i = 0; i < TIMES; i++) {
        if (nvml_get(device, reading->what) != reading->value)
            return "another value";
        nvml_driver_version(text, sizeof text);
        if (strcmp(text, "580.00.00") != 0)
            return "another version";
        if (nvml_open("0000:01:00.0") != device)
            return "another device";
    }
    return NULL;
}

Test(nvml, each_thread_gets_its_own_answers)
{
    static struct reading readings[] = {
        {NVML_TEMPERATURE_C, 41}, {NVML_SM_MHZ, 1755}, {NVML_POWER_MW, 123456}};
    pthread_t threads[3];
    void *fault;
    open_fake("ok");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, ask_for, &readings[i]), 0);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], &fault);
        cr_expect_null(fault, "%s", (const char *)fault);
    }
}

/* LeakSanitizer looks for leaks at that exit too, and complains of the other process's threads. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

Test(nvml, exit_in_a_library_writes_nothing_again, .disabled = IS_SANITIZED)
{
    char text[64] = "";
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    const int was = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    setvbuf(stdout, NULL, _IOFBF, 1024);
    printf("once");
    expect_reason("exit:init", "it crashed: clocks stay unknown", "nvidia-smi uses the same");
    fflush(stdout);
    dup2(was, STDOUT_FILENO);
    cr_expect_eq(read(ends[0], text, sizeof text), 4);
    cr_expect_str_eq(text, "once");
}

/* The end of a pipe comes as soon as nothing has its other end. */
Test(nvml, the_process_does_not_keep_the_standard_streams)
{
    char byte;
    int ends[2], streams[3];
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    fflush(NULL);
    for (int fd = 0; fd < 3; fd++) {
        streams[fd] = dup(fd);
        dup2(ends[1], fd);
    }
    close(ends[1]);
    struct nvml_device *device = open_fake("ok");
    for (int fd = 0; fd < 3; fd++) {
        dup2(streams[fd], fd);
        close(streams[fd]);
    }
    cr_expect_eq(read(ends[0], &byte, 1), 0);
    cr_expect_eq(nvml_get(device, NVML_TEMPERATURE_C), 41);
}

/* Returns the only child of this process, or 0. */
static pid_t only_child(void)
{
    int pid = 0;
    FILE *list = fopen("/proc/thread-self/children", "re");
    if (list && fscanf(list, "%d", &pid) != 1)
        pid = 0;
    if (list)
        fclose(list);
    return pid;
}

/* Telemetry's thread blocks all signals, and main() catches these two. */
Test(nvml, an_interrupt_does_not_end_the_process_and_a_termination_does)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGTERM, SIG_IGN);
    struct nvml_device *device = open_fake("ok");
    const pid_t server = only_child();
    if (!server)
        cr_skip_test("this kernel does not list children");
    kill(server, SIGINT);
    EXPECT_READINGS(device, {NVML_TEMPERATURE_C, 41});
    kill(server, SIGTERM);
    for (int i = 0; i < 100 && waitid(P_PID, (id_t)server, NULL, WEXITED | WNOWAIT | WNOHANG) != 0;
         i++)
        poll(NULL, 0, 5);
    EXPECT_READINGS(device, {NVML_TEMPERATURE_C, -1});
}

/* A child of this process asks, and ends while NVML hangs. This process then gets the one that
 * answers, as the next ancestor that wants orphans. */
Test(nvml, the_process_ends_with_the_one_that_asks_also_while_it_hangs)
{
    int said[2];
    pid_t pids[1] = {0};
    fake_library_load("libnvidia-ml.so.1");
    setenv("FAKENVML", "hang:power", 1);
    cr_assert_eq(pipe(said), 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t asker = fork();
    if (asker == 0) {
        struct nvml_device *device = nvml_open("0000:01:00.0");
        pids[0] = only_child();
        const bool is_said = write(said[1], pids, sizeof pids) == (ssize_t)sizeof pids;
        nvml_get(is_said ? device : NULL, NVML_POWER_MW);
        _exit(0);
    }
    cr_assert_eq(read(said[0], pids, sizeof pids), (ssize_t)sizeof pids);
    poll(NULL, 0, 20); /* until it hangs */
    kill(asker, SIGKILL);
    waitpid(asker, NULL, 0);
    pid_t ended = 0;
    for (int i = 0; i < 200 && ended == 0; i++) {
        ended = waitpid(-1, NULL, WNOHANG);
        poll(NULL, 0, 5);
    }
    cr_expect_gt(ended, 0, "it still hangs");
    if (ended <= 0 && pids[0] > 0)
        kill(pids[0], SIGKILL);
}
