/* driver_graph.c - capture and graphs: captured kernels and memsets are kept with the values of
 * their arguments and run in the same order when the graph is launched. Nothing else can be
 * captured. */
#include "tests/fakecuda/driver.h"

#include <stdlib.h>
#include <string.h>

struct CUgraph_st {
    struct fake_node *nodes;
    size_t count;
};
struct CUgraphExec_st {
    struct CUgraph_st graph;
};

enum { FAKE_CAPTURE_INVALIDATED = 901, FAKE_ILLEGAL_STATE = 401 };

static struct CUgraph_st *captured; /* not NULL: capturing */
static bool is_invalid;

bool fake_is_capturing(void)
{
    return captured != NULL;
}

void fake_spoil_capture(void)
{
    is_invalid = true;
}

CUresult fake_capture(const struct fake_node *node)
{
    struct fake_node *more = realloc(captured->nodes, (captured->count + 1) * sizeof *more);
    if (!more)
        return CUDA_ERROR_OUT_OF_MEMORY;
    captured->nodes = more;
    more[captured->count++] = *node;
    return CUDA_SUCCESS;
}

static void destroy(struct CUgraph_st *graph)
{
    if (graph)
        free(graph->nodes);
    free(graph);
}

SINCE(10010, cuStreamBeginCapture_v2, (CUstream stream, CUstreamCaptureMode mode))
{
    ENTER("cuStreamBeginCapture_v2", NEEDS_CONTEXT);
    (void)stream, (void)mode;
    if (captured)
        return (CUresult)FAKE_ILLEGAL_STATE;
    captured = calloc(1, sizeof *captured);
    is_invalid = false;
    return captured ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

SINCE(10000, cuStreamEndCapture, (CUstream stream, CUgraph *graph))
{
    ENTER("cuStreamEndCapture", NEEDS_CONTEXT);
    (void)stream;
    if (!captured)
        return (CUresult)FAKE_ILLEGAL_STATE;
    *graph = is_invalid ? NULL : captured;
    if (is_invalid)
        destroy(captured);
    captured = NULL;
    return is_invalid ? (CUresult)FAKE_CAPTURE_INVALIDATED : CUDA_SUCCESS;
}

SINCE(11040, cuGraphInstantiateWithFlags,
      (CUgraphExec * exec, CUgraph graph, unsigned long long flags))
{
    ENTER("cuGraphInstantiateWithFlags", NEEDS_CONTEXT);
    (void)flags;
    const size_t bytes = graph->count * sizeof *graph->nodes;
    struct CUgraphExec_st *made = calloc(1, sizeof *made);
    struct fake_node *nodes = malloc(bytes + 1);
    if (!made || !nodes) {
        free(made);
        free(nodes);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    if (bytes)
        memcpy(nodes, graph->nodes, bytes);
    made->graph = (struct CUgraph_st){nodes, graph->count};
    *exec = made;
    return CUDA_SUCCESS;
}

SINCE(10000, cuGraphLaunch, (CUgraphExec exec, CUstream stream))
{
    ENTER("cuGraphLaunch", NEEDS_CONTEXT);
    for (size_t i = 0; i < exec->graph.count; i++) {
        struct fake_node *node = &exec->graph.nodes[i];
        CUresult error;
        if (node->function) {
            void *parameters[FAKE_PARAMETERS_MAX];
            for (size_t p = 0; p < FAKE_PARAMETERS_MAX; p++)
                parameters[p] = &node->parameter[p];
            error = cuLaunchKernel(node->function, node->grid[0], node->grid[1], node->grid[2],
                                   node->block[0], node->block[1], node->block[2],
                                   node->shared_bytes, stream, parameters, NULL);
        } else {
            error = cuMemsetD8Async(node->to, node->value, node->bytes, stream);
        }
        if (error)
            return error;
    }
    return CUDA_SUCCESS;
}

SINCE(10000, cuGraphExecDestroy, (CUgraphExec exec))
{
    ENTER("cuGraphExecDestroy", NEEDS_CONTEXT);
    free(exec->graph.nodes);
    free(exec);
    return CUDA_SUCCESS;
}

SINCE(10000, cuGraphDestroy, (CUgraph graph))
{
    ENTER("cuGraphDestroy", NEEDS_CONTEXT);
    destroy(graph);
    return CUDA_SUCCESS;
}
