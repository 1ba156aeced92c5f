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
