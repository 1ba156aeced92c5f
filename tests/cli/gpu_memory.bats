#!/usr/bin/env bats
# More matrix than memory: sum-aat makes A panel by panel, on the simulated GPUs of tests/fakecuda.
load helper

setup_file() { export FAKECUDA_WORKERS=2; }

fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
}

# The sum that a variant leaves, with every bit; what was given behind N and the variant is passed on.
sum_of() {
    gpubench gpu "$1" --variant "$2" --samples 1 --no-save --json "${@:3}"
    exits 0
    jq -e '.results[0].verdict.ok' <<<"$output" >/dev/null
    jq -r '.job.sum' <<<"$output"
}

# $1: N; $2: bytes, beyond which the fake driver has no memory; variants follow.
streams_with_the_same_bits() {
    local n=$1 bytes=$2 variant whole
    fake_driver
    for variant in "${@:3}"; do
        whole=$(sum_of "$n" "$variant")
        streamed=$(FAKECUDA_MEMORY=$bytes sum_of "$n" "$variant" --memory-limit "$bytes")
        [ "$streamed" = "$whole" ] || { echo "$variant, N = $n: $streamed, in memory $whole"; return 1; }
    done
}

@test "streamed and in memory, the sum has the same bits, and the limit is kept" {
    streams_with_the_same_bits 511 700000 triangle kepler-triangle warp-triangle
}
@test "so it has with an odd N and room for little more than two strips" {
    streams_with_the_same_bits 777 760000 triangle kepler-triangle
    streams_with_the_same_bits 641 900000 warp-triangle
}
@test "so it has where N is a tile, or less than one" {
    streams_with_the_same_bits 96 270000 kepler-triangle
    streams_with_the_same_bits 1 120000 triangle kepler-triangle
    streams_with_the_same_bits 65 200000 warp-triangle
}

@test "in memory, with little to spare, the limit is kept too" {
    fake_driver
    FAKECUDA_MEMORY=2400000 gpubench gpu 511 --memory-limit 2400000 --no-save
    exits 0
    lacks "$output" streamed
}

@test "a streamed run says so, on paper and in the result" {
    fake_driver
    gpubench gpu 511 --memory-limit 700000 --no-save --output result.json
    exits 0
    matches "$output" 'A streamed, [0-9]+ rows in memory'
    jq -e '.device.memory.limit == 700000 and .device.memory.panel_rows > 128' result.json
    gpubench gpu 511 --memory-limit 1G --no-save --output result.json
    exits 0
    lacks "$output" streamed
    jq -e '.device.memory.limit == 1073741824 and (.device.memory | has("panel_rows") | not)' result.json
}

@test "a streamed matrix has no cold cache" {
    fake_driver
    gpubench gpu 300 --memory-limit 600K --cache cold --samples 1 --no-save
    exits 1
    matches "$errors" '^gpubench: a streamed A .*leave out --cache cold$'
}

@test "a table of streamed variants has the libraries waived" {
    fake_driver
    gpubench gpu 300 --all --memory-limit 600K --samples 1 --max-time 0.01 --no-save
    exits 0
    [ "$(grep -cE '^ +f32 .* ok$' <<<"$output")" -eq 3 ]
    grep -qE '^ +f32 +cublas-sgemm +waived: needs [0-9.]+ MiB, 600\.0 KiB are free' <<<"$output"
}

@test "a wrong entry of a streamed A is found" {
    fake_driver
    # the fill of the second panel that is checked against the host never happens
    FAKECUDA_SKIP=fill_philox:2 gpubench gpu 511 --memory-limit 700000 --no-save
    exits 1
    matches "$errors" 'wrong fill|wrong result'
}

@test "matmul and reduce beyond the memory are refused, and sum-aat is named" {
    fake_driver
    gpubench gpu 60000 --op matmul
    exits 1
    matches "$errors" '^gpubench: N = 60000 needs 27\.0 GiB for matmul \(A and C\); GeForce GT 750M \(simulated\) has 2\.0 GiB free\. '
    matches "$errors" 'sum-aat needs no C and streams A: gpubench gpu 60000 --op sum-aat$'
    gpubench gpu 60000 --op reduce
    exits 1
    matches "$errors" ' needs 13\.4 GiB for reduce; .*sum-aat streams A: gpubench gpu 60000 --op sum-aat$'
    gpubench gpu 300 --op matmul --variant tile --memory-limit 1M
    exits 1
    matches "$errors" '^gpubench: N = 300: matmul/f32/tile on .* needs .* are free\.'
    [ "$(saved_results)" -eq 0 ]
}

@test "where two strips of a kernel do not fit, one with smaller tiles streams A" {
    fake_driver
    FAKECUDA_PROFILE=h100 gpubench gpu 333 --memory-limit 700K --samples 1 --no-save --json
    exits 0
    jq -e '(.device.summary | test("A streamed, 155 rows")) and .results[0].variant == "triangle"' <<<"$output"
}

@test "a limit below two strips is refused with what is needed" {
    fake_driver
    FAKECUDA_FAIL='cuMemAlloc_v2:*:999' gpubench gpu 1000 --memory-limit 500K
    exits 1
    matches "$errors" '^gpubench: N = 1000 needs at least [0-9.]+ KiB for sum-aat; .* has 500\.0 KiB free\. Choose a smaller N\.$'
}

@test "--memory-limit takes sizes in K, M and G and refuses everything else" {
    fake_driver
    for wrong in 0 -1 1T G 99999999999999G ''; do
        gpubench gpu 100 --memory-limit="$wrong"
        exits 2
        matches "$errors" '^gpubench: --memory-limit '
    done
    gpubench gpu 100 --memory-limit 2m --no-save --json
    exits 0
    jq -e '.device.memory.limit == 2097152' <<<"$output"
    gpubench gpu 100 --memory-limit 0.5GB --no-save --json
    exits 0
    jq -e '.device.memory.limit == 536870912' <<<"$output"
}
