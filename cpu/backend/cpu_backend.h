/* cpu_backend.h - the CPU as a backend of the harness: BLAS libraries, if they are installed, and
 * loops of our own. */
#ifndef CPU_CPU_BACKEND_H
#define CPU_CPU_BACKEND_H

#include "harness/contract/backend.h"

/* Its table grows when a library's file is added (add_library). */
extern struct backend cpu_backend;

#endif
