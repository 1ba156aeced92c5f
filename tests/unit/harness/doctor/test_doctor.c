/* test_doctor.c - what the system's files say about the way to a GPU, from trees of such files. */
#include "harness/doctor/doctor.h"
#include "harness/host/host.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 32 };
static struct doctor_line lines[LINES];
static struct doctor_sheet sheet;

#define CARD(driver)                                                                               \
    {"sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n"},                                       \
        {"sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n"},                                  \
        {"sys/bus/pci/devices/0000:01:00.0/device", "0x0fe9\n"},                                   \
        {"sys/bus/pci/devices/0000:01:00.0/uevent", driver "PCI_CLASS=30000\n"}
#define MODULE {"proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64\n"}
#define NODES  {"dev/nvidiactl", "-"}, {"dev/nvidia-uvm", "-"}, {"dev/nvidia0", "-"}
#define POWER9 {"proc/sys/kernel/arch", "ppc64le\n"}
#define DOCKER {".dockerenv", "-"}

static const char *const marks[] = {"KUBERNETES_SERVICE_HOST", "APPTAINER_CONTAINER",
                                    "SINGULARITY_CONTAINER",   "container",
                                    "NVIDIA_VISIBLE_DEVICES",  "NVIDIA_DRIVER_CAPABILITIES"};

static void look(const struct file *files, bool gpu_works)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        unsetenv(marks[i]);
    host_tree_make(files);
    sheet = (struct doctor_sheet){lines, 0, LINES};
    host_gpu_doctor(&sheet, gpu_works);
    host_tree_remove();
}
#define LOOK(works, ...) look((const struct file[]){__VA_ARGS__, {NULL, NULL}}, works)

static const struct doctor_line *line(const char *what)
{
    for (size_t i = 0; i < sheet.count; i++)
        if (strcmp(sheet.line[i].what, what) == 0)
            return &sheet.line[i];
    return NULL;
}

static void says(const char *what, enum doctor_state state, const char *found, const char *advice)
{
    const struct doctor_line *l = line(what);
    cr_assert(l, "no line %s", what);
    cr_expect_eq(l->state, state, "%s: %s", what, doctor_word(l->state));
    cr_expect(strstr(l->found, found), "%s: %s", what, l->found);
    cr_expect(strstr(l->advice, advice), "%s: %s", what, l->advice);
    cr_expect(state == DOCTOR_OK || *l->advice, "%s: nothing to type", what);
}

Test(doctor, a_machine_without_an_nvidia_card_has_no_lines)
{
    LOOK(false, {"sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n"},
         {"sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n"},
         {"etc/udev/rules.d/40-vm-hotadd.rules", "SUBSYSTEM==\"memory\", ACTION==\"add\"\n"});
    cr_expect_eq(sheet.count, 0, "%s: %s", lines[0].what, lines[0].found);
}

Test(doctor, a_card_without_nvidias_driver_is_told_of_it)
{
    LOOK(false, CARD(""));
    says("card", DOCTOR_FAIL, "0000:01:00.0 10de:0fe9, no driver", "sudo modprobe nvidia");
    LOOK(false, CARD("DRIVER=nouveau\n"));
    says("card", DOCTOR_FAIL, "driven by nouveau", "blacklist nouveau");
    LOOK(false, CARD("DRIVER=vfio-pci\n"));
    says("card", DOCTOR_WARN, "driven by vfio-pci", "virtual machine");
}

Test(doctor, a_host_that_is_set_up_is_all_well)
{
    LOOK(false, CARD("DRIVER=nvidia\n"), MODULE, NODES, POWER9,
         {"run/nvidia-persistenced/socket", "-"}, {"usr/bin/nvidia-ctk", "-"},
         {"etc/docker/daemon.json", "{\"runtimes\": {\"nvidia\": {}}}"},
         {"etc/cdi/nvidia.yaml", "-"},
         {"lib/udev/rules.d/40-vm-hotadd.rules", "# SUBSYSTEM==\"memory\"\nSUBSYSTEM==\"cpu\"\n"});
    for (size_t i = 0; i < sheet.count; i++)
        cr_expect_eq(lines[i].state, DOCTOR_OK, "%s: %s", lines[i].what, lines[i].found);
    says("card", DOCTOR_OK, "driven by nvidia", "");
    says("device nodes", DOCTOR_OK, "1 card,", "");
    says("nvidia-persistenced", DOCTOR_OK, "running", "");
    says("udev rule", DOCTOR_OK, "memory rule is off", "");
    says("container runtime", DOCTOR_OK, "CDI: /etc/cdi/nvidia.yaml", "");
    cr_expect_null(line("GPU in container"));
}

