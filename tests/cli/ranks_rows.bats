#!/usr/bin/env bats
# Several ranks that divide rows: of C (--op matmul), or of A (--op reduce).
# The launchers are commands of several words, and each test has its own environment.
# shellcheck disable=SC2086,SC2030,SC2031,SC2154
load helper
load ranks

# rows OP LAUNCHER: 1, 2, 3 and 5 ranks in both types; 5 of them twice.
rows() {
    local op=$1
    shift
    for type in f32 f64; do
        "$GPUBENCH" cpu 200 --op $op --type $type --json --quiet --no-save --samples 1 >alone.json
        for ranks in 1 2 3 5; do
            together "$@" -n $ranks "$GPUBENCH" cpu 200 --op $op --type $type --json --quiet --no-save --samples 2
            exits 0
            printf '%s\n' "$output" >now.json
            jq -e '.ranks.count == '$ranks' and (.results[0] | .state == "ok" and .verdict.ok and .summary.count == 2) and
                ([.ranks.list[].share] | (add - 1 | fabs < 1e-9) and max - min < 0.0051) and
                (([.ranks.list[].part] | add) / .job.sum - 1 | fabs < 1e-9)' now.json
            jq -es '(.[0].job.sum / .[1].job.sum - 1) | fabs < 1e-6' now.json alone.json
            matches "$(field '.results[0].key')" "^cpu/$op/.*n=200/ranks=$ranks/none$"
        done
        together "$@" -n 5 "$GPUBENCH" cpu 200 --op $op --type $type --json --quiet --no-save --samples 1
        jq -es '.[0].job.sum == .[1].job.sum' now.json <(printf '%s\n' "$output")
    done
}

@test "matmul: ranks of Open MPI have a block of C each, which is verified, with the same bits again" {
    needs openmpi
    rows matmul $OPENMPI
    jq -e '.results[0].verdict | all(.row_error, .rel_f, .worst_entry; . >= 0)' now.json
}

@test "matmul: ranks of MPICH do the same" {
    needs mpich
    rows matmul $MPICH
}

@test "reduce: ranks have rows of A each, with Open MPI and MPICH" {
    needs openmpi
    needs mpich
    rows reduce $OPENMPI
    rows reduce $MPICH
}

@test "--ranks: matmul and reduce without MPI, of every range, with measured shares and more ranks than rows" {
    for op in matmul reduce; do
        for words in "100 --range signed" "100 --range wide" "100 --balance measured" "100 --variant reference" 3; do
            [[ $op != reduce || $words != *reference ]] || continue
            gpubench cpu $words --ranks 5 --op $op --samples 1 --json --quiet --no-save
            exits 0
            jq -e '.results[0].verdict.ok and .ranks.count == 5' <<<"$output"
        done
    done
    gpubench cpu 300 --ranks 3 --op matmul --verify full --balance measured --samples 1
    exits 0
    matches "$output" "every entry"
    matches "$output" "efficiency"
    "$ROOT/scripts/check/validate-result" "$GPUBENCH_RESULTS"/*/*.json
    jq -e '.results[0].verdict | .full and .block_error > 0' "$GPUBENCH_RESULTS"/*/*.json
}

@test "matmul: the rank whose rows of C are wrong is named, and no time is reported" {
    needs openmpi
    gcc -O2 -w -shared -fPIC "$ROOT/tests/cli/openblas.c" -o libopenblas.so.0 -lm
    export LD_LIBRARY_PATH=$PWD OPENBLAS_CORETYPE=Haswell
    together $OPENMPI -n 1 "$GPUBENCH" cpu 150 --op matmul : -n 1 env SHIM_WRONG=Haswell "$GPUBENCH" cpu 150 --op matmul : \
        -n 1 "$GPUBENCH" cpu 150 --op matmul
    exits 1
    matches "$errors" "gpubench: wrong result of rank 1 on $(hostname) .*its rows of C of matmul/f32/openblas-sgemm, 50 to 99: .*99"
    [ "$(grep -c '^gpubench: ' errors.txt)" -eq 1 ]
    lacks "$output$errors" "steady state|Time taken"
}

