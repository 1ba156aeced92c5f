/* library.c - the table of BLAS libraries, and how one is loaded. */
#define _GNU_SOURCE 1 /* dlinfo */

#include "cpu/blas/library.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__aarch64__)
#define DEBIAN "/usr/lib/aarch64-linux-gnu/"
#else
#define DEBIAN "/usr/lib/x86_64-linux-gnu/"
#endif
#define ONEAPI "/opt/intel/oneapi/mkl/latest/lib/"

/* Debian keeps builds of one library in folders of their own; Fedora gives them other names. */
struct blas_row blas_rows[BLAS_MAX] = {
    {"openblas",
     "OpenBLAS",
     "openblas_get_config",
     {"libopenblas.so.0", "libopenblas.so"},
     "apt-get install libopenblas0-pthread"},
    {"openblas-pthread",
     "OpenBLAS with pthreads",
     "openblas_get_config",
     {DEBIAN "openblas-pthread/libopenblas.so.0", "libopenblasp.so.0"},
     "apt-get install libopenblas0-pthread"},
    {"openblas-openmp",
     "OpenBLAS with OpenMP",
     "openblas_get_config",
     {DEBIAN "openblas-openmp/libopenblas.so.0", "libopenblaso.so.0"},
     "apt-get install libopenblas0-openmp"},
    {"openblas64",
     "OpenBLAS with 64-bit integers",
     "openblas_get_config",
     {"libopenblas64.so.0", "libopenblas64_.so.0", "libopenblasp64.so.0"},
     "apt-get install libopenblas64-0-pthread"},
    {"blis",
     "BLIS",
     "bli_info_get_version_str",
     {"libblis.so.4", "libblis.so.3", "libblis.so.2", "libblis.so"},
     "apt-get install libblis4-pthread"},
    {"aocl",
     "AOCL-BLAS",
     "bli_info_get_version_str",
     {"libblis-mt.so.5", "libblis-mt.so.4", "libblis-mt.so"},
     "install AMD's AOCL and set LD_LIBRARY_PATH"},
    {"mkl",
     "Intel MKL",
     "MKL_Get_Version",
     {"libmkl_rt.so.2", "libmkl_rt.so", ONEAPI "libmkl_rt.so.2", ONEAPI "intel64/libmkl_rt.so.2"},
     "install Intel's oneAPI MKL and set LD_LIBRARY_PATH"},
    {"nvpl",
     "NVPL BLAS",
     "nvpl_blas_get_version",
     {"libnvpl_blas_lp64_gomp.so.0"},
     "install NVIDIA's NVPL (Arm only)"},
    {"atlas",
     "ATLAS",
     "ATL_buildinfo",
     {"libtatlas.so.3", "libsatlas.so.3", DEBIAN "atlas/libblas.so.3"},
     "apt-get install libatlas3-base"},
    {"netlib",
     "Netlib BLAS",
     NULL,
     {DEBIAN "blas/libblas.so.3", "/usr/lib64/libcblas.so.3"},
     "apt-get install libblas3"},
};
size_t blas_row_count = BLAS_NAMED;

