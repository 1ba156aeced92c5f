/* backend.h - the contract between the harness and the code that does the work: cpu/ and kernels/
 * each fill in one struct backend.
 *
 * The order of calls, with the name of the phase that each is timed as:
 *
 *   open      opens a device                                                        "open"
 *   plan      decides how much memory a problem takes and whether it fits (plan.h)
 *   begin     begins a job: allocates memory on that device and generates A         "fill"
 *   load      prepares a variant: kernels, library handles, scratch memory          "load"
 *   run       does the work                                             the variant's steps
 *   answer    copies the result to the host                                         "read back"
 *   oracle_…  compute references that verify the result
 *   end       frees the job
 *   close     closes the device
 *
 * After a call has failed with STATUS_LOST, every later call on that device fails too.
 *
 * A job keeps A, and C if the operation stores it, for all variants that run on it. A backend
 * neither prints nor exits. */
#ifndef HARNESS_BACKEND_H
#define HARNESS_BACKEND_H

#include "harness/base/clock.h"
#include "harness/base/status.h"
#include "harness/contract/device.h"
#include "harness/contract/facts.h"
#include "harness/contract/links.h"
#include "harness/contract/plan.h"
#include "harness/contract/problem.h"

struct device; /* each backend defines its own */
struct job;

enum { VARIANT_STEPS_MAX = 3, CHECKED_LAUNCHES_MAX = 64 };

/* How a variant accumulates products; the error limit depends on it (measure/tolerance.c). */
enum adding {
    ADDS_TO_NEAREST,       /* in FP32, rounded to nearest */
    ADDS_PROMOTED,         /* in tensor cores, moved to FP32 registers every 64 to 128 k */
    ADDS_TRUNCATED,        /* in tensor cores alone, which round toward zero */
    ADDS_TRUNCATED_BY_MMA, /* the same by mma.sync, whose error was not measured on any generation
                            */
};

/* One way to do an operation in one arithmetic: one row of a backend's table. */
struct variant {
    enum op op;
    const char *name;
    enum arithmetic arithmetic;
    bool symmetric;   /* computes one triangle of A·Aᵀ only: half the work */
    bool library;     /* a vendor's library: the first is what others are quoted against */
    const char *blas; /* the library's name as in --blas, if there are several; else NULL */
    enum adding adds;
    bool sums_in_f32;  /* sums the entries of A, or of a stored C, in float32, not in float64 */
    bool order_varies; /* sums in the order in which blocks end, so the last bits may vary */
    const char *steps[VARIANT_STEPS_MAX]; /* what run() does, in order: {"matmul", "reduce"} or
                                             {"matmul + sum"} */
    const char *needs;                    /* in words for `list`: "cc 9.0", "OpenBLAS" */
    const char *note;                     /* its idea in one line */
    const char *source;                   /* the file of its kernel; NULL: no file of its own */
    const void *row;                      /* the backend's own data */
};

/* One timed call of run(). */
struct sample {
    bool is_graph;     /* the launches were one CUDA graph */
    unsigned launches; /* times the work was done back to back; the times below are means of one */
    nanos device_ns;   /* by the device's clock (CUDA events); on the CPU the same as wall_ns */
    nanos wall_ns;     /* by the host's clock, from the call until the device has finished */
    nanos step_ns[VARIANT_STEPS_MAX]; /* the share of each of the variant's steps */
    double sm_mhz;                    /* clock during the sample, 0 if unknown */
    double sm_mhz_measured;           /* the same as measured on the device itself, 0 if unknown */
    double power_w, temperature_c;    /* during the sample, 0 if unknown */
    double memory_c;                  /* temperature of the memory, 0 if unknown */
    double power_limit_w;             /* that the device keeps to, 0 if unknown */
    double energy_j;                  /* of one launch, 0 if unknown */
    uint32_t throttle; /* NVML's clocks-event reasons during the sample, 0 if none or unknown */
};

/* The reason of sample.throttle that power limits the clock (nvmlClocksEventReasonSwPowerCap). */
enum { THROTTLE_POWER_CAP = 4 };

/* A block of C of a rank in a ring: the products of its first `rows` rows of A with `cols` rows of
 * another rank's block, from `col` on, which the sum has twice; or, of its own block, the triangle
 * of these rows with each other. */
struct block {
    enum panel panel;
    uint64_t rows, col, cols;
};

/* An entry of C (or A) by row and column. */
struct entry {
    uint32_t row, col;
};

/* The library of a variant: loaded; installed, but it fails; or not installed. */
enum library_state { LIBRARY_READY, LIBRARY_BROKEN, LIBRARY_ABSENT };

/* How the answer of one launch differs from the one that was kept, in words of 32 bits. */
struct mismatch {
    uint64_t launch, words;               /* which launch; how many words */
    struct entry first, last;             /* of C; of a sum its word is the row */
    uint64_t first_address, last_address; /* in the device's memory, 0 if unknown */
    uint32_t bits;                        /* all bits that differ in any of them */
    uint32_t want, got;                   /* of one of them */
};

