/* cmd_doctor.c - the verb doctor: what is here, what is missing, and what to do about it. */
#include "bench/backends.h"
#include "bench/report.h"
#include "bench/verbs.h"
#include "bench/words.h"
#include "harness/doctor.h"
#include "harness/host.h"
#include "harness/store.h"
#include "harness/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 64, TRIAL_N = 256 };

struct sheet {
    struct doctor_line line[LINES_MAX];
    size_t count;
};

__attribute__((format(printf, 5, 6))) static void add(struct sheet *sheet, const char *what,
                                                      unsigned state, const char *advice,
                                                      const char *found, ...)
{
    if (sheet->count == LINES_MAX)
        return;
    struct doctor_line *line = &sheet->line[sheet->count++];
    line->state = state;
    snprintf(line->what, sizeof line->what, "%s", what);
    snprintf(line->advice, sizeof line->advice, "%s", advice);
    va_list arguments;
    va_start(arguments, found);
    vsnprintf(line->found, sizeof line->found, found, arguments);
    va_end(arguments);
}

/* The main job, small, start to verdict: what no list of versions can promise. */
static enum status try_job(const struct backend *backend, struct device *device, char *key,
                           size_t key_bytes, struct failure *why)
{
    const struct problem p = {OP_SUM_AAT, TRIAL_N, 1, RANGE_UNIT};
    const struct variant *v = backend->auto_variant(device, &p);
    struct job *job = NULL;
    struct oracle oracle = {0};
    struct verdict verdict = {0};
    struct sample sample;
    if (!v)
        return fail(why, STATUS_FAILED, "no f32 variant of sum-aat can run");
    snprintf(key, key_bytes, "sum-aat/f32/%s", v->name);
    enum status status = backend->begin(device, &p, &job, why);
    if (status != STATUS_OK)
        return status;
    status = backend->load(job, v, why);
    if (status == STATUS_OK)
        status = backend->run(job, v, 1, &sample, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, job, &p, &oracle, why);
    if (status == STATUS_OK)
        status = verify(backend, job, v, &oracle, &verdict, why);
    if (status == STATUS_OK && !verdict.ok)
        status = fail(why, STATUS_WRONG, "wrong result: %s", verdict.reason);
    oracle_free(&oracle);
    backend->end(job);
    return status;
}

/* Opens the backend and tries a job; the device's facts are added to `facts`. STATUS_NO_DEVICE adds
 * no line: the backend's own lines have said so. */
static enum status try_backend(struct sheet *sheet, const struct backend *backend,
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
        backend->close(device);
    }
    if (status == STATUS_OK) {
        char taken[WORDS_BYTES];
        words_time(taken, (double)(clock_now() - start) / 1e9);
        add(sheet, what, DOCTOR_OK, "", "%s, N = %d: verified, %s in all", key, TRIAL_N, taken);
    } else if (status != STATUS_NO_DEVICE) {
        add(sheet, what, DOCTOR_MISSING, why.text, "%s", key[0] ? key : "does not open");
    }
    return status;
}

static void add_cpu(struct sheet *sheet, const struct facts *facts)
{
    const struct cpu_limit limit = host_cpu_limit();
    const char *version = facts_get_text(facts, "blas.version");
    add(sheet, "cpu", DOCTOR_OK, "", "%s, %s, %d of %d CPUs (%s)",
        facts_get_text(facts, "cpu.model"), facts_get_text(facts, "cpu.isa"), limit.threads,
        limit.cores, limit.by);
    const char *warning = facts_get_text(facts, "warning");
    if (*version)
        add(sheet, "OpenBLAS", *warning ? DOCTOR_WARN : DOCTOR_OK, warning, "%s, %s, %s", version,
            facts_get_text(facts, "blas.core"), facts_get_text(facts, "blas.threading"));
    else
        add(sheet, "OpenBLAS", DOCTOR_WARN,
            "install libopenblas0-pthread; the reference loops run without it", "not found");
}

