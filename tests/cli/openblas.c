/* openblas.c - a libopenblas.so.0 with faults, of plain loops, for openblas.bats. The environment
 * says which: SHIM_OWN (Prescott) is its own core type, SHIM_KNOWS ("Prescott Haswell SkylakeX")
 * are those that OPENBLAS_CORETYPE may name; SHIM_SLOW (Prescott) multiplies four times, SHIM_WRONG
 * makes one entry wrong, SHIM_CRASH dies of SIGILL, each a list of core types; SHIM_HANG never
 * loads; SHIM_CAP is the most threads. */
#define _GNU_SOURCE 1
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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
    if (getenv("SHIM_HANG"))
        for (;;)
            pause();
    strcpy(core, set_or("SHIM_OWN", "Prescott"));
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

static void multiply(int n, const float *a, float *c, int is_lower)
{
    float *b = malloc(sizeof(float) * n * n);
    if (is_in(set_or("SHIM_CRASH", ""), core))
        raise(SIGILL);
    for (int i = 0; i < n * n; i++)
        b[i % n * n + i / n] = a[i];
    for (int times = is_in(set_or("SHIM_SLOW", "Prescott"), core) ? 4 : 1; times > 0; times--)
        for (int i = 0; i < n; i++) {
            const int end = is_lower ? i + 1 : n;
            memset(c + (size_t)i * n, 0, sizeof(float) * end);
            for (int k = 0; k < n; k++)
                for (int j = 0; j < end; j++)
                    c[(size_t)i * n + j] += a[(size_t)i * n + k] * b[(size_t)k * n + j];
        }
    if (is_in(set_or("SHIM_WRONG", ""), core))
        c[(size_t)(n - 1) * n + n / 2] *= 1.001f;
    free(b);
}

/* As gpubench calls them: A·Aᵀ, row-major, dense rows; all of it, or its lower triangle. */
void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a,
                 int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
    (void)order, (void)ta, (void)tb, (void)m, (void)k, (void)alpha, (void)lda, (void)b, (void)ldb,
        (void)beta, (void)ldc;
    multiply(n, a, c, 0);
}

void cblas_ssyrk(int order, int uplo, int trans, int n, int k, float alpha, const float *a, int lda,
                 float beta, float *c, int ldc)
{
    (void)order, (void)uplo, (void)trans, (void)k, (void)alpha, (void)lda, (void)beta, (void)ldc;
    multiply(n, a, c, 1);
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
