#!/usr/bin/env bats
# The program for aarch64, run through qemu (tests/run aarch64): it is what it should be, and what it computes is right.
load ../cli/helper

# A CPU that this OpenBLAS knows, so that it needs no trial of core types, which takes long under qemu.
export QEMU_CPU=neoverse-n1

@test "the program is for aarch64 and starts on systems with glibc 2.31" {
    matches "$(readelf -h "$GPUBENCH")" 'Machine: +AArch64'
    newest=$(readelf -V "$GPUBENCH" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
    [ "$(printf '%s\n' GLIBC_2.31 "$newest" | sort -V | tail -n 1)" = GLIBC_2.31 ]
}

@test "the sum of the main job is that of x86-64, and verified" {
    gpubench cpu 500 --no-save --max-time 1
    exits 0
    [ "$(head -n 1 <<<"$output")" = 3.125955e+07 ]
    matches "$output" 'OpenBLAS [0-9.]+ [a-z0-9]+ · seed 1'
    matches "$output" '  verified '
}

# 321: beyond a panel of 256 rows and beyond a tile of 64, by one.
@test "every variant in float32 and float64 is verified at N = 321" {
    for type in f32 f64; do
        gpubench cpu 321 --all --type $type --no-save --samples 1
        exits 0
        [ "$(grep -c ' ok$' <<<"$output")" -ge 3 ]
        lacks "$output" 'WRONG|waived'
    done
}

# A run has a share of the peak that was measured before it: of one in three, because other programs may slow either.
has_peak() { # OPTION...
    local try
    for try in 1 2 3; do
        gpubench cpu 100 --json --no-save --samples 1 "$@"
        exits 0
        jq -e '.results[0].speed.peak_share > 0 and .results[0].speed.peak_share < 1.5' <<<"$output" && return
    done
    printf 'no share of the peak in %d runs\n' "$try"
    return 1
}

@test "a result says that it was measured on aarch64, and a share of the measured peak" {
    has_peak
    [ "$(jq -r .host.arch <<<"$output")" = aarch64 ]
}

@test "the peak is that of SVE's or of NEON's registers, whichever are faster, and is there without SVE" {
    for cpu in max,sve-default-vector-length=64 max,sve=off; do
        QEMU_CPU=$cpu OPENBLAS_CORETYPE=neoversen1 has_peak --threads 1 --variant fused-triangle
        jq -e '.results[0].state == "ok" and .cpu.isa == "neon"' <<<"$output"
    done
}

@test "doctor's trial on the CPU is verified" {
    gpubench doctor
    matches "$output" 'cpu trial +sum-aat/f32/openblas-syrk, N = 256: verified'
    matches "$output" 'cpu +.*, neon, '
}

@test "where OpenBLAS does not know the CPU, other core types are tried" {
    QEMU_CPU=max,sve=off gpubench cpu 64 --threads 1 --json --no-save --samples 1
    exits 0
    jq -e '.blas.core_of_openblas == "armv8"' <<<"$output"
    [ "$(jq -c '[.blas.trials | keys_unsorted[]]' <<<"$output")" = '["armv8","neoversen1","cortexa57"]' ]
}
