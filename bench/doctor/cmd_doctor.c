/* cmd_doctor.c - the verb doctor: checks the host and says how to fix what is wrong. */
#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/doctor/machine.h"
#include "bench/doctor/measure.h"
#include "bench/doctor/trial.h"
#include "bench/output/report.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "harness/contract/device.h"
#include "harness/contract/guard.h"
#include "harness/doctor/doctor.h"
#include "harness/host/host.h"
#include "harness/result/document.h"
#include "harness/result/store.h"
#include "harness/text/clean.h"
#include "harness/text/json_text.h"

#include <stdlib.h>

enum { LINES_MAX = 512 };

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
    struct device_facts device = {0};
    guard_enter("being examined");
    gpu_doctor(&sheet);
    guard_leave();
    const enum status gpu = trial_of(&sheet, place_named("gpu")->backend, &facts, &device);
    struct gpu_copies copies = {0};
    if (options->measures && gpu == STATUS_OK)
        measure_speeds(&sheet);
    if (options->measures)
        measure_copies(&sheet, &copies);
    host_gpu_doctor(&sheet, gpu == STATUS_OK);
    const size_t after_gpu = sheet.count;

    struct facts cpu_facts = {0};
    host_facts(&cpu_facts);
    const enum status cpu = trial_of(&sheet, place_named("cpu")->backend, &cpu_facts, &device);
    if (cpu == STATUS_OK)
        cpu_doctor(&sheet, &cpu_facts, device.warning);
    machine_doctor(&sheet, &cpu_facts);
    user_doctor(&sheet);
    results_doctor(&sheet, options->results);

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
