/* sm_note.h - what a block of service/sm/trial*.cu leaves, for host and device. */
#ifndef KERNELS_SM_NOTE_H
#define KERNELS_SM_NOTE_H

/* digest: 0 before the launch; the same for every block unless one of them computed other bits. */
struct sm_note {
    unsigned long long digest;
    unsigned sm, unused; /* which multiprocessor */
};

#endif