#define ORIN                                                                                       \
    {"proc/device-tree/model", "NVIDIA Jetson AGX Orin Developer Kit"},                            \
        {"etc/nv_tegra_release",                                                                   \
         "# R36 (release), REVISION: 4.0, GCID: 37537400, BOARD: generic\n"}

Test(doctor, the_gpu_of_a_jetson_needs_other_nodes_and_no_daemon)
{
    LOOK(false, ORIN, {"dev/nvhost-ctrl-gpu", "-"}, {"dev/nvmap", "-"}, MODULE,
         {"dev/nvidiactl", "-"});
    says("integrated GPU", DOCTOR_OK,
         "NVIDIA Jetson AGX Orin Developer Kit, driven by nvgpu; it "
         "shares the CPU's memory",
         "");
    says("device nodes", DOCTOR_OK, "/dev/nvhost-ctrl-gpu and /dev/nvmap, open to us", "");
    cr_expect_null(line("device node"), "nvidia-uvm is not there and not needed");
    cr_expect_null(line("nvidia-persistenced"));
    LOOK(false, {"dev/nvgpu/igpu0/ctrl", "-"}, {"dev/nvmap", "-"});
    says("device nodes", DOCTOR_OK, "/dev/nvgpu/igpu0/ctrl and /dev/nvmap", "");
}

Test(doctor, a_jetson_without_its_device_nodes_is_told_what_to_type)
{
    LOOK(false, ORIN, {"sys/module/nvgpu/version", "1\n"});
    says("integrated GPU", DOCTOR_FAIL, "without a device node", "sudo modprobe nvgpu");
    LOOK(false, ORIN, {"dev/nvhost-ctrl-gpu", "-"});
    says("device node", DOCTOR_FAIL, "/dev/nvmap is missing", "--runtime nvidia");
    LOOK(false, DOCKER, ORIN, {"dev/nvhost-ctrl-gpu", "-"}, {"dev/nvmap", "-"});
    says("GPU in container", DOCTOR_WARN, "no GPU works", "driver");
}

Test(doctor, an_arm_machine_without_nvidia_has_no_lines)
{
    LOOK(false, {"proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0"},
         {"sys/class/dmi/id/sys_vendor", "Amazon EC2\n"});
    cr_expect_eq(sheet.count, 0, "%s: %s", lines[0].what, lines[0].found);
}

Test(doctor, missing_nodes_and_a_daemon_that_does_not_run_are_told_with_what_to_type)
{
    LOOK(false, MODULE, {"dev/nvidiactl", "-"}, {"dev/nvidia0", "-"});
    says("device node", DOCTOR_FAIL, "/dev/nvidia-uvm is missing", "sudo nvidia-modprobe -u");
    says("nvidia-persistenced", DOCTOR_WARN, "not running",
         "systemctl enable --now nvidia-persistenced");
    LOOK(false, MODULE);
    says("device node", DOCTOR_FAIL, "/dev/nvidiactl is missing", "sudo nvidia-modprobe");
}

Test(doctor, where_a_gpu_works_nothing_here_fails)
{
    LOOK(true, CARD("DRIVER=nouveau\n"), MODULE, DOCKER);
    for (size_t i = 0; i < sheet.count; i++)
        cr_expect_neq(lines[i].state, DOCTOR_FAIL, "%s: %s", lines[i].what, lines[i].found);
    says("GPU in container", DOCTOR_OK, "given", "");
}

