/* driver_complete.c - refers to every entry point that the program requires: if the fake lacks one,
 * it does not link. */
#include "tests/fakecuda/driver.h"

extern const void *const driver_entry_points[];
const void *const driver_entry_points[] = {
#define X(name, symbol, parameters) (const void *)symbol,
#define OPTIONAL(name, symbol, parameters)
#include "kernels/driver/driver_symbols.h"
};
