/* test_kernel_table.c - the table of GPU variants and the kernels that are embedded agree, as far
 * as can be checked without a GPU.
 *
 * Each check names every row that is off, so that one run shows all. The PTX that clang made
 * is read as text; what nvcc made of the same source is not looked at. */
#include "kernels/backend/gpu.h"
#include "kernels/device/images.h"
#include "kernels/launchers/wgmma.h"
#include "kernels/libraries/cublas.h"
#include "kernels/tiling/wgmma_recipe.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* The families that are text, as the Makefile makes them: a module has exactly one of them. */
static const char *const ptx_families[] = {"portable", "ampere", "hopper"};
enum { PTX_FAMILIES = sizeof ptx_families / sizeof *ptx_families };

static const char *ptx_of(const char *module)
{
    for (size_t i = 0; i < PTX_FAMILIES; i++) {
        const struct embedded_image *image = image_find(module, ptx_families[i]);
        if (image)
            return (const char *)image->data;
    }
    return NULL;
}

static bool is_ptx(const struct embedded_image *image)
{
    for (size_t i = 0; i < PTX_FAMILIES; i++)
        if (strcmp(image->family, ptx_families[i]) == 0)
            return true;
    return false;
}

/* The next kernel at or behind `ptx`: its name, and where its parameters begin. NULL: there is none
 * left. */
static const char *next_entry(const char *ptx, char name[128])
{
    const char *entry = strstr(ptx, ".entry ");
    return entry && sscanf(entry, ".entry %127[A-Za-z0-9_$]", name) == 1 ? entry + 7 : NULL;
}

/* Where a kernel of that name begins in the text, or NULL. */
static const char *find_entry(const char *ptx, const char *symbol)
{
    char name[128];
    for (ptx = next_entry(ptx, name); ptx && strcmp(name, symbol) != 0;)
        ptx = next_entry(ptx, name);
    return ptx;
}

/* The threads a block may have at most, as __launch_bounds__ says; 0: any number. Directives stand
 * between a kernel's name and its body. */
static unsigned most_threads(const char *entry)
{
    unsigned x = 0, y = 1, z = 1;
    const char *body = strchr(entry, '{'), *bound = strstr(entry, ".maxntid ");
    if (!bound || !body || bound > body || sscanf(bound, ".maxntid %u, %u, %u", &x, &y, &z) < 1)
        return 0;
    return x * y * z;
}

static const struct kernel *row_with(const char *module, const char *symbol)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct kernel *k = kernel_of(&gpu_variants[i]);
        if (k->module && strcmp(k->module, module) == 0 && strcmp(k->symbol, symbol) == 0)
            return k;
    }
    return NULL;
}

/* What a row is called in the complaint about it: "matmul/f32/tile". */
static const char *title(const struct variant *v)
{
    static char text[128];
    snprintf(text, sizeof text, "%s/%s/%s", op_name(v->op), arithmetic_name(v->arithmetic),
             v->name);
    return text;
}

Test(kernel_table, every_row_says_what_it_is)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        cr_expect(v->name && *v->name, "row %zu has no name", i);
        cr_expect(v->row, "%s has no kernel behind it", title(v));
        cr_expect(v->steps[0] && *v->steps[0], "%s has no step", title(v));
        cr_expect(v->note && *v->note, "%s has no note", title(v));
        cr_expect(v->needs && *v->needs, "%s does not say what it needs", title(v));
    }
}

Test(kernel_table, no_two_variants_of_an_operation_and_arithmetic_share_a_name)
{
    for (size_t i = 0; i < gpu_variant_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct variant *a = &gpu_variants[i], *b = &gpu_variants[k];
            cr_expect(a->op != b->op || a->arithmetic != b->arithmetic ||
                          strcmp(a->name, b->name) != 0,
                      "%s is there twice", title(a));
        }
}

/* The family of a library says whether it is there; a kernel is a module and a symbol in it. */
Test(kernel_table, a_row_is_a_library_or_a_kernel)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct kernel *k = kernel_of(v);
        if (v->library) {
            cr_expect(k->family && k->family->available,
                      "%s cannot say whether its library is there", title(v));
            cr_expect(k->family && k->family->launch, "%s has nothing that launches it", title(v));
        } else {
            cr_expect(k->module && k->symbol, "%s names no module or no symbol", title(v));
        }
    }
}

/* cuBLAS converts A to 8 or 16 bits for the arithmetics that read it so, and its plan must count
 * that. */
Test(kernel_table, a_library_has_memory_for_the_a_it_reads)
{
    const struct problem p = {.op = OP_SUM_AAT, .n = 1000};
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct kernel *k = kernel_of(v);
        const bool is_converted = v->arithmetic == ARITH_BF16 || v->arithmetic == ARITH_F16 ||
                                  v->arithmetic == ARITH_INT8 || v->arithmetic == ARITH_FP8;
        if (!v->library)
            continue;
        const uint64_t bytes = k->family->bytes ? k->family->bytes(v, &p) : 0;
        const bool has_planes = !strcmp(v->name, "cublas-fixed-point");
        cr_expect_eq(bytes > 0, is_converted || has_planes, "%s and A in fewer bits", title(v));
        cr_expect(v->arithmetic == ARITH_F32 || v->arithmetic == ARITH_F64 ||
                      k->least_cc >= (v->arithmetic == ARITH_F16 ? 70 : 80),
                  "%s is older than its tensor cores", title(v));
    }
}

