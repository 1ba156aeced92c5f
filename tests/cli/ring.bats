#!/usr/bin/env bats
# Rings of simulated GPUs, between which panels move by a libnccl.so.2 of the tests (tests/fakecuda/nccl.c).
# The launcher is a command of several words, and each test has its own environment.
# shellcheck disable=SC2086,SC2030,SC2031
load helper
load ranks

# ring RANKS N OPTION…: the GPUs of this host in a ring.
ring() {
    local ranks=$1 n=$2 list
    shift 2
    list=$(seq -s, 0 $((ranks - 1)))
    gpubench gpu "$n" --devices "$list" --exchange ring --samples 1 --no-save "$@"
}

@test "a ring of 2, 3 and 4 GPUs is verified, gives the same bits again, and says what a link carries" {
    fake_gpus 4
    for type in f32 f64; do
        gpubench gpu 300 --type $type --samples 1 --no-save --json --quiet
        exits 0
        printf '%s\n' "$output" >alone.json
        for ranks in 2 3 4; do
            for turn in 1 2; do
                ring $ranks 300 --type $type --json --quiet
                exits 0
                printf '%s\n' "$output" >$turn.json
            done
            jq -es '.[0].job.sum == .[1].job.sum and (.[0].job.sum / .[2].job.sum - 1 | fabs < 1e-6) and
                (.[0].results[0] | .verdict.ok and (.key | endswith("n=300/ranks='$ranks'/ring"))) and
                (.[0].ranks | .links == "NCCL 2.28.9" and .devices == '$ranks' and ([.list[].share] | add - 1 | fabs < 1e-9) and
                    all(.list[]; .link_bytes_per_s > 0 and .exchange_s[0] > 0)) and
                (.[0].job.phases | map(.name) | index("connect") != null)' 1.json 2.json alone.json
        done
    done
    ring 2 300
    exits 0
    matches "$output" "connect .* NCCL 2.28.9"
    matches "$output" "exchange .* beyond the products"
    matches "$output" "compute .*exchange .*waiting .*link"
}

# With 6 ranks, a panel comes to where a longer one was.
@test "a ring of GPUs: other kernels, data and numbers of rows, down to none" {
    fake_gpus 6
    ring 6 301
    exits 0
    ring 5 3
    exits 0
    ring 4 130 --range wide
    exits 0
    ring 3 290 --range signed --variant triangle
    exits 0
    ring 2 321 --variant kepler-triangle
    exits 0
    ring 4 290 --variant ffma-sm80
    exits 0
    ring 1 100
    exits 0
}

@test "a ring of GPUs under Open MPI has the bits of --devices, also of measured shares that are verified" {
    needs openmpi
    fake_gpus 3
    ring 3 300 --json --quiet
    exits 0
    field .job.sum >local.txt
    together $OPENMPI -n 3 "$GPUBENCH" gpu 300 --exchange ring --samples 1 --no-save --json --quiet
    exits 0
    [ "$(field .job.sum)" = "$(cat local.txt)" ]
    ring 3 300 --balance measured --json --quiet
    exits 0
    jq -e '(.results[0] | .verdict.ok and (.key | endswith("/ring/measured"))) and
        (.job.phases | map(select(.name == "connect")) | length) == 1' <<<"$output"
}

@test "a ring of GPUs: what it cannot do is one sentence" {
    needs openmpi
    fake_gpus 2
    ring 2 200 --op matmul
    exits 2
    matches "$errors" "^gpubench: .*--exchange ring is for sum-aat"
    ring 2 1000 --memory-limit 5M
    exits 1
    matches "$errors" "^gpubench: rank 0 on .*needs .*more ranks"
    [ "$(wc -l <errors.txt)" -eq 1 ]
    FAKECUDA_DEVICES=1 together $OPENMPI -n 2 "$GPUBENCH" gpu 200 --exchange ring
    exits 1
    [ "$(grep -c '^gpubench: /gpu:0 of [^:]*, GPU-.*, is the GPU of more than one rank: ' errors.txt)" -eq 1 ]
    [ "$(saved_results)" -eq 0 ]
}

