/* cmd_doctor.c - the verb doctor: checks the host and says how to fix what is wrong. */
#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/doctor/gemm.h"
#include "bench/doctor/measure.h"
#include "bench/output/report.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/contract/guard.h"
#include "harness/doctor/doctor.h"
#include "harness/host/host.h"
#include "harness/result/contestant.h"
#include "harness/result/document.h"
#include "harness/result/result.h"
#include "harness/result/store.h"
#include "harness/text/clean.h"
#include "harness/text/json_text.h"
#include "harness/verify/verify.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 512, TRIAL_N = 256 };

/* Runs the main job at a small N and verifies it, because correct versions alone do not prove that
 * it works. */
static enum status try_job(const struct backend *backend, struct device *device, char *key,
                           size_t key_bytes, struct failure *why)
{
    const struct problem p = {OP_SUM_AAT, TRIAL_N, 1, RANGE_UNIT, ELEMENT_F32};
    const struct variant *v = backend->auto_variant(device, &p, ARITH_F32);
    struct job *job = NULL;
    struct oracle oracle = {0};
    struct verdict verdict = {0};
    struct sample sample;
    if (!v)
        return fail(why, STATUS_FAILED, "no f32 variant of sum-aat can run");
    snprintf(key, key_bytes, "sum-aat/f32/%s", v->name);
    struct plan plan;
    backend->plan(device, NULL, &p, &plan);
    enum status status = backend->begin(device, &plan, &job, why);
    if (status != STATUS_OK)
        return status;
    status = backend->load(job, v, why);
    if (status == STATUS_OK)
        status = backend->run(job, v, 1, &sample, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, job, &p, &oracle, why);
    if (status == STATUS_OK)
        status = verify(backend, job, v, &oracle, sample.wall_ns, &verdict, why);
    if (status == STATUS_OK && !verdict.ok)
        status = fail(why, STATUS_WRONG, "wrong result: %s", verdict.reason);
    oracle_free(&oracle);
    backend->end(job);
    return status;
}

/* The best rate of a library's full product, in FLOP/s, over a few runs; 0 if there is no library.
 * Stops after the first run if that takes long. */
static double gemm_flops(const struct backend *backend, struct device *device, uint64_t n)
{
    enum { RUNS = 4, LONG_NS = 300000000 };
    const struct problem p = {.op = OP_MATMUL, .n = n, .seed = 1};
    const struct variant *v = NULL;
    struct job *job = NULL;
    struct sample sample = {0};
    struct failure why;
    struct plan plan;
    char reason[256];
    nanos best = 0;
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *other = &backend->variants[i];
        if (other->op == OP_MATMUL && other->arithmetic == ARITH_F32 && other->library &&
            !other->symmetric && backend->can_run(device, other, &p, reason, sizeof reason))
            v = other;
    }
    backend->plan(device, v, &p, &plan);
    if (!v || backend->begin(device, &plan, &job, &why) != STATUS_OK)
        return 0;
    if (backend->load(job, v, &why) == STATUS_OK)
        for (int i = 0; i < RUNS && sample.wall_ns < LONG_NS && !interrupt_requested() &&
                        backend->run(job, v, 1, &sample, &why) == STATUS_OK;
             i++)
            best = best && best < sample.wall_ns ? best : sample.wall_ns;
    backend->end(job);
    return best ? problem_flop(&p) / ((double)best * 1e-9) : 0;
}

/* Adds doctor.gemm_n and doctor.gemm_flops. N grows until a product takes long enough for the start
 * of its threads not to matter. */
static void time_gemm(const struct backend *backend, struct device *device, struct facts *facts)
{
    enum { SMALL_N = 1000, LARGE_N = 2000 };
    const double soon_flops = 2e9 / 8e-3;
    double flops = gemm_flops(backend, device, SMALL_N);
    const bool is_soon = flops > soon_flops;
    if (is_soon)
        flops = fmax(flops, gemm_flops(backend, device, LARGE_N));
    if (flops > 0) {
        facts_integer(facts, "doctor.gemm_n", is_soon ? LARGE_N : SMALL_N);
        facts_real(facts, "doctor.gemm_flops", flops);
    }
}

