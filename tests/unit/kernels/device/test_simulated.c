/* test_simulated.c - what is known of each simulated GPU once it is open, or why it does not open,
 * compared with tests/golden/device-*.txt, which UPDATE_GOLDEN=1 writes anew. */
#include "kernels/device/device.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/golden.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without a kernel module of which the version could be read. */
static void simulate(const char *profile, const char *devices, const char *fails)
{
    setenv("FAKECUDA_PROFILE", profile, 1);
    setenv("FAKECUDA_DEVICES", devices, 1);
    setenv("FAKECUDA_FAIL", fails, 1);
    setenv("FAKENVML", "ok", 1);
    fake_library_load("libcuda.so.1");
    fake_library_load("libnvidia-ml.so.1");
    host_tree_make((const struct file[]){{NULL, NULL}});
}

static void write_fact(FILE *to, const struct fact *f)
{
    fprintf(to, "%s = ", f->path);
    switch (f->type) {
    case FACT_TEXT:
        fprintf(to, "\"%s\"\n", f->text);
        break;
    case FACT_INTEGER:
        fprintf(to, "%" PRId64 "\n", f->integer);
        break;
    case FACT_REAL:
        fprintf(to, "%.9g\n", f->real);
        break;
    case FACT_BOOLEAN:
        fprintf(to, "%s\n", f->integer ? "true" : "false");
        break;
    }
}

static void write_device(FILE *to, const struct device *d)
{
    struct facts facts = {0};
    const struct device_facts *f = &d->facts;
    fprintf(to, "%s, %s: %s\n", f->name, f->place, f->summary);
    fprintf(to, "%s\n", f->simulated ? "simulated" : "real");
    fprintf(to, "cache of %" PRIu64 " bytes\n", f->cache_bytes);
    fprintf(to, "memory: %" PRIu64 " bytes, %" PRIu64 " free, %.9g bytes/s\n", f->memory_total,
            f->memory_free, f->peak_bytes);
    for (unsigned a = 0; a < ARITH_COUNT; a++)
        fprintf(to, "%s: %.9g FLOP/s\n", arithmetic_name((enum arithmetic)a), f->peak_flops[a]);
    fprintf(to, "verification: %.9g FLOP/s\n", f->f64_flops);
    fprintf(to, "truncation: %.9g\n", f->truncation);
    device_add_facts(d, &facts);
    for (size_t i = 0; i < facts.count; i++)
        write_fact(to, &facts.list[i]);
    facts_free(&facts);
}

static void expect_golden(const char *profile)
{
    struct device_request request = {0};
    struct device *d = NULL;
    struct failure why = {0};
    char path[80], *text;
    size_t bytes;
    simulate(profile, "1", "");
    FILE *to = open_memstream(&text, &bytes);
    const enum status status = device_open(&request, &d, &why);
    if (status == STATUS_OK)
        write_device(to, d);
    else
        fprintf(to, "status %d: %s\n", (int)status, why.text);
    device_close(d);
    fclose(to);
    host_tree_remove();
    snprintf(path, sizeof path, "tests/golden/device-%s.txt", profile);
    golden_expect(path, text);
    free(text);
}

struct profile {
    char name[16];
};

/* Each in a process of its own, because the entry points of a driver are those of its version. */
ParameterizedTestParameters(simulated, a_gpu_is_the_golden_one)
{
    static struct profile profiles[] = {{"gt750m"}, {"k80"},   {"gtx980"}, {"p100"},   {"v100"},
                                        {"t4"},     {"a100"},  {"h100"},   {"b200"},   {"mig"},
                                        {"orin"},   {"gh200"}, {"cc21"},   {"rtx5090"}};
    return cr_make_param_array(struct profile, profiles, sizeof profiles / sizeof *profiles);
}

ParameterizedTest(struct profile *profile, simulated, a_gpu_is_the_golden_one)
{
    expect_golden(profile->name);
}

/* ---- errors of the driver */

struct fault {
    char call[32]; /* and the error it returns, always */
    enum status status;
    char says[64];
};

ParameterizedTestParameters(simulated, a_call_that_fails_is_said)
{
    static struct fault faults[] = {
        {"cuDeviceGet:1:1", STATUS_FAILED, "cannot get the GPU: CUDA_ERROR_INVALID_VALUE"},
        {"cuDeviceGetAttribute:1:999", STATUS_LOST, "cannot ask the GPU for its attributes"},
        {"cuDeviceGetAttribute:11:999", STATUS_LOST, "cannot ask the GPU for its attributes"},
        {"cuDeviceGetName:1:1", STATUS_FAILED, "cannot ask the GPU for its name: CUDA_ERROR"},
        {"cuDevicePrimaryCtxRetain:1:2", STATUS_NO_MEMORY, "cannot open a context on the GPU: "},
        {"cuCtxSetCurrent:1:1", STATUS_FAILED, "cannot use the GPU's context: CUDA_ERROR"},
        {"cuStreamCreate:1:1", STATUS_FAILED, "cannot make a stream: CUDA_ERROR_INVALID"},
        {"cuEventCreate:1:1", STATUS_FAILED, "cannot make an event: CUDA_ERROR_INVALID"},
        {"cuEventCreate:8:1", STATUS_FAILED, "cannot make an event: CUDA_ERROR_INVALID"},
        {"cuMemGetInfo_v2:1:1", STATUS_FAILED, "cannot ask for the GPU's memory: CUDA_ERROR"},
        {"cuDeviceGetCount:1:999", STATUS_NO_DEVICE, "the NVIDIA driver did not start: "},
        {"cuDeviceGetCount:2:999", STATUS_NO_DEVICE, "the NVIDIA driver did not start: "},
    };
    return cr_make_param_array(struct fault, faults, sizeof faults / sizeof *faults);
}

