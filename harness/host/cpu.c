/* cpu.c - facts about the processor from /proc/cpuinfo and /sys/devices/system/cpu. Reads only the
 * first processor of /proc/cpuinfo, because with hundreds of them some kernels are slow to write
 * it. */
#include "harness/host/cpu.h"

#include "harness/chip/arm.h"
#include "harness/host/files.h"
#include "harness/text/append.h"

#include <stdlib.h>
#include <string.h>

/* The first processor in /proc/cpuinfo. Arm gives two numbers instead of a name. */
struct processor {
    char model[128], implementer[32], part[32], microcode[32];
    bool is_x86, is_virtual;
};

static void copy(char *out, size_t bytes, const char *text)
{
    if (!out[0])
        snprintf(out, bytes, "%s", text);
}

/* Whether a space-separated list contains the word. */
static bool has_word(const char *words, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length) {
        const bool starts = at == words || at[-1] == ' ';
        if (starts && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static void take_line(struct processor *p, char *line)
{
    char *value = strchr(line, ':');
    if (!value)
        return;
    char *end = value;
    while (end > line && (end[-1] == '\t' || end[-1] == ' '))
        end--;
    *end = '\0';
    value += 1 + strspn(value + 1, " \t");
    value[strcspn(value, "\n")] = '\0';

    const char *key = line;
    if (strcmp(key, "model name") == 0 || strcmp(key, "cpu") == 0)
        copy(p->model, sizeof p->model, value);
    else if (strcmp(key, "CPU implementer") == 0)
        copy(p->implementer, sizeof p->implementer, value);
    else if (strcmp(key, "CPU part") == 0)
        copy(p->part, sizeof p->part, value);
    else if (strcmp(key, "microcode") == 0)
        copy(p->microcode, sizeof p->microcode, value);
    else if (strcmp(key, "flags") == 0) {
        p->is_x86 = true;
        p->is_virtual = has_word(value, "hypervisor");
    }
}

void host_board(char *name, size_t bytes)
{
    if (!host_read("/proc/device-tree/model", name, bytes)) /* ends with a zero byte */
        *name = '\0';
}

/* Appends the names of cores of another kind than the first's, which MIDR_EL1 of each processor
 * shows: the implementer in bits 24 to 31, the part in bits 4 to 15. */
static void add_other_cores(char *model, size_t bytes)
{
    char online[4096];
    const char *list = online;
    int cpu, last;
    if (!host_read("/sys/devices/system/cpu/online", online, sizeof online))
        return;
    while (host_list_next(&list, &cpu, &last))
        for (; cpu <= last; cpu++) {
            char path[80], text[32], other[64];
            snprintf(path, sizeof path,
                     "/sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", cpu);
            if (!host_read(path, text, sizeof text))
                return;
            const unsigned long midr = strtoul(text, NULL, 16);
            arm_core_name(midr >> 24 & 0xff, midr >> 4 & 0xfff, other, sizeof other);
            if (!strstr(model, other) && strlen(model) + strlen(other) + 4 < bytes)
                append_text(model, bytes, " + %s", other);
        }
}

/* Names an Arm processor by its core and its system: "Arm Neoverse V2 (NVIDIA Grace)", "Arm
 * Cortex-A76 (Raspberry Pi 5 Model B Rev 1.0)". */
static void name_arm(struct processor *p)
{
    const unsigned part = (unsigned)strtoul(p->part, NULL, 16);
    char soc[64] = "", vendor[64] = "", board[64];
    arm_core_name((unsigned)strtoul(p->implementer, NULL, 16), part, p->model, sizeof p->model);
    add_other_cores(p->model, sizeof p->model);
    host_read("/sys/devices/soc0/soc_id", soc, sizeof soc);
    host_read("/sys/class/dmi/id/sys_vendor", vendor, sizeof vendor);
    host_board(board, sizeof board);
    const char *chip = arm_chip_name(part, soc, vendor);
    if (chip || *board)
        append_text(p->model, sizeof p->model, " (%s)", chip ? chip : board);
}

static struct processor first_processor(void)
{
    struct processor p = {0};
    FILE *file = host_open("/proc/cpuinfo");
    if (!file)
        return p;
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 1) /* an empty line ends a processor */
        take_line(&p, line);
    free(line);
    fclose(file);
    if (!p.model[0] && p.implementer[0])
        name_arm(&p);
    return p;
}

/* How many groups, such as sockets, the online processors form; each processor's topology file
 * lists the members of its group, and it is read once for each group. 0 if it cannot be read. */
static int groups_of_processors(const char *online, const char *file)
{
    enum { PROCESSORS_MAX = 8192 };
    bool seen[PROCESSORS_MAX] = {false};
    int groups = 0, first, last;
    while (host_list_next(&online, &first, &last)) {
        for (int cpu = first; cpu <= last && cpu < PROCESSORS_MAX; cpu++) {
            if (seen[cpu])
                continue;
            char path[128], list[4096];
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, file);
            if (!host_read(path, list, sizeof list))
                return 0;
            const char *members = list;
            int from, to;
            while (host_list_next(&members, &from, &to))
                for (int member = from; member <= to && member < PROCESSORS_MAX; member++)
                    seen[member] = true;
            groups++;
        }
    }
    return groups;
}

