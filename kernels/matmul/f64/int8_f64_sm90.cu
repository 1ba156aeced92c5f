/* int8_f64_sm90.cu - the products from which C = A·Aᵀ is made in float64 from int8 tensor cores:
 * every entry modulo each modulus (support/f64/residue_product_sm90.cuh). Hot. */
#include "kernels/support/f64/residue_product_sm90.cuh"

extern "C" __global__ void __launch_bounds__(RESIDUE_THREADS, 1)
    matmul_int8_f64_sm90(struct residue_work work)
{
    residue_product<1, false>(work);
}
