/* host.c - checks of the card, its kernel module, its device nodes and the system's settings, from
 * files, in the order in which a machine is set up. */
#include "harness/host/host.h"
#include "harness/doctor/doctor.h"
#include "harness/host/cpu.h"
#include "harness/host/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static bool has_module(void)
{
    return host_exists("/proc/driver/nvidia/version");
}

/* Reads which kernel module drives a PCI device; "" if none. */
static void driver_of(const char *slot, char *driver, size_t bytes)
{
    char path[320], text[512] = "";
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/uevent", slot);
    *driver = '\0';
    if (!host_read(path, text, sizeof text))
        return;
    const char *at = strstr(text, "DRIVER=");
    if (at)
        snprintf(driver, bytes, "%.*s", (int)strcspn(at + 7, "\n"), at + 7);
}

/* Whether a PCI device is NVIDIA's and of class 0300 (VGA) or 0302 (3D). */
static bool is_card(const char *slot)
{
    char path[320], vendor[16] = "", class[16] = "";
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/vendor", slot);
    if (!host_read(path, vendor, sizeof vendor) || strcmp(vendor, "0x10de") != 0)
        return false;
    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/class", slot);
    return host_read(path, class, sizeof class) && strncmp(class, "0x03", 4) == 0;
}

static void add_cards(struct doctor_sheet *sheet)
{
    DIR *directory = host_opendir("/sys/bus/pci/devices");
    if (!directory)
        return;
    for (const struct dirent *e = readdir(directory); e; e = readdir(directory)) {
        char path[320], id[16] = "", driver[64];
        if (!is_card(e->d_name))
            continue;
        snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/device", e->d_name);
        host_read(path, id, sizeof id);
        driver_of(e->d_name, driver, sizeof driver);
        const char *number = strncmp(id, "0x", 2) ? id : id + 2;
        if (strcmp(driver, "nvidia") == 0)
            doctor_add(sheet, "card", DOCTOR_OK, "", "%s 10de:%s, driven by nvidia", e->d_name,
                       number);
        else if (strcmp(driver, "vfio-pci") == 0)
            doctor_add(sheet, "card", DOCTOR_WARN, "it is set aside for a virtual machine",
                       "%s 10de:%s, driven by vfio-pci", e->d_name, number);
        else if (*driver)
            doctor_add(sheet, "card", DOCTOR_FAIL,
                       "install NVIDIA's driver, and keep the other from loading: echo 'blacklist "
                       "nouveau' | sudo tee /etc/modprobe.d/no-nouveau.conf; sudo "
                       "update-initramfs -u; reboot",
                       "%s 10de:%s, driven by %s", e->d_name, number, driver);
        else
            doctor_add(sheet, "card", DOCTOR_FAIL,
                       "install NVIDIA's driver of a branch that knows the card "
                       "(docs/old-gpus.md), then: sudo modprobe nvidia",
                       "%s 10de:%s, no driver", e->d_name, number);
    }
    closedir(directory);
}

/* Checks that a device node exists and that this process may read and write it. */
static void add_node(struct doctor_sheet *sheet, const char *path, const char *make, bool *well)
{
    const int error = host_use_error(path);
    const struct host_denial denial = host_denial(error);
    if (error == ENOENT)
        doctor_add(sheet, "device node", DOCTOR_FAIL, make, "%s is missing", path);
    else if (error == EPERM || error == EACCES)
        doctor_add(sheet, "device node", DOCTOR_FAIL, denial.advice, "%s: %s (%s)", path,
                   denial.cause, strerror(error));
    else if (error)
        doctor_add(sheet, "device node", DOCTOR_FAIL,
                   "load the kernel module again: sudo modprobe -r nvidia_uvm; sudo modprobe "
                   "nvidia_uvm; dmesg shows why if that fails",
                   "%s does not open: %s", path, strerror(error));
    if (error)
        *well = false;
}

/* The GPU of a Jetson, which the kernel module nvgpu drives and which is on no PCI bus. Such a
 * machine may have /dev/nvidiactl too, for its display, without what CUDA needs elsewhere. */
static bool add_integrated(struct doctor_sheet *sheet)
{
    static const char *const nodes[] = {"/dev/nvgpu/igpu0/ctrl", "/dev/nvhost-ctrl-gpu"};
    const char *node = host_exists(nodes[0]) ? nodes[0] : nodes[1];
    const bool has_node = host_exists(node);
    char board[96];
    bool well = true;
    if (!has_node && !host_exists("/sys/module/nvgpu"))
        return false;
    host_board(board, sizeof board);
    doctor_add(sheet, "integrated GPU", has_node ? DOCTOR_OK : DOCTOR_FAIL,
               has_node ? "" : "sudo modprobe nvgpu; in a container: --runtime nvidia",
               "%s, driven by nvgpu%s; it shares the CPU's memory", *board ? board : "a Jetson",
               has_node ? "" : ", without a device node");
    if (has_node) {
        add_node(sheet, node, "", &well);
        add_node(sheet, "/dev/nvmap", "in a container: --runtime nvidia", &well);
        if (well)
            doctor_add(sheet, "device nodes", DOCTOR_OK, "", "%s and /dev/nvmap, open to us", node);
    }
    return true;
}

