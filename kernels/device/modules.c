/* modules.c - loads modules from the best image of the ladder. */
#include "kernels/device/modules.h"

#include "harness/text/append.h"
#include "kernels/device/images.h"

#include <stdio.h>
#include <string.h>

/* Best first. A cubin needs a driver as new as the toolkit that made it; PTX needs one that knows
 * its version. */
static const struct rung {
    const char *family;
    int least_cc, most_cc, least_driver;
} ladder[] = {
    {"native", 75, 999, 13000},
    {"hopper", 90, 90, 12000},  /* PTX 8.0, sm_90a: this architecture only */
    {"ampere", 80, 999, 11000}, /* PTX 7.0 */
    {"portable", 30, 999, 9000} /* PTX 6.0 */
};
enum { RUNGS = sizeof ladder / sizeof *ladder };

const struct embedded_image *image_find(const char *module, const char *family)
{
    for (size_t i = 0; i < embedded_image_count; i++)
        if (!strcmp(embedded_images[i].module, module) &&
            !strcmp(embedded_images[i].family, family))
            return &embedded_images[i];
    return NULL;
}

/* The image that --image names, the first rung of the ladder to try. A module without that image
 * takes the next PTX below (the fill has no image for Hopper). `native` allows no other image, and
 * if the image does not suit the device, no kernel runs. */
static const struct rung *forced_rung(const char *family)
{
    const struct rung *rung = ladder;
    while (strcmp(rung->family, family))
        rung++;
    return rung;
}

static bool suits(const struct device *d, const struct rung *rung)
{
    return d->cc >= rung->least_cc && d->cc <= rung->most_cc && d->cu.version >= rung->least_driver;
}

static const struct embedded_image *on_rung(const struct device *d, const struct rung *rung,
                                            const char *module)
{
    const struct rung *forced = d->image_family ? forced_rung(d->image_family) : NULL;
    if (forced && (rung < forced || !suits(d, forced)))
        return NULL;
    if (forced && !strcmp(forced->family, "native") && rung != forced)
        return NULL;
    if (!suits(d, rung))
        return NULL;
    return image_find(module, rung->family);
}

const char *module_family(const struct device *d, const char *name)
{
    for (size_t i = 0; i < RUNGS; i++)
        if (on_rung(d, &ladder[i], name))
            return ladder[i].family;
    return NULL;
}

static enum status find_or_load(struct device *d, const char *name, CUmodule *module,
                                struct failure *why)
{
    for (size_t i = 0; i < d->module_count; i++)
        if (!strcmp(d->module[i].name, name)) {
            *module = d->module[i].handle;
            return STATUS_OK;
        }
    if (d->module_count == DEVICE_MODULES_MAX)
        return fail(why, STATUS_FAILED, "more than %d device modules", DEVICE_MODULES_MAX);
    char tried[512] = "";
    CUresult error = CUDA_ERROR_NO_BINARY_FOR_GPU;
    for (size_t i = 0; i < RUNGS; i++) {
        const struct embedded_image *image = on_rung(d, &ladder[i], name);
        if (!image)
            continue;
        char log[256] = "";
        CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
        void *values[] = {log, (void *)(sizeof log - 1)};
        error = d->cu.cuModuleLoadDataEx(module, image->data, 2, names, values);
        if (!error) {
            struct module *m = &d->module[d->module_count++];
            snprintf(m->name, sizeof m->name, "%s", name);
            m->family = image->family;
            m->handle = *module;
            if (*tried)
                snprintf(d->image_note, sizeof d->image_note,
                         "%s: %.150s; loaded the %s image instead", name, tried, image->family);
            return STATUS_OK;
        }
        if (driver_status(error) == STATUS_LOST) /* another image would fail too */
            return driver_fail(&d->cu, error, why, name);
        append_item(tried, sizeof tried, "; ", "%s image: %s%s%.100s", image->family,
                    driver_error(&d->cu, error), *log ? ": " : "", log);
    }
    if (!*tried)
        return fail(why, STATUS_FAILED,
                    "kernels of %s have no %s image for compute capability %d.%d and this driver",
                    name, d->image_family ? d->image_family : "device", d->cc / 10, d->cc % 10);
    return fail(
        why, STATUS_FAILED,
        "no image of %s loads: %s. Is the driver older than the GPU, or its JIT cache broken "
        "(CUDA_CACHE_DISABLE=1 goes around it)?",
        name, tried);
}

enum status module_function(struct device *d, const char *name, const char *symbol,
                            CUfunction *function, struct failure *why)
{
    CUmodule module;
    enum status status = find_or_load(d, name, &module, why);
    if (status)
        return status;
    CUresult error = d->cu.cuModuleGetFunction(function, module, symbol);
    return error ? driver_fail(&d->cu, error, why, symbol) : STATUS_OK;
}

const void **module_writer(struct device *d, const char *name)
{
    struct module *m = d->module;
    while (strcmp(m->name, name) != 0)
        m++;
    return &m->written_by;
}

enum status module_write(struct device *d, const char *name, const char *symbol, const void *from,
                         size_t bytes, struct failure *why)
{
    CUmodule module;
    CUdeviceptr to;
    size_t size;
    enum status status = find_or_load(d, name, &module, why);
    if (status)
        return status;
    CUresult error = d->cu.cuModuleGetGlobal(&to, &size, module, symbol);
    if (!error)
        error = d->cu.cuMemcpyHtoDAsync(to, from, bytes, d->stream);
    return error ? driver_fail(&d->cu, error, why, symbol) : STATUS_OK;
}