enum { MISMATCHES_KEPT = 16 };
struct mismatches {
    uint64_t launches, words; /* that differ */
    struct mismatch list[MISMATCHES_KEPT];
    unsigned known; /* entries of the list */
};

/* What trials of a device's multiprocessors showed: those that computed other bits than the others
 * did from the same numbers, by the unit that computed. */
enum sm_unit { SM_MULTIPLY_ADDS, SM_TENSOR_CORES, SM_UNITS };
enum { SUSPECTS_KEPT = 8 };
struct sm_trial {
    unsigned sms, launches; /* multiprocessors that took part; launches on all of them */
    struct {
        unsigned sm, wrong; /* its number, and in how many launches it differed */
    } suspect[SUSPECTS_KEPT];
    unsigned suspects;
};

/* Counters of a device's faults, most of them from the loading of its driver on; -1 is unknown. */
enum health {
    HEALTH_ECC_CORRECTED,
    HEALTH_ECC_UNCORRECTED,
    HEALTH_ROWS_REMAPPED, /* after a corrected, an uncorrected error */
    HEALTH_ROWS_REMAPPED_UNCORRECTED,
    HEALTH_REMAPPING_PENDING,
    HEALTH_REMAPPING_FAILED,
    HEALTH_PCIE_REPLAYS,
    HEALTH_NVLINK_ERRORS,
    HEALTH_XIDS, /* events seen since the first call of health() */
    HEALTH_LAST_XID,
    HEALTH_COUNT
};

struct backend {
    const char *name; /* "gpu", "cpu": the verb, and the first word of a result's key */
    const struct variant *variants;
    size_t variant_count;

    /* Counts the devices; NULL if there is always one. Afterwards fork() may no longer work. */
    enum status (*count)(int *count, struct failure *why);

    /* Opens a device. If it fails, nothing stays open. */
    enum status (*open)(const struct device_request *request, struct device **device,
                        struct failure *why);
    void (*close)(struct device *device);
    const struct device_facts *(*device_facts)(const struct device *device);

    /* Adds everything known about device, driver and libraries. */
    void (*facts)(const struct device *device, struct facts *facts);

    /* Whether v can run p here. If not, reason says why ("needs cc 9.0, this is 3.0"). */
    bool (*can_run)(const struct device *device, const struct variant *v, const struct problem *p,
                    char *reason, size_t reason_bytes);

    /* The state of v's library, LIBRARY_READY if it uses none; NULL if the backend has no variants
     * that are left out where their library is absent. */
    enum library_state (*library_state)(const struct device *device, const struct variant *v);

    /* The library's name for a word of --blas, which is a name, or a file that is then added to the
     * table of variants. NULL, and STATUS_USAGE in *why, if it is neither. The member is NULL if
     * there is no choice of libraries. To be called before a device is open. */
    const char *(*add_library)(const char *word, struct failure *why);

    /* The variant of p's operation in an arithmetic that should be the fastest here, by measured
     * crossovers; NULL if none of them can run. */
    const struct variant *(*auto_variant)(const struct device *device, const struct problem *p,
                                          enum arithmetic arithmetic);

    /* Where part `at` of the parts that the device's share counts begins when v does p: in the
     * triangle of C, or, of matmul and reduce, in the rows of C or A. False if v cannot do a share.
     * NULL if no variant can. */
    bool (*cut)(const struct device *device, const struct variant *v, const struct problem *p,
                uint32_t at, struct cut *cut);

    /* Plans how a job of p would run v on the device; if v is NULL, how the job would run with any
     * variant. */
    void (*plan)(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *plan);

    /* Allocates memory for a job's plan and generates A. If the plan does not fit, nothing is
     * allocated, and it returns STATUS_NO_MEMORY with the plan's sentence. */
    enum status (*begin)(struct device *device, const struct plan *plan, struct job **job,
                         struct failure *why);
    void (*end)(struct job *job);

    /* Returns STATUS_NO_DEVICE if only loading shows that v cannot run here. */
    enum status (*load)(struct job *job, const struct variant *v, struct failure *why);

    /* Does v's work `launches` times and waits until it is done. */
    enum status (*run)(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why);

    /* Computes the sum of a block of C with v, and adds the times to those of the sample. The first
     * block of a run is the triangle of the rank's own rows. */
    enum status (*run_block)(struct job *job, const struct variant *v, const struct block *block,
                             struct sample *sample, double *sum, struct failure *why);

    /* `rows` and `col` of v's blocks are multiples of this number of rows, unless a block has all
     * of a rank's rows; NULL: 1. */
    unsigned (*block_grain)(const struct variant *v);

    /* A panel in host memory, dense; NULL if `links` move them. */
    void *(*host_panel)(struct job *job, enum panel panel);
    const struct links *links;

    /* The sum that the last run of v computed. For matmul, this call sums the entries of C, in
     * float64 and outside any timing. */
    enum status (*answer)(struct job *job, const struct variant *v, double *sum,
                          struct failure *why);

    /* Fills C, or the sum, with NaN, so that an entry that no kernel writes is noticed. */
    enum status (*poison)(struct job *job, struct failure *why);

