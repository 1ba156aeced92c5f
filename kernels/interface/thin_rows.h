/* thin_rows.h - when the last row of tiles of sum_aat/sm90/ffma_sm90.cu is thin; for host and
 * device. */
#ifndef KERNELS_THIN_ROWS_H
#define KERNELS_THIN_ROWS_H

/* The last row of tiles is thin if at most this many rows of C are left for it. */
enum { THIN_ROWS = 16 };

#endif
