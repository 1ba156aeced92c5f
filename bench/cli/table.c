/* table.c - all options, a row each, and their headings in the help. */
#include "bench/cli/options.h"
#include "bench/cli/take.h"

/* Which field of struct options a row is for. */
#define AT(field) offsetof(struct options, field)

const struct option_row option_rows[] = {
    {"op", 0, "OP", OPTIONS_OP, "@ops",
     "sum-aat: the sum of A·Aᵀ (default); matmul: C = A·Aᵀ, every entry stored; reduce: the sum of "
     "A",
     take_op, AT(op)},
    {"variant", 0, "NAME[,NAME]", OPTIONS_WORK, ",@variants",
     "Run these variants; * and ? match, and \"auto\" is the one that should be fastest in each "
     "arithmetic of --arith (default: auto)",
     take_text, AT(variants)},
    {"arith", 0, "NAME[,NAME]", OPTIONS_WORK | OPTIONS_SOAK, ",@arithmetics",
     "Run in these arithmetics the variants of --variant (default: f32, of f64 entries f64; with "
     "--all, every one; for soak bf16 where the GPU's tensor cores have it)",
     take_text, AT(arithmetics)},
    {"all", 0, NULL, OPTIONS_WORK, NULL,
     "Run every variant of the operation, interleaved, in one table", take_flag, AT(all)},
    {"type", 0, "TYPE", OPTIONS_WORK, "f32 f64",
     "Type of the matrix's entries: f32 (default) or f64; --arith f64 and f64-int8 imply f64",
     take_index, AT(element)},
    {"seed", 0, "S", OPTIONS_WORK, NULL, "Seed of the matrix (default: 1)", take_whole, AT(seed)},
    {"range", 0, "RANGE", OPTIONS_WORK, "unit signed wide",
     "Entries of the matrix: unit, in [0,1) (default); signed, in [-1,1); or wide, in [-1,1) times "
     "a power of two, or zero, that differs from row to row",
     take_index, AT(range)},
    {"device", 0, "I", OPTIONS_GPU | OPTIONS_SOAK, "@gpus",
     "Which GPU (default: 0); for soak also several, as in 0,2", take_device, AT(device)},
    {"all-devices", 0, NULL, OPTIONS_DEVICES | OPTIONS_SOAK, NULL,
     "Every GPU of this host, a process each, in turn and then all at once: a table of what that "
     "costs each; for soak all at once",
     take_flag, AT(all_devices)},
    {"devices", 0, "LIST", OPTIONS_TOGETHER, ",all @gpus",
     "These GPUs of this host do one problem together, a process each, as in 0,1 or all; without "
     "MPI",
     take_text, AT(together)},
    {"ranks", 0, "COUNT", OPTIONS_LOCAL, NULL,
     "cpu: so many processes of this host do one problem together, without MPI; sweep: the numbers "
     "of ranks whose scaling is measured, as in 1,2,4",
     take_text, AT(ranks)},
    {"mpi", 0, NULL, OPTIONS_RANKS, NULL,
     "Join the ranks of an MPI job also where no variable of mpirun or srun shows one: all ranks "
     "then do one problem together",
     take_flag, AT(mpi)},
    {"exchange", 0, "HOW", OPTIONS_LOCAL | OPTIONS_RANKS, "none ring",
     "none: every rank makes the rows of A that it needs (default); ring, for sum-aat: every rank "
     "has a block of rows, and panels of them travel from rank to rank, between GPUs by NCCL",
     take_choice, AT(exchange)},
    {"balance", 0, "HOW", OPTIONS_LOCAL | OPTIONS_RANKS, "even measured",
     "even: every rank does the same share of the work (default); measured: by the speed that each "
     "reached in its warm-up",
     take_choice, AT(balance)},
    {"image", 0, "NAME", OPTIONS_GPU, "native hopper ampere portable",
     "Kernels from this image only: native, hopper, ampere or portable (default: the best that "
     "loads)",
     take_choice, AT(image)},
    {"memory-limit", 0, "BYTES", OPTIONS_GPU, NULL,
     "Use at most so much GPU memory, for example 1G (suffixes K, M, G): sum-aat then makes A "
     "panel "
     "by panel where it does not fit",
     take_bytes, AT(memory_limit)},
    {"threads", 0, "T", OPTIONS_CPU, NULL,
     "CPU threads (default: the least of physical cores, affinity and cgroup quota)", take_threads,
     AT(threads)},
    {"bind", 0, NULL, OPTIONS_CPU, NULL,
     "Keep each thread on a CPU of its own: one of each core, node by node", take_flag,
     AT(is_bound)},
    {"blas", 0, "NAME|FILE", OPTIONS_CPU,
     ",openblas openblas-pthread openblas-openmp openblas64 blis aocl mkl nvpl atlas netlib",
     "Run these BLAS libraries, separated by commas: by name, or the file of a library (default: OpenBLAS, and with "
     "--all every one that is found)",
     take_text, AT(blas)},
    {"only", 0, "SIDE", OPTIONS_SWEEP, "gpu cpu",
     "Only this side, gpu or cpu; then there is no crossover", take_choice, AT(only)},
    {"measure", 0, NULL, OPTIONS_MEASURE, NULL,
     "Also measure the main job on each GPU, beside what its model usually reaches, copies "
     "between host and GPUs, beside what their links can carry, and copies between "
     "GPUs: seconds for each GPU",
     take_flag, AT(measures)},
    {"for", 0, "TIME", OPTIONS_SOAK, NULL,
     "How long, for example 90s, 10m (default), 24h or 7d; matrices are made and verified before",
     take_days, AT(for_s)},
    {"memory", 0, "SHARE", OPTIONS_SOAK, NULL,
     "Fill this much of the free memory: a share, or bytes with K, M or G (default: 90%, on the CPU "
     "25%, or what is made in a tenth of the time)",
     take_memory, 0},
    {"order", 0, "N", OPTIONS_SOAK, NULL,
     "Order of the matrices (default: 16384, or less so that a launch takes 0.1 s at most)",
     take_order, AT(order)},
    {"stop-on-error", 0, NULL, OPTIONS_SOAK, NULL,
     "End at the first launch that leaves other bits (default: go on, count and locate)", take_flag,
     AT(stops_on_error)},
    {"samples", 0, "K", OPTIONS_TIME, NULL,
     "Take exactly K samples of each variant, however long that is: --max-time then only limits the warm-up",
     take_samples, AT(samples)},
    {"max-time", 0, "SECONDS", OPTIONS_TIME, NULL,
     "Sample for so long (default: 0.05 for one variant, 12 for a table, 1 a point of a sweep)",
     take_seconds, AT(max_time_s)},
    {"cache", 0, "STATE", OPTIONS_CACHE, "hot cold",
     "hot: data may be in the GPU's cache from the launch before (default); cold: the cache is "
     "emptied before each",
     take_cache, AT(is_cold)},
    {"verify", 0, "HOW", OPTIONS_VERIFY, "sampled full",
     "sampled: sampled entries of C, and all of them in weighted sums (default); full: every entry "
     "of C one by one; of sum-aat and reduce, which store none, 16 more sums over A with other "
     "signs of its rows",
     take_choice, AT(verify)},
    {"baseline", 0, "NAME", OPTIONS_BASELINE, "@files",
     "What to hold the measurement against: a baseline, a result, or a directory of results",
     take_text, AT(baseline)},
    {"update", 0, NULL, OPTIONS_BASELINE, NULL,
     "Measure, and write what was measured as the new baseline", take_flag, AT(update)},
    {"self-test", 0, NULL, OPTIONS_BASELINE, NULL,
     "Measure one thing twice in turns, and keep how far apart that is: this machine's noise, "
     "below twice of which no threshold goes",
     take_flag, AT(self_test)},
    {"forget-noise", 0, NULL, OPTIONS_BASELINE, NULL,
     "Forget the noise of --self-test, of every machine in the results directory, and do nothing "
     "else",
     take_flag, AT(forget_noise)},
    {"allow-missing-baseline", 0, NULL, OPTIONS_BASELINE, NULL,
     "No baseline is no error: exit 0 without measuring", take_flag, AT(allow_missing)},
    {"processes", 0, "K", OPTIONS_REPEAT, NULL,
     "Runs a side (default: 10, and 20 if 10 are inconclusive; "
     "20 for a baseline of a CPU)",
     take_processes, AT(processes)},
    {"threshold", 0, "PERCENT", OPTIONS_GATE, NULL,
     "The smallest change that matters (default: 3 on a GPU, 5 on a CPU, 10 between cards or "
     "hosts of one model)",
     take_percent, AT(threshold)},
    {"cross-host", 0, NULL, OPTIONS_GATE, NULL,
     "Compare machines of different classes all the same", take_flag, AT(cross_host)},
    {"strict", 0, NULL, OPTIONS_GATE, NULL,
     "UNSURE, or a host that cannot be judged, is exit status 4 and not 0", take_flag, AT(strict)},
    {"junit", 0, "FILE", OPTIONS_GATE, "@files",
     "Also write the verdicts as JUnit XML, which GitLab and Jenkins show", take_text, AT(junit)},
    {"output", 'o', "FILE", OPTIONS_FILE, "@files",
     "Write the result to FILE (-: standard output); a measured one is saved all the same",
     take_text, AT(output)},
    {"no-save", 0, NULL, OPTIONS_RECORD, NULL,
     "Do not save the result, or the runs of a gate, in the results directory", take_flag,
     AT(discard)},
    {"format", 0, "NAME", OPTIONS_FORMAT, "@formats",
     "The format, one of those below (default: csv)", take_format, AT(format)},
    {"markdown", 0, NULL, OPTIONS_PAGE, NULL,
     "Markdown instead of HTML (the default where FILE ends in .md)", take_flag, AT(markdown)},
    {"no-samples", 0, NULL, OPTIONS_PAGE, NULL,
     "Leave the single samples out of the JSON in the page, which makes it several times smaller",
     take_flag, AT(no_samples)},
    {"title", 0, "TEXT", OPTIONS_PAGE, NULL, "Title of the page", take_text, AT(title)},
    {"csv", 0, NULL, OPTIONS_HISTORY, NULL,
     "CSV with time, commit and median, which Apache Otava reads", take_flag, AT(csv)},
    {"host", 0, "NAME", OPTIONS_NAME, NULL,
     "Record this as the host's name (default: $GPUBENCH_HOST, else the system's), for containers, "
     "whose own names change",
     take_name, AT(host)},
    {"results", 0, "DIR", OPTIONS_STORE, "@files",
     "The results directory (default: $GPUBENCH_RESULTS, else $XDG_DATA_HOME/gpubench/results, "
     "else "
     "~/.local/share/gpubench/results)",
     take_text, AT(results)},
    {"publish", 0, "URL", OPTIONS_PUBLISH, NULL,
     "Also send the result there, once it is saved: https:// and s3+https:// (PUT of the file), "
     "pushgateway+https://, influx+https:// or file://",
     take_text, AT(publish)},
    {"to", 0, "URL", OPTIONS_SEND, NULL,
     "Where to send results (default: $GPUBENCH_PUBLISH_URL): https:// and s3+https:// (PUT of the "
     "file), pushgateway+https://, influx+https:// or file://",
     take_text, AT(to)},
    {"pending", 0, NULL, OPTIONS_SEND, NULL,
     "Send what could not be sent before, oldest first; with --to, only what is for there",
     take_flag, AT(pending)},
    {"redact", 0, NULL, OPTIONS_REDACT, NULL,
     "Send host names, UUIDs, PCI ids and the command line as digests; the saved file keeps them",
     take_flag, AT(redact)},
    {"token-file", 0, "FILE", OPTIONS_SERVER, "@files",
     "Token for the server (default: $GPUBENCH_TOKEN; without one, the user and password that "
     "~/.netrc has for it)",
     take_text, AT(token_file)},
    {"ca-file", 0, "FILE", OPTIONS_SERVER, "@files",
     "Certificates of the authorities to trust (default: the system's)", take_text, AT(ca_file)},
    {"timeout", 0, "SECONDS", OPTIONS_SERVER, NULL,
     "Give up on a server after so long, all tries together (default: 30)", take_seconds,
     AT(timeout_s)},
    {"insecure-http", 0, NULL, OPTIONS_SERVER, NULL,
     "Allow http:// to other machines too, which anyone on the way can read and change", take_flag,
     AT(insecure_http)},
    {"offline", 0, NULL, OPTIONS_FETCH, NULL,
     "Take a baseline that has an address as it was when it was last fetched", take_flag,
     AT(offline)},
    {"json", 0, NULL, OPTIONS_JSON, NULL,
     "JSON on standard output, and the text for people on standard error", take_flag, AT(json)},
    {"quiet", 'q', NULL, OPTIONS_TALK, NULL, "Only the answer and errors", take_flag, AT(quiet)},
    {"verbose", 'v', NULL, OPTIONS_TALK, NULL,
     "Also everything known about host, device and libraries; for list, each variant's source file",
     take_flag, AT(verbose)},
    {"color", 0, "WHEN", OPTIONS_TALK, "auto always never",
     "Colour: auto (default; on a terminal unless NO_COLOR is set), always or never", take_index,
     AT(color)},
    {"help", 'h', NULL, OPTIONS_HELP, NULL, "Print this help", take_flag, AT(help)},
};
const size_t option_count = sizeof option_rows / sizeof *option_rows;
_Static_assert(sizeof option_rows / sizeof *option_rows <= OPTIONS_MAX, "room for each");

