/* host.c - facts about the machine, from some thirty small files read in about a millisecond. */
#define _GNU_SOURCE 1 /* environ */

#include "harness/host/host.h"

#include "harness/host/cgroup.h"
#include "harness/host/cpu.h"
#include "harness/host/files.h"

#include <ctype.h>
#include <gnu/libc-version.h>
#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The name of the system, from PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" in os-release. */
static bool os_name(char *name, size_t bytes)
{
    FILE *file = host_open("/etc/os-release");
    if (!file)
        file = host_open("/usr/lib/os-release");
    if (!file)
        return false;
    static const char key[] = "PRETTY_NAME=";
    bool found = false;
    char line[256];
    while (!found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, sizeof key - 1) != 0)
            continue;
        char *value = line + sizeof key - 1;
        value += strspn(value, "\"'");
        value[strcspn(value, "\"'\n")] = '\0';
        found = *value && (size_t)snprintf(name, bytes, "%s", value) < bytes;
    }
    fclose(file);
    return found;
}

/* Hexadecimal digits and dashes, not all of them the same: machines without an id of their own have
 * zeros, or the word "uninitialized". */
static bool is_id(const char *text)
{
    return strlen(text) >= 32 && text[strspn(text, "0123456789abcdefABCDEF-")] == '\0' &&
           text[strspn(text, (char[]){*text, '-', '\0'})] != '\0';
}

/* Two machines may share a name, and the containers of one machine have many names. A machine is
 * therefore identified by a digest of its id, which itself is secret (machine-id(5)), and of the
 * DMI's names. */
static void add_machine(struct facts *facts)
{
    static const char *const ids[] = {"/etc/machine-id", "/var/lib/dbus/machine-id",
                                      "/sys/class/dmi/id/product_uuid"};
    static const char *const names[] = {"/sys/class/dmi/id/sys_vendor",
                                        "/sys/class/dmi/id/product_name",
                                        "/sys/class/dmi/id/board_name"};
    char text[256], hex[SHA256_DIGEST_STRING_LENGTH];
    size_t found = 0;
    while (found < 3 && !(host_read(ids[found], text, sizeof text) && is_id(text)))
        found++;
    if (found == 3)
        return;
    SHA256_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)"gpubench-machine/1", 19);
    SHA256Update(&context, (const uint8_t *)text, strlen(text) + 1);
    for (size_t i = 0; i < 3; i++)
        if (host_read(names[i], text, sizeof text))
            SHA256Update(&context, (const uint8_t *)text, strlen(text) + 1);
    SHA256End(&context, hex);
    hex[16] = '\0';
    facts_text(facts, "host.machine", hex);
}

static void add_system(struct facts *facts)
{
    struct utsname system;
    char text[256];
    const bool known = uname(&system) == 0;
    const char *named = getenv("GPUBENCH_HOST"); /* a container's own name is often generated */
    if (named && *named)
        facts_text(facts, "host.name", named);
    else if (known)
        facts_text(facts, "host.name", system.nodename);
    add_machine(facts);
    if (os_name(text, sizeof text))
        facts_text(facts, "host.os", text);
    if (known) {
        facts_text(facts, "host.kernel", system.release);
        facts_text(facts, "host.arch", system.machine);
    }
    snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
    facts_text(facts, "host.libc", text);
}

