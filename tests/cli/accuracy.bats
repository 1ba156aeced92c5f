#!/usr/bin/env bats
# The errors in docs/accuracy.md and its picture are those of the result files, and the check for it can fail.

setup() {
    top=$BATS_TEST_DIRNAME/../..
}

@test "tables and picture in docs/accuracy.md are those of results/reference" {
    run "$top/scripts/docs/accuracy-tables" --check
    echo "$output"
    [ "$status" -eq 0 ]
}

# A tree with one result file of three products, and the page and picture made from it.
copy() {
    export GPUBENCH_TREE=$BATS_TEST_TMPDIR
    mkdir -p "$GPUBENCH_TREE/results/reference" "$GPUBENCH_TREE/docs"
    cp "$top/docs/accuracy.md" "$GPUBENCH_TREE/docs"
    jq -n '
        def product(a; v; s; relf; bias): {key: "gpu/matmul/\(a)/\(v)/n=1000", state: "ok", op: "matmul", n: 1000, variant: v, arithmetic: a,
            library: true, symmetric: false, summary: {median_s: s},
            verdict: {ok: true, sum_error: bias, rel_f: relf, bias: bias, worst_entry: (4 * relf)}};
        {schema: "gpubench-result/1", simulated: false, started: "2026-11-24T10:15:02Z", tool: {commit: "1a2b3c4", dirty: false},
         device: {backend: "gpu", name: "Example GPU", compute_capability: "9.0"}, driver: {version: "580.1"},
         problem: {op: "matmul", n: 1000, range: "[0,1)"},
         results: [product("f32"; "slow"; 0.002; 4e-7; -2e-9), product("tf32"; "cublas-gemm"; 0.001; 1.3e-5; -6.8e-6),
                   {key: "gpu/matmul/bf16/none/n=1000", state: "waived", reason: "old", op: "matmul", n: 1000}]}' \
        >"$GPUBENCH_TREE/results/reference/one.json"
    "$top/scripts/docs/accuracy-tables" --write
}

@test "a verified product becomes a row with its errors, fastest first, and a point in the picture" {
    copy
    "$top/scripts/docs/accuracy-tables" --check
    # shellcheck disable=SC2016 # backticks of Markdown
    rows='| `tf32` cublas-gemm | 1.000 ms | -6.8e-06 | 1.3e-05 | -6.8e-06 | 5.2e-05 |
| `f32` slow | 2.000 ms | -2.0e-09 | 4.0e-07 | -2.0e-09 | 1.6e-06 |'
    # shellcheck disable=SC2016
    [ "$(grep -A1 -F '`tf32` cublas-gemm |' "$GPUBENCH_TREE/docs/accuracy.md")" = "$rows" ]
    for picture in accuracy.svg accuracy-dark.svg; do
        grep -q '>cuBLAS tf32<' "$GPUBENCH_TREE/docs/$picture"
        grep -q 'N = 1000, entries in' "$GPUBENCH_TREE/docs/$picture"
    done
}

@test "entries of the other range have a table of their own" {
    copy
    jq '.problem.range = "[-1,1)" | .results[1].verdict.rel_f = 2.6e-4' "$GPUBENCH_TREE/results/reference/one.json" \
        >"$GPUBENCH_TREE/results/reference/two.json"
    "$top/scripts/docs/accuracy-tables" --write
    grep -A3 -F '| N = 1000, entries in [-1,1) |' "$GPUBENCH_TREE/docs/accuracy.md" | grep -qF '| 2.6e-04 |'
    grep -A3 -F '| N = 1000, entries in [0,1) |' "$GPUBENCH_TREE/docs/accuracy.md" | grep -qF '| 1.3e-05 |'
}

@test "an error changed in the page, or in a file, or a time in the picture, is found" {
    copy
    sed -i 's/1\.3e-05/1.2e-05/' "$GPUBENCH_TREE/docs/accuracy.md"
    run "$top/scripts/docs/accuracy-tables" --check
    [ "$status" -eq 1 ]
    [[ $output == *'accuracy.md are not'* ]]
    copy
    sed -i 's/0\.00001300\|1\.3e-0*5/1.32e-5/' "$GPUBENCH_TREE/results/reference/one.json" # the table's digits stay as they are
    run "$top/scripts/docs/accuracy-tables" --check
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'accuracy.svg is not of'* ]]
}

@test "a simulated device is refused" {
    copy
    sed -i 's/"simulated": false/"simulated": true/' "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/docs/accuracy-tables"
    [ "$status" -eq 1 ]
    [[ $output == 'accuracy-tables: one.json: '*simulated* ]]
}

@test "without result files the page says so, and that is not an error" {
    copy
    rm "$GPUBENCH_TREE/results/reference/one.json"
    "$top/scripts/docs/accuracy-tables" --write
    grep -qF 'holds no products yet' "$GPUBENCH_TREE/docs/accuracy.md"
}
