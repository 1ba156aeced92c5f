#!/usr/bin/env bats
# A GPU that drives a display stops kernels after some seconds: on a GT 750M work goes in pieces. Time is that of the fake
# driver's model (tests/fakecuda/model.h).
load helper

fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_WORKERS=2 FAKECUDA_CLOCK=model FAKECUDA_LOG=$PWD/launches
}

# The launches of kernels whose name matches $1: how many, their blocks, the longest in ms.
launches() {
    awk -v name="$1" '$1 ~ name { n++; blocks += $2; if ($3 > longest) longest = $3 } END { print n + 0, blocks + 0, int(longest * 1000) }' launches
}

@test "N = 10000 runs on a GT 750M in launches of at most 0.2 s, and is verified" {
    fake_driver
    # of each launch one block is run, and the others reckoned (tests/fakecuda/sample.cc)
    FAKECUDA_SAMPLE=1 gpubench gpu 10000 --no-save
    exits 0
    matches "$output" 'verified +rel\. error'
    read -r count blocks longest < <(launches sum_aat)
    # 5,565 tiles, and if the host is fast enough the same twice of D·A for the verification
    times=$((blocks / 5565))
    [ $((times * 5565)) -eq "$blocks" ] && [ "$times" -ge 1 ] && [ "$times" -le 3 ] && [ "$longest" -le 200 ] &&
        [ "$count" -ge $((16 * times)) ] && [ "$count" -le $((19 * times)) ] ||
        { cat launches; return 1; }
}

@test "the same in one launch is stopped by the driver, and the sentence says so" {
    fake_driver
    FAKECUDA_WATCHDOG=hidden FAKECUDA_SLOW=1000 gpubench gpu 1000 --no-save
    exits 1
    matches "$errors" '^gpubench: .*CUDA_ERROR_LAUNCH_TIMEOUT'
    read -r count blocks longest < <(launches sum_aat)
    [ "$count" -eq 1 ] && [ "$longest" -gt 2000 ] || { cat launches; return 1; }
}

@test "on a GPU without a time limit one launch is all" {
    fake_driver
    FAKECUDA_PROFILE=k80 FAKECUDA_SLOW=100000 gpubench gpu 300 --variant kepler-triangle --no-save --samples 1
    exits 0
    read -r count blocks longest < <(launches sum_aat)
    [ $((blocks / count)) -eq 10 ] && [ "$longest" -gt 2000 ] || { cat launches; return 1; }
}

# $1: operation; variants follow, each with the blocks of its whole grid: verified, and never all in one launch.
goes_in_pieces() {
    fake_driver
    for variant in "${@:2}"; do
        rm -f launches
        FAKECUDA_SLOW=5000 gpubench gpu 300 --op "$1" --variant "${variant%:*}" --no-save
        exits 0
        matches "$output" 'verified +rel\. error'
        awk -v whole="${variant#*:}" '/^(sum_aat|matmul)/ && $2 >= whole { bad = 1 } END { exit bad }' launches ||
            { echo "$variant"; cat launches; return 1; }
    done
}
@test "sum-aat goes in pieces of the triangle" { goes_in_pieces sum-aat triangle:15 kepler-triangle:10; }
@test "matmul goes in rows of tiles, or in pieces of the triangle" {
    goes_in_pieces matmul naive:361 tile:100 kepler:16 warp-tile:9 symmetric-small:15
}

@test "a streamed matrix goes in pieces too, with the same bits" {
    fake_driver
    gpubench gpu 777 --variant kepler-triangle --no-save --json
    exits 0
    sum=$(jq .job.sum <<<"$output")
    rm launches
    FAKECUDA_SLOW=1000 gpubench gpu 777 --variant kepler-triangle --memory-limit 760000 --no-save --json
    exits 0
    [ "$(jq .job.sum <<<"$output")" = "$sum" ]
    read -r count blocks longest < <(launches sum_aat)
    [ "$count" -gt 10 ] && [ "$longest" -le 200 ] || { cat launches; return 1; }
}
