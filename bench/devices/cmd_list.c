/* cmd_list.c - the verb list: every variant of every backend, and whether it can run here. */
#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/terminal/grid.h"
#include "bench/terminal/lines.h"
#include "bench/terminal/words.h"
#include "harness/result/store.h"

#include <jansson.h>
#include <string.h>

/* Whether v can run on the device, which may be NULL, at an order that fits everywhere. */
static bool runs_here(const struct backend *backend, const struct device *device,
                      const struct variant *v, char *reason, size_t bytes)
{
    const struct problem p = {v->op, 1024, 1, RANGE_UNIT, element_of(v->arithmetic)};
    reason[0] = '\0';
    return device && backend->can_run(device, v, &p, reason, bytes);
}

/* The variants of the operation that --op names, or all. */
static bool is_listed(const struct options *o, const struct variant *v)
{
    return !o->op_is_given || v->op == o->op;
}

/* A library that is not installed, of which the text needs no rows; the first is always listed. */
static bool is_absent(const struct backend *backend, const struct device *device,
                      const struct variant *v)
{
    return device && backend->library_state && v->blas != backend->variants[0].blas &&
           backend->library_state(device, v) == LIBRARY_ABSENT;
}

static void print_backend(const struct options *o, const struct backend *backend,
                          const struct device *device, bool colored)
{
    const char *const heads[] = {
        "op", "arithmetic", "variant", "here", "needs", o->verbose ? "source" : "", "idea"};
    struct grid g = {.heads = heads,
                     .columns = sizeof heads / sizeof *heads,
                     .left = ~0u,
                     .below = 1 << 5 | 1 << 6,
                     .drop = "eAB"};
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        char reason[256];
        if (!is_listed(o, v) || is_absent(backend, device, v))
            continue;
        const bool here = runs_here(backend, device, v, reason, sizeof reason);
        grid_add(&g, op_name(v->op));
        grid_add(&g, arithmetic_name(v->arithmetic));
        grid_add(&g, v->name);
        grid_tint(&g, colored, here ? TINT_GOOD : TINT_DIM, here ? "yes" : "no");
        grid_add(&g, v->needs && *v->needs ? v->needs : "-");
        grid_add(&g, !o->verbose ? "" : v->source ? v->source : "-");
        grid_addf(&g, reason[0] ? "%s (%s)" : "%s", v->note ? v->note : "", reason);
    }
    grid_text(stdout, &g);
    grid_free(&g);
}

static json_t *to_json(const struct options *o, const struct backend *backend,
                       const struct device *device)
{
    json_t *list = json_array();
    char reason[256];
    for (size_t i = 0; list && i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        if (!is_listed(o, v))
            continue;
        const bool here = runs_here(backend, device, v, reason, sizeof reason);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:b, s:s*, s:s*}", "backend",
                            backend->name, "op", op_name(v->op), "arithmetic",
                            arithmetic_name(v->arithmetic), "variant", v->name, "symmetric",
                            v->symmetric, "library", v->library, "needs", v->needs ? v->needs : "",
                            "note", v->note ? v->note : "", "runs_here", here, "reason",
                            reason[0] ? reason : NULL, "source", v->source));
    }
    return list;
}

static void print_place(const struct options *o, const struct backend *backend,
                        const struct device *device, const char *why_not)
{
    const struct device_facts *f = device ? backend->device_facts(device) : NULL;
    lines_printf(stdout, "%s: %s%s%s", backend->name, f ? f->name : why_not,
                 f && f->summary[0] ? " · " : "", f ? f->summary : "");
    print_backend(o, backend, device, color_wanted(stdout, o->color));
}

/* In text, what runs here comes first: without a GPU, the CPU. */
static enum status cmd_list(const struct options *options, struct failure *why)
{
    enum { PLACES_MAX = 4 };
    json_t *document = json_array();
    struct device *device[PLACES_MAX] = {0};
    struct failure no_device[PLACES_MAX];
    for (size_t i = 0; i < place_count; i++) {
        const struct backend *backend = place_backend(&places[i]);
        const struct device_request request = {
            .memory_limit = options->memory_limit,
            .index = strcmp(backend->name, "gpu") == 0 ? options->device : 0,
            .image = options->image,
            .libraries = "*"};
        if (backend->open(&request, &device[i], &no_device[i]) != STATUS_OK)
            device[i] = NULL;
        json_t *part = to_json(options, backend, device[i]);
        json_array_extend(document, part);
        json_decref(part);
    }
    for (size_t i = 0, shown = 0; i < 2 * place_count && !options->json; i++) {
        const size_t which = i % place_count;
        if ((i < place_count) != (device[which] != NULL))
            continue;
        if (shown++)
            fputc('\n', stdout);
        print_place(options, place_backend(&places[which]), device[which], no_device[which].text);
    }
    for (size_t i = 0; i < place_count; i++)
        if (device[i])
            place_backend(&places[i])->close(device[i]);
    if (options->json)
        return store_print(document, why);
    json_decref(document);
    return STATUS_OK;
}

const struct verb verb_list = {
    .name = "list",
    .line = "every variant, its needs, if it runs here",
    .about = "Lists every way to do each operation: operation, arithmetic, variant, whether it "
             "can run here, what it needs, and its idea in one line; with -v also its source file.",
    .options = OPTIONS_OP | OPTIONS_GPU | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_list,
};
