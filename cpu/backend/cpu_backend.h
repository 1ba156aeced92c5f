/* cpu_backend.h - the CPU as a backend of the harness: OpenBLAS, if it is installed, and plain
 * loops. */
#ifndef CPU_CPU_BACKEND_H
#define CPU_CPU_BACKEND_H

#include "harness/contract/backend.h"

extern const struct backend cpu_backend;

#endif
