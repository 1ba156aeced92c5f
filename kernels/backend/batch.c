/* batch.c - captures launches as a CUDA graph. */
#include "kernels/backend/batch.h"

/* With more launches the host gets ahead of the device anyway, and the graph takes long to make. */
enum { LAUNCHES_MOST = 1000 };

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

/* Ending a failed capture leaves the stream as it was. */
static bool capture(struct job *job, struct loaded *l, unsigned launches, CUgraph *graph,
                    enum status (*once)(struct job *, struct loaded *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    const CUstream stream = job->device->stream;
    if (cu->cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL))
        return false;
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < launches && status == STATUS_OK; i++)
        status = once(job, l, NULL);
    *graph = NULL;
    const CUresult error = cu->cuStreamEndCapture(stream, graph);
    if (status == STATUS_OK && !error && *graph)
        return true;
    if (*graph)
        cu->cuGraphDestroy(*graph);
    return false;
}

static bool make(struct job *job, struct loaded *l,
                 enum status (*once)(struct job *, struct loaded *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    struct batch *b = &l->batch;
    CUgraph graph;
    if (!capture(job, l, b->launches, &graph, once))
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

CUgraphExec batch_graph(struct job *job, struct loaded *l, unsigned launches,
                        enum status (*once)(struct job *, struct loaded *, struct failure *))
{
    const struct driver *cu = &job->device->cu;
    struct batch *b = &l->batch;
    /* Streaming waits for its own steps, which cannot be captured. */
    if (launches < 2 || launches > LAUNCHES_MOST || job->panel_rows || !has_graphs(cu))
        return NULL;
    if (b->was_refused || (b->graph && b->launches == launches))
        return b->graph;
    destroy(cu, b);
    b->launches = launches;
    b->was_refused = !make(job, l, once);
    return b->graph;
}

void batch_end(struct job *job)
{
    for (struct loaded *l = job->loaded; l; l = l->next)
        destroy(&job->device->cu, &l->batch);
}
