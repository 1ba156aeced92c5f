/* container.h - whether this process runs in a container, and in which kind. */
#ifndef HARNESS_HOST_CONTAINER_H
#define HARNESS_HOST_CONTAINER_H

#include <stdbool.h>

/* "docker", "podman", "kubernetes", "container" (any other), or NULL outside a container. */
const char *host_container(void);

/* Whether a seccomp filter restricts system calls. */
bool host_is_filtered(void);

/* Why opening a GPU's device nodes failed with this errno, and how to fix it. */
struct host_denial {
    const char *cause, *advice;
};
struct host_denial host_denial(int error);

#endif
