/* ring.c - multiplies the blocks of a ring and moves panels by NCCL, on a stream beside the
 * products. */
#include "kernels/ring/ring.h"

#include "harness/base/need.h"
#include "kernels/job/grid.h"
#include "kernels/job/stream.h"
#include "kernels/ring/nccl.h"

#include <stdlib.h>

/* ---- blocks ---- */

/* Rows and columns of C that a rank computes in a step are those of two panels, one below the
 * other, so that a block of both is left of the diagonal. */
static unsigned tiles_down(const struct share *share, unsigned tile)
{
    return 2 * (job_panel_rows(share) / tile);
}

uint64_t ring_partials(const struct share *share, unsigned tile)
{
    const uint64_t down = tiles_down(share, tile);
    return down * (down + 1) / 2;
}

static unsigned tiles_of(uint64_t rows, unsigned tile)
{
    return (unsigned)((rows + tile - 1) / tile);
}

enum status ring_launch(struct job *job, struct loaded *l, const struct block *b,
                        struct failure *why)
{
    const struct family *family = l->kernel->family;
    if (family)
        return family->launch_block(job, l, b, why);
    const unsigned tile = l->kernel->tile, down = tiles_down(&job->device->share, tile);
    const bool is_own = b->panel == PANEL_OWN;
    const unsigned rows = tiles_of(b->rows, tile), col = (unsigned)b->col / tile,
                   cols = tiles_of(b->cols, tile);
    const struct tile_range range = {is_own ? 0 : down / 2, rows, is_own ? 0 : col, cols, 0, down};
    const uint64_t tiles = is_own ? (uint64_t)rows * (rows + 1) / 2 : (uint64_t)rows * cols;
    const CUdeviceptr panel =
        job_panel(job, b->panel) + (uint64_t)col * tile * job->pitch * job_entry_bytes(job);
    enum status status = stream_begin_share(job, (uint64_t)down * (down + 1) / 2, tiles, why);
    return status ? status : grid_launch_range(job, l, job->a, panel, range, why);
}

/* ---- links ---- */

/* job->link */
struct link {
    const struct nccl *nccl;
    ncclComm_t comm;
    CUstream stream;
    CUevent moved;
    int rank, ranks;
    enum link_state state;
    bool is_begun; /* a transfer was given to NCCL that is not on the stream yet */
};

static enum status find(char *name, size_t bytes, struct failure *why)
{
    const struct nccl *nccl;
    const enum status status = nccl_load(&nccl, why);
    if (status == STATUS_OK)
        snprintf(name, bytes, "%s", nccl->name);
    return status;
}

static enum status make_id(char id[LINKS_ID_BYTES], struct failure *why)
{
    _Static_assert(sizeof(ncclUniqueId) == LINKS_ID_BYTES, "the id of a group");
    const struct nccl *nccl;
    enum status status = nccl_load(&nccl, why);
    const int error = status ? NCCL_SUCCESS : nccl->GetUniqueId((ncclUniqueId *)(void *)id);
    return error ? nccl_fail(nccl, error, "making a group of GPUs", why) : status;
}

static enum status join(struct job *job, const char id[LINKS_ID_BYTES], int rank, int ranks,
                        struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    struct link *link = need(sizeof *link);
    enum status status = nccl_load(&link->nccl, why);
    if (status) {
        free(link);
        return status;
    }
    job->link = link;
    link->rank = rank;
    link->ranks = ranks;
    int least = 0, most = 0;
    CUresult error = cu->cuCtxGetStreamPriorityRange(&least, &most);
    if (!error)
        error = cu->cuStreamCreateWithPriority(&link->stream, CU_STREAM_NON_BLOCKING, most);
    if (!error)
        error = cu->cuEventCreate(&link->moved, CU_EVENT_DEFAULT);
    if (error)
        return driver_fail(cu, error, why, "making a stream for panels");
    const int refused = nccl_join(link->nccl, &link->comm, id, rank, ranks);
    if (refused && refused != NCCL_IN_PROGRESS)
        return nccl_fail(link->nccl, refused, "joining a group of GPUs", why);
    return STATUS_OK;
}

