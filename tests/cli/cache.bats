#!/usr/bin/env bats
# --cache: what is still in the GPU's cache when a launch begins.
load helper

fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_WORKERS=2
}

@test "cold results say so in key, document and text, and take one launch a sample" {
    fake_driver
    gpubench gpu 65 --op reduce --all --cache cold --samples 3 --max-time 0.01 --no-save --json
    exits 0
    jq -e '.measuring == {"cache": "cold", "in_cache": false} and
           all(.results[]; .key | endswith("/n=65/cold")) and
           ([.results[] | select(.state == "ok") | .samples.launches | unique] | length > 1 and all(.[]; . == [1]))' <<<"$output"
    matches "$errors" 'seed 1 · interleaved, 3 samples each, cold cache'
}

@test "hot results of a small matrix are said to be in cache, those of a large one are not" {
    fake_driver
    gpubench gpu 255 --op reduce --variant one-pass --samples 1 --no-save --json # 254 KiB, and the cache has 256
    exits 0
    jq -e '.measuring == {"cache": "hot", "in_cache": true} and (.results[0].key | endswith("/n=255"))' <<<"$output"
    matches "$errors" 'runs? .*in cache'
    gpubench gpu 257 --op reduce --variant one-pass --samples 1 --no-save --json
    jq -e '.measuring == {"cache": "hot", "in_cache": false}' <<<"$output"
    lacks "$errors" 'in cache|cold'
}

# The sentence about a launch that fails names its kernel: so which kernel each launch is of can be asked one by one.
@test "the cache is emptied before each launch that is timed, and never in a hot run" {
    fake_driver
    cold=""
    for ((i = 6; i <= 24; i++)); do
        FAKECUDA_FAIL=cuLaunchKernel:$i:700 gpubench gpu 9 --op reduce --variant one-pass --samples 2 --no-save --cache cold
        cold+=$(sed -n 's/^gpubench: .*\<\([a-z_]*\): CUDA_ERROR.*/\1 /p' <<<"$errors")
    done
    cold=${cold// pass/} # "one-pass", by which a failure between the two is called
    [[ $cold == *"evict reduce_one_pass evict reduce_one_pass "* ]] || { echo "$cold"; false; }
    gpubench gpu 9 --op reduce --variant one-pass --samples 2 --no-save --json
    jq -e '.images.loaded | has("reduce/portable/one_pass") and (has("service/evict") | not)' <<<"$output"
}

@test "no memory left to empty the cache with is a sentence" {
    fake_driver
    for ((i = 1; i <= 24; i++)); do
        FAKECUDA_FAIL=cuMemAlloc_v2:$i:2 gpubench gpu 33 --samples 1 --no-save --cache cold
        ! grep -q -- 'for emptying the cache (--cache cold)' <<<"$errors" || break
    done
    exits 1
    matches "$errors" '^gpubench: cannot allocate .* for emptying the cache \(--cache cold\) on the GPU: CUDA_ERROR_OUT_OF_MEMORY'
}

@test "the CPU has no such choice" {
    gpubench cpu 33 --cache cold
    exits 2
}