/* The setting, which is the word in brackets: "always [madvise] never". */
static void add_transparent_huge_pages(struct facts *facts)
{
    char text[128];
    if (!host_read("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text))
        return;
    char *word = strchr(text, '[');
    char *end = word ? strchr(word, ']') : NULL;
    if (end) {
        *end = '\0';
        facts_text(facts, "host.thp", word + 1);
    }
}

int host_numa_node(void) /* glibc has getcpu() from 2.29 on only */
{
    unsigned node;
    return syscall(SYS_getcpu, NULL, &node, NULL) == 0 ? (int)node : -1;
}

static void add_memory(struct facts *facts, uint64_t *total)
{
    uint64_t available = host_memory_available(NULL);
    if (host_read_keyed("/proc/meminfo", "MemTotal", total)) {
        *total *= 1024;
        facts_integer(facts, "host.memory.total", (int64_t)*total);
    }
    if (available != UINT64_MAX)
        facts_integer(facts, "host.memory.available", (int64_t)available);

    char nodes[1024];
    int count = 0;
    if (host_read("/sys/devices/system/node/online", nodes, sizeof nodes))
        count = host_list_count(nodes);
    if (count > 0)
        facts_integer(facts, "host.numa_nodes", count);
    const int node = host_numa_node();
    if (node >= 0)
        facts_integer(facts, "host.numa_node", node);
    add_transparent_huge_pages(facts);
}

double host_load(void)
{
    char text[128], *end = text;
    double load = 0;
    if (host_read("/proc/loadavg", text, sizeof text))
        load = strtod(text, &end);
    return end == text ? NAN : load;
}

/* A memory limit above the machine's memory means no limit, because v1 has no other way to write
 * it. */
static void add_limits(struct facts *facts, uint64_t memory_total)
{
    const struct cpu_limit cpu = host_cpu_limit();
    facts_integer(facts, "host.limits.threads", cpu.threads);
    facts_text(facts, "host.limits.threads_by", cpu.by);
    facts_integer(facts, "host.limits.affinity", cpu.affinity);
    if (cpu.quota > 0)
        facts_real(facts, "host.limits.cpu_quota", cpu.quota);

    uint64_t memory;
    cgroup_memory_left(&memory);
    if (memory < memory_total)
        facts_integer(facts, "host.limits.memory", (int64_t)memory);
}

static void add_container(struct facts *facts)
{
    const char *digest = getenv("GPUBENCH_IMAGE_DIGEST");
    facts_text(facts, "container.kind", host_container());
    facts_text(facts, "container.cgroup_version", cgroup_version());
    if (digest && *digest)
        facts_text(facts, "container.image_digest", digest);
}

/* Result files are made to be published, so only variables that change a speed are recorded, and
 * none with an address, which may hold a password. */
static void add_environment(struct facts *facts)
{
    static const char names[] =
        "CUBLASLT_WORKSPACE_SIZE CUBLAS_WORKSPACE_CONFIG CUDA_AUTO_BOOST CUDA_CACHE_DISABLE "
        "CUDA_CACHE_MAXSIZE CUDA_CACHE_PATH CUDA_DEVICE_MAX_CONNECTIONS CUDA_DEVICE_ORDER "
        "CUDA_DISABLE_JIT CUDA_DISABLE_PTX_JIT CUDA_FORCE_JIT CUDA_FORCE_PTX_JIT "
        "CUDA_LAUNCH_BLOCKING CUDA_MODULE_LOADING CUDA_MPS_ACTIVE_THREAD_PERCENTAGE "
        "CUDA_MPS_LOG_DIRECTORY CUDA_MPS_PINNED_DEVICE_MEM_LIMIT CUDA_MPS_PIPE_DIRECTORY "
        "CUDA_SCALE_LAUNCH_QUEUES CUDA_VERSION CUDA_VISIBLE_DEVICES GOMP_CPU_AFFINITY "
        "GOMP_SPINCOUNT GOMP_STACKSIZE GOTO_NUM_THREADS MKL_CBWR MKL_DEBUG_CPU_TYPE MKL_DYNAMIC "
        "MKL_ENABLE_INSTRUCTIONS MKL_NUM_THREADS MKL_THREADING_LAYER NVIDIA_DISABLE_REQUIRE "
        "NVIDIA_DRIVER_CAPABILITIES NVIDIA_REQUIRE_CUDA NVIDIA_TF32_OVERRIDE "
        "NVIDIA_VISIBLE_DEVICES OMP_CANCELLATION OMP_DYNAMIC OMP_MAX_ACTIVE_LEVELS OMP_NESTED "
        "OMP_NUM_THREADS OMP_PLACES OMP_PROC_BIND OMP_SCHEDULE OMP_STACKSIZE OMP_THREAD_LIMIT "
        "OMP_WAIT_POLICY OPENBLAS_BLOCK_FACTOR OPENBLAS_CORETYPE OPENBLAS_DEFAULT_NUM_THREADS "
        "OPENBLAS_L2_SIZE OPENBLAS_LOOPS OPENBLAS_MAIN_FREE OPENBLAS_NUM_THREADS "
        "OPENBLAS_THREAD_TIMEOUT OPENBLAS_VERBOSE ";
    for (const char *name = names; *name; name += strcspn(name, " ") + 1) {
        char path[64];
        snprintf(path, sizeof path, "env.%.*s", (int)strcspn(name, " "), name);
        const char *value = getenv(path + sizeof "env." - 1);
        if (value && !strstr(value, "://"))
            facts_text(facts, path, value);
    }
}

void host_facts(struct facts *facts)
{
    uint64_t memory_total = UINT64_MAX;
    add_system(facts);
    host_cpu_facts(facts);
    add_memory(facts, &memory_total);
    facts_real(facts, "host.load_1min", host_load());
    add_limits(facts, memory_total);
    add_container(facts);
    add_environment(facts);
}
