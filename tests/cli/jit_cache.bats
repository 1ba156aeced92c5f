#!/usr/bin/env bats
# Where the driver keeps what it compiled, when it cannot keep it where it would.
load helper

fake_gpu() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA TMPDIR=$BATS_TEST_TMPDIR/tmp
    unset CUDA_CACHE_PATH CUDA_CACHE_DISABLE
    own=$TMPDIR/gpubench-cuda-$(id -u)
    mkdir "$TMPDIR"
}

# The driver's cache as a result tells it; "null" where nothing was said to the driver.
told() {
    gpubench gpu 33 --samples 1 --json --quiet --no-save
    exits 0
    jq -r .env.CUDA_CACHE_PATH <<<"$output"
}

@test "with a home that can be written, the driver is told nothing" {
    fake_gpu
    [ "$(told)" = null ]
    [ ! -e "$own" ]
}

@test "without a home, or with one that cannot be written, the cache is among temporary files, the user's alone" {
    fake_gpu
    for home in "" /proc/nothing; do
        HOME=$home
        [ "$(told)" = "$own" ]
        [ "$(stat -c %a "$own")" = 700 ]
    done
    unset HOME
    [ "$(told)" = "$own" ]
    gpubench doctor
    matches "$output" "JIT cache +no home: $own +warn +.*CUDA_CACHE_PATH"
}

@test "a directory that others can write to is not taken: what lies in it will run" {
    fake_gpu
    mkdir "$own"
    chmod 777 "$own"
    HOME=/proc/nothing
    path=$(told)
    [ "$path" != "$own" ]
    rmdir "$own"
    ln -s "$BATS_TEST_TMPDIR" "$own"
    path=$(told)
    [ "$path" != "$own" ]
}

@test "a cache that somebody switched off stays off" {
    fake_gpu
    HOME=/proc/nothing
    export CUDA_CACHE_DISABLE=1
    [ "$(told)" = null ]
    gpubench doctor
    matches "$output" 'JIT cache +disabled by CUDA_CACHE_DISABLE +warn'
}
