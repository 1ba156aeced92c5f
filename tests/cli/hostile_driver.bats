#!/usr/bin/env bats
# A driver or NVML that hangs, crashes, ends the program or reports garbage costs one line in a sentence.
# shellcheck disable=SC2154
load helper

# cuda CODE: makes a libcuda.so.1 whose cuInit is that, in $PWD/bad.
cuda() {
    mkdir -p bad
    echo "#include <stdlib.h>
#include <unistd.h>
int cuInit(unsigned flags) { (void)flags; $1 }" >bad.c
    ${CC:-gcc} -shared -fPIC -o bad/libcuda.so.1 bad.c
}

in_time() { # ARGUMENT...: gpubench, which must end by itself
    status=0
    output=$(timeout -s KILL 60 "$GPUBENCH" "$@" 2>errors.txt) || status=$?
    errors=$(cat errors.txt)
    [ "$status" -ne 137 ] || { echo "gpubench $* did not end in a minute" && return 1; }
}

@test "NVML that hangs, crashes or exits costs its own readings, and doctor says so" {
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100
    for how in hang crash exit; do
        for where in init handle version power clock; do
            [ $how$where != hanginit ] || continue # takes ten seconds: below
            FAKENVML=$how:$where in_time gpu 65 --samples 2 --max-time 0.05 --no-save
            exits 0 || { echo "$how in $where" && return 1; }
            matches "$output" 'Time taken'
        done
    done
    for how in crash exit hang; do
        FAKENVML=$how:init in_time doctor
        [ $how = hang ] && word='does not answer' || word='crashed'
        matches "$output" "$word"
        matches "$output" 'Result = '
    done
}

