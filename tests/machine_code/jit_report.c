/* jit_report.c - PTX to machine code by the JIT library of an NVIDIA driver, without a GPU.
 *
 *   jit_report LIBRARY ARCHITECTURE FILE.ptx...
 *
 * prints a line for each kernel: file, architecture, symbol, registers a thread, bytes of static
 * shared memory, bytes of registers spilled (stores and loads together). A file that the JIT
 * refuses is exit status 1, with the file's name and the JIT's own words.
 *
 * libnvidia-ptxjitcompiler.so.1 exports the functions that CUDA 11 describes in nvPTXCompiler.h. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct nvPTXCompiler *compiler;

/* X(name, parameters): nvPTXCompiler… of the library; all return 0 for success. */
#define COMPILER_SYMBOLS(X)                                                                        \
    X(Create, (compiler *, size_t bytes, const char *ptx))                                         \
    X(Destroy, (compiler *))                                                                       \
    X(Compile, (compiler, int count, const char *const *options))                                  \
    X(GetErrorLogSize, (compiler, size_t *))                                                       \
    X(GetErrorLog, (compiler, char *))                                                             \
    X(GetInfoLogSize, (compiler, size_t *))                                                        \
    X(GetInfoLog, (compiler, char *))

static struct {
#define X(name, parameters) int(*name) parameters;
    COMPILER_SYMBOLS(X)
#undef X
} jit;

static int open_library(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fprintf(stderr, "jit_report: %s\n", dlerror()), 1;
#define X(name, parameters)                                                                        \
    *(void **)&jit.name = dlsym(library, "nvPTXCompiler" #name);                                   \
    if (!jit.name)                                                                                 \
        return fprintf(stderr, "jit_report: %s has no nvPTXCompiler" #name "\n", path), 1;
    COMPILER_SYMBOLS(X)
#undef X
    return 0;
}

/* The whole file as a string, freed by the caller; NULL if it cannot be read. */
static char *read_text(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *text = size < 0 ? NULL : calloc(1, (size_t)size + 1);
    if (text && fread(text, 1, (size_t)size, file) != (size_t)size)
        free(text), text = NULL;
    fclose(file);
    *bytes = text ? (size_t)size : 0;
    return text;
}

static char *log_of(compiler c, int (*size)(compiler, size_t *), int (*get)(compiler, char *))
{
    size_t bytes = 0;
    size(c, &bytes);
    char *text = calloc(1, bytes + 1);
    if (text && bytes)
        get(c, text);
    return text;
}

/* The log has three lines of interest a kernel: its name, its spills, its registers. */
static void print_kernels(const char *log, const char *path, const char *architecture)
{
    char symbol[256] = "";
    int stack, stores = 0, loads = 0, registers;
    for (const char *line = log; line; line = strchr(line, '\n'), line += line != NULL) {
        const char *used = strstr(line, "Used "), *end = strchr(line, '\n');
        sscanf(line, "ptxas info : Compiling entry function '%255[^']'", symbol);
        sscanf(line, "ptxas . %d bytes stack frame, %d bytes spill stores, %d bytes spill loads",
               &stack, &stores, &loads);
        if (!used || (end && used > end) || sscanf(used, "Used %d registers", &registers) != 1)
            continue;
        int shared = 0;
        const char *smem = strstr(used, " bytes smem");
        if (smem && (!end || smem < end)) {
            while (smem[-1] >= '0' && smem[-1] <= '9')
                smem--;
            shared = atoi(smem);
        }
        printf("%s %s %s %d %d %d\n", path, architecture, symbol, registers, shared,
               stores + loads);
    }
}

static int report(const char *path, const char *architecture)
{
    size_t bytes;
    char *ptx = read_text(path, &bytes), target[32];
    if (!ptx)
        return fprintf(stderr, "jit_report: cannot read %s\n", path), 1;
    snprintf(target, sizeof target, "--gpu-name=%s", architecture);
    const char *const options[] = {target, "-v"};
    compiler c = NULL;
    int error = jit.Create(&c, bytes, ptx);
    if (error) {
        fprintf(stderr, "jit_report: %s for %s: the JIT does not start: error %d\n", path,
                architecture, error);
        free(ptx);
        return 1;
    }
    error = jit.Compile(c, 2, options);
    char *log = error ? log_of(c, jit.GetErrorLogSize, jit.GetErrorLog)
                      : log_of(c, jit.GetInfoLogSize, jit.GetInfoLog);
    if (error)
        fprintf(stderr, "jit_report: %s for %s: %s\n", path, architecture, log ? log : "refused");
    else if (log)
        print_kernels(log, path, architecture);
    jit.Destroy(&c);
    free(log);
    free(ptx);
    return error != 0;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return fprintf(stderr, "usage: jit_report LIBRARY ARCHITECTURE FILE.ptx...\n"), 2;
    if (open_library(argv[1]))
        return 1;
    int failed = 0;
    for (int i = 3; i < argc; i++)
        failed |= report(argv[i], argv[2]);
    return failed;
}