static void add_nodes(struct doctor_sheet *sheet)
{
    unsigned cards = 0;
    bool well = true;
    char path[32];
    if (!has_module() && !host_exists("/dev/nvidiactl"))
        return;
    add_node(sheet, "/dev/nvidiactl", "sudo nvidia-modprobe; in a container: --gpus all", &well);
    add_node(sheet, "/dev/nvidia-uvm", "sudo nvidia-modprobe -u; in a container: --gpus all",
             &well);
    for (unsigned i = 0; i < 64; i++) {
        snprintf(path, sizeof path, "/dev/nvidia%u", i);
        if (!host_exists(path))
            continue;
        cards++;
        add_node(sheet, path, "", &well);
    }
    if (cards == 0)
        doctor_add(sheet, "device node", DOCTOR_FAIL,
                   "sudo nvidia-modprobe; in a container: --gpus all", "no /dev/nvidia0");
    else if (well)
        doctor_add(sheet, "device nodes", DOCTOR_OK, "",
                   "/dev/nvidiactl, nvidia-uvm and %u card%s, open to us", cards,
                   cards == 1 ? "" : "s");
}

/* Checks nvidia-persistenced. Without it, or nvidia-smi -pm, the driver unloads its state when no
 * program uses the GPU and starts again for the next one. */
static void add_daemon(struct doctor_sheet *sheet)
{
    if (!has_module())
        return;
    if (host_exists("/run/nvidia-persistenced/socket") ||
        host_exists("/var/run/nvidia-persistenced/socket"))
        doctor_add(sheet, "nvidia-persistenced", DOCTOR_OK, "", "running");
    else if (!host_container())
        doctor_add(sheet, "nvidia-persistenced", DOCTOR_WARN,
                   "sudo systemctl enable --now nvidia-persistenced",
                   "not running: the driver may start anew for each run");
}

/* Whether a laptop with two GPUs has NVIDIA's switched off (Ubuntu's prime-select). */
static void add_prime(struct doctor_sheet *sheet)
{
    char mode[32];
    if (!host_exists("/usr/bin/prime-select") ||
        !host_read("/etc/prime-discrete", mode, sizeof mode))
        return;
    if (strcmp(mode, "off") == 0)
        doctor_add(sheet, "hybrid graphics", DOCTOR_FAIL,
                   "sudo prime-select on-demand, and start the machine again",
                   "the NVIDIA GPU is switched off (prime-select intel)");
    else
        doctor_add(sheet, "hybrid graphics", DOCTOR_OK, "", "prime-select %s", mode);
}

/* Whether this is POWER9, the only machine for which NVIDIA's guide says to remove the rule below.
 */
static bool is_power9(void)
{
    char arch[32];
    struct utsname names;
    if (!host_read("/proc/sys/kernel/arch", arch, sizeof arch) && uname(&names) == 0)
        snprintf(arch, sizeof arch, "%.31s", names.machine);
    return strncmp(arch, "ppc64", 5) == 0;
}

/* Whether a rules file brings hot-plugged memory online. That disturbs the driver's start on
 * machines where the GPU's memory is part of the system's memory. */
static bool has_memory_rule(FILE *file)
{
    bool found = false;
    char line[512];
    while (!found && fgets(line, sizeof line, file)) {
        const char *start = line + strspn(line, " \t");
        found = *start != '#' && strstr(start, "SUBSYSTEM==\"memory\"") != NULL;
    }
    return found;
}

/* Checks 40-vm-hotadd.rules, of which udev reads only the first in these directories. */
static void add_udev_rule(struct doctor_sheet *sheet)
{
    static const char *const places[] = {"/etc/udev/rules.d/", "/run/udev/rules.d/",
                                         "/usr/lib/udev/rules.d/", "/lib/udev/rules.d/"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s40-vm-hotadd.rules", places[i]);
        FILE *file = host_open(path);
        if (!file)
            continue;
        char advice[256];
        snprintf(advice, sizeof advice,
                 "sed '/SUBSYSTEM==\"memory\"/s/^/#/' %s > /tmp/rules && sudo cp /tmp/rules "
                 "/etc/udev/rules.d/40-vm-hotadd.rules, and start the machine again",
                 path);
        if (has_memory_rule(file))
            doctor_add(sheet, "udev rule", DOCTOR_WARN, advice,
                       "%s has its memory rule: it disturbs the driver", path);
        else
            doctor_add(sheet, "udev rule", DOCTOR_OK, "", "%s: memory rule is off", path);
        fclose(file);
        return;
    }
}

void host_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works)
{
    const size_t before = sheet->count;
    add_cards(sheet);
    if (!add_integrated(sheet)) {
        add_nodes(sheet);
        add_daemon(sheet);
    }
    if (!host_container())
        add_prime(sheet);
    if (!host_container() && is_power9() && (has_module() || sheet->count > before))
        add_udev_rule(sheet);
    container_gpu_doctor(sheet, gpu_works);
    for (size_t i = before; i < sheet->count && gpu_works; i++)
        if (sheet->line[i].state == DOCTOR_FAIL)
            sheet->line[i].state = DOCTOR_WARN;
}
