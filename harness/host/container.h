/* container.h - whether this process runs in a container, and in which kind. */
#ifndef HARNESS_HOST_CONTAINER_H
#define HARNESS_HOST_CONTAINER_H

#include <stdbool.h>

/* "docker", "podman", "kubernetes", "container" (some other), or NULL outside a container. */
const char *host_container(void);

/* Whether a seccomp filter restricts system calls. */
bool host_is_filtered(void);

#endif
