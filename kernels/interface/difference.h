/* difference.h - the differences of one launch that service/compare.cu writes, for host and device.
 */
#ifndef KERNELS_DIFFERENCE_H
#define KERNELS_DIFFERENCE_H

/* All zero if the launch left the same bits. Words are of 32 bits. */
struct difference_note {
    unsigned long long words;    /* that differ */
    unsigned long long last;     /* the index of the last one, plus 1 */
    unsigned long long inverted; /* ~ the index of the first one */
    unsigned long long bits;     /* all bits that differ in any of them */
    unsigned want, got;          /* of one of them */
};

#endif
