/* nvml.c - NVML by dlopen. Devices are found by PCI bus id: CUDA_VISIBLE_DEVICES reorders the
 * numbers. */
#include "kernels/nvml.h"

#include <dlfcn.h>
#include <stddef.h>

typedef struct nvmlDevice_st *nvmlDevice_t;

static struct {
    void *library;
    int (*init)(void);
    int (*by_pci)(const char *, nvmlDevice_t *);
    int (*persistence)(nvmlDevice_t, int *);
} nvml;

static int load(void)
{
    if (nvml.library)
        return 1;
    void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return 0;
    *(void **)&nvml.init = dlsym(library, "nvmlInit_v2");
    *(void **)&nvml.by_pci = dlsym(library, "nvmlDeviceGetHandleByPciBusId_v2");
    *(void **)&nvml.persistence = dlsym(library, "nvmlDeviceGetPersistenceMode");
    if (!nvml.init || !nvml.by_pci || nvml.init())
        return 0;
    nvml.library = library;
    return 1;
}

int nvml_persistence(const char *pci_bus_id)
{
    nvmlDevice_t device;
    int mode = 0;
    if (!load() || !nvml.persistence || nvml.by_pci(pci_bus_id, &device) ||
        nvml.persistence(device, &mode))
        return -1;
    return mode != 0;
}
