/* tensor_work.h - what the host passes to the kernels of support/sm90/tensor_sm90.cuh and
 * tensor_feed_sm90.cuh. */
#ifndef KERNELS_TENSOR_WORK_H
#define KERNELS_TENSOR_WORK_H

/* A pointer to device memory: typed in device code, an address (CUdeviceptr) on the host. */
#ifdef __cplusplus
#define DEVICE_POINTER(type) type *
#else
#define DEVICE_POINTER(type) unsigned long long
#endif

/* The most panels that k is cut into. */
enum { TENSOR_PANELS_MAX = 128 };

/* A tile of C by its first row and column. */
struct tensor_tile {
    int row, col;
};

/* A unit of work is a tile of C over one panel of k. */
struct tensor_work {
    DEVICE_POINTER(const struct tensor_tile) tiles; /* in the order of work, 256 × COLS entries */
    unsigned tile_count;
    unsigned panels;                   /* of k; all tiles of a panel are done before the next one */
    unsigned n, k;                     /* rows and columns of A */
    DEVICE_POINTER(const float) scale; /* f16 only: row r of A was divided by scale[r] */
};

/* What is split, and where it goes. The first `upfront` panels are one group, each later panel is a
 * group of its own. */
struct tensor_source {
    DEVICE_POINTER(const float) A; /* kernels/job/job.h */
    DEVICE_POINTER(unsigned char) hi;
    DEVICE_POINTER(unsigned char) lo;
    DEVICE_POINTER(float) scale;     /* scale_stride floats a group */
    DEVICE_POINTER(unsigned) ready;  /* per group: how many blocks are done; 0 before and after */
    DEVICE_POINTER(double) partials; /* int8 only, one 8-byte integer a block */
    unsigned pitch, scale_stride, upfront;
    unsigned goes_on; /* not 0: earlier launches have left the sum of other columns */
};

#endif
