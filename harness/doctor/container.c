/* container.c - GPUs in containers: inside a container, whether it has a GPU; on a host, which
 * runtime can give a GPU to containers. There are three: nvidia-docker2 (a runtime of its own,
 * retired in 2023), the NVIDIA Container Toolkit (a hook), and CDI (a file that names devices). */
#include "harness/doctor/doctor.h"
#include "harness/host/files.h"
#include "harness/host/host.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Finds the first CDI specification of NVIDIA's devices in a directory. */
static bool find_spec(const char *place, char *path, size_t bytes)
{
    DIR *directory = host_opendir(place);
    bool found = false;
    if (!directory)
        return false;
    for (const struct dirent *e = readdir(directory); e && !found; e = readdir(directory))
        if (strstr(e->d_name, "nvidia")) {
            snprintf(path, bytes, "%s/%.200s", place, e->d_name);
            found = true;
        }
    closedir(directory);
    return found;
}

static bool names_nvidia(const char *path)
{
    char text[4096];
    return host_read(path, text, sizeof text) && strstr(text, "nvidia") != NULL;
}

static void add_runtimes(struct doctor_sheet *sheet)
{
    char spec[256];
    const bool cdi = find_spec("/etc/cdi", spec, sizeof spec) ||
                     find_spec("/var/run/cdi", spec, sizeof spec) ||
                     find_spec("/run/cdi", spec, sizeof spec);
    const bool toolkit = host_exists("/usr/bin/nvidia-ctk");
    const bool runtime = host_exists("/usr/bin/nvidia-container-runtime");
    const bool docker = names_nvidia("/etc/docker/daemon.json");
    if (cdi)
        doctor_add(sheet, "container runtime", DOCTOR_OK, "",
                   "CDI: %s (--device nvidia.com/gpu=all)", spec);
    if (toolkit && !docker && host_exists("/etc/docker"))
        doctor_add(
            sheet, "container runtime", DOCTOR_WARN,
            "sudo nvidia-ctk runtime configure --runtime=docker; sudo systemctl restart docker",
            "NVIDIA Container Toolkit, which Docker is not configured to use");
    else if (toolkit)
        doctor_add(sheet, "container runtime", DOCTOR_OK, "", "NVIDIA Container Toolkit%s",
                   docker ? " (docker run --gpus all)" : "");
    else if (runtime || docker)
        doctor_add(sheet, "container runtime", DOCTOR_WARN,
                   "it is retired: install nvidia-container-toolkit in its place",
                   "nvidia-docker2 (docker run --runtime=nvidia)");
    else if (!cdi)
        doctor_add(sheet, "container runtime", DOCTOR_OK,
                   "for containers, install nvidia-container-toolkit",
                   "none gives GPUs to containers");
}

/* How to request a GPU for a container of this kind. */
static const char *how_to_ask(const char *kind)
{
    if (strcmp(kind, "docker") == 0)
        return "start it with --gpus all (nvidia-docker2: --runtime=nvidia), after installing the "
               "NVIDIA Container Toolkit on the host";
    if (strcmp(kind, "podman") == 0)
        return "start it with --device nvidia.com/gpu=all, after sudo nvidia-ctk cdi generate "
               "--output=/etc/cdi/nvidia.yaml on the host";
    if (strcmp(kind, "kubernetes") == 0)
        return "ask for it: resources: limits: nvidia.com/gpu: 1; the node needs NVIDIA's device "
               "plugin";
    return "give it the host's /dev/nvidia* and driver libraries: apptainer run --nv, or the "
           "NVIDIA Container Toolkit";
}

static void add_inside(struct doctor_sheet *sheet, const char *kind, bool gpu_works)
{
    const char *devices = getenv("NVIDIA_VISIBLE_DEVICES");
    const char *abilities = getenv("NVIDIA_DRIVER_CAPABILITIES");
    const bool hidden = devices && (strcmp(devices, "none") == 0 || strcmp(devices, "void") == 0);
    if (!gpu_works && !host_exists("/dev/nvidiactl") && !host_exists("/dev/dxg") &&
        !host_exists("/dev/nvhost-ctrl-gpu") && !host_exists("/dev/nvgpu/igpu0/ctrl"))
        doctor_add(sheet, "GPU in container", DOCTOR_FAIL, how_to_ask(kind),
                   hidden ? "NVIDIA_VISIBLE_DEVICES=%s hides it"
                          : "no GPU was given to this %s container",
                   hidden ? devices : kind);
    else if (abilities && *abilities && !strstr(abilities, "compute") && !strstr(abilities, "all"))
        doctor_add(sheet, "GPU in container", DOCTOR_FAIL,
                   "set NVIDIA_DRIVER_CAPABILITIES=compute,utility",
                   "without CUDA: NVIDIA_DRIVER_CAPABILITIES=%s", abilities);
    else if (!gpu_works)
        doctor_add(sheet, "GPU in container", DOCTOR_WARN,
                   "the line \"driver\" says what is missing",
                   "the container has device nodes, but no GPU works");
    else
        doctor_add(sheet, "GPU in container", DOCTOR_OK, "", "given%s%s",
                   devices && *devices ? ", NVIDIA_VISIBLE_DEVICES=" : "", devices ? devices : "");
}

void container_gpu_doctor(struct doctor_sheet *sheet, bool gpu_works)
{
    const char *kind = host_container();
    if (kind)
        add_inside(sheet, kind, gpu_works);
    else if (host_exists("/proc/driver/nvidia/version"))
        add_runtimes(sheet);
}
