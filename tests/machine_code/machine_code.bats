#!/usr/bin/env bats
# scripts/check/check-machine-code must find what it looks for: planted in the PTX, not in the kernels.
# Without the JIT library of a driver nothing of this can be tried.

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    [ -x "$ROOT/build/tests/jit_report" ] || skip "build/tests/jit_report is not built: make jit-report"
    reason=$("$ROOT/scripts/check/driver-jit" 418 2>&1) || skip "$reason"
    export ARCHITECTURES=30 PTX_FOLDER=$BATS_TEST_TMPDIR/images TABLE=$BATS_TEST_TMPDIR/table.txt
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p "$PTX_FOLDER"/{matmul,sum_aat}/portable
    for kernel in matmul/portable/naive matmul/portable/kepler sum_aat/portable/warp_triangle; do
        cp "$ROOT/build/images/$kernel.portable.ptx" "$PTX_FOLDER/$kernel.portable.ptx"
    done
}

check() {
    run "$ROOT/scripts/check/check-machine-code" 418 "$@"
}
written() {
    check --write
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
# $1: a kernel, $2: an edit of its PTX, $3: what must be said.
caught() {
    cp "$PTX_FOLDER/$1.portable.ptx" before
    sed -i -E "$2" "$PTX_FOLDER/$1.portable.ptx"
    ! cmp -s before "$PTX_FOLDER/$1.portable.ptx"
    check
    [ "$status" -eq 1 ] || { echo "exit $status"; echo "$output"; return 1; }
    [[ $output =~ $3 ]] || { echo "$output"; return 1; }
}

@test "kernels as they are pass, and a second look agrees with the first" {
    written
    check
    [ "$status" -eq 0 ]
    grep -qE '^matmul_kepler +14484  3\.0 +63$' "$TABLE"
    grep -qE '^sum_aat_warp_triangle +[0-9]+  3\.5 +63\+[0-9]+$' "$TABLE" # spills at 3.0, and is hot from 3.5
}
@test "an instruction newer than compute capability 3.0 is refused" {
    written
    caught matmul/portable/naive '0,/ld\.global\.f32/s//ld.global.nc.f32/' "ld\.nc.*requires"
}
@test "PTX that driver 418 is too old for is refused" {
    written
    caught matmul/portable/naive 's/^\.version .*/.version 7.0/' 'Unsupported \.version 7\.0'
}
@test "more than 48 KiB of shared memory is refused" {
    written
    caught matmul/portable/kepler 's/words\[14464\]/words[49168]/' 'too much shared|49[0-9]{3} bytes of shared memory'
}
@test "a hot kernel that spills is refused" {
    written
    caught matmul/portable/kepler 's/^\.maxntid 256, 1, 1/&\n.maxnreg 48/' 'matmul_kepler is hot and spills [0-9]+ bytes for sm_30'
}
@test "a kernel that takes other registers than the table says is seen" {
    written
    sed -i -E 's/^(matmul_naive .*) 29$/\1 30/' "$TABLE"
    check
    [ "$status" -eq 1 ]
    [[ $output == *"is not what the kernels give"* ]]
}
@test "a kernel that the table lacks is seen, whatever compiler made the table" {
    written
    sed -i -e '/^matmul_naive/d' -e '1s/clang/another clang/' "$TABLE"
    check
    [ "$status" -eq 1 ]
    [[ $output == *"registers are not"*"is not what the kernels give"* ]]
}
@test "registers from another compiler are not compared, and that is said" {
    written
    sed -i -E -e 's/^(matmul_naive .*) 29$/\1 30/' -e '1s/clang/another clang/' "$TABLE"
    check
    [ "$status" -eq 0 ]
    [[ $output == *"made with other versions"* ]]
}
@test "where apt has no Debian source the check is skipped, with the reason" {
    mkdir bin
    printf '#!/bin/sh\n' >bin/apt-get
    chmod +x bin/apt-get
    copy=$BATS_TEST_TMPDIR/copy
    mkdir -p "$copy/scripts/check"
    cp "$ROOT/scripts/check/driver-jit" "$copy/scripts/check"
    PATH=$PWD/bin:$PATH run "$copy/scripts/check/driver-jit" 418
    [ "$status" -eq 77 ]
    [ "$output" = 'the JIT library of driver branch 418 cannot be had: apt has no Debian source here, and it is a package of Debian' ]
}
