/* batch.c - launches back to back as one CUDA graph. */
#include "kernels/backend/batch.h"

#include "kernels/job/job.h"

#include <stdlib.h>

/* More than this is time enough for the host to get ahead, and a graph of it takes long to make. */
enum { LAUNCHES_MOST = 1000 };

struct batch {
    CUgraphExec graph;
    unsigned launches;
    bool is_refused; /* it was tried */
};

static bool has_graphs(const struct driver *cu)
{
    return cu->cuStreamBeginCapture && cu->cuStreamEndCapture && cu->cuGraphInstantiateWithFlags &&
           cu->cuGraphLaunch && cu->cuGraphExecDestroy && cu->cuGraphDestroy;
}

static void destroy(const struct driver *cu, struct batch *b)
{
    if (b->graph)
        cu->cuGraphExecDestroy(b->graph);
    b->graph = NULL;
}

/* A capture that fails leaves the stream as it was once it is ended. */
static bool capture(struct job *job, const struct variant *v, unsigned launches, CUgraph *graph,
                    enum status (*once)(struct job *, const struct variant *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    const CUstream stream = job->device->stream;
    if (cu->cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL))
        return false;
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < launches && status == STATUS_OK; i++)
        status = once(job, v, NULL);
    *graph = NULL;
    const CUresult error = cu->cuStreamEndCapture(stream, graph);
    if (status == STATUS_OK && !error && *graph)
        return true;
    if (*graph)
        cu->cuGraphDestroy(*graph);
    return false;
}

static bool make(struct job *job, const struct variant *v, struct batch *b,
                 enum status (*once)(struct job *, const struct variant *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    CUgraph graph;
    if (!capture(job, v, b->launches, &graph, once))
        return false;
    const CUresult error = cu->cuGraphInstantiateWithFlags(&b->graph, graph, 0);
    cu->cuGraphDestroy(graph);
    if (error) {
        b->graph = NULL;
        return false;
    }
    /* The first launch also brings the graph to the device. */
    if (!cu->cuGraphLaunch(b->graph, job->device->stream) &&
        !cu->cuStreamSynchronize(job->device->stream))
        return true;
    destroy(cu, b);
    return false;
}

CUgraphExec batch_graph(struct job *job, const struct variant *v, unsigned launches,
                        enum status (*once)(struct job *, const struct variant *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    /* Streaming waits for its own steps, which cannot be captured. */
    if (launches < 2 || launches > LAUNCHES_MOST || job->stream_rows || !has_graphs(cu))
        return NULL;
    if (!job->batches)
        job->batches = calloc(gpu_variant_count, sizeof *job->batches);
    if (!job->batches)
        return NULL;
    struct batch *b = &job->batches[v - gpu_variants];
    if (b->is_refused || (b->graph && b->launches == launches))
        return b->graph;
    destroy(cu, b);
    b->launches = launches;
    b->is_refused = !make(job, v, b, once);
    return b->graph;
}

void batch_end(struct job *job)
{
    for (size_t i = 0; job->batches && i < gpu_variant_count; i++)
        destroy(&job->device->cu, &job->batches[i]);
    free(job->batches);
}
