/* driver_symbols.h - every driver entry point we call, one row each; included where X and OPTIONAL
 * are defined.
 *
 * X(name, exported symbol, parameters): every driver since 384 (CUDA 9.0) has it.
 * OPTIONAL(…): NULL where the driver is too old. No cuCtxCreate: the primary context is shared with
 * cuBLAS and cudart. */
X(cuInit, cuInit, (unsigned flags))
X(cuDriverGetVersion, cuDriverGetVersion, (int *version))
X(cuDeviceGetCount, cuDeviceGetCount, (int *count))
X(cuDeviceGet, cuDeviceGet, (CUdevice * device, int ordinal))
X(cuDeviceGetName, cuDeviceGetName, (char *name, int bytes, CUdevice device))
X(cuDeviceTotalMem, cuDeviceTotalMem_v2, (size_t *bytes, CUdevice device))
X(cuDeviceGetAttribute, cuDeviceGetAttribute,
  (int *value, CUdevice_attribute attribute, CUdevice device))
X(cuDeviceGetPCIBusId, cuDeviceGetPCIBusId, (char *id, int bytes, CUdevice device))
X(cuDevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain, (CUcontext * context, CUdevice device))
X(cuCtxSetCurrent, cuCtxSetCurrent, (CUcontext context))
X(cuMemGetInfo, cuMemGetInfo_v2, (size_t *free, size_t *total))
X(cuMemAlloc, cuMemAlloc_v2, (CUdeviceptr * pointer, size_t bytes))
X(cuMemFree, cuMemFree_v2, (CUdeviceptr pointer))
X(cuMemcpyHtoDAsync, cuMemcpyHtoDAsync_v2,
  (CUdeviceptr to, const void *from, size_t bytes, CUstream stream))
X(cuMemHostAlloc, cuMemHostAlloc, (void **pointer, size_t bytes, unsigned flags))
X(cuMemFreeHost, cuMemFreeHost, (void *pointer))
X(cuMemcpyDtoH, cuMemcpyDtoH_v2, (void *to, CUdeviceptr from, size_t bytes))
X(cuMemsetD8Async, cuMemsetD8Async,
  (CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream))
X(cuMemsetD2D8Async, cuMemsetD2D8Async,
  (CUdeviceptr to, size_t pitch, unsigned char value, size_t width, size_t height, CUstream stream))
X(cuModuleLoadDataEx, cuModuleLoadDataEx,
  (CUmodule * module, const void *image, unsigned options, CUjit_option *names, void **values))
X(cuModuleUnload, cuModuleUnload, (CUmodule module))
X(cuModuleGetFunction, cuModuleGetFunction,
  (CUfunction * function, CUmodule module, const char *name))
X(cuModuleGetGlobal, cuModuleGetGlobal_v2,
  (CUdeviceptr * pointer, size_t *bytes, CUmodule module, const char *name))
X(cuFuncGetAttribute, cuFuncGetAttribute,
  (int *value, CUfunction_attribute attribute, CUfunction function))
X(cuFuncSetAttribute, cuFuncSetAttribute,
  (CUfunction function, CUfunction_attribute attribute, int value))
X(cuLaunchKernel, cuLaunchKernel,
  (CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
   unsigned block_y, unsigned block_z, unsigned shared_bytes, CUstream stream, void **parameters,
   void **extra))
X(cuStreamCreate, cuStreamCreate, (CUstream * stream, unsigned flags))
X(cuStreamCreateWithPriority, cuStreamCreateWithPriority,
  (CUstream * stream, unsigned flags, int priority))
X(cuStreamDestroy, cuStreamDestroy_v2, (CUstream stream))
X(cuCtxGetStreamPriorityRange, cuCtxGetStreamPriorityRange, (int *least, int *most))
X(cuStreamSynchronize, cuStreamSynchronize, (CUstream stream))
X(cuEventCreate, cuEventCreate, (CUevent * event, unsigned flags))
X(cuEventRecord, cuEventRecord, (CUevent event, CUstream stream))
X(cuEventSynchronize, cuEventSynchronize, (CUevent event))
X(cuEventQuery, cuEventQuery, (CUevent event))
X(cuEventDestroy, cuEventDestroy_v2, (CUevent event))
X(cuGetErrorName, cuGetErrorName, (CUresult error, const char **name))
X(cuGetErrorString, cuGetErrorString, (CUresult error, const char **text))
OPTIONAL(cuEventElapsedTime, cuEventElapsedTime, (float *ms, CUevent from, CUevent to))
OPTIONAL(cuEventElapsedTime_v2, cuEventElapsedTime_v2, (float *ms, CUevent from, CUevent to))
OPTIONAL(cuDeviceGetUuid, cuDeviceGetUuid, (CUuuid * uuid, CUdevice device))
OPTIONAL(cuDeviceGetUuid_v2, cuDeviceGetUuid_v2, (CUuuid * uuid, CUdevice device))
OPTIONAL(cuOccupancyMaxActiveBlocksPerMultiprocessor, cuOccupancyMaxActiveBlocksPerMultiprocessor,
         (int *blocks, CUfunction function, int block_size, size_t dynamic_shared_bytes))
OPTIONAL(cuTensorMapEncodeTiled, cuTensorMapEncodeTiled,
         (CUtensorMap * map, CUtensorMapDataType type, unsigned rank, void *address,
          const uint64_t *dim, const uint64_t *stride, const unsigned *box,
          const unsigned *element_stride, CUtensorMapInterleave interleave,
          CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
          CUtensorMapFloatOOBfill fill))
OPTIONAL(cuLaunchKernelEx, cuLaunchKernelEx,
         (const CUlaunchConfig *config, CUfunction function, void **parameters, void **extra))
OPTIONAL(cuStreamBeginCapture, cuStreamBeginCapture_v2, (CUstream stream, CUstreamCaptureMode mode))
OPTIONAL(cuStreamEndCapture, cuStreamEndCapture, (CUstream stream, CUgraph *graph))
OPTIONAL(cuGraphInstantiateWithFlags, cuGraphInstantiateWithFlags,
         (CUgraphExec * exec, CUgraph graph, unsigned long long flags))
OPTIONAL(cuDeviceCanAccessPeer, cuDeviceCanAccessPeer, (int *can, CUdevice device, CUdevice peer))
OPTIONAL(cuCtxEnablePeerAccess, cuCtxEnablePeerAccess, (CUcontext peer, unsigned flags))
OPTIONAL(cuMemcpyPeerAsync, cuMemcpyPeerAsync,
         (CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context,
          size_t bytes, CUstream stream))
OPTIONAL(cuGraphLaunch, cuGraphLaunch, (CUgraphExec exec, CUstream stream))
OPTIONAL(cuGraphExecDestroy, cuGraphExecDestroy, (CUgraphExec exec))
OPTIONAL(cuGraphDestroy, cuGraphDestroy, (CUgraph graph))
