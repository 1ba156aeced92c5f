#!/usr/bin/env bats
# What README.md says about measured figures is what the result files say, and the check for it can fail.

setup() {
    top=$BATS_TEST_DIRNAME/../..
}

# A tree of one result file and the README made from it, in which things can be changed.
copy() {
    export GPUBENCH_TREE=$BATS_TEST_TMPDIR
    mkdir -p "$GPUBENCH_TREE/results/reference"
    cp "$top/README.md" "$GPUBENCH_TREE"
    cat >"$GPUBENCH_TREE/results/reference/one.json" <<'END'
{"schema": "gpubench-result/1", "simulated": false, "started": "2026-11-24T10:15:02Z", "tool": {"commit": "1a2b3c4", "dirty": false},
 "device": {"backend": "gpu", "name": "Example GPU", "compute_capability": "9.0"}, "driver": {"version": "580.1"},
 "problem": {"op": "matmul", "n": 1000},
 "results": [
  {"key": "gpu/matmul/f32/cublas-sgemm/n=1000", "state": "ok", "op": "matmul", "n": 1000, "variant": "cublas-sgemm", "arithmetic": "f32",
   "library": true, "symmetric": false, "summary": {"median_s": 0.002, "low_s": 0.00199, "high_s": 0.00201, "confidence": 0.99},
   "speed": {"flops": 1e12, "bytes_per_s": 4e9, "peak_share": 0.5}},
  {"key": "gpu/matmul/f32/tile/n=1000", "state": "ok", "op": "matmul", "n": 1000, "variant": "tile", "arithmetic": "f32",
   "library": false, "symmetric": false, "summary": {"median_s": 0.001, "low_s": 0.001, "high_s": 0.001, "confidence": 0.9},
   "speed": {"flops": 2e12, "bytes_per_s": 8e9, "peak_share": null}}]}
END
    "$top/scripts/docs/reference-tables" --write
}

@test "the tables in README.md are those of results/reference" {
    run "$top/scripts/docs/reference-tables" --check
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "files that README.md links to are there" {
    grep -o ']([^):]*)' "$top/README.md" | tr -d '()]' >"$BATS_TEST_TMPDIR/links"
    [ -s "$BATS_TEST_TMPDIR/links" ]
    while read -r file; do
        [ -e "$top/$file" ] || { echo "$file"; false; }
    done <"$BATS_TEST_TMPDIR/links"
}

@test "a result file becomes rows, fastest first, with device, driver and day" {
    copy
    "$top/scripts/docs/reference-tables" --check
    grep -qxF '**Example GPU** · compute capability 9.0 · driver 580.1 · 2026-11-24 · commit 1a2b3c4' "$GPUBENCH_TREE/README.md"
    rows='| tile | 1.000 ms | - | 2.00 | - | 2.00 |
| cublas-sgemm | 2.000 ms | 0.5 % | 1.00 | 50 % | 1.00 |'
    [ "$(grep -A1 -F '| tile |' "$GPUBENCH_TREE/README.md")" = "$rows" ]
}

@test "a figure changed in README.md, or in a file, is found" {
    copy
    sed -i 's/| tile | 1\.000 ms/| tile | 0.900 ms/' "$GPUBENCH_TREE/README.md"
    run "$top/scripts/docs/reference-tables" --check
    [ "$status" -eq 1 ]
    copy
    sed -i 's/0\.001,/0.0011,/' "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/docs/reference-tables" --check
    [ "$status" -eq 1 ]
    [[ $output == *'reference-tables --write'* ]]
}

# $1: sed expression that spoils the result file, $2: what must be said about it.
refused() {
    copy
    sed -i "$1" "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/docs/reference-tables"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == "reference-tables: one.json: "*"$2"* ]]
}
@test "a simulated device is refused" { refused 's/"simulated": false/"simulated": true/' simulated; }
@test "a wrong result is refused" { refused '0,/"state": "ok"/s//"state": "wrong", "reason": "off"/' 'cublas-sgemm/n=1000 is wrong: off'; }
@test "another schema is refused" { refused 's|result/1|result/2|' result/2; }
@test "half a file is refused" { refused 5,99d 'line 5'; }

# $1: arithmetic, $2: variant, $3: median, $4: is a library; added to the result file.
add() {
    local file=$GPUBENCH_TREE/results/reference/one.json
    jq --arg a "$1" --arg v "$2" --argjson s "$3" --argjson l "$4" '.results += [.results[1] |
        .key = "gpu/matmul/\($a)/\($v)/n=1000" | .arithmetic = $a | .variant = $v | .library = $l | .summary.median_s = $s]' \
        "$file" >"$file.new"
    mv "$file.new" "$file"
}
@test "each arithmetic is quoted against the library in it, and what stands for f32 against f32's" {
    copy
    add tf32 cublas-gemm 0.0005 true
    add tf32 fast 0.0004 false
    add f32-3xf16 split 0.0002 false
    add bf16 alone 0.0001 false
    "$top/scripts/docs/reference-tables" --write
    grep -F '| × library |' "$GPUBENCH_TREE/README.md"
    grep -q '^| fast (tf32) .* 1\.25 |$' "$GPUBENCH_TREE/README.md"
    grep -q '^| split (f32-3xf16) .* 10\.00 |$' "$GPUBENCH_TREE/README.md"
    grep -q '^| tile .* 2\.00 |$' "$GPUBENCH_TREE/README.md"
    grep -q '^| alone (bf16) .* - |$' "$GPUBENCH_TREE/README.md"
}
