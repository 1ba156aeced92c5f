/* container.c - what kind of container this is, if any: the marks that runtimes leave behind.
 */
#include "harness/host/container.h"

#include "harness/host/files.h"

#include <stdlib.h>
#include <string.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* Runtimes without cgroup namespaces show themselves in the path of our group. */
static const char *from_cgroup_path(void)
{
    static const struct {
        const char *part, *kind;
    } marks[] = {
        {"kubepods", "kubernetes"},      {"/docker/", "docker"}, {"/docker-", "docker"},
        {"libpod-", "podman"},           {"/lxc/", "container"}, {"/lxc.payload", "container"},
        {"cri-containerd", "container"},
    };
    FILE *file = host_open("/proc/self/cgroup");
    if (!file)
        return NULL;
    const char *kind = NULL;
    char *line = NULL;
    size_t capacity = 0;
    while (!kind && getline(&line, &capacity, file) > 0)
        for (size_t i = 0; i < sizeof marks / sizeof marks[0] && !kind; i++)
            if (strstr(line, marks[i].part))
                kind = marks[i].kind;
    free(line);
    fclose(file);
    return kind;
}

bool host_is_filtered(void)
{
    enum { FILTER = 2 };
    uint64_t mode = 0;
    return host_read_keyed("/proc/self/status", "Seccomp", &mode) && mode == FILTER;
}

const char *host_container(void)
{
    /* Kubernetes first: its containers bear their runtime's marks too. */
    if (is_set("KUBERNETES_SERVICE_HOST") || host_exists("/run/secrets/kubernetes.io"))
        return "kubernetes";
    if (host_exists("/.dockerenv"))
        return "docker";
    if (host_exists("/run/.containerenv"))
        return "podman";
    const char *kind = from_cgroup_path();
    if (kind)
        return kind;
    if (is_set("APPTAINER_CONTAINER") || is_set("SINGULARITY_CONTAINER") || is_set("container"))
        return "container";
    return NULL;
}