    /* References, computed by code that shares nothing with the variants: in float64 if A is
     * float32, in twice that precision if A is float64.
     * - oracle_column_sums: out[k] = Σ_i A[i][k], n values.
     * - oracle_columns_of: the same over some rows only, which the job has in memory or can make;
     *   NULL if no variant can do a share.
     * - oracle_a_times: out[i] = Σ_k A[i][k]·x[k], x and out n values.
     * - oracle_dots: out[e] = Σ_k A[row][k]·A[col][k] for each entry.
     * - a_entries: entries of A, to compare the fill with the host's Philox. */
    enum status (*oracle_column_sums)(struct job *job, long double *out, struct failure *why);
    enum status (*oracle_columns_of)(struct job *job, uint64_t first_row, uint64_t rows,
                                     long double *out, struct failure *why);
    enum status (*oracle_a_times)(struct job *job, const long double *x, long double *out,
                                  struct failure *why);
    enum status (*oracle_dots)(struct job *job, const struct entry *e, size_t count,
                               long double *out, struct failure *why);
    enum status (*a_entries)(struct job *job, const struct entry *e, size_t count, double *out,
                             struct failure *why);

    /* From now on the references, those of c_block_errors too, are of A as int8 rounds it, of
     * rint(127·a) / 127, or of A itself again. Sums and dots of those integers are exact. NULL if
     * no variant multiplies int8. */
    void (*oracle_of_int8)(struct job *job, bool is_rounded);

    /* What the last run of a matmul variant stored in C: the sums of its rows (n values, as precise
     * as the references), and single entries. Of a share, these and c_block_errors set the values
     * of its rows alone, and only entries of these rows are asked for. */
    enum status (*c_row_sums)(struct job *job, long double *out, struct failure *why);
    enum status (*c_entries)(struct job *job, const struct entry *e, size_t count, double *out,
                             struct failure *why);

    /* Compares C with float64 in blocks of `width` columns, without the diagonal. The error of row
     * i in a block is |Σ_j x[j]·(C[i][j] - Σ_k A[i][k]·A[j][k])| over the columns j of the block,
     * with n weights x. out[i] is the largest error of row i, infinite if an entry is NaN, and
     * col[i] is the first column of its block. It needs 2n³/width FLOP. NULL if the backend cannot
     * do it. */
    enum status (*c_block_errors)(struct job *job, const double *x, unsigned width, double *out,
                                  uint32_t *col, struct failure *why);

    /* Generates A again with row i multiplied by factor[i], which is exact because factors are
     * powers of two of either sign, and renews the copies of A that v keeps. factor NULL restores A
     * as begin() made it. The member is NULL if the backend cannot do it. */
    enum status (*scale_rows)(struct job *job, const struct variant *v, const float *factor,
                              struct failure *why);

    /* Copies all of A to the host, to compare fills: n·n entries of its type, without padding. May
     * be NULL. */
    enum status (*read_a)(struct job *job, void *out, struct failure *why);

    /* After this call, run() empties the device's caches before each launch, and accepts one launch
     * at a time only. The device's time is that of the launch; the host's includes emptying the
     * caches. NULL if the backend cannot do it. */
    enum status (*go_cold)(struct job *job, struct failure *why);

    /* Copies A, n·n entries, `count` times from host memory to the device and stores how long each
     * copy took by the host's clock in `taken`. The host memory is page-locked if `pinned`, else
     * from malloc(). A keeps its values. NULL if host and device share their memory. */
    enum status (*copy_in)(struct job *job, bool pinned, nanos *taken, size_t count,
                           struct failure *why);

    /* The same from the device to host memory. */
    enum status (*copy_out)(struct job *job, bool pinned, nanos *taken, size_t count,
                            struct failure *why);

    /* keep() keeps what v's last run left, C or the sum. run_checked() does v's work `launches`
     * times, at most CHECKED_LAUNCHES_MAX, and compares what each leaves with that, bit for bit;
     * adds what differs to *found, its launches counted from 0. The times include the comparisons.
     * Both are NULL if the backend cannot do it. */
    enum status (*keep)(struct job *job, const struct variant *v, struct failure *why);
    enum status (*run_checked)(struct job *job, const struct variant *v, unsigned launches,
                               struct sample *sample, struct mismatches *found,
                               struct failure *why);

    /* Lets every multiprocessor compute the tile of C with this entry again and again, about a
     * second, and adds what was seen. NULL if the backend cannot do it. */
    enum status (*try_sms)(struct job *job, struct entry at, struct sm_trial trial[SM_UNITS],
                           struct failure *why);

    /* The counters of a device's faults. It never fails; NULL if there are none. */
    void (*health)(const struct device *device, int64_t counters[HEALTH_COUNT]);

    /* Between these two calls, run() also fills in the sensors of each sample (sm_mhz, throttle).
     * They neither wait for sensors nor fail; both may be NULL. */
    void (*telemetry_start)(struct job *job);
    void (*telemetry_stop)(struct job *job);
};

#endif
