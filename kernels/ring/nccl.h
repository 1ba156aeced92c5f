/* nccl.h - NCCL, NVIDIA's library that moves data between GPUs, as one struct of typed pointers,
 * loaded from libnccl.so.2 at run time. */
#ifndef KERNELS_NCCL_H
#define KERNELS_NCCL_H

#include "harness/base/status.h"
#include "kernels/driver/cuda_abi.h"

#include <stddef.h>

typedef struct ncclComm *ncclComm_t;
typedef struct {
    char internal[128];
} ncclUniqueId;

/* As in 2.14; a newer NCCL uses its defaults for members that were added since. */
struct nccl_config {
    size_t size;
    unsigned magic, version;
    int blocking;
};

enum { NCCL_SUCCESS = 0, NCCL_IN_PROGRESS = 7, NCCL_INT8 = 0 };

/* X(name, parameters); all return ncclResult_t, an int. */
#define NCCL_SYMBOLS(X)                                                                            \
    X(GetVersion, (int *version))                                                                  \
    X(GetUniqueId, (ncclUniqueId * id))                                                            \
    X(CommInitRankConfig,                                                                          \
      (ncclComm_t * comm, int ranks, ncclUniqueId id, int rank, struct nccl_config *config))       \
    X(CommGetAsyncError, (ncclComm_t comm, int *error))                                            \
    X(CommAbort, (ncclComm_t comm))                                                                \
    X(GroupStart, (void))                                                                          \
    X(GroupEnd, (void))                                                                            \
    X(Send,                                                                                        \
      (const void *from, size_t count, int type, int peer, ncclComm_t comm, CUstream stream))      \
    X(Recv, (void *to, size_t count, int type, int peer, ncclComm_t comm, CUstream stream))

struct nccl {
    char name[32]; /* "NCCL 2.28.9" */
#define X(name, parameters) int(*name) parameters;
    NCCL_SYMBOLS(X)
#undef X
    const char *(*GetErrorString)(int error);
    const char *(*GetLastError)(ncclComm_t comm);
};

/* Loads it, once. STATUS_FAILED with what to install if it is not there or too old. */
enum status nccl_load(const struct nccl **nccl, struct failure *why);

/* A communicator whose calls return at once. */
int nccl_join(const struct nccl *nccl, ncclComm_t *comm, const char *id, int rank, int ranks);

enum status nccl_fail(const struct nccl *nccl, int error, const char *what, struct failure *why);

#endif
