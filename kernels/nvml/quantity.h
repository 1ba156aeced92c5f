/* quantity.h - the quantities that NVML is asked for. */
#ifndef KERNELS_NVML_QUANTITY_H
#define KERNELS_NVML_QUANTITY_H

enum nvml_quantity {
    NVML_POWER_LIMIT_MW, /* the one enforced */
    NVML_POWER_DEFAULT_MW,
    NVML_POWER_MW,
    NVML_ENERGY_MJ, /* since the driver was loaded; millijoules */
    NVML_TEMPERATURE_C,
    NVML_SM_MHZ,
    NVML_SM_MAX_MHZ,
    NVML_CLOCK_REASONS,   /* why clocks are held back: a mask, harness/result/contestant.h has
                             names */
    NVML_MIG,             /* 1 if the GPU is partitioned */
    NVML_PERSISTENCE,     /* 1 if the driver stays started without a client */
    NVML_PCIE_GENERATION, /* at this moment: idle links are slower */
    NVML_PCIE_WIDTH,
    NVML_PCIE_GENERATION_MAX, /* of this card in this slot */
    NVML_PCIE_WIDTH_MAX,
    NVML_PROCESSES, /* with a compute context on the device, including this one */
    NVML_MEMORY_TEMPERATURE_C,
    NVML_ECC_CORRECTED, /* since the driver was loaded */
    NVML_ECC_UNCORRECTED,
    NVML_ROWS_REMAPPED, /* after a corrected, an uncorrected error */
    NVML_ROWS_REMAPPED_UNCORRECTED,
    NVML_REMAPPING_PENDING, /* 1 until the GPU is reset */
    NVML_REMAPPING_FAILED,
    NVML_PCIE_REPLAYS,
    NVML_NVLINK_ERRORS,   /* of all kinds and links */
    NVML_NVLINKS,         /* active ones */
    NVML_NVLINK_MB_PER_S, /* of a link, each way */
    NVML_NEXT_XID         /* the next Xid since the first such question, 0 if there was none */
};

#endif
