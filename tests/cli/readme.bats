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
    "$top/scripts/reference-tables" --write
}

@test "the tables in README.md are those of results/reference" {
    run "$top/scripts/reference-tables" --check
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
    "$top/scripts/reference-tables" --check
    grep -qxF '**Example GPU** · compute capability 9.0 · driver 580.1 · 2026-11-24 · commit 1a2b3c4' "$GPUBENCH_TREE/README.md"
    rows='| tile | 1.000 ms | - | 2.00 | - | 2.00 |
| cublas-sgemm | 2.000 ms | 0.5 % | 1.00 | 50 % | 1.00 |'
    [ "$(grep -A1 -F '| tile |' "$GPUBENCH_TREE/README.md")" = "$rows" ]
}

@test "a figure changed in README.md, or in a file, is found" {
    copy
    sed -i 's/| tile | 1\.000 ms/| tile | 0.900 ms/' "$GPUBENCH_TREE/README.md"
    run "$top/scripts/reference-tables" --check
    [ "$status" -eq 1 ]
    copy
    sed -i 's/0\.001,/0.0011,/' "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/reference-tables" --check
    [ "$status" -eq 1 ]
    [[ $output == *'reference-tables --write'* ]]
}

# $1: sed expression that spoils the result file, $2: what must be said about it.
refused() {
    copy
    sed -i "$1" "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/reference-tables"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == "reference-tables: one.json: "*"$2"* ]]
}
@test "a simulated device is refused" { refused 's/"simulated": false/"simulated": true/' simulated; }
@test "a wrong result is refused" { refused '0,/"state": "ok"/s//"state": "wrong", "reason": "off"/' 'cublas-sgemm/n=1000 is wrong: off'; }
@test "another schema is refused" { refused 's|result/1|result/2|' result/2; }
@test "half a file is refused" { refused 5,99d 'line 5'; }
