/* explain.h - why the CUDA driver did not load or start, in a sentence with the next step. */
#ifndef KERNELS_EXPLAIN_H
#define KERNELS_EXPLAIN_H

#include "kernels/driver/driver.h"

/* Where libcuda.so.1 lies in WSL 2, which some distributions leave out of the loader's path. */
#define DRIVER_WSL_DIRECTORY "/usr/lib/wsl/lib/"

/* Where it lies on a Jetson: JetPack 6, and 5 or older. */
#define DRIVER_JETSON_DIRECTORY "/usr/lib/aarch64-linux-gnu/nvidia/"
#define DRIVER_TEGRA_DIRECTORY  "/usr/lib/aarch64-linux-gnu/tegra/"

/* The end of the messages below, which doctor itself leaves out. */
#define DRIVER_ASK_DOCTOR "; gpubench doctor tells more"

/* Both return STATUS_NO_DEVICE. `reason` is what dlerror() said, or NULL. The cause ends at the
 * first ". "; what follows is the advice. */
enum status explain_no_library(const char *reason, struct failure *why);
enum status explain_init(const struct driver *cu, CUresult error, struct failure *why);

#endif
