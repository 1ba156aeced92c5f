/* driver_abi.c - compiled (never linked) where there is a CUDA toolkit: every signature in
 * driver_symbols.h, and the constants of cuda_abi.h that we rely on, against the toolkit's cuda.h.
 */
#define CHECK_AGAINST_CUDA_H
#define __CUDA_API_VERSION_INTERNAL /* declares the names with and without suffix */
#include "kernels/driver/cuda_abi.h"

/* enum parameters that we pass as int or unsigned have the same size and are passed alike. */
#define X(name, symbol, parameters)                                                                \
    _Static_assert(sizeof(__typeof__(&symbol)) == sizeof(CUresult(*) parameters), #symbol);        \
    __attribute__((unused)) static CUresult(*check_##symbol) parameters = symbol;
#define OPTIONAL(name, symbol, parameters) X(name, symbol, parameters)
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#include "kernels/driver/driver_symbols.h"

_Static_assert(CUDA_ERROR_STUB_LIBRARY == 34 && CUDA_ERROR_NO_BINARY_FOR_GPU == 209, "errors");
_Static_assert(CUDA_ERROR_UNSUPPORTED_PTX_VERSION == 222 && CUDA_ERROR_LAUNCH_TIMEOUT == 702,
               "errors");
_Static_assert(CUDA_ERROR_DEVICE_UNAVAILABLE == 46 && CUDA_ERROR_ECC_UNCORRECTABLE == 214 &&
                   CUDA_ERROR_NVLINK_UNCORRECTABLE == 220 && CUDA_ERROR_ILLEGAL_ADDRESS == 700 &&
                   CUDA_ERROR_CONTEXT_IS_DESTROYED == 709 &&
                   CUDA_ERROR_HARDWARE_STACK_ERROR == 714 && CUDA_ERROR_LAUNCH_FAILED == 719 &&
                   CUDA_ERROR_NOT_PERMITTED == 800,
               "errors");
_Static_assert(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN == 97, "attributes");
_Static_assert(CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES == 100,
               "attributes");
_Static_assert(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK == 1 &&
                   CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK == 8 &&
                   CU_DEVICE_ATTRIBUTE_WARP_SIZE == 10 &&
                   CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK == 12 &&
                   CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY == 19 &&
                   CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS == 31 &&
                   CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR == 39 &&
                   CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT == 40 &&
                   CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING == 41 &&
                   CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR == 81 &&
                   CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR == 82 &&
                   CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY == 83,
               "attributes that doctor asks for");
_Static_assert(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES == 8, "attributes");
_Static_assert(CU_TENSOR_MAP_DATA_TYPE_UINT8 == 0 && CU_TENSOR_MAP_DATA_TYPE_FLOAT64 == 8 &&
                   CU_TENSOR_MAP_DATA_TYPE_TFLOAT32 == 11 && CU_TENSOR_MAP_SWIZZLE_128B == 3,
               "tensor maps");
_Static_assert(sizeof(CUtensorMap) == 128, "tensor maps");
_Static_assert(CU_LAUNCH_ATTRIBUTE_COOPERATIVE == 2 && CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION == 4 &&
                   CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION == 6 &&
                   sizeof(CUlaunchAttribute) == 72 && sizeof(CUlaunchConfig) == 56,
               "launches in clusters");
