/* steps.h - the steps of the CPU's variants. Each works on a job whose A, and C if it uses C, is
 * allocated. */
#ifndef CPU_STEPS_H
#define CPU_STEPS_H

#include "cpu/backend/parts.h"

/* C = A·Aᵀ: all of it, or the rows of a share, by a library's gemm, its lower triangle by syrk, in
 * float32 and float64; all of it, or the rows of a share, by plain loops. */
void cpu_step_multiply_sgemm(struct job *j);
void cpu_step_multiply_ssyrk(struct job *j);
void cpu_step_multiply_dgemm(struct job *j);
void cpu_step_multiply_dsyrk(struct job *j);
void cpu_step_multiply_reference(struct job *j);

/* Copies the lower triangle of C to the upper one. */
void cpu_step_mirror_c(struct job *j);

/* job->scalar = the sum of C; of C from its lower triangle; of A. */
void cpu_step_sum_c(struct job *j);
void cpu_step_sum_c_lower(struct job *j);
void cpu_step_sum_a(struct job *j);

/* The sum of all entries of `rows` rows of n; of a symmetric matrix of n rows by its lower triangle
 * if `lower_only`. */
double cpu_sum_of(struct job *j, const void *matrix, size_t rows, bool lower_only);

/* job->scalar = the sum of A·Aᵀ without C: by plain loops; as fast as the CPU can. */
void cpu_step_multiply_and_sum_reference(struct job *j);
void cpu_step_multiply_and_sum_fused(struct job *j);

#endif