@test "names of devices and errors that a driver makes up command nothing" {
    mkdir hostile
    cp "$FAKECUDA"/*.so.1 hostile/
    /usr/bin/python3 - hostile/libcuda.so.1 <<'END'
import sys
with open(sys.argv[1], "rb") as file:
    library = file.read()
for name in b"CUDA_ERROR_LAUNCH_FAILED\0", b"CUDA_ERROR_ILLEGAL_ADDRESS\0", b"NVIDIA H100 80GB HBM3":
    assert name in library
    library = library.replace(name, b"\x1b[2J ::x::##vso[\xc2\x9b\xe2\x80\xae zzzzzz"[:len(name.strip(b"\0"))] + b"\0" * name.count(b"\0"))
with open(sys.argv[1], "wb") as file:
    file.write(library)
END
    export LD_LIBRARY_PATH=$PWD/hostile FAKECUDA_PROFILE=h100
    for line in "gpu 65" "gpu 65 --all --max-time 0.1" "gpu 65 --all --json --max-time 0.1" doctor "doctor --json" "list --verbose" "gpu 33 --all-devices" \
        "soak --for 1 --order 33 --memory 1M"; do
        for rule in none:1:1 cuLaunchKernel:3:719 cuLaunchKernel:40:719 "cuStreamSynchronize:9:700"; do
            more=--no-save
            [[ $line != doctor* && $line != list* ]] || more=
            # shellcheck disable=SC2086
            FAKECUDA_FAIL=$rule in_time $line $more
            if LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|^\s*::|##vso\[' <<<"$output$errors"; then
                echo "$line with $rule" && return 1
            fi
        done
    done
    LD_LIBRARY_PATH=$PWD/hostile gpubench list
    matches "$output" '\[2J  :x:: #vso\['
}

@test "garbage from NVML is not shown" {
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100
    FAKENVML=garbage gpubench gpu 65 --samples 2 --max-time 0.05 --json --no-save
    exits 0
    lacks "$output" '[34]000000|4294967' 
    FAKENVML=garbage gpubench doctor
    lacks "$output" '4000000|[0-9]{7} (W|MHz)'
}

@test "a libcuda.so.1 that cannot be loaded is not called absent" {
    mkdir bad
    echo 'not a library' >bad/libcuda.so.1
    LD_LIBRARY_PATH=$PWD/bad gpubench gpu 64
    exits 77
    matches "$errors" 'cannot be loaded: .*(invalid ELF header|file too short)'
    echo 'int x(void); int cuInit(unsigned f) { (void)f; return x(); }' >bad.c
    ${CC:-gcc} -shared -fPIC -Wl,-z,now -o bad/libcuda.so.1 bad.c
    LD_LIBRARY_PATH=$PWD/bad gpubench doctor
    matches "$output" 'undefined symbol: x'
    rm bad/libcuda.so.1
    LD_LIBRARY_PATH=$PWD/bad gpubench gpu 64
    lacks "$errors" 'cannot be loaded'
}

@test "a driver that calls exit(0) does not end the program as a success" {
    for call in cuInit cuDeviceGetCount cuStreamSynchronize; do
        LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_EXIT=$call gpubench gpu 64 --no-save
        exits 1
        matches "$errors" 'ended the program in the middle'
    done
    for call in cuInit cuStreamSynchronize; do
        LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_EXIT=$call FAKECUDA_EXIT_AT_ONCE=1 gpubench gpu 64 --no-save
        exits 1
        matches "$errors" 'ended the program in the middle'
    done
    cuda 'return 0; } __attribute__((constructor)) static void quit(void) { _exit(0);'
    for command in 'gpu 64' doctor list 'gpu 64 --all-devices'; do
        # shellcheck disable=SC2086
        LD_LIBRARY_PATH=$PWD/bad gpubench $command
        [ "$status" -ne 0 ]
        [ -n "$errors" ]
    done
    LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_EXIT=cuInit gpubench gpu 64 --all-devices
    [ "$status" -ne 0 ]
    cuda 'return 0; } __attribute__((constructor)) static void quit(void) { quick_exit(0);'
    for command in 'gpu 64' doctor list; do
        # shellcheck disable=SC2086
        LD_LIBRARY_PATH=$PWD/bad gpubench $command
        exits 1
        matches "$errors" 'ended the program in the middle'
    done
}

@test "a driver that crashes ends the program by its signal, with a sentence" {
    [ -z "${ASAN_OPTIONS-}" ] || skip "the sanitizer reports crashes itself"
    cuda 'return 0; } __attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1;'
    for command in 'gpu 64' doctor list; do
        # shellcheck disable=SC2086
        LD_LIBRARY_PATH=$PWD/bad gpubench $command
        exits 139
        matches "$errors" '^gpubench: crashed, in itself or in a library'
    done
    cuda 'return 0; } __attribute__((constructor)) static void crash(void) { abort();'
    LD_LIBRARY_PATH=$PWD/bad gpubench gpu 64
    exits 134
    matches "$errors" 'gpubench: crashed, in itself or in a library'
}

@test "a driver that counts millions of GPUs is not believed" {
    export LD_LIBRARY_PATH=$FAKECUDA
    for devices in 1000000 2147483647 -5 257; do
        for command in "gpu 64" "gpu 64 --all-devices" doctor list; do
            # shellcheck disable=SC2086
            FAKECUDA_DEVICES=$devices in_time $command
            [ "$(wc -l <<<"$output$errors")" -lt 200 ]
        done
        FAKECUDA_DEVICES=$devices gpubench gpu 64
        matches "$errors" 'which cannot be'
    done
}

@test "doctor and --all-devices end in a sentence when a driver call hangs" {
    export LD_LIBRARY_PATH=$FAKECUDA GPUBENCH_HANG_SECONDS=1
    for call in cuInit cuDriverGetVersion cuDeviceGetCount cuDeviceGetName cuDeviceGetAttribute cuDevicePrimaryCtxRetain \
        cuMemGetInfo_v2; do
        FAKECUDA_HANG=$call in_time doctor
        matches "$errors" 'has not answered for'
    done
    FAKECUDA_HANG=cuInit in_time gpu 64 --all-devices
    [ "$status" -ne 0 ]
    matches "$errors" 'has not answered for'
}
