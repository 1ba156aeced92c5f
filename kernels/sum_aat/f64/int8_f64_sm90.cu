/* int8_f64_sm90.cu - the products behind the fused float64 sum from int8 tensor cores: groups of 16
 * entries modulo each modulus (support/f64/residue_product_sm90.cuh). Hot: 3.8 times the speed of
 * cublasDgemm and a sum on an H200 at N = 10000, with 13 moduli. */
#include "kernels/support/f64/residue_product_sm90.cuh"

extern "C" __global__ void __launch_bounds__(RESIDUE_THREADS, 1)
    sum_aat_int8_f64_sm90(struct residue_work work)
{
    residue_product<RESIDUE_GROUP, true>(work);
}