ParameterizedTest(struct fault *fault, simulated, a_call_that_fails_is_said)
{
    struct device_request request = {0};
    struct device *d = (struct device *)fault; /* to see that it is set */
    struct failure why = {0};
    simulate("h100", "1", fault->call);
    const enum status status = device_open(&request, &d, &why);
    host_tree_remove();
    cr_expect_eq(status, fault->status, "%s: status %d, %s", fault->call, (int)status, why.text);
    cr_expect(strncmp(why.text, fault->says, strlen(fault->says)) == 0, "%s: %s", fault->call,
              why.text);
    cr_expect_null(d);
}

Test(simulated, an_attribute_that_the_driver_does_not_know_is_zero)
{
    struct device_request request = {0};
    struct device *d;
    struct failure why;
    simulate("h100", "1", "cuDeviceGetAttribute:4:1");
    cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(d->cc, 90);
    cr_expect_eq(d->sms, 132);
    cr_expect_eq(d->clock_khz, 0);
    cr_expect_eq(d->memory_clock_khz, 2619000);
    device_close(d);
    host_tree_remove();
}

Test(simulated, a_gpu_without_a_pci_address_opens)
{
    struct device_request request = {0};
    struct device *d;
    struct failure why;
    simulate("h100", "1", "cuDeviceGetPCIBusId:1:1");
    cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(d->pci, "");
    device_close(d);
    host_tree_remove();
}

Test(simulated, an_address_that_a_driver_makes_up_commands_no_terminal)
{
    struct device_request request = {0};
    struct device *d;
    struct failure why;
    simulate("h100", "1", "");
    setenv("FAKECUDA_PCI", "0000:\033[2J0.0", 1);
    cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(d->pci, "0000: [2J0.0");
    device_close(d);
    host_tree_remove();
}

/* ---- what can be asked for */

static void expect_request(struct device_request request, enum status wanted, const char *says)
{
    struct device *d;
    struct failure why = {0};
    const enum status status = device_open(&request, &d, &why);
    cr_expect_eq(status, wanted, "%d: %s", (int)status, why.text);
    cr_expect_str_eq(why.text, says);
    if (status == STATUS_OK) {
        cr_expect_eq(d->index, request.index);
        cr_expect_eq(d->image_family, request.image);
        cr_expect_eq(d->share.of, request.share.of);
    }
    device_close(d);
}

Test(simulated, only_gpus_that_are_there_and_images_that_are_known_can_be_asked_for)
{
    static const char *const images[] = {"native", "hopper", "ampere", "portable"};
    simulate("h100", "3", "");
    expect_request((struct device_request){.index = 2, .share = {0, 1, 4, false, 0, 0}}, STATUS_OK,
                   "");
    expect_request((struct device_request){.index = 3}, STATUS_USAGE,
                   "there is no GPU 3: this machine shows 3, numbered from 0 (gpubench doctor "
                   "lists them)");
    expect_request((struct device_request){.index = -1}, STATUS_USAGE,
                   "there is no GPU -1: this machine shows 3, numbered from 0 (gpubench doctor "
                   "lists them)");
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        expect_request((struct device_request){.image = images[i]}, STATUS_OK, "");
    expect_request((struct device_request){.image = "kepler"}, STATUS_USAGE,
                   "unknown image \"kepler\": there are native, hopper, ampere and portable");
    host_tree_remove();
}

Test(simulated, a_memory_limit_is_what_is_free_unless_less_is)
{
    struct device_request request = {0};
    struct device *d;
    struct failure why;
    simulate("h100", "1", "");
    cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
    const uint64_t all = d->facts.memory_free;
    cr_expect_leq(all, d->facts.memory_total);
    device_close(d);
    const uint64_t limits[] = {all - 1, all, all + 1};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        request.memory_limit = limits[i];
        cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
        cr_expect_eq(d->facts.memory_free, i == 0 ? all - 1 : all);
        cr_expect_eq(d->memory_limit, limits[i]);
        device_close(d);
    }
    host_tree_remove();
}

Test(simulated, all_cards_are_found_before_one_is_chosen)
{
    static struct cards found;
    struct device_request request = {.index = 5, .found = &found};
    struct device *d;
    struct failure why;
    simulate("h100", "3", "");
    cr_expect_eq(device_open(&request, &d, &why), STATUS_USAGE);
    host_tree_remove();
    cr_expect_eq(found.count, 3);
    cr_expect_str_eq(found.uuid[0], "GPU-68313030-0000-0000-0000-000000000000");
    cr_expect_str_eq(found.uuid[2], "GPU-68313030-0000-0000-0000-000000000002");
}

Test(simulated, cards_whose_uuid_is_unknown_are_found_too)
{
    static struct cards found;
    struct device_request request = {.found = &found};
    struct device *d;
    struct failure why;
    int count = 0;
    simulate("h100", "2", "cuDeviceGetUuid_v2:1:1");
    cr_expect_eq(device_open(&request, &d, &why), STATUS_OK);
    cr_expect_eq(found.count, 2);
    cr_expect_str_eq(found.uuid[0], "");
    cr_expect_str_eq(found.uuid[1], "GPU-68313030-0000-0000-0000-000000000001");
    device_close(d);
    cr_expect_eq(device_count(&count, &why), STATUS_OK);
    cr_expect_eq(count, 2);
    host_tree_remove();
}

Test(simulated, cards_that_cannot_be_counted_are_none)
{
    static struct cards found;
    struct device_request request = {.found = &found};
    struct device *d;
    struct failure why;
    simulate("h100", "2", "cuDeviceGetCount:2:1");
    cr_expect_eq(device_open(&request, &d, &why), STATUS_OK);
    cr_expect_eq(found.count, 0);
    device_close(d);
    host_tree_remove();
}
