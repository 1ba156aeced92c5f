/* cmd_list.c - the verb list: every variant of every backend, and whether it can run here. */
#include "bench/cli/verb.h"
#include "bench/devices/backends.h"
#include "bench/terminal/grid.h"
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

static void print_backend(const struct backend *backend, const struct device *device, bool colored)
{
    static const char *const heads[] = {"op", "arithmetic", "variant", "here", "needs", "idea"};
    struct grid g = {.heads = heads, .columns = sizeof heads / sizeof *heads, .left = ~0u};
    for (size_t i = 0; i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        char reason[256];
        const bool here = runs_here(backend, device, v, reason, sizeof reason);
        grid_add(&g, op_name(v->op));
        grid_add(&g, arithmetic_name(v->arithmetic));
        grid_add(&g, v->name);
        grid_tint(&g, colored, here ? TINT_GOOD : TINT_DIM, here ? "yes" : "no");
        grid_add(&g, v->needs && *v->needs ? v->needs : "-");
        grid_addf(&g, reason[0] ? "%s (%s)" : "%s", v->note ? v->note : "", reason);
    }
    grid_text(stdout, &g);
    grid_free(&g);
}

static json_t *to_json(const struct backend *backend, const struct device *device)
{
    json_t *list = json_array();
    char reason[256];
    for (size_t i = 0; list && i < backend->variant_count; i++) {
        const struct variant *v = &backend->variants[i];
        const bool here = runs_here(backend, device, v, reason, sizeof reason);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:b, s:s*}", "backend",
                            backend->name, "op", op_name(v->op), "arithmetic",
                            arithmetic_name(v->arithmetic), "variant", v->name, "symmetric",
                            v->symmetric, "library", v->library, "needs", v->needs ? v->needs : "",
                            "note", v->note ? v->note : "", "runs_here", here, "reason",
                            reason[0] ? reason : NULL));
    }
    return list;
}

static enum status cmd_list(const struct options *options, struct failure *why)
{
    json_t *document = options->json ? json_array() : NULL;
    if (options->json && !document)
        return fail(why, STATUS_NO_MEMORY, "no memory for the list.");
    for (size_t i = 0; i < place_count; i++) {
        const struct backend *backend = place_backend(&places[i]);
        const struct device_request request = {
            .memory_limit = options->memory_limit,
            .index = strcmp(backend->name, "gpu") == 0 ? options->device : 0,
            .image = options->image};
        struct device *device = NULL;
        struct failure no_device = {0};
        const bool is_open = backend->open(&request, &device, &no_device) == STATUS_OK;
        if (document) {
            json_t *part = to_json(backend, is_open ? device : NULL);
            json_array_extend(document, part);
            json_decref(part);
        } else {
            const struct device_facts *f = is_open ? backend->device_facts(device) : NULL;
            printf("%s%s: %s%s%s\n", i ? "\n" : "", backend->name, f ? f->name : no_device.text,
                   f && f->summary[0] ? " · " : "", f ? f->summary : "");
            print_backend(backend, is_open ? device : NULL, color_wanted(stdout, options->color));
        }
        if (is_open)
            backend->close(device);
    }
    return options->json ? store_print(document, why) : STATUS_OK;
}

const struct verb verb_list = {
    .name = "list",
    .line = "every variant, its needs, if it runs here",
    .about = "Lists every way to do each operation: operation, arithmetic, variant, whether it "
             "can run here, what it needs, and its idea in one line.",
    .options = OPTIONS_GPU | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_list,
};