Test(doctor, the_first_rules_file_counts_and_its_memory_rule_is_a_warning)
{
    const char *rule = "ATTR{[dmi/id]sys_vendor}!=\"VMware\", GOTO=\"end\"\n"
                       "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n";
    LOOK(false, MODULE, NODES, POWER9, {"lib/udev/rules.d/40-vm-hotadd.rules", rule});
    says("udev rule", DOCTOR_WARN, "/lib/udev/rules.d/40-vm-hotadd.rules has its memory rule",
         "sudo cp");
    LOOK(false, MODULE, NODES, POWER9, {"lib/udev/rules.d/40-vm-hotadd.rules", rule},
         {"etc/udev/rules.d/40-vm-hotadd.rules", "# nothing\n"});
    says("udev rule", DOCTOR_OK, "/etc/udev", "");
    size_t rules = 0;
    for (size_t i = 0; i < sheet.count; i++)
        rules += strcmp(lines[i].what, "udev rule") == 0;
    cr_expect_eq(rules, 1, "the other file is not read");
}

Test(doctor, the_memory_rule_is_left_alone_except_on_power9)
{
    LOOK(false, MODULE, NODES, {"proc/sys/kernel/arch", "x86_64\n"},
         {"lib/udev/rules.d/40-vm-hotadd.rules", "SUBSYSTEM==\"memory\", ACTION==\"add\"\n"});
    cr_expect_null(line("udev rule"));
}

Test(doctor, a_laptop_whose_nvidia_gpu_is_switched_off_is_told_of_prime_select)
{
    LOOK(false, {"usr/bin/prime-select", "-"}, {"etc/prime-discrete", "off\n"});
    says("hybrid graphics", DOCTOR_FAIL, "switched off", "sudo prime-select on-demand");
    LOOK(false, {"usr/bin/prime-select", "-"}, {"etc/prime-discrete", "on-demand\n"});
    says("hybrid graphics", DOCTOR_OK, "on-demand", "");
    LOOK(false, {"etc/prime-discrete", "off\n"});
    cr_expect_null(line("hybrid graphics"));
}

/* What is advised for a node that does not open, in a tree of files. */
static void denied(int error, const char *cause, const char *advice, const struct file *files)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        unsetenv(marks[i]);
    host_tree_make(files);
    const struct host_denial d = host_denial(error);
    cr_expect(strstr(d.cause, cause), "%s", d.cause);
    cr_expect(strstr(d.advice, advice), "%s", d.advice);
    cr_expect_not(strstr(d.advice, "chmod"), "%s", d.advice);
    host_tree_remove();
}
#define DENIED(error, cause, advice, ...)                                                          \
    denied(error, cause, advice, (const struct file[]){__VA_ARGS__, {NULL, NULL}})

Test(doctor, a_node_that_is_denied_gets_the_advice_of_what_denies_it)
{
    const struct file mapped = {"proc/self/uid_map", "         0       1000          1\n"};
    const struct file plain = {"proc/self/uid_map", "         0          0 4294967295\n"};
    const struct file selinux = {"sys/fs/selinux/enforce", "1"};
    DENIED(EPERM, "device cgroup", "--gpus all", DOCKER, plain);
    DENIED(EPERM, "rootless", "no-cgroups", DOCKER, mapped);
    DENIED(EACCES, "SELinux", "container_use_devices", DOCKER, plain, selinux);
    DENIED(EACCES, "rootless", "keep-groups", {"run/.containerenv", "-"}, mapped);
    DENIED(EACCES, "container's user", "--group-add", DOCKER, plain);
    DENIED(EPERM, "device cgroup", "DeviceAllow", plain);
    DENIED(EACCES, "no permission", "NVreg_DeviceFileMode", plain);
    setenv("SLURM_JOB_ID", "7", 1);
    DENIED(EPERM, "Slurm", "--gres=gpu:1", plain);
    unsetenv("SLURM_JOB_ID");
}

