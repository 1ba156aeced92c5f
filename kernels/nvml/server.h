/* server.h - the process in which NVML is loaded and called, and what it is asked over a socket. */
#ifndef KERNELS_NVML_SERVER_H
#define KERNELS_NVML_SERVER_H

#include <stddef.h>
#include <stdint.h>

enum { NVML_DEVICES_MAX = 64, ASK_START = -1, ASK_OPEN = -2, ASK_VERSION = -3 };
enum { ERROR_DRIVER_NOT_LOADED = 9, ERROR_LIB_RM_VERSION_MISMATCH = 18 }; /* of nvmlInit_v2() */

struct nvml_question {
    int what; /* a quantity, or ASK_... */
    size_t device;
    char pci[32];
};

struct nvml_answer {
    int64_t value;
    char text[80];
};

/* Answers questions until the socket's other end is closed. */
_Noreturn void nvml_serve(int socket);

#endif
