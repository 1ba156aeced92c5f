/* cmd_soak.c - the verb soak: every launch checked, for minutes or days, on one GPU, several, or
 * the CPU. */
#include "bench/cli/verb.h"
#include "bench/devices/children.h"
#include "bench/soak/soak.h"
#include "harness/base/need.h"

#include <stdlib.h>
#include <string.h>

/* Of several GPUs one that is not there ends the soak before it begins, not after hours. */
static enum status check_devices(const struct options *o, const int *devices, int count,
                                 struct failure *why)
{
    int present = 0;
    const enum status status = children_count(&present, why);
    for (int i = 0; i < count && status == STATUS_OK; i++)
        if (devices[i] >= present)
            return fail(why, STATUS_USAGE,
                        "--device %.40s: there is no GPU %d: this machine shows %d, numbered from "
                        "0 (gpubench doctor lists them)",
                        o->devices, devices[i], present);
    return status;
}

/* The GPUs that were asked for, each once; the caller frees *devices. */
static enum status chosen_devices(const struct options *o, int **devices, int *count,
                                  struct failure *why)
{
    *devices = NULL;
    *count = 0;
    if (o->all_devices && o->device_is_given)
        return fail(why, STATUS_USAGE,
                    "--all-devices is every GPU, --device some: leave out either.");
    if (o->all_devices) {
        const enum status status = children_count(count, why);
        *devices = need_array((size_t)*count + 1, sizeof **devices);
        for (int i = 0; i < *count; i++)
            (*devices)[i] = i;
        return status;
    }
    for (const char *c = o->devices ? o->devices : "0"; c; c = strchr(c, ',')) {
        c += *c == ',';
        const int device = atoi(c);
        for (int i = 0; i < *count; i++)
            if ((*devices)[i] == device)
                return fail(why, STATUS_USAGE,
                            "--device %.40s names GPU %d twice: leave out one of the two.",
                            o->devices, device);
        *devices = need_room(*devices, (size_t)*count, sizeof **devices);
        (*devices)[(*count)++] = device;
    }
    return *count > 1 ? check_devices(o, *devices, *count, why) : STATUS_OK;
}

static enum status cmd_soak(const struct options *o, struct failure *why)
{
    const char *where = o->first ? o->first : "gpu";
    int *devices, count;
    if (strcmp(where, "gpu") != 0 && strcmp(where, "cpu") != 0)
        return fail(why, STATUS_USAGE, "soak \"%.40s\": write gpu (the default) or cpu.", where);
    if (strcmp(where, "cpu") == 0 && (o->all_devices || o->device_is_given))
        return fail(why, STATUS_USAGE,
                    "the CPU is one device: leave out --device and "
                    "--all-devices.");
    if (strcmp(where, "gpu") == 0 && (o->blas || o->threads || o->is_bound))
        return fail(why, STATUS_USAGE,
                    "%s is about the CPU: leave it out, or write gpubench soak cpu.",
                    o->blas      ? "--blas"
                    : o->threads ? "--threads"
                                 : "--bind");
    if (o->op == OP_REDUCE)
        return fail(why, STATUS_USAGE, "soak runs sum-aat and matmul: leave out --op reduce.");
    enum status status = soak_check(o, place_named(where)->backend, why);
    if (status != STATUS_OK)
        return status;
    status = chosen_devices(o, &devices, &count, why);
    if (status == STATUS_OK)
        status =
            count > 1 ? soak_group(o, devices, count, why) : soak_one(o, place_named(where), why);
    free(devices);
    return status;
}

const struct verb verb_soak = {
    .name = "soak",
    .argument = "gpu|cpu",
    .optional = true,
    .line = "a sustained run with every launch checked",
    .about = "Fills memory with matrices and multiplies them for minutes or days; on a GPU sum-aat "
             "and matmul take turns unless --op says which. The first answer "
             "on each is verified against float64, and every later launch must leave the same "
             "bits. Ends in a verdict: OK; SLOW, slower in the last half than in the first; "
             "THROTTLED, with the reason; FAULTY (exit status 1), with the place. After Ctrl-C or "
             "SIGTERM, what was seen is saved.",
    .options = OPTIONS_SOAK | OPTIONS_OP | OPTIONS_CPU | OPTIONS_FILE | OPTIONS_RECORD |
               OPTIONS_STORE | OPTIONS_JSON | OPTIONS_TALK | OPTIONS_HELP,
    .run = cmd_soak,
};