Test(doctor, the_container_runtimes_of_a_host_are_told_apart)
{
    LOOK(false, MODULE, NODES);
    says("container runtime", DOCTOR_OK, "none gives GPUs", "nvidia-container-toolkit");
    LOOK(false, MODULE, NODES, {"usr/bin/nvidia-container-runtime", "-"});
    says("container runtime", DOCTOR_WARN, "nvidia-docker2", "retired");
    LOOK(false, MODULE, NODES, {"usr/bin/nvidia-ctk", "-"}, {"etc/docker/daemon.json", "{}"});
    says("container runtime", DOCTOR_WARN, "Docker is not configured to use",
         "nvidia-ctk runtime configure");
    LOOK(false, MODULE, NODES, {"usr/bin/nvidia-ctk", "-"});
    says("container runtime", DOCTOR_OK, "NVIDIA Container Toolkit", "");
}

Test(doctor, a_container_without_a_gpu_is_told_how_its_kind_asks_for_one)
{
    LOOK(false, DOCKER);
    says("GPU in container", DOCTOR_FAIL, "no GPU was given to this docker container",
         "--gpus all");
    LOOK(false, {"run/.containerenv", "-"});
    says("GPU in container", DOCTOR_FAIL, "podman", "nvidia.com/gpu=all");
    LOOK(false, {"run/secrets/kubernetes.io", NULL});
    says("GPU in container", DOCTOR_FAIL, "kubernetes", "nvidia.com/gpu: 1");
    LOOK(false, DOCKER, NODES);
    says("GPU in container", DOCTOR_WARN, "has device nodes, but no GPU works",
         "the line \"driver\"");
}

static void look_at_user(const char *passwd, const char *home)
{
    host_set_root(scratch_make());
    scratch_file(".dockerenv", "-");
    scratch_file("etc/passwd", passwd);
    if (home)
        setenv("HOME", home, 1);
    else
        unsetenv("HOME");
    sheet = (struct doctor_sheet){lines, 0, LINES};
    user_doctor(&sheet);
    host_tree_remove();
}

Test(doctor, a_user_without_an_entry_or_a_home_is_named_and_any_other_is_not)
{
    char known[64], number[32];
    snprintf(known, sizeof known, "me:x:%u:0::/:/bin/sh\n", (unsigned)geteuid());
    snprintf(number, sizeof number, "%u", (unsigned)geteuid());
    look_at_user(known, "/tmp");
    cr_expect_eq(sheet.count, 0, "%s", lines[0].found);
    look_at_user("other:x:4294:0::/:/bin/sh\n", "/tmp");
    says("user", DOCTOR_OK, ", not in /etc/passwd, HOME=/tmp", "");
    says("user", DOCTOR_OK, number, "");
    cr_expect_null(strstr(line("user")->found, "writable"));
    look_at_user(known, NULL);
    says("user", DOCTOR_OK, "HOME is not set", "");
    cr_expect_null(strstr(line("user")->found, "passwd"));
    look_at_user(known, "/proc/nowhere");
    says("user", DOCTOR_OK, "HOME=/proc/nowhere is not writable", "");
}

Test(doctor, what_the_toolkit_was_told_not_to_give_is_named)
{
    const struct file with_nodes[] = {DOCKER, NODES, {NULL, NULL}};
    host_tree_make(with_nodes);
    sheet = (struct doctor_sheet){lines, 0, LINES};
    setenv("NVIDIA_DRIVER_CAPABILITIES", "utility", 1);
    container_gpu_doctor(&sheet, false);
    says("GPU in container", DOCTOR_FAIL, "NVIDIA_DRIVER_CAPABILITIES=utility", "compute,utility");
    host_tree_remove();

    host_set_root(scratch_make());
    scratch_file(".dockerenv", "-");
    sheet.count = 0;
    setenv("NVIDIA_VISIBLE_DEVICES", "none", 1);
    container_gpu_doctor(&sheet, false);
    says("GPU in container", DOCTOR_FAIL, "NVIDIA_VISIBLE_DEVICES=none hides it", "--gpus all");
    host_tree_remove();
}

Test(doctor, a_full_sheet_takes_no_more)
{
    struct doctor_line one;
    struct doctor_sheet small = {&one, 0, 1};
    doctor_add(&small, "first", DOCTOR_OK, "", "%s", "found");
    doctor_add(&small, "second", DOCTOR_OK, "", "%s", "lost");
    cr_expect_eq(small.count, 1);
    cr_expect_str_eq(one.what, "first");
}
