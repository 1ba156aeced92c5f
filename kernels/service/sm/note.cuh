/* note.cuh - the end of a trial: the bits of a block's tile become one number, beside the
 * multiprocessor that computed them. */
#ifndef KERNELS_SERVICE_SM_NOTE_CUH
#define KERNELS_SERVICE_SM_NOTE_CUH

#include "kernels/interface/sm_note.h"
#include "kernels/service/sm/clock.cuh"

/* T is float or double. Each thread calls with its `count` entries. Multiplication by an odd number
 * loses no bit, so a thread with one other bit has another digest. */
template <class T>
static __device__ inline void note_entries(const T *entry, unsigned count, unsigned thread,
                                           struct sm_note *notes)
{
    const unsigned long long odd = 0x9e3779b97f4a7c15ull;
    unsigned long long digest = 2ull * thread + 1;
    for (unsigned i = 0; i < count; i++) {
        union {
            T value;
            unsigned word[sizeof(T) / 4];
        } bits;
        bits.value = entry[i];
        for (unsigned w = 0; w < sizeof(T) / 4; w++)
            digest = (digest ^ bits.word[w]) * odd;
    }
    atomicAdd(&notes[blockIdx.x].digest, digest);
    if (thread == 0)
        notes[blockIdx.x].sm = sm_number();
}

#endif
