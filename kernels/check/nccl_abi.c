/* nccl_abi.c - compiled (never linked) where there is a CUDA toolkit with NCCL: what ring/nccl.h
 * says of its interface against NCCL's own header. */
#if __has_include(<nccl.h>)
#define CHECK_AGAINST_CUDA_H
#include <nccl.h>
#include <stddef.h>

#define ncclUniqueId our_id
#define ncclComm_t   our_comm
#include "kernels/ring/nccl.h"
#undef ncclUniqueId
#undef ncclComm_t

/* ncclResult_t and ncclDataType_t are passed as ints. */
#define X(name, parameters)                                                                        \
    _Static_assert(sizeof(__typeof__(&nccl##name)) == sizeof(int(*) parameters), #name);
NCCL_SYMBOLS(X)
#undef X
_Static_assert(sizeof(ncclResult_t) == sizeof(int) && sizeof(ncclDataType_t) == sizeof(int), "");
_Static_assert(NCCL_SUCCESS == (int)ncclSuccess && NCCL_IN_PROGRESS == (int)ncclInProgress &&
                   NCCL_INT8 == (int)ncclInt8,
               "values");
_Static_assert(sizeof(our_id) == sizeof(ncclUniqueId), "the name of a group");
_Static_assert(offsetof(struct nccl_config, magic) == offsetof(ncclConfig_t, magic) &&
                   offsetof(struct nccl_config, version) == offsetof(ncclConfig_t, version) &&
                   offsetof(struct nccl_config, blocking) == offsetof(ncclConfig_t, blocking),
               "the configuration begins alike");
#endif
