/* shared_memory.cc - __shared__ memory: poisoned at the start of every block.
 *
 * The __shared__ arrays of a file of kernels lie in one section of the file this code was loaded
 * from, so that a block's start poisons its own and not the 140 KiB of all. Dynamic shared memory
 * is a block of exactly the bytes asked for, so that ASan's redzone follows the last. */
#include "tests/fakecuda/runtime.h"
#include "tests/fakecuda/sanitizers.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void *cuda_cpu_dynamic_shared;
static char *arrays; /* of the kernel that runs */
static size_t arrays_bytes;

enum { SECTIONS_MAX = 256 };
static struct {
    char *name, *start;
    size_t bytes;
} sections[SECTIONS_MAX];
static unsigned section_count;

/* Copies in steps of 32 bytes, because this is done for every block. */
static void poison(void *p, size_t bytes)
{
    uint32_t pattern[8];
    size_t i = 0;
    for (uint32_t &word : pattern)
        word = CUDA_CPU_POISON;
    for (; i + sizeof pattern <= bytes; i += sizeof pattern)
        memcpy((char *)p + i, pattern, sizeof pattern);
    for (; i < bytes; i += sizeof *pattern)
        memcpy((char *)p + i, pattern, bytes - i < sizeof *pattern ? bytes - i : sizeof *pattern);
}

void shared_memory_poison(void)
{
    poison(arrays, arrays_bytes);
    poison(cuda_cpu_dynamic_shared, job->shared_bytes);
}

static void find_sections(const char *file, uintptr_t load_bias)
{
    static const char prefix[] = ".cuda_shared";
    const ElfW(Ehdr) *elf = (const ElfW(Ehdr) *)file;
    const ElfW(Shdr) *section = (const ElfW(Shdr) *)(file + elf->e_shoff);
    const char *names = file + section[elf->e_shstrndx].sh_offset;
    for (int i = 0; i < elf->e_shnum && section_count < SECTIONS_MAX; i++)
        if (!strncmp(names + section[i].sh_name, prefix, sizeof prefix - 1))
            sections[section_count++] = {strdup(names + section[i].sh_name),
                                         (char *)load_bias + section[i].sh_addr,
                                         section[i].sh_size};
}

void shared_memory_of(const char *section)
{
    arrays = nullptr;
    arrays_bytes = 0;
    for (unsigned i = 0; i < section_count; i++)
        if (!strcmp(sections[i].name, section)) {
            arrays = sections[i].start;
            arrays_bytes = sections[i].bytes;
        }
    if (__asan_region_is_poisoned && arrays && !__asan_region_is_poisoned(arrays, arrays_bytes))
        fprintf(stderr, "cuda_on_cpu: __shared__ arrays have no redzones: g++ needs "
                        "-fsanitize-sections=.cuda_shared*\n");
}

/* False if the file cannot be read. */
bool shared_memory_find(void)
{
    uintptr_t bias;
    struct stat st;
    const char *path = module_path(&bias);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st))
        return false;
    void *file = mmap(nullptr, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (file == MAP_FAILED)
        return false;
    find_sections((const char *)file, bias);
    munmap(file, (size_t)st.st_size);
    return section_count < SECTIONS_MAX;
}
