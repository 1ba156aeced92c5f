/* launch.c - launches a kernel by cuLaunchKernel(). */
#include "kernels/device/launch.h"

#include "kernels/device/modules.h"

enum status launch(struct device *d, CUfunction f, struct shape shape, void **arguments,
                   const char *what, struct failure *why)
{
    const unsigned grid_y = shape.grid_y ? shape.grid_y : 1,
                   block_y = shape.block_y ? shape.block_y : 1;
    CUresult error = d->cu.cuLaunchKernel(f, shape.grid_x, grid_y, 1, shape.block_x, block_y, 1,
                                          shape.shared_bytes, d->stream, arguments, NULL);
    return error ? driver_fail(&d->cu, error, why, what) : STATUS_OK;
}

enum status launch_symbol(struct device *d, const char *module, const char *symbol,
                          struct shape shape, void **arguments, struct failure *why)
{
    CUfunction f;
    enum status status = module_function(d, module, symbol, &f, why);
    return status ? status : launch(d, f, shape, arguments, symbol, why);
}