const char *option_heading(enum option_group group)
{
    switch (group & -group) { /* the first of several */
    case OPTIONS_OP:
    case OPTIONS_WORK:
        return "What to run:";
    case OPTIONS_GPU:
    case OPTIONS_DEVICES:
    case OPTIONS_CPU:
        return "Where:";
    case OPTIONS_SWEEP:
    case OPTIONS_LOCAL:
    case OPTIONS_TOGETHER:
    case OPTIONS_RANKS:
        return "Where:";
    case OPTIONS_SOAK:
        return "The soak:";
    case OPTIONS_MEASURE:
        return "What to do:";
    case OPTIONS_TIME:
    case OPTIONS_CACHE:
    case OPTIONS_REPEAT:
    case OPTIONS_VERIFY:
        return "How it is measured:";
    case OPTIONS_BASELINE:
        return "Against what:";
    case OPTIONS_GATE:
        return "The verdict:";
    case OPTIONS_RECORD:
    case OPTIONS_NAME:
    case OPTIONS_FILE:
    case OPTIONS_FORMAT:
    case OPTIONS_PAGE:
    case OPTIONS_HISTORY:
    case OPTIONS_STORE:
        return "The result:";
    case OPTIONS_PUBLISH:
    case OPTIONS_SEND:
    case OPTIONS_REDACT:
    case OPTIONS_SERVER:
    case OPTIONS_FETCH:
        return "Servers:";
    case OPTIONS_JSON:
    case OPTIONS_TALK:
    case OPTIONS_HELP:
        return "What is printed:";
    }
    return "";
}

bool option_is_format(const struct option_row *row)
{
    return row->take == take_format;
}