/* The rows behind those of a block, up to whole tiles, are zero. */
static CUresult clear_behind(struct job *job, const struct link *link, enum panel panel,
                             uint64_t rows)
{
    const uint64_t row_bytes = stream_row_bytes(&job->problem),
                   left = RING_GRAIN - rows % RING_GRAIN;
    return left == RING_GRAIN
               ? CUDA_SUCCESS
               : job->device->cu.cuMemsetD8Async(job_panel(job, panel) + rows * row_bytes, 0,
                                                 left * row_bytes, link->stream);
}

static enum status begin(struct job *job, enum panel from, uint64_t from_rows, enum panel to,
                         uint64_t to_rows, struct failure *why)
{
    struct link *link = job->link;
    const struct nccl *nccl = link->nccl;
    const uint64_t row_bytes = stream_row_bytes(&job->problem);
    const CUresult refused = clear_behind(job, link, to, to_rows);
    if (refused)
        return driver_fail(&job->device->cu, refused, why, "clearing what is behind a panel");
    int error = nccl->GroupStart();
    if (!error && from_rows)
        error = nccl->Send((const void *)(uintptr_t)job_panel(job, from), from_rows * row_bytes,
                           NCCL_INT8, (link->rank + 1) % link->ranks, link->comm, link->stream);
    if ((!error || error == NCCL_IN_PROGRESS) && to_rows)
        error = nccl->Recv((void *)(uintptr_t)job_panel(job, to), to_rows * row_bytes, NCCL_INT8,
                           (link->rank + link->ranks - 1) % link->ranks, link->comm, link->stream);
    const int ended = nccl->GroupEnd();
    error = error && error != NCCL_IN_PROGRESS ? error : ended;
    link->state = LINK_STARTS;
    link->is_begun = true;
    return error && error != NCCL_IN_PROGRESS ? nccl_fail(nccl, error, "exchanging panels", why)
                                              : STATUS_OK;
}

/* The transfer is on the stream once NCCL has no call in progress. */
static enum status look(struct job *job, enum link_state *state, struct failure *why)
{
    struct link *link = job->link;
    const struct driver *cu = &job->device->cu;
    CUresult refused = CUDA_SUCCESS;
    int in = NCCL_SUCCESS, error = link->nccl->CommGetAsyncError(link->comm, &in);
    error = error ? error : in;
    if (error && error != NCCL_IN_PROGRESS)
        return nccl_fail(link->nccl, error, "exchanging panels", why);
    if (!error && link->state == LINK_STARTS) {
        refused = link->is_begun ? cu->cuEventRecord(link->moved, link->stream) : CUDA_SUCCESS;
        link->state = link->is_begun ? LINK_MOVES : LINK_RESTS;
    }
    if (!refused && link->state == LINK_MOVES) {
        refused = cu->cuEventQuery(link->moved);
        link->state = refused ? LINK_MOVES : LINK_RESTS;
    }
    *state = link->state;
    return refused && refused != CUDA_ERROR_NOT_READY
               ? driver_fail(cu, refused, why, "exchanging panels")
               : STATUS_OK;
}

/* The kernels of families take every multiprocessor, and some of them begin on all at once. */
static bool goes_beside(const struct variant *v)
{
    return !kernel_of(v)->family;
}

static void leave(struct job *job)
{
    struct link *link = job ? job->link : NULL;
    if (!link)
        return;
    if (link->comm)
        link->nccl->CommAbort(link->comm);
    if (link->moved)
        job->device->cu.cuEventDestroy(link->moved);
    if (link->stream)
        job->device->cu.cuStreamDestroy(link->stream);
    free(link);
    job->link = NULL;
}

const struct links ring_links = {find, make_id, join, begin, look, goes_beside, leave};