static void add_host(struct sheet *sheet, const struct facts *facts)
{
    const struct cpu_limit limit = host_cpu_limit();
    const struct fact *load = facts_get(facts, "host.load_1min");
    const char *limited_by = "host", *kind = host_container();
    const uint64_t available = host_memory_available(&limited_by);
    char memory[WORDS_BYTES];
    words_bytes(memory, available);
    if (kind)
        add(sheet, "container", DOCTOR_OK, "", "%s, cgroup %s, %d of %d CPUs", kind,
            facts_get_text(facts, "container.cgroup_version"), limit.threads, limit.cores);
    else
        add(sheet, "container", DOCTOR_OK, "", "none");
    add(sheet, "memory", DOCTOR_OK, "", "%s available (%s)", memory, limited_by);
    if (load && load->real > 0.5 * limit.threads)
        add(sheet, "load", DOCTOR_WARN, "other work is running: times will vary", "%.1f on %d CPUs",
            load->real, limit.threads);
}

static void add_results(struct sheet *sheet, const char *option)
{
    char directory[4096], shown[4096];
    struct failure why = {0};
    if (store_directory(option, directory, sizeof directory, &why) != STATUS_OK) {
        add(sheet, "results", DOCTOR_MISSING, why.text, "no directory");
        return;
    }
    words_path(shown, sizeof shown, directory);
    if (host_can_write(directory))
        add(sheet, "results", DOCTOR_OK, "", "%.120s", shown);
    else
        add(sheet, "results", DOCTOR_MISSING,
            "set GPUBENCH_RESULTS, mount a volume there, or use --no-save",
            "%.120s is not writable", shown);
}

static void print_sheet(const struct sheet *sheet, bool colored)
{
    static const struct {
        const char *word;
        enum tint tint;
    } states[] = {[DOCTOR_OK] = {"ok", TINT_GOOD},
                  [DOCTOR_WARN] = {"warn", TINT_WARN},
                  [DOCTOR_MISSING] = {"missing", TINT_BAD}};
    size_t what = 0, found = 0;
    for (size_t i = 0; i < sheet->count; i++) {
        if (words_width(sheet->line[i].what) > what)
            what = words_width(sheet->line[i].what);
        if (words_width(sheet->line[i].found) > found)
            found = words_width(sheet->line[i].found);
    }
    for (size_t i = 0; i < sheet->count; i++) {
        const struct doctor_line *line = &sheet->line[i];
        words_left(stdout, line->what, what + 2);
        words_left(stdout, line->found, found + 2);
        report_tint(stdout, colored, states[line->state].tint, states[line->state].word);
        if (line->advice[0])
            printf("%*s%s", (int)(sizeof "missing" + 1 - strlen(states[line->state].word)), "",
                   line->advice);
        putchar('\n');
    }
}

static bool is_missing(const struct sheet *sheet, size_t from)
{
    for (size_t i = from; i < sheet->count; i++)
        if (sheet->line[i].state == DOCTOR_MISSING)
            return true;
    return false;
}

enum status cmd_doctor(const struct options *options, struct failure *why)
{
    struct sheet sheet = {0};
    struct facts facts = {0};
    sheet.count = gpu_doctor(sheet.line, LINES_MAX / 2);
    const enum status gpu = try_backend(&sheet, place_named("gpu")->backend, &facts);
    const size_t after_gpu = sheet.count;

    struct facts cpu_facts = {0};
    host_facts(&cpu_facts);
    const enum status cpu = try_backend(&sheet, place_named("cpu")->backend, &cpu_facts);
    add_cpu(&sheet, &cpu_facts);
    add_host(&sheet, &cpu_facts);
    add_results(&sheet, options->results);
    if (!options->quiet)
        print_sheet(&sheet, report_colored(stdout, options->color));
    if (options->verbose) {
        report_facts(stdout, &facts);
        report_facts(stdout, &cpu_facts);
    }
    facts_free(&facts);
    facts_free(&cpu_facts);

    /* The empty sentence: the last line has said it. */
    if (cpu != STATUS_OK || is_missing(&sheet, after_gpu) ||
        (gpu == STATUS_OK && is_missing(&sheet, 0)) ||
        (gpu != STATUS_OK && gpu != STATUS_NO_DEVICE)) {
        puts("Result = FAIL");
        return fail(why, STATUS_FAILED, "%s", "");
    }
    if (gpu == STATUS_NO_DEVICE) {
        puts("Result = NO GPU (gpubench cpu N works here)");
        return fail(why, STATUS_NO_DEVICE, "%s", "");
    }
    puts("Result = PASS");
    return STATUS_OK;
}
