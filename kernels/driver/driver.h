/* driver.h - the CUDA driver as one struct of typed pointers, loaded from libcuda.so.1 at run time.
 *
 * One binary starts on every machine, and a missing driver is an error message. */
#ifndef KERNELS_DRIVER_H
#define KERNELS_DRIVER_H

#include "harness/base/status.h"
#include "kernels/driver/cuda_abi.h"

struct driver {
    void *library;
    int version; /* CUDA version of the driver API: 10010, 13000 */
#define X(name, symbol, parameters)        CUresult(*name) parameters;
#define OPTIONAL(name, symbol, parameters) CUresult(*name) parameters;
#include "kernels/driver/driver_symbols.h"
#undef X
#undef OPTIONAL
};

/* A version of CUDA as it is written: "12.4" for 12040. */
struct cuda_version {
    char text[24];
};
struct cuda_version cuda_version(int version);

/* An error in words, for example "CUDA_ERROR_OUT_OF_MEMORY (out of memory)"; valid until the next
 * call. */
const char *driver_error(const struct driver *cu, CUresult error);

/* The status of an error: STATUS_NO_MEMORY, STATUS_LOST if every later call on the context fails
 * as well, until the process ends, or else STATUS_FAILED. */
enum status driver_status(CUresult error);

/* Fills *why with "what: error" (and advice for the errors users meet); returns its
 * driver_status(). */
enum status driver_fail(const struct driver *cu, CUresult error, struct failure *why,
                        const char *what);

/* The kernel driver's own version ("580.159.04"), from /proc or /sys; "" if it cannot be read. */
void driver_kernel_version(char *text, size_t bytes);

#endif