/* Opens the backend and tries a job; the device's facts are added to `facts`. STATUS_NO_DEVICE adds
 * no line: the backend's own lines have said so. */
static enum status try_backend(struct doctor_sheet *sheet, const struct backend *backend,
                               struct facts *facts)
{
    struct device *device = NULL;
    struct failure why = {0};
    char key[96] = "", what[32];
    snprintf(what, sizeof what, "%s trial", backend->name);
    const nanos start = clock_now();
    enum status status = backend->open(&(struct device_request){0}, &device, &why);
    if (status == STATUS_OK) {
        backend->facts(device, facts);
        facts_text(facts, "warning", backend->device_facts(device)->warning);
        status = try_job(backend, device, key, sizeof key, &why);
        if (strcmp(backend->name, "cpu") == 0)
            time_gemm(backend, device, facts);
        backend->close(device);
    }
    if (status == STATUS_OK) {
        char taken[WORDS_BYTES];
        words_time(taken, (double)(clock_now() - start) / 1e9);
        doctor_add(sheet, what, DOCTOR_OK, "", "%s, N = %d: verified, %s in all", key, TRIAL_N,
                   taken);
    } else if (status != STATUS_NO_DEVICE) {
        doctor_add(sheet, what, DOCTOR_FAIL, why.text, "%s", key[0] ? key : "does not open");
    }
    return status;
}

