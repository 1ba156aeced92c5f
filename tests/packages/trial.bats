#!/usr/bin/env bats
# scripts/gpu/container-trial with the simulated driver: namespaces, mounts, limits and the summary are real, the GPU is not.

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    FAKECUDA=${FAKECUDA:-$PWD/build/tests/fakecuda}
    [ "$(id -u)" -eq 0 ] || skip "only root can make namespaces and control groups"
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    unshare --mount --propagation private true || skip "no mount namespace can be made here"
    rootfs=build/gpubench-$(sed -n "s/^VERSION = //p" Makefile)-rootfs.tar.gz
    [ "$rootfs" -nt build/gpubench ] || (unset MAKEFLAGS MAKELEVEL && make rootfs)
    mkdir "$BATS_TEST_TMPDIR/driver"
    cp "$FAKECUDA"/lib*.so* "$(g++ -print-file-name=libstdc++.so.6)" "$BATS_TEST_TMPDIR/driver/"
    export DRIVER=$BATS_TEST_TMPDIR/driver FAKECUDA_PROFILE=h100 N=65 M=500 ROUNDS=1 SAMPLES=2 QUOTA=1 MEMORY=1
}

@test "the root file system is at most 45 MB to carry" {
    [ "$(stat -c %s "$rootfs")" -le 45000000 ]
}

@test "bare and contained runs, the quota's threads, results on the volume, and a summary" {
    out=$BATS_TEST_TMPDIR/out
    run scripts/gpu/container-trial "$rootfs" "$out"
    echo "$output"
    # Only a real GPU can show whether times agree within 2 %.
    [ "$status" -eq 0 ] || grep -q 'SLOWER' "$out/summary.txt"
    grep -qE "^cpu 500 +quota of 1 of $(nproc) CPUs +1 threads" "$out/summary.txt"
    grep -qE '^gpu 65 +steady state +bare [0-9.e-]+ s +contained [0-9.e-]+ s' "$out/summary.txt"
    jq -e '.host.limits.cpu_quota == 1 and .host.limits.memory == 1073741824 and .container.kind == "podman" and
        .host.name == "gpubench-trial"' "$out/cpu-chosen-1.json"
    jq -e '.host.limits | has("cpu_quota") | not' "$out/gpu-bare-1.json"
    jq -e '.results[0].verdict.ok' "$out/gpu-contained-1.json"
    [ "$(stat -c %u "$out/gpu-contained-1.json")" -eq 65532 ]
    # No mount and no control group remain.
    [[ $(cat /proc/self/mounts) != *gpubench-trial* ]]
    [ -z "$(find /sys/fs/cgroup -maxdepth 3 -name 'gpubench-trial-*')" ]
}

@test "a directory that holds something is refused, and a tarball that is none" {
    mkdir "$BATS_TEST_TMPDIR/full"
    touch "$BATS_TEST_TMPDIR/full/x"
    run scripts/gpu/container-trial "$rootfs" "$BATS_TEST_TMPDIR/full"
    [ "$status" -eq 1 ]
    [[ $output == *'is not empty'* ]]
    run scripts/gpu/container-trial /dev/null "$BATS_TEST_TMPDIR/new"
    [ "$status" -eq 1 ]
    [[ $output == *'make rootfs'* ]]
}
