/* steps.h - the steps of the CPU's variants. Each works on a job whose A, and C if it uses C, is
 * allocated. */
#ifndef CPU_STEPS_H
#define CPU_STEPS_H

#include "cpu/backend/parts.h"

/* C = A·Aᵀ: all of it by a library's gemm, its lower triangle by syrk, all of it by plain loops; in
 * float32, then in float64. */
void cpu_step_multiply_sgemm(struct job *j);
void cpu_step_multiply_ssyrk(struct job *j);
void cpu_step_multiply_reference(struct job *j);
void cpu_step_multiply_dgemm(struct job *j);
void cpu_step_multiply_dsyrk(struct job *j);
void cpu_step_multiply_reference_f64(struct job *j);

/* Copies the lower triangle of C to the upper one. */
void cpu_step_mirror_c(struct job *j);

/* job->scalar = the sum of C; of C from its lower triangle; of A. */
void cpu_step_sum_c(struct job *j);
void cpu_step_sum_c_lower(struct job *j);
void cpu_step_sum_a(struct job *j);

/* job->scalar = the sum of A·Aᵀ by plain loops, without C. */
void cpu_step_multiply_and_sum_reference(struct job *j);

/* The same as fast as the CPU can, in either type. */
void cpu_step_multiply_and_sum_fused(struct job *j);

/* The same in float64. */
void cpu_step_sum_c_f64(struct job *j);
void cpu_step_sum_c_lower_f64(struct job *j);
void cpu_step_sum_a_f64(struct job *j);
void cpu_step_multiply_and_sum_reference_f64(struct job *j);

#endif
