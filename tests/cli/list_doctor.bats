#!/usr/bin/env bats
# What there is to run, and whether this machine can.
load helper

@test "list shows every CPU variant with its operation, arithmetic and idea" {
    gpubench list
    exits 0
    grep -qE '^  sum-aat +f32 +openblas-syrk +yes +OpenBLAS +[^ ]' <<<"$output"
    grep -qE '^  matmul +f32 +reference +yes +- +[^ ]' <<<"$output"
    grep -qE '^  reduce +f32 +plain +yes ' <<<"$output"
}

@test "list --json is complete" {
    gpubench list --json
    exits 0
    jq -e 'map(select(.backend == "cpu")) | length == 7' <<<"$output"
    jq -e 'all(.[]; has("op") and has("arithmetic") and has("variant") and has("needs") and has("note")
           and (.runs_here | type) == "boolean")' <<<"$output"
}

@test "doctor gives each line a verdict and ends in the result" {
    gpubench doctor
    [ -z "$errors" ]
    [ "$(sed '$d' <<<"$output" | grep -cvE ' (ok|warn|missing)( |$)')" -eq 0 ]
    grep -qE '^cpu trial +sum-aat/f32/[^ ]+, N = 256: verified' <<<"$output"
    case $(tail -1 <<<"$output") in
    'Result = PASS') exits 0 ;;
    'Result = NO GPU (gpubench cpu N works here)') exits 77 ;;
    *) echo "$output"; false ;;
    esac
}

@test "doctor fails where results cannot be saved, and says what to do" {
    gpubench doctor --results /proc/nowhere
    exits 1
    grep -qE '^results .*/proc/nowhere is not writable +missing +set GPUBENCH_RESULTS' <<<"$output"
    [ "$(tail -1 <<<"$output")" = 'Result = FAIL' ]
}

@test "without a GPU the GPU job is a sentence and exit 77" {
    gpubench list --json
    [ "$(jq '[.[] | select(.backend == "gpu" and .runs_here)] | length' <<<"$output")" -eq 0 ] || skip "there is a GPU"
    gpubench gpu 100
    exits 77
    [ -z "$output" ]
    [ "$(wc -l <errors.txt)" -eq 1 ]
    matches "$errors" 'gpubench cpu'
}

# What doctor says of CUB on a simulated GPU, from a copy of the program that has nothing beside it. $1: profile.
cub_line() {
    local fake=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$fake/libcuda.so.1" ] || skip "no fake driver in $fake"
    mkdir -p bin lib/gpubench
    [ -e bin/gpubench ] || cp "$GPUBENCH" bin/
    GPUBENCH=$PWD/bin/gpubench LD_LIBRARY_PATH=$fake FAKECUDA_PROFILE=$1 gpubench doctor
    output=$(grep '^CUB ' <<<"$output")
}

@test "doctor says that CUB is not there, or why it does not load" {
    cub_line h100
    matches "$output" 'not found; its variants are waived +warn +libgpubench-cub\.so is not beside this program: '
    echo 'no library' >lib/gpubench/libgpubench-cub.so
    cub_line h100
    matches "$output" 'warn +libgpubench-cub\.so does not load: .*lib/gpubench/libgpubench-cub\.so'
}

@test "CUB is found in GPUBENCH_PLUGINS and beside the program, and wants a driver of its own CUDA" {
    plugin=$ROOT/build/libgpubench-cub.so
    [ -e "$plugin" ] || skip "no $plugin: there was no nvcc"
    GPUBENCH_PLUGINS=$ROOT/build cub_line h100
    matches "$output" ' [0-9]+\.[0-9]+\.[0-9]+, built with CUDA [0-9]+\.[0-9]+ +ok$'
    GPUBENCH_PLUGINS=$ROOT/build cub_line gt750m
    matches "$output" 'warn +CUB was built with CUDA [0-9]+\.[0-9]+, the driver has 10\.1$'
    for place in lib/gpubench lib bin; do
        cp "$plugin" $place/
        cub_line h100
        matches "$output" ' +ok$'
        rm $place/libgpubench-cub.so
    done
}
