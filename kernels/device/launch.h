/* launch.h - launches a kernel on a device's stream. */
#ifndef KERNELS_LAUNCH_H
#define KERNELS_LAUNCH_H

#include "kernels/device/device.h"

/* The grid in blocks, the block in threads (a zero y means 1), and dynamic shared memory. */
struct shape {
    unsigned grid_x, grid_y, block_x, block_y, shared_bytes;
};

/* Puts a kernel on the stream and does not wait for it. `what` names it in the message. */
enum status launch(struct device *d, CUfunction f, struct shape shape, void **arguments,
                   const char *what, struct failure *why);

/* The same of the kernel `symbol` of a module, which is loaded first if needed. */
enum status launch_symbol(struct device *d, const char *module, const char *symbol,
                          struct shape shape, void **arguments, struct failure *why);

#endif