@test "what ranks cannot divide is one sentence that names what they can" {
    gpubench cpu 100 --ranks 2 --op matmul --variant openblas-syrk
    exits 1
    matches "$errors" "^gpubench: rank 0 .*matmul/f32/openblas-syrk cannot run .*cannot be divided among ranks. --variant [a-z-]* can run here"
    for op in matmul reduce; do
        gpubench cpu 100 --ranks 2 --op $op --exchange ring
        exits 2
        matches "$errors" "^gpubench: rank 0 .*--exchange ring is for sum-aat: of $op each rank makes what it needs of A, so leave it out"
        [ "$(wc -l <errors.txt)" -eq 1 ]
    done
    [ "$(saved_results)" -eq 0 ]
}

@test "simulated GPUs: each computes rows of tiles of C, or adds up rows of A, with the same bits again" {
    fake_gpus 3
    export LD_LIBRARY_PATH=$FAKECUDA:$FAKECUDA/cublas
    for words in "matmul" "matmul --type f64 --range signed" "matmul --arith int8" "matmul --variant cublas-sgemm" \
        "matmul --type f64 --variant cublas-dgemm" reduce "reduce --type f64 --range signed"; do
        gpubench gpu 130 --devices all --op $words --samples 1 --json --quiet --no-save
        exits 0
        printf '%s\n' "$output" >ranks.json
        jq -e '.results[0].verdict.ok and .ranks.devices == 3 and ([.ranks.list[].share] | add - 1 | fabs < 1e-9)' ranks.json
        gpubench gpu 130 --op $words --variant "$(jq -r '.results[0].key | split("/")[3]' ranks.json)" --samples 1 --json --quiet \
            --no-save
        jq -e --slurpfile ranks ranks.json '(.job.sum - $ranks[0].job.sum) / .results[0].verdict.sum | fabs < 1e-6' <<<"$output"
    done
    gpubench gpu 200 --devices 0,1 --op matmul --variant tile --samples 1 --json --quiet --no-save
    jq -e '.results[0].verdict.block_error > 0' <<<"$output"
    field .job.sum >once.txt
    gpubench gpu 200 --devices 0,1 --op matmul --variant tile --samples 1 --json --quiet --no-save
    [ "$(field .job.sum)" = "$(cat once.txt)" ]
    gpubench gpu 30 --devices all --op matmul --variant tile --samples 1 --json --quiet --no-save # it has one row of tiles
    exits 0
    jq -e '[.ranks.list[].part | select(. == 0)] | length == 2' <<<"$output"
}

@test "simulated GPUs: the one whose rows of C are wrong is named, also by an entry that no sample hits" {
    fake_gpus 2
    export FAKECUDA_FAULTY=1
    # Rank 1 has rows 96 to 199, of 224 words. The errors are too small for the sum of a row.
    for entry in 96:2 130:7 170:60 199:198; do
        FAKECUDA_SPOIL=matmul_tile:1:$((${entry%:*} * 224 + ${entry#*:})):1.00003 gpubench gpu 200 --devices all --op matmul \
            --variant tile --samples 1 --verify full
        exits 1
        matches "$errors" "gpubench: wrong result of rank 1 on $(hostname) .*/gpu:1.*its rows of C of matmul/f32/tile, 96 to 199: C.${entry%:*}..${entry#*:}. is"
        [ "$(wc -l <errors.txt)" -eq 1 ]
        lacks "$output$errors" "steady state|Time taken"
    done
    unset FAKECUDA_FAULTY
    gpubench gpu 200 --devices all --op matmul --variant symmetric-small
    exits 1
    matches "$errors" "cannot be divided among ranks, as the portable kernels that make all of C can, and cuBLAS's gemm"
}

@test "--ranks: a reader that leaves ends them as it ends one process, without a word" {
    "$GPUBENCH" cpu 64 --op matmul --ranks 2 --samples 1 --no-save 2>errors.txt | true
    [ "${PIPESTATUS[0]}" -eq 141 ]
    [ ! -s errors.txt ]
}
