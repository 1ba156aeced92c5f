/* copies.h - how fast the GPUs of a host copy: to and from the host's memory, and between each
 * other (gpubench doctor --measure). */
#ifndef KERNELS_DOCTOR_COPIES_H
#define KERNELS_DOCTOR_COPIES_H

#include "harness/link/link.h"

struct gpu_copies {
    int count;               /* GPUs */
    struct link_rates *host; /* of each GPU */
    struct link_pcie *pcie;
    char (*trouble)[256]; /* why a GPU could not be measured, or "" */
    double *between;      /* bytes per second, [from * count + to]; NaN if not measured */
    bool *is_direct;      /* peer access; else the driver copies through the host's memory */
    bool *is_wrong;       /* something else arrived, as with some settings of an IOMMU */
};

/* Measures all GPUs, one copy at a time. Fails only if there is no driver. Freed with
 * gpu_copies_free() in any case. */
enum status gpu_copies_measure(struct gpu_copies *copies, struct failure *why);
void gpu_copies_free(struct gpu_copies *copies);

#endif
