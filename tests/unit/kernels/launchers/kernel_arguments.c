/* kernel_arguments.c - the types of kernels' parameters, and their values as text. */
#include "tests/unit/kernels/launchers/kernel_arguments.h"

#include <criterion/criterion.h>
#include <fnmatch.h>
#include <string.h>

/* A word per parameter, with a letter for each number in it, because some are structs
 * (kernels/interface): p a pointer, z a size of 64 bits, u an unsigned, i an int, d a double, f a
 * float. The first row whose pattern fits a kernel's name counts. */
static const struct {
    const char *kernel, *types;
} kernels[] = {
    {"fill_philox", "p u u u u u z f f u"},
    {"fill_philox_f64", "p u u u u u z d d u"},
    {"scale_rows*", "p u u u u p"},
    {"evict", "p z"},
    {"read_clocks", "p u"},
    {"trial_*", "p u u u u p"},
    {"keep_words", "p p z"},
    {"compare_c", "p p u u u u p"},
    {"compare_sum", "p p u p"},
    {"convert_c_*", "p z"},
    {"convert_*", "p p z"},
    {"copy_*", "p p u u"},
    {"transpose", "p p u u"},
    {"split_*", "p p p p u u"},
    {"sum_c_int8", "p u u p p p"},
    {"sum_c*", "p u u u p p p"},
    {"gather*", "p u p u p"},
    {"oracle_column_sums*", "p u u u p u f"},
    {"oracle_add_bands*", "p u u p"},
    {"oracle_a_times*", "p u u p p f"},
    {"oracle_dots*", "p u u p u p f"},
    {"oracle_row_sums*", "p u u p"},
    {"blocks_weigh*", "p u u p u u p f"},
    {"blocks_compare*", "p p u u p p u u u p p p u u f"},

    {"residues_*", "p u u u u p p"},
    {"sum_scale_f64", "p u u d p p p"},
    {"matmul_scale_f64", "p u u d p p p p p"},
    {"panel_scale_f64", "p u u d p p u p p p"},
    {"crt_sum_*", "ppzpu p p p"},
    {"crt_store_*", "ppzpu p p u u"},
    {"*_int8_f64_sm90", "puuuuuup"},

    {"reduce_at_once", "p z i p p"},
    {"reduce_bulk_sm90", "p z i p p"},
    {"reduce_*", "p z p p p"},
    {"sum_aat_*triangle*", "p p p p p u u uuuuuu"},
    {"sum_aat_fused_sum_sm90", "p p p u u"},
    {"sum_aat_dmma_f64_sm90", "p u p p p"},
    {"sum_aat_dmma_f64_sm80", "p p p p u u u u"},
    {"sum_aat_ffma_sm80", "p p p p uuuu u u u"},
    {"sum_aat_ffma_block_sm80", "p p p p uuuuu u"},
    {"sum_aat_ffma_sm90", "p p p uuuuuuuuu"},
    {"sum_aat_ffma_block_sm90", "p p p uuuuu"},
    {"sum_aat_mma_int8_sm80", "p p p p uuuu u u u"},
    {"sum_aat_mma_*", "p i p p uuuu u u u"},
    {"sum_aat_int8_sm90", "puuuup ppppppuuuu p p"},
    {"sum_aat_*_sm90", "puuuup ppppppuuuu d i p p"},
    {"matmul_dmma*_sm90", "p u p u u"},
    {"matmul_ffma*_sm90", "p u u u"},
    {"matmul_tma_ring_sm90", "p u u u"},
    {"matmul_wgmma_sm90", "p u u u"},
    {"matmul_warp_specialised_sm90", "p u u u"},
    {"matmul_cluster_sm90", "p u u u"},
    {"matmul_promotion_sm90", "p u u u"},
    {"matmul_triangle_sm90", "p u u u"},
    {"matmul_*_sm90", "puuuup f p u"},
    {"matmul_small_*", "p p u u u"},
    {"matmul_*_sm80", "p p u u u u"},
    {"matmul_*", "p p u u u"},
};

static const char *types_of(const char *kernel)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (fnmatch(kernels[i].kernel, kernel, 0) == 0)
            return kernels[i].types;
    cr_assert_fail("kernel_arguments.c does not list %s", kernel);
    return "";
}

/* Writes the number at `at` bytes of a parameter, aligned as C does it; returns where it ends. */
static size_t write_number(FILE *to, char type, const char *parameter, size_t at)
{
    const size_t bytes = strchr("pzd", type) ? 8 : 4;
    unsigned long long whole = 0;
    unsigned word = 0;
    float f;
    double d;
    at = (at + bytes - 1) / bytes * bytes;
    memcpy(bytes == 8 ? (void *)&whole : (void *)&word, parameter + at, bytes);
    memcpy(&f, &word, sizeof f);
    memcpy(&d, &whole, sizeof d);
    fprintf(to, at ? "," : " ");
    if (type == 'p')
        fprintf(to, "%llx", whole);
    else if (type == 'z')
        fprintf(to, "%llu", whole);
    else if (type == 'u')
        fprintf(to, "%u", word);
    else if (type == 'i')
        fprintf(to, "%d", (int)word);
    else
        fprintf(to, "%.9g", type == 'f' ? (double)f : d);
    return at + bytes;
}

void kernel_arguments_write(FILE *to, const char *kernel, void *const *parameters)
{
    size_t at = 0;
    fputs("   ", to);
    for (const char *type = types_of(kernel); *type; type++)
        if (*type == ' ')
            parameters++, at = 0;
        else
            at = write_number(to, *type, *parameters, at);
    fputc('\n', to);
}
