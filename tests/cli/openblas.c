/* openblas.c - a libopenblas.so.0 with faults, of plain loops, for openblas.bats. The environment
 * says which: SHIM_OWN (Prescott) is its own core type, SHIM_KNOWS ("Prescott Haswell SkylakeX")
 * are those that OPENBLAS_CORETYPE may name; SHIM_SLOW (Prescott) multiplies four times, SHIM_WRONG
 * makes one entry wrong (by a factor SHIM_WRONG_BY, 1.001), SHIM_CANCELS a row whose errors cancel,
 * SHIM_CRASH dies of SIGILL, each a list of core types; SHIM_HANG makes the file of that name and
 * never loads; SHIM_CAP is the most threads; SHIM_TAKES MiB of address space are taken while it
 * loads, tried for ever if refused. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char core[32] = "Prescott";
static int threads = 1;

static const char *set_or(const char *name, const char *other)
{
    const char *value = getenv(name);
    return value ? value : other;
}

static int is_in(const char *list, const char *word)
{
    const char *at = word && *word ? strcasestr(list, word) : NULL;
    const size_t length = word ? strlen(word) : 0;
    return at && (at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]);
}

__attribute__((constructor)) static void start(void)
{
    const char *asked = getenv("OPENBLAS_CORETYPE");
    if (getenv("SHIM_HANG")) {
        close(open(getenv("SHIM_HANG"), O_WRONLY | O_CREAT, 0600));
        for (;;)
            pause();
    }
    const size_t takes = strtoul(set_or("SHIM_TAKES", "0"), NULL, 10) << 20;
    while (takes && mmap(NULL, takes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        ;
    strcpy(core, asked && *asked ? "Prescott" : set_or("SHIM_OWN", "Prescott"));
    if (is_in(set_or("SHIM_KNOWS", "Prescott Haswell SkylakeX"), asked))
        strcpy(core, asked);
}

int openblas_get_num_threads(void)
{
    return threads;
}
int openblas_get_parallel(void)
{
    return 1;
}
char *openblas_get_config(void)
{
    return "OpenBLAS 0.0.9 shim";
}
char *openblas_get_corename(void)
{
    return core;
}

void openblas_set_num_threads(int count)
{
    const int cap = atoi(set_or("SHIM_CAP", "100000"));
    threads = count < cap ? count : cap;
}

/* c = a·bᵀ for m rows of a and n of b, of k entries each. */
static void multiply(size_t m, size_t n, size_t k, const float *a, const float *b, float *c,
                     int is_lower)
{
    float *t = malloc(sizeof(float) * n * k);
    if (is_in(set_or("SHIM_CRASH", ""), core))
        raise(SIGILL);
    for (size_t i = 0; i < n * k; i++)
        t[(i % k) * n + i / k] = b[i];
    for (int times = is_in(set_or("SHIM_SLOW", "Prescott"), core) ? 4 : 1; times > 0; times--)
        for (size_t i = 0; i < m; i++) {
            const size_t end = is_lower ? i + 1 : n;
            memset(c + i * n, 0, sizeof(float) * end);
            for (size_t l = 0; l < k; l++)
                for (size_t j = 0; j < end; j++)
                    c[i * n + j] += a[i * k + l] * t[l * n + j];
        }
    if (is_in(set_or("SHIM_WRONG", ""), core))
        c[(m - 1) * n + n / 2] *= (float)atof(set_or("SHIM_WRONG_BY", "1.001"));
    /* Each entry of the last row gets an error in proportion to it, up or down, so that the sum of
     * the row hardly changes. */
    double total = 0;
    for (size_t i = 0; i + 1 < n && getenv("SHIM_CANCELS"); i++) {
        float *entry = &c[(m - 1) * n + i];
        const double part = (total > 0 ? -0.007 : 0.007) * (double)fabsf(*entry);
        *entry *= total > 0 ? 0.993f : 1.007f;
        total += part;
    }
    free(t);
}

/* As gpubench calls them: row-major, dense rows; a product, or the lower triangle of A·Aᵀ. */
void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a,
                 int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
    (void)order, (void)ta, (void)tb, (void)alpha, (void)lda, (void)ldb, (void)beta, (void)ldc;
    multiply((size_t)m, (size_t)n, (size_t)k, a, b, c, 0);
}

void cblas_ssyrk(int order, int uplo, int trans, int n, int k, float alpha, const float *a, int lda,
                 float beta, float *c, int ldc)
{
    (void)order, (void)uplo, (void)trans, (void)alpha, (void)lda, (void)beta, (void)ldc;
    multiply((size_t)n, (size_t)n, (size_t)k, a, a, c, 1);
}

#ifdef DOUBLE
static void multiply_f64(int n, const double *a, double *c)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i * n + k] * a[j * n + k];
            c[i * n + j] = sum;
        }
    if (is_in(set_or("SHIM_WRONG_F64", ""), core))
        c[n - 1] *= 1 + 1e-6;
}

void cblas_dgemm(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a,
                 int lda, const double *b, int ldb, double beta, double *c, int ldc)
{
    multiply_f64(n, a, c);
}

void cblas_dsyrk(int order, int uplo, int trans, int n, int k, double alpha, const double *a,
                 int lda, double beta, double *c, int ldc)
{
    multiply_f64(n, a, c);
}
#endif