static void add_topology(struct facts *facts)
{
    char online[4096];
    if (!host_read("/sys/devices/system/cpu/online", online, sizeof online))
        return;
    const int threads = host_list_count(online);
    const int cores = groups_of_processors(online, "thread_siblings_list");
    const int sockets = groups_of_processors(online, "core_siblings_list");
    if (sockets > 0)
        facts_integer(facts, "host.cpu.sockets", sockets);
    if (cores > 0)
        facts_integer(facts, "host.cpu.cores", cores);
    if (threads > 0)
        facts_integer(facts, "host.cpu.threads_online", threads);
    if (cores > 0)
        facts_boolean(facts, "host.cpu.smt", threads > cores);
}

static void add_frequency_rules(struct facts *facts)
{
    char governor[64];
    if (host_read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor,
                  sizeof governor))
        facts_text(facts, "host.cpu.governor", governor);
    uint64_t value;
    if (host_read_number("/sys/devices/system/cpu/cpufreq/boost", &value))
        facts_boolean(facts, "host.cpu.boost", value != 0);
    else if (host_read_number("/sys/devices/system/cpu/intel_pstate/no_turbo", &value))
        facts_boolean(facts, "host.cpu.boost", value == 0);
}

/* The machine's name in its firmware: "QEMU Standard PC (Q35 + ICH9, 2009)", "Amazon EC2
 * p5.48xlarge". */
static void add_virtualisation(struct facts *facts, const struct processor *p)
{
    if (!p->is_x86)
        return;
    if (!p->is_virtual) {
        facts_text(facts, "host.virtualisation", "none");
        return;
    }
    char vendor[64], product[128], machine[200] = "virtual machine";
    if (host_read("/sys/class/dmi/id/sys_vendor", vendor, sizeof vendor) &&
        host_read("/sys/class/dmi/id/product_name", product, sizeof product))
        snprintf(machine, sizeof machine, "%s %s", vendor, product);
    facts_text(facts, "host.virtualisation", machine);
}

void host_cpu_model(char *name, size_t bytes)
{
    const struct processor p = first_processor();
    snprintf(name, bytes, "%s", p.model);
}

void host_cpu_facts(struct facts *facts)
{
    const struct processor p = first_processor();
    add_virtualisation(facts, &p);
    if (p.model[0])
        facts_text(facts, "host.cpu.model", p.model);
    add_topology(facts);
    if (p.microcode[0])
        facts_text(facts, "host.cpu.microcode", p.microcode);
    add_frequency_rules(facts);
}
