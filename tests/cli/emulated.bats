#!/usr/bin/env bats
# What cuBLAS emulates, with a cuBLAS for simulated GPUs (tests/fakecuda/cublas.c): the rows, and that none of them has a
# time where cuBLAS computed in the plain arithmetic instead.
load helper

cublas() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/cublas/libcublas.so.13" ] || skip "no simulated cuBLAS"
    export LD_LIBRARY_PATH=$FAKECUDA:$FAKECUDA/cublas FAKECUDA_PROFILE=${FAKECUDA_PROFILE:-b200}
}

# rows OUTPUT-FILE ARGUMENTS...: $table gets a line for each row: arithmetic, variant, state
rows() {
    cublas
    gpubench gpu 70 --samples 1 --max-time 0.01 --no-save --output "$1" "${@:2}"
    table=$(jq -r '.results[] | [.arithmetic, .variant, .state] | join(" ")' "$1")
}

@test "cuBLAS emulates FP32 and FP64 in arithmetics of their own, quoted against its plain products" {
    for op in matmul sum-aat; do
        rows f32 --op $op --arith 'f32*' --variant cublas-sgemm,cublas-bf16x9
        exits 0
        [ "$table" = $'f32 cublas-sgemm ok\nf32-9xbf16 cublas-bf16x9 ok' ]
        jq -e '.results[1].reference.key | endswith("/f32/cublas-sgemm/n=70")' f32
        rows f64 --op $op --type f64 --arith 'f64*' --variant cublas-dgemm,cublas-fixed-point
        exits 0
        [ "$table" = $'f64 cublas-dgemm ok\nf64-int8 cublas-fixed-point ok' ]
        jq -e '.results[1].reference.key | endswith("/f64/cublas-dgemm/n=70")' f64
    done
}

@test "where cuBLAS falls back without a word the row is waived and has no time" {
    export FAKECUBLAS=plain
    rows f32 --op matmul --arith 'f32*' --variant cublas-sgemm,cublas-bf16x9
    exits 0
    [ "$table" = $'f32 cublas-sgemm ok\nf32-9xbf16 cublas-bf16x9 waived' ]
    jq -e '.results[1] | .summary == null and (.reason | contains("has the bits of its plain FP32"))' f32
    for range in unit signed wide; do
        rows f64 --op sum-aat --range $range --type f64 --arith 'f64*' --variant cublas-dgemm,cublas-fixed-point
        exits 0
        [ "$table" = $'f64 cublas-dgemm ok\nf64-int8 cublas-fixed-point waived' ]
        jq -e '.results[1] | .summary == null and (.reason | contains("in plain FP64"))' f64
    done
    # alone
    gpubench gpu 70 --op matmul --type f64 --arith f64-int8 --variant cublas-fixed-point --no-save
    exits 77
    matches "$errors" 'cuBLAS did not emulate'
}

@test "an older cuBLAS, another GPU and too small an N are waived with the reason" {
    FAKECUBLAS_VERSION=12.8 rows old --op matmul --arith f32,f32-9xbf16 --variant cublas-sgemm,cublas-bf16x9
    exits 0
    jq -e '.results[1].reason == "needs cuBLAS 12.9, this is 12.8"' old
    FAKECUBLAS_VERSION=13.0 rows old --type f64 --arith f64,f64-int8 --variant cublas-dgemm,cublas-fixed-point
    exits 0
    jq -e '.results[1].reason == "needs cuBLAS 13.1, this is 13.0"' old
    FAKECUDA_PROFILE=h100 rows hopper --op matmul --arith f32,f32-9xbf16 --variant cublas-sgemm,cublas-bf16x9
    exits 0
    jq -e '.results[1].reason == "needs cc 10.0, this is 9.0"' hopper
    FAKECUDA_PROFILE=b200 gpubench gpu 63 --op matmul --arith f32,f32-9xbf16 --variant cublas-sgemm,cublas-bf16x9 --samples 1 --max-time 0.01 --no-save --output small
    exits 0
    jq -e '.results[1].reason | contains("cannot be distinguished from plain FP32 by its bits below N = 64")' small
}

@test "an emulated product that is wrong is called wrong" {
    export FAKECUBLAS=wrong
    for type in f32 f64; do
        arith=f32-9xbf16 variant=cublas-bf16x9
        [ $type = f32 ] || arith=f64-int8 variant=cublas-fixed-point
        rows wrong --op matmul --type $type --arith $arith --variant $variant --all
        exits 1
        jq -e '.results[0] | .state == "wrong" and .summary == null' wrong
    done
}