@test "a ring of GPUs: the rank that a panel came to with another bit is named" {
    fake_gpus 4
    # Message 1 is the row that connects them; 2 is the panel of step 1, 3 that of step 2, which rank 0 passes on.
    for message in 2 3; do
        FAKENCCL_FLIP=$message:12345:30 FAKENCCL_RANK=1 ring 4 300
        exits 1
        matches "$errors" "gpubench: wrong result of rank 1 on $(hostname) .*its part of sum-aat/f32/warp-triangle"
        lacks "$output$errors" "steady state|Time taken"
    done
    FAKENCCL_FLIP=2:12345:30 FAKENCCL_RANK=1 ring 3 300 --type f64
    exits 1
    matches "$errors" "gpubench: wrong result of rank 1 on "
}

@test "without an NCCL that can do it, or with several versions, a ring is one sentence" {
    needs openmpi
    fake_gpus 2
    FAKENCCL_VERSION=2604 ring 2 200
    exits 1
    matches "$errors" "^gpubench: rank 0 on .*: NCCL 2.6.4 is too old for --exchange ring: install 2.14 or newer"
    [ "$(wc -l <errors.txt)" -eq 1 ]
    together $OPENMPI -n 1 "$GPUBENCH" gpu 200 --exchange ring : -n 1 env FAKENCCL_VERSION=22005 "$GPUBENCH" gpu 200 \
        --exchange ring
    exits 1
    matches "$errors" "gpubench: rank 0 on .* has NCCL 2.28.9, rank 1 on .* NCCL 2.20.5: install one version"
    mkdir broken
    ln -s "$FAKECUDA"/libcuda.so.1 "$FAKECUDA"/libnvidia-ml.so.1 broken
    echo "no library" >broken/libnccl.so.2
    LD_LIBRARY_PATH=$PWD/broken ring 2 200
    exits 1
    matches "$errors" "^gpubench: rank 0 on .*NCCL, which does not load .*: install it \(libnccl2\)"
    [ "$(wc -l <errors.txt)" -eq 1 ]
    [ "$(saved_results)" -eq 0 ]
}

@test "an error of NCCL names the rank that it met, and none is left behind" {
    fake_gpus 3
    for call in ncclGetUniqueId:1:2 ncclCommInitRankConfig:1:5 ncclSend:2:3 ncclCommGetAsyncError:9:6; do
        rank=1
        [[ $call != ncclGetUniqueId* ]] || rank=-1 # before it knows its rank; only rank 0 calls it
        FAKENCCL_FAIL=$call FAKENCCL_RANK=$rank ring 3 300
        exits 1
        [ "$rank" -ge 0 ] || rank=0
        matches "$errors" "gpubench: rank $rank on $(hostname): [a-zA-Z ]*: NCCL 2.28.9 error ${call##*:} \("
        lacks "$output$errors" "steady state"
    done
}

@test "a rank of a ring of GPUs that hangs or is killed ends all, and is named" {
    fake_gpus 4
    export GPUBENCH_HANG_SECONDS=2
    for signal in STOP KILL; do
        rm -f out.txt
        "$GPUBENCH" gpu 130 --devices all --exchange ring --max-time 60 --samples 1000000 --no-save >out.txt 2>errors.txt &
        parent=$!
        eventually grep -q '^Time taken' out.txt
        mapfile -t ranks < <(pgrep -P $parent | sort -n)
        [ ${#ranks[@]} -eq 4 ]
        kill -$signal "${ranks[2]}"
        status=0
        wait $parent || status=$?
        errors=$(cat errors.txt)
        exits 1
        matches "$errors" "rank 2"
        for rank in "${ranks[@]}"; do
            eventually is_gone "$rank"
        done
    done
}
