/* tensor_panels_max.h - how many panels of k support/sm90/tensor_sm90.cuh has room for; for host
 * and device. */
#ifndef KERNELS_TENSOR_PANELS_MAX_H
#define KERNELS_TENSOR_PANELS_MAX_H

enum { TENSOR_PANELS_MAX = 128 };

#endif