/* Adds a line for OpenBLAS, and one for each warning about it or the threads. */
static void add_openblas(struct doctor_sheet *sheet, const struct facts *facts)
{
    const char *version = facts_get_text(facts, "blas.version");
    const struct fact *threads = facts_get(facts, "cpu.threads");
    char about[128];
    const char *by = facts_get_text(facts, "blas.core_by");
    const bool by_user = strcmp(by, "OPENBLAS_CORETYPE") == 0;
    snprintf(about, sizeof about, "%s, %s%s, %s", version, facts_get_text(facts, "blas.core"),
             by_user ? " (OPENBLAS_CORETYPE)" : "", facts_get_text(facts, "blas.threading"));
    bool is_said = false;
    for (const char *warning = facts_get_text(facts, "warning"); *warning;) {
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

static void add_cpu(struct doctor_sheet *sheet, const struct facts *facts)
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
    add_openblas(sheet, facts);
    gemm_describe(sheet, facts, stops);
}

static void add_host(struct doctor_sheet *sheet, const struct facts *facts)
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

static void add_results(struct doctor_sheet *sheet, const char *option)
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

static void print_sheet(const struct doctor_sheet *sheet, bool colored)
{
    static const enum tint tints[] = {
        [DOCTOR_OK] = TINT_GOOD, [DOCTOR_WARN] = TINT_WARN, [DOCTOR_FAIL] = TINT_BAD};
    struct grid g = {.columns = 4, .left = ~0u, .flush = true, .below = 1 << 1 | 1 << 3};
    for (size_t i = 0; i < sheet->count; i++) {
        const struct doctor_line *line = &sheet->line[i];
        char *found = clean_copy(line->found), *advice = clean_copy(line->advice);
        grid_add(&g, line->what);
        grid_add(&g, found);
        grid_tint(&g, colored, tints[line->state], doctor_word(line->state));
        grid_add(&g, advice);
        free(found);
        free(advice);
    }
    grid_text(stdout, &g);
    grid_free(&g);
}

/* The same as JSON: every line, the result, and all facts about devices and host. */
static enum status write_json(const struct doctor_sheet *sheet, const char *result,
                              const struct facts *gpu, const struct facts *cpu,
                              const struct gpu_copies *copies, struct failure *why)
{
    json_t *checks = json_array();
    for (size_t i = 0; i < sheet->count; i++) {
        const struct doctor_line *line = &sheet->line[i];
        json_array_append_new(
            checks, json_pack("{s:o, s:o, s:s, s:o}", "what", json_words(line->what), "found",
                              json_words(line->found), "state", doctor_word(line->state), "advice",
                              json_words(line->advice)));
    }
    return store_print(json_pack("{s:s, s:o, s:o, s:o, s:o*}", "result", result, "checks", checks,
                                 "gpu", facts_to_json(gpu), "cpu", facts_to_json(cpu), "copies",
                                 copies ? measure_to_json(copies) : NULL),
                       why);
}

static bool has_failed(const struct doctor_sheet *sheet, size_t from)
{
    for (size_t i = from; i < sheet->count; i++)
        if (sheet->line[i].state == DOCTOR_FAIL)
            return true;
    return false;
}

static enum status cmd_doctor(const struct options *options, struct failure *why)
{
    static struct doctor_line lines[LINES_MAX];
    struct doctor_sheet sheet = {lines, 0, LINES_MAX};
    struct facts facts = {0};
    guard_enter("being examined");
    gpu_doctor(&sheet);
    guard_leave();
    const enum status gpu = try_backend(&sheet, place_named("gpu")->backend, &facts);
    struct gpu_copies copies = {0};
    if (options->measures && gpu == STATUS_OK)
        measure_speeds(&sheet);
    if (options->measures)
        measure_copies(&sheet, &copies);
    host_gpu_doctor(&sheet, gpu == STATUS_OK);
    const size_t after_gpu = sheet.count;

    struct facts cpu_facts = {0};
    host_facts(&cpu_facts);
    const enum status cpu = try_backend(&sheet, place_named("cpu")->backend, &cpu_facts);
    if (cpu == STATUS_OK)
        add_cpu(&sheet, &cpu_facts);
    add_host(&sheet, &cpu_facts);
    user_doctor(&sheet);
    add_results(&sheet, options->results);

    enum status status = STATUS_OK;
    const char *result = "PASS";
    if (cpu != STATUS_OK || has_failed(&sheet, after_gpu) ||
        (gpu == STATUS_OK && has_failed(&sheet, 0)) ||
        (gpu != STATUS_OK && gpu != STATUS_NO_DEVICE)) {
        result = "FAIL";
        status = STATUS_FAILED;
    } else if (gpu == STATUS_NO_DEVICE) {
        result = "NO GPU";
        status = STATUS_NO_DEVICE;
    }
    enum status written = STATUS_OK;
    if (options->json) {
        written =
            write_json(&sheet, result, &facts, &cpu_facts, options->measures ? &copies : NULL, why);
    } else {
        if (!options->quiet)
            print_sheet(&sheet, color_wanted(stdout, options->color));
        if (!options->quiet && options->measures)
            measure_print(stdout, &copies);
        if (options->verbose) {
            report_facts(stdout, &facts);
            report_facts(stdout, &cpu_facts);
        }
        lines_printf(stdout, "Result = %s%s", result,
                     status == STATUS_NO_DEVICE ? " (gpubench cpu N works here)" : "");
    }
    gpu_copies_free(&copies);
    facts_free(&facts);
    facts_free(&cpu_facts);
    if (written != STATUS_OK)
        return written;
    /* No message, because the last line of the table is the message. */
    return status == STATUS_OK ? status : fail(why, status, "%s", "");
}

const struct verb verb_doctor = {
    .name = "doctor",
    .line = "check driver, devices, libraries, container",
    .about = "Checks driver, devices, libraries, container and directories. Each line ends in ok, "
             "warn or fail, and says what to type to fix it. The last line is \"Result = PASS\" "
             "(exit 0), \"Result = NO GPU\" if only the CPU can be measured here (exit 77), or "
             "\"Result = FAIL\" (exit 1). --measure adds how fast the GPUs are and copy.",
    .options = OPTIONS_MEASURE | OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_doctor,
};
