/* tensor.h - preparing and launching the kernels of support/sm90/tensor_sm90.cuh. */
#ifndef KERNELS_TENSOR_H
#define KERNELS_TENSOR_H

#include "kernels/job/kernel.h"

/* What one of these kernels wants made of A, and how it walks over the work. */
struct tensor_recipe {
    const char
        *split; /* the kernel of service/split_sm90.cu that makes the planes before it runs */
    bool splits_itself; /* or it makes them while it runs (support/sm90/tensor_feed_sm90.cuh); or
                           neither: it reads A itself, which the copy engine rounds to tf32 */
    CUtensorMapDataType type;
    unsigned element_bytes, planes;
    unsigned cols;            /* of C a cluster's tile is wide; it is 256 rows high */
    unsigned chunks_per_step; /* of 128 bytes along k */
    bool triangle;
    unsigned panel_mib;   /* of the planes a panel of k has at most, about; 0: k is not cut */
    double over_products; /* the kernel's products are so many times A·Aᵀ */
};

bool tensor_available(const struct device *d, char *reason, size_t reason_bytes);
enum status tensor_prepare(struct job *job, const struct kernel *k, struct failure *why);
/* Steps: splitting, if the recipe has it, then the kernel. */
enum status tensor_launch(struct job *job, const struct kernel *k, int step, struct failure *why);

/* Device bytes that a recipe takes beyond A and C. */
uint64_t tensor_bytes(const struct tensor_recipe *recipe, uint64_t n);

/* The most of them that are not planes, for any fused sum. */
uint64_t tensor_beside_bytes(uint64_t n);

/* The fewest with which a recipe of a fused sum can stream A. */
uint64_t tensor_stream_bytes(const struct tensor_recipe *recipe, uint64_t n);

/* Frees what tensor_prepare() made for any kernel of the job. */
void tensor_end(struct job *job);

#endif
