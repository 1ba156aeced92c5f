/* thin_rows.h - when the last row of tiles of sum_aat/sm90/ffma_sm90.cu is thin; for host and
 * device. */
#ifndef KERNELS_THIN_ROWS_H
#define KERNELS_THIN_ROWS_H

/* So many rows of C at most are left for it: a thin tile takes no more. */
enum { THIN_ROWS = 16 };

#endif
