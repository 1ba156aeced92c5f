/* nvml.h - what NVIDIA's management library can tell, where there is one; never needed, never
 * fatal. */
#ifndef KERNELS_NVML_H
#define KERNELS_NVML_H

/* 1 if persistence mode is on for the device with this PCI bus id, 0 if off, -1 if it cannot be
 * known. */
int nvml_persistence(const char *pci_bus_id);

#endif