int blas_row_named(const char *name)
{
    for (size_t i = 0; i < blas_row_count; i++)
        if (strcmp(blas_rows[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* "blis-mt" of "/opt/lib/libblis-mt.so.4": lower-case letters, digits and dashes, so that it can be
 * a part of a key. */
static void name_of_file(const char *file, char name[BLAS_NAME_BYTES - 4])
{
    const char *slash = strrchr(file, '/'), *from = slash ? slash + 1 : file;
    size_t used = 0;
    if (strncmp(from, "lib", 3) == 0)
        from += 3;
    for (; *from && strncmp(from, ".so", 3) != 0 && used < BLAS_NAME_BYTES - 5; from++)
        name[used++] = isalnum((unsigned char)*from) ? (char)tolower((unsigned char)*from) : '-';
    name[used] = '\0';
    if (used == 0)
        strcpy(name, "file");
}

int blas_row_add(const char *file, struct failure *why)
{
    char base[BLAS_NAME_BYTES - 4], *path = realpath(file, NULL);
    const bool is_path = path != NULL;
    if (!path && (strchr(file, '/') || !strstr(file, ".so"))) {
        fail(why, STATUS_USAGE,
             "--blas %s: there is no such file, and no library of that name: gpubench list shows "
             "those that are installed.",
             file);
        return -1;
    }
    if (!path)
        path = need_text(file); /* for the dynamic linker to find */
    for (size_t i = BLAS_NAMED; i < blas_row_count; i++)
        if (strcmp(blas_rows[i].files[0], path) == 0) {
            free(path);
            return (int)i;
        }
    if (blas_row_count == BLAS_MAX) {
        free(path);
        fail(why, STATUS_USAGE, "--blas %s: there is room for %d files.", file, BLAS_FILES);
        return -1;
    }
    struct blas_row *row = &blas_rows[blas_row_count];
    name_of_file(is_path ? file : path, base);
    *row = (struct blas_row){.files = {path}, .install = "name another file"};
    snprintf(row->name, sizeof row->name, "%s", base);
    for (int i = 2; blas_row_named(row->name) >= 0; i++)
        snprintf(row->name, sizeof row->name, "%s-%d", base, i);
    row->title = row->name;
    return (int)blas_row_count++;
}

/* A library calls its own sgemm_, although MKL makes all of its functions global. AddressSanitizer
 * forbids this; clang reports it only through __has_feature. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
#define OWN_FUNCTIONS RTLD_DEEPBIND
#else
#define OWN_FUNCTIONS 0
#endif

/* OpenBLAS makes its threads while it loads, one for each core it sees unless the environment says
 * otherwise. The variable is put back at once, so that a result records what the user had set. */
static void *load_with_threads(const struct blas_row *row, int threads, bool *is_absent,
                               struct failure *why)
{
    static const char variable[] = "OPENBLAS_NUM_THREADS";
    const char *before = getenv(variable);
    char *kept = before ? need_text(before) : NULL, count[16], missing[300];
    void *library = NULL;

    *is_absent = true;
    snprintf(count, sizeof count, "%d", threads);
    setenv(variable, count, 1);
    for (const char *const *file = row->files; *file && !library; file++) {
        library = dlopen(*file, RTLD_NOW | RTLD_LOCAL | OWN_FUNCTIONS);
        if (library)
            break;
        const char *error = dlerror();
        snprintf(missing, sizeof missing, "%s: cannot open shared object file: No such file",
                 *file);
        const bool exists = strncmp(error, missing, strlen(missing)) != 0;
        if (file == row->files || (exists && *is_absent))
            fail(why, STATUS_FAILED, "%s cannot be loaded (%s): %s", row->title, error,
                 row->install);
        *is_absent = *is_absent && !exists;
    }
    if (kept)
        setenv(variable, kept, 1);
    else
        unsetenv(variable);
    free(kept);
    *is_absent = *is_absent && !library;
    return library;
}

/* A function of the library; builds with 64-bit integers may have a suffix. */
static void *find(struct blas *blas, const char *function)
{
    static const char *const suffixes[] = {"", "64_", "_64", "_64_"};
    char name[64];
    void *found = NULL;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !found; i++) {
        snprintf(name, sizeof name, "%s%s", function, suffixes[i]);
        found = dlsym(blas->library, name);
        if (found && i > 0)
            blas->integer_bits = 64;
    }
    return found;
}

/* Calls a function without arguments that returns text. */
static const char *text_of(struct blas *blas, const char *function)
{
    const char *(*call)(void);
    *(void **)&call = find(blas, function);
    const char *text = call ? call() : NULL;
    return text ? text : "";
}

static int number_of(struct blas *blas, const char *function)
{
    int (*call)(void);
    *(void **)&call = find(blas, function);
    return call ? call() : 0;
}

static void describe_openblas(struct blas *b)
{
    static const char *const threading[] = {"sequential", "pthreads", "openmp"};
    const int kind = number_of(b, "openblas_get_parallel");
    clean_text(b->config, sizeof b->config, text_of(b, "openblas_get_config"));
    const char *space = strchr(b->config, ' '); /* "OpenBLAS 0.3.21 NO_LAPACKE …" */
    snprintf(b->version, sizeof b->version, "%.*s", space ? (int)strcspn(space + 1, " ") : 0,
             space ? space + 1 : "");
    clean_text(b->core, sizeof b->core, text_of(b, "openblas_get_corename"));
    if (kind >= 0 && kind < 3)
        snprintf(b->threading, sizeof b->threading, "%s", threading[kind]);
    b->integer_bits = strstr(b->config, "USE64BITINT") ? 64 : 32;
    b->is_openblas = true;
}

/* AMD's AOCL-BLAS is a BLIS, whose version is "AOCL-BLAS 5.0.0 Build 20241104". */
static void describe_blis(struct blas *b)
{
    const char *(*arch)(int);
    const char *version = text_of(b, "bli_info_get_version_str");
    if (strncmp(version, "AOCL-BLAS ", 10) == 0)
        version += 10;
    clean_text(b->version, sizeof b->version, version);
    b->version[strcspn(b->version, " ")] = '\0';
    *(void **)&arch = find(b, "bli_arch_string");
    if (arch && find(b, "bli_arch_query_id"))
        clean_text(b->core, sizeof b->core, arch(number_of(b, "bli_arch_query_id")));
    snprintf(b->threading, sizeof b->threading, "%s",
             number_of(b, "bli_info_get_enable_openmp")     ? "openmp"
             : number_of(b, "bli_info_get_enable_pthreads") ? "pthreads"
                                                            : "sequential");
    const int bits = number_of(b, "bli_info_get_blas_int_type_size");
    b->integer_bits = bits ? bits : b->integer_bits;
}

/* Sets MKL's integer width, and makes it keep to the number of threads. */
static void describe_mkl(struct blas *b)
{
    struct {
        int major, minor, update;
        const char *status, *build, *processor, *platform;
    } v = {0};
    void (*version)(void *);
    int (*layer)(int);
    void (*dynamic)(int);
    *(void **)&layer = find(b, "MKL_Set_Interface_Layer");
    *(void **)&dynamic = find(b, "MKL_Set_Dynamic");
    *(void **)&version = find(b, "MKL_Get_Version");
    if (layer)
        b->integer_bits = layer(0) & 1 ? 64 : 32;
    if (dynamic)
        dynamic(0);
    version(&v);
    snprintf(b->version, sizeof b->version, "%d.%d.%d", v.major, v.minor, v.update);
    clean_text(b->core, sizeof b->core, v.processor ? v.processor : "");
}

/* 10000·major + 100·minor + patch. */
static void describe_nvpl(struct blas *b)
{
    const int v = number_of(b, "nvpl_blas_get_version");
    snprintf(b->version, sizeof b->version, "%d.%d.%d", v / 10000, v / 100 % 100, v % 100);
}

/* Takes "3.10.3" from "libatlas.so.3.10.3", for a library with no call for its version. */
static void describe_file(struct blas *b)
{
    const char *at = strstr(b->file, ".so.");
    if (at && strchr(at + 4, '.'))
        clean_text(b->version, 21, at + 4);
}

/* The calls that libraries have beside CBLAS. */
static const struct family {
    const char *marker, *set_threads, *get_threads;
    void (*describe)(struct blas *b);
} families[] = {
    {"openblas_get_config", "openblas_set_num_threads", "openblas_get_num_threads",
     describe_openblas},
    {"bli_info_get_version_str", "bli_thread_set_num_threads", "bli_thread_get_num_threads",
     describe_blis},
    {"MKL_Get_Version", "MKL_Set_Num_Threads", "MKL_Get_Max_Threads", describe_mkl},
    {"nvpl_blas_get_version", "nvpl_blas_set_num_threads", "nvpl_blas_get_max_threads",
     describe_nvpl},
};

static void find_family(struct blas *b)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const struct family *f = &families[i];
        if (!find(b, f->marker))
            continue;
        *(void **)&b->set_threads = find(b, f->set_threads);
        *(void **)&b->get_threads = find(b, f->get_threads);
        if (!b->set_threads || !b->get_threads) {
            b->set_threads = NULL;
            b->get_threads = NULL;
        }
        f->describe(b);
        return;
    }
    describe_file(b);
}

static enum status find_functions(const struct blas_row *row, struct blas *b, struct failure *why)
{
    const char *missing = NULL;
    if (row->marker && !find(b, row->marker))
        missing = row->marker;
    if (!(*(void **)&b->ssyrk = find(b, "cblas_ssyrk")))
        missing = "cblas_ssyrk";
    if (!(*(void **)&b->sgemm = find(b, "cblas_sgemm")))
        missing = "cblas_sgemm";
    if (missing)
        return fail(why, STATUS_FAILED, "%s has no %s, so it is not %s: %s", row->files[0], missing,
                    row->title == row->name ? "a BLAS library with the C interface" : row->title,
                    row->install);
    *(void **)&b->dgemm = find(b, "cblas_dgemm");
    *(void **)&b->dsyrk = find(b, "cblas_dsyrk");
    if (!b->dgemm || !b->dsyrk) {
        b->dgemm = NULL;
        b->dsyrk = NULL;
    }
    return STATUS_OK;
}

static void find_file(struct blas *b)
{
    struct link_map *map;
    char *path =
        dlinfo(b->library, RTLD_DI_LINKMAP, &map) == 0 ? realpath(map->l_name, NULL) : NULL;
    snprintf(b->file, sizeof b->file, "%s", path ? path : "");
    free(path);
}

void blas_enter(struct blas_guest *guest)
{
    fflush(stdout);
    guest->output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (guest->output >= 0)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    fegetenv(&guest->mode);
}

void blas_leave(const struct blas_guest *guest)
{
    fesetenv(&guest->mode);
    fflush(stdout); /* what the library printed */
    if (guest->output >= 0) {
        dup2(guest->output, STDOUT_FILENO);
        close(guest->output);
    }
}

static enum status open_row(const struct blas_row *row, int threads, struct blas *b,
                            bool *is_absent, struct failure *why)
{
    *b = (struct blas){0};
    b->library = load_with_threads(row, threads, is_absent, why);
    if (!b->library)
        return STATUS_FAILED;
    find_file(b);
    const enum status status = find_functions(row, b, why);
    if (status != STATUS_OK) {
        dlclose(b->library);
        b->library = NULL;
        return status;
    }
    find_family(b);
    if (b->set_threads)
        b->set_threads(threads);
    return STATUS_OK;
}

enum status blas_open(const struct blas_row *row, int threads, struct blas *b, bool *is_absent,
                      struct failure *why)
{
    struct blas_guest guest;
    blas_enter(&guest);
    const enum status status = open_row(row, threads, b, is_absent, why);
    blas_leave(&guest);
    return status;
}

int blas_threads(const struct blas *b)
{
    return b->get_threads ? b->get_threads() : 1;
}