/* `list` shows the text, and the device is compared with the number. */
Test(kernel_table, a_row_needs_the_compute_capability_that_it_says)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct kernel *k = kernel_of(v);
        const char *text = strstr(v->needs, "cc ");
        int major = 0, minor = 0;
        if (text)
            cr_expect_eq(sscanf(text, "cc %d.%d", &major, &minor), 2);
        cr_expect(!text || 10 * major + minor == k->least_cc, "%s needs %s, not %d", title(v),
                  v->needs, k->least_cc);
        cr_expect(text || v->library, "%s does not say its compute capability", title(v));
        cr_expect(!k->only_cc || k->only_cc == k->least_cc, "%s", title(v));
    }
}

Test(kernel_table, every_kernel_is_embedded_under_the_symbol_that_is_looked_up)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct kernel *k = kernel_of(&gpu_variants[i]);
        if (!k->module)
            continue;
        const char *ptx = ptx_of(k->module);
        cr_expect(ptx, "%s: no image of %s is embedded", title(&gpu_variants[i]), k->module);
        cr_expect(!ptx || find_entry(ptx, k->symbol), "%s: %s has no kernel %s",
                  title(&gpu_variants[i]), k->module, k->symbol);
    }
}

/* With more threads than its bound a kernel does not launch; with fewer, some that it counts on are
 * missing. */
Test(kernel_table, blocks_have_the_threads_that_the_kernel_is_bound_to)
{
    size_t compared = 0;
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct kernel *k = kernel_of(&gpu_variants[i]);
        const char *ptx = k->module ? ptx_of(k->module) : NULL;
        const char *entry = ptx ? find_entry(ptx, k->symbol) : NULL;
        const unsigned bound = entry ? most_threads(entry) : 0;
        if (bound == 0)
            continue;
        compared++;
        cr_expect(k->block_x * k->block_y == bound,
                  "%s: blocks of %u×%u, %s is bound to %u threads", title(&gpu_variants[i]),
                  k->block_x, k->block_y, k->symbol, bound);
    }
    cr_expect(compared > 0, "no kernel has a bound: this test looks for the wrong words");
}

Test(kernel_table, a_grid_has_the_figure_it_is_made_from)
{
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct kernel *k = kernel_of(v);
        if (!k->module)
            continue;
        if (k->grid == GRID_TILES || k->grid == GRID_TRIANGLE)
            cr_expect(k->tile > 0, "%s has tiles of no size", title(v));
        if (k->grid == GRID_WAVES)
            cr_expect(k->blocks_per_sm > 0, "%s has no blocks on an SM", title(v));
    }
}

/* A is read as it is in tf32 alone, and what splits it is a step of its own or the kernel. */
Test(kernel_table, a_wgmma_row_says_what_makes_its_planes)
{
    size_t seen = 0;
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct kernel *k = kernel_of(v);
        if (k->family != &wgmma_sm90)
            continue;
        const struct wgmma_recipe *r = k->recipe;
        const bool has_step = v->steps[1] != NULL;
        seen++;
        cr_expect_eq(has_step, r->split != NULL, "%s/%s", k->symbol, v->name);
        cr_expect_eq(!r->split && !r->splits_itself, r->type == CU_TENSOR_MAP_DATA_TYPE_TFLOAT32,
                     "%s: nothing makes A's plane of this type", k->symbol);
        cr_expect(!r->split || find_entry(ptx_of("service/split_sm90"), r->split), "%s: no %s",
                  k->symbol, r->split);
    }
    cr_expect_geq(seen, 18);
}

/* X_block_sm90 multiplies the blocks of a ring for X_sm90. */
static void without_block(char *name)
{
    static const char word[] = "_block_";
    char *at = strstr(name, word);
    if (at)
        memmove(at, at + sizeof word - 2, strlen(at + sizeof word - 2) + 1);
}

Test(kernel_table, no_embedded_kernel_lacks_a_row)
{
    static const char *const rooms[] = {"matmul/", "sum_aat/", "reduce/"};
    size_t found = 0;
    for (size_t i = 0; i < embedded_image_count; i++) {
        const struct embedded_image *image = &embedded_images[i];
        bool is_variant = false;
        for (size_t r = 0; r < sizeof rooms / sizeof *rooms; r++)
            is_variant = is_variant || strncmp(image->module, rooms[r], strlen(rooms[r])) == 0;
        if (!is_variant || !is_ptx(image))
            continue;
        char name[128];
        for (const char *at = next_entry((const char *)image->data, name); at;
             at = next_entry(at, name)) {
            found++;
            without_block(name);
            cr_expect(row_with(image->module, name),
                      "%s in %s has no row in kernels/backend/table.c", name, image->module);
        }
    }
    cr_expect(found > 0, "no kernel is embedded");
}

/* struct device keeps a module of each file. */
Test(kernel_table, there_is_room_for_all_modules)
{
    size_t modules = 0;
    for (size_t i = 0; i < embedded_image_count; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first =
                is_first && strcmp(embedded_images[i].module, embedded_images[k].module) != 0;
        modules += is_first;
    }
    cr_expect_leq(modules, DEVICE_MODULES_MAX, "%zu modules, room for %d", modules,
                  DEVICE_MODULES_MAX);
}

Test(kernel_table, cublas_sasum_is_waived_where_it_is_not_the_sum)
{
    char reason[160];
    struct problem p = {.op = OP_REDUCE, .n = 46340, .range = RANGE_UNIT};
    cr_expect(cublas_sasum.suits(NULL, &p, reason, sizeof reason));
    p.n = 46341; /* more entries than an int counts */
    cr_expect_not(cublas_sasum.suits(NULL, &p, reason, sizeof reason));
    cr_expect(strstr(reason, "46340"), "%s", reason);
    p = (struct problem){.op = OP_REDUCE, .n = 100, .range = RANGE_SIGNED};
    cr_expect_not(cublas_sasum.suits(NULL, &p, reason, sizeof reason));
    cr_expect(strstr(reason, "absolute values"), "%s", reason);
}
