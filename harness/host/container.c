/* container.c - recognizes containers by the files and variables that their runtimes create. */
#include "harness/host/container.h"

#include "harness/host/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* Without a cgroup namespace, the path of our group contains the name of the runtime. */
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
    /* Kubernetes first, because its containers have the files of their runtime too. */
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

/* A container of an ordinary user: its root is another user outside. */
static bool is_rootless(void)
{
    char map[128];
    unsigned long inside, outside;
    return host_read("/proc/self/uid_map", map, sizeof map) &&
           sscanf(map, "%lu %lu", &inside, &outside) == 2 && inside != outside;
}

static struct host_denial denial_in_container(int error)
{
    char enforcing[8];
    if (error == EPERM && is_rootless())
        return (struct host_denial){
            "the device cgroup of this rootless container denies it",
            "on the host: sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups --in-place, "
            "or give the GPU by CDI: --device nvidia.com/gpu=all"};
    if (error == EPERM)
        return (struct host_denial){
            "the container's device cgroup denies it",
            "start the container again with --gpus all or --device nvidia.com/gpu=all; systemctl "
            "daemon-reload on the host takes a GPU away from containers that run"};
    if (host_read("/sys/fs/selinux/enforce", enforcing, sizeof enforcing) && *enforcing == '1')
        return (struct host_denial){
            "SELinux or the node's owner denies it",
            "on the host: sudo setsebool -P container_use_devices on, or start the container with "
            "--security-opt label=disable"};
    if (is_rootless())
        return (struct host_denial){
            "the user of this rootless container may not use it",
            "start it with --group-add keep-groups (podman with crun), as a member of the group "
            "that owns the nodes on the host"};
    return (struct host_denial){"the container's user may not use it",
                                "start the container with --group-add GROUP, the group that owns "
                                "the node (stat -c %g /dev/nvidiactl), or as another user"};
}

struct host_denial host_denial(int error)
{
    if (host_container())
        return denial_in_container(error);
    if (error == EPERM && is_set("SLURM_JOB_ID"))
        return (struct host_denial){"Slurm gave this job no GPU",
                                    "ask for one: srun --gres=gpu:1, or --gpus=1"};
    if (error == EPERM)
        return (struct host_denial){"a device cgroup denies it",
                                    "the systemd unit or batch system that started this has to "
                                    "allow it, for example by DeviceAllow=/dev/nvidiactl rw"};
    return (struct host_denial){"no permission to read and write",
                                "join the group that owns it (ls -l /dev/nvidia*); the NVIDIA "
                                "module's options NVreg_DeviceFileMode and NVreg_DeviceFileGID "
                                "decide who may"};
}
