/* machine.c - doctor's lines about CPU, OpenBLAS, container, memory and the results' directory. */
#include "bench/doctor/machine.h"

#include "bench/doctor/gemm.h"
#include "bench/terminal/words.h"
#include "harness/host/host.h"
#include "harness/result/store.h"

#include <string.h>

/* Adds a line for OpenBLAS, and one for each warning about it or the threads. */
static void add_openblas(struct doctor_sheet *sheet, const struct facts *facts, const char *warning)
{
    const char *version = facts_get_text(facts, "blas.version");
    const struct fact *threads = facts_get(facts, "cpu.threads");
    char about[128];
    const char *by = facts_get_text(facts, "blas.core_by");
    const bool by_user = strcmp(by, "OPENBLAS_CORETYPE") == 0;
    snprintf(about, sizeof about, "%s, %s%s, %s", version, facts_get_text(facts, "blas.core"),
             by_user ? " (OPENBLAS_CORETYPE)" : "", facts_get_text(facts, "blas.threading"));
    bool is_said = false;
    while (*warning) {
        char advice[sizeof sheet->line->advice];
        const size_t length = strcspn(warning, "\n");
        snprintf(advice, sizeof advice, "%.*s", (int)length, warning);
        if (*version && strstr(advice, "OpenBLAS")) {
            doctor_add(sheet, "OpenBLAS", DOCTOR_WARN, advice, "%s", about);
            is_said = true;
        } else {
            doctor_add(sheet, "threads", DOCTOR_WARN, advice, "%lld (%s)",
                       threads ? (long long)threads->integer : 0,
                       facts_get_text(facts, "cpu.threads_by"));
        }
        warning += length + (warning[length] == '\n');
    }
    if (!*version)
        doctor_add(sheet, "OpenBLAS", DOCTOR_WARN,
                   "install libopenblas0-pthread; the reference loops run without it", "not found");
    else if (!is_said)
        doctor_add(sheet, "OpenBLAS", DOCTOR_OK, "", "%s", about);
}

void cpu_doctor(struct doctor_sheet *sheet, const struct facts *facts, const char *warning)
{
    const struct cpu_limit limit = host_cpu_limit();
    const bool stops = limit.quota > 0 && limit.quota < limit.threads;
    char quota[32] = "";
    if (stops)
        snprintf(quota, sizeof quota, " of %.3g", limit.quota);
    doctor_add(sheet, "cpu", stops ? DOCTOR_WARN : DOCTOR_OK,
               stops ? "the quota stops the threads now and then, and times vary: give whole CPUs"
                     : "",
               "%s, %s, %d of %d CPUs (%s%s)", facts_get_text(facts, "cpu.model"),
               facts_get_text(facts, "cpu.isa"), limit.threads, limit.cores, limit.by, quota);
    doctor_add(sheet, "cpu energy", DOCTOR_OK, "", "%s", facts_get_text(facts, "cpu.energy"));
    add_openblas(sheet, facts, warning);
    gemm_describe(sheet, facts, stops);
}

void machine_doctor(struct doctor_sheet *sheet, const struct facts *facts)
{
    const struct cpu_limit limit = host_cpu_limit();
    const struct fact *load = facts_get(facts, "host.load_1min");
    const struct fact *memory_limit = facts_get(facts, "host.limits.memory");
    const char *limited_by = "host", *kind = host_container();
    const uint64_t available = host_memory_available(&limited_by);
    char memory[WORDS_BYTES], most[WORDS_BYTES];
    words_bytes(memory, available);
    if (kind)
        doctor_add(sheet, "container", DOCTOR_OK, "", "%s, cgroup %s, %d of %d CPUs, %s%s", kind,
                   facts_get_text(facts, "container.cgroup_version"), limit.threads, limit.cores,
                   memory_limit ? words_bytes(most, (uint64_t)memory_limit->integer)
                                : "no memory limit",
                   host_is_filtered() ? ", seccomp filter" : "");
    else
        doctor_add(sheet, "container", DOCTOR_OK, "", "none");
    doctor_add(sheet, "memory", DOCTOR_OK, "", "%s available (%s)", memory, limited_by);
    if (load && load->real > 0.5 * limit.threads)
        doctor_add(sheet, "load", DOCTOR_WARN, "other work is running: times will vary",
                   "%.1f on %d CPUs", load->real, limit.threads);
}

void results_doctor(struct doctor_sheet *sheet, const char *option)
{
    char directory[4096], shown[4096];
    struct failure why = {0};
    if (store_directory(option, directory, sizeof directory, &why) != STATUS_OK) {
        doctor_add(sheet, "results", DOCTOR_FAIL, why.text, "no place for them");
        return;
    }
    words_path(shown, sizeof shown, directory);
    if (host_can_write(directory))
        doctor_add(sheet, "results", DOCTOR_OK, "", "%.120s", shown);
    else
        doctor_add(sheet, "results", DOCTOR_FAIL,
                   "set GPUBENCH_RESULTS, mount a volume there, or use --no-save",
                   "%.120s is not writable", shown);
}
