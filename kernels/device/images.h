/* images.h - the device code inside the program: one small image per kernel file and family (made
 * by the Makefile). */
#ifndef KERNELS_IMAGES_H
#define KERNELS_IMAGES_H

#include <stddef.h>

struct embedded_image {
    const char *module; /* "matmul/tile": the .cu file it comes from, below kernels/ */
    const char
        *family; /* "native" (cubins), "hopper", "ampere" or "portable" (PTX, NUL-terminated) */
    const unsigned char *data;
    size_t bytes;
};
extern const struct embedded_image embedded_images[];
extern const size_t embedded_image_count;

/* The image of a module in a family, or NULL. */
const struct embedded_image *image_find(const char *module, const char *family);

#endif
