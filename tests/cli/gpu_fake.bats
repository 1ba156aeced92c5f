#!/usr/bin/env bats
# The main job on simulated GPUs: tests/fakecuda runs the real kernels on the CPU behind a libcuda.so.1.
load helper

# The folder of the fake driver; without it these tests have nothing to run on.
fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
    export FAKECUDA_WORKERS=2
}

# The main job on a profile, verified; $2 is the device's name.
runs_on() {
    export FAKECUDA_PROFILE=$1
    gpubench gpu 257 --no-save
    exits 0
    grep -qxF 'Shape: (257, 257) Device: /gpu:0' <<<"$output"
    matches "$output" "$2.*\(simulated\)"
    matches "$output" 'verified +rel\. error'
    matches "$output" "CUDA $3"
}

@test "a GeForce GT 750M verifies the main job" {
    fake_driver
    runs_on gt750m 'GeForce GT 750M' 10.1
    matches "$output" 'cc 3\.0'
}
@test "a Tesla K80 verifies the main job" { fake_driver; runs_on k80 'Tesla K80' 11.4; }
@test "a GeForce GTX 980 verifies the main job" { fake_driver; runs_on gtx980 'GeForce GTX 980' 12.2; }
@test "a Tesla P100 verifies the main job" { fake_driver; runs_on p100 'Tesla P100' 12.4; }
@test "a Tesla V100 verifies the main job" { fake_driver; runs_on v100 'Tesla V100' 12.2; }
@test "a Tesla T4 verifies the main job" { fake_driver; runs_on t4 'Tesla T4' 12.4; }
@test "an A100 verifies the main job" { fake_driver; runs_on a100 'A100' 12.2; }
@test "an H100 verifies the main job" { fake_driver; runs_on h100 'H100 80GB' 13.0; }
@test "a MIG slice of an H100 verifies the main job" { fake_driver; runs_on mig 'H100.*MIG 1g\.10gb' 13.0; }

@test "GPU and CPU give the same sum" {
    fake_driver
    gpubench cpu 129 -q --no-save; cpu=${output%%$'\n'*}
    gpubench gpu 129 -q --no-save; gpu=${output%%$'\n'*}
    exits 0
    [ "$cpu" = "$gpu" ]
}

@test "every portable variant of every operation is verified, whatever order threads and blocks run in" {
    fake_driver
    for type in f32 f64; do
        for op in sum-aat matmul reduce; do
            gpubench list --json
            portable=$(jq "[.[] | select(.backend == \"gpu\" and .op == \"$op\" and .arithmetic == \"$type\" and .runs_here)] | length" <<<"$output")
            [ "$portable" -gt 0 ]
            for order in forward reverse random:7; do
                FAKECUDA_ORDER=$order gpubench gpu 65 --type "$type" --op "$op" --all --image portable --samples 1 --max-time 0.01 --no-save
                exits 0
                matches "$(sed -n 1p <<<"$output")" '\(simulated\)'
                [ "$(grep -cE "^ +$type .* ok$" <<<"$output")" -eq "$portable" ]
            done
        done
    done
}

@test "float64 is verified on every range, by its own limits, and on FP64 tensor cores" {
    fake_driver
    export FAKECUDA_PROFILE=a100
    for range in unit signed wide; do
        for op in sum-aat matmul; do
            gpubench gpu 130 --type f64 --op "$op" --range "$range" --variant '*sm80,auto' --samples 1 --max-time 0.01 --no-save
            exits 0
            matches "$output" 'f64 +dmma-sm80 .* ok'
            ! grep -q 'FAIL' <<<"$output"
        done
    done
    gpubench gpu 65 --arith f64 --variant triangle --no-save
    exits 0
    matches "$output" 'rel\. error [-+][0-9.]+e-1[5-9] \(limit 2e-15\)'
}

@test "a float64 A that does not fit is streamed, and gives the same sum" {
    fake_driver
    gpubench gpu 400 --type f64 --variant triangle -q --no-save; whole=${output%%$'\n'*}
    gpubench gpu 400 --type f64 --variant triangle -q --no-save --memory-limit 2M
    exits 0
    [ "${output%%$'\n'*}" = "$whole" ]
}

@test "variants of the other type are not mixed in, and are named if asked for" {
    fake_driver
    gpubench gpu 65 --type f64 --all --samples 1 --max-time 0.01 --no-save
    exits 0
    lacks "$output" '^ +(f32|tf32|bf16|f16)'
    gpubench gpu 65 --type f64 --variant warp-triangle --no-save
    [ "$status" -eq 2 ]
    matches "$errors" 'is for f32 entries: give --type f32'
}

@test "CUB is waived on a simulated GPU, and on one too old for it" {
    fake_driver
    FAKECUDA_PROFILE=h100 gpubench gpu 257 --op reduce --all --samples 1 --max-time 0.01 --no-save
    exits 0
    grep -qE '^ +f32 +cub +waived: CUB needs a real GPU, this one is simulated$' <<<"$output"
    gpubench gpu 257 --op reduce --all --samples 1 --max-time 0.01 --no-save
    exits 0
    grep -qE '^ +f32 +cub +waived: needs cc 7\.5, this is 3\.0$' <<<"$output"
    # The way out is what auto takes, which is not the first row of the table.
    gpubench gpu 257 --op reduce --variant cub --no-save
    exits 1
    other=$(sed -n 's/.*needs cc 7.5, this is 3.0. --variant \(.*\) can run here\.$/\1/p' <<<"$errors")
    [ "$other" != atomic ]
    gpubench gpu 257 --op reduce --no-save --samples 1
    matches "$output" "reduce/f32/$other "
}

@test "a native image that the driver refuses is followed by the portable one" {
    fake_driver
    FAKECUDA_PROFILE=h100 gpubench gpu 65 --no-save --samples 1 --json
    exits 0
    jq -e '.device.simulated and ([.images.loaded[]] | unique == ["portable"])' <<<"$output"
}

@test "the saved result says that the device is simulated" {
    fake_driver
    gpubench gpu 65 --samples 1
    exits 0
    [ "$(saved_results)" -eq 1 ]
    find "$GPUBENCH_RESULTS" -type f -exec cat {} + | jq -e '.device.simulated and (.device.name | endswith("(simulated)"))'
}

# $1: profile; what must be said follows. No usable GPU is exit 77.
has_no_gpu() {
    fake_driver
    FAKECUDA_PROFILE=$1 gpubench gpu 257
    exits 77
    [ -z "$output" ]
    matches "$errors" "$2"
    [ "$(saved_results)" -eq 0 ]
}
@test "a driver without a device is exit 77" { has_no_gpu none 'no CUDA device.*gpubench cpu'; }
@test "the toolkit's stub instead of a driver is exit 77" { has_no_gpu stub 'stub'; }
@test "compute capability 2.1 is exit 77 and told what is needed" {
    has_no_gpu cc21 'GeForce GTX 460.*compute capability 2\.1.*3\.0 or newer'
}

@test "a driver of CUDA 8.0 is too old, and the sentence says so" {
    fake_driver
    FAKECUDA_PROFILE=old-driver gpubench gpu 257
    [ "$status" -eq 77 ] || [ "$status" -eq 1 ]
    matches "$errors" '8\.0|too old|newer'
    [ "$(saved_results)" -eq 0 ]
}

@test "no driver library at all is exit 77" {
    fake_driver
    unset LD_LIBRARY_PATH
    ldconfig -p | grep -q libcuda.so.1 && skip "this machine has a driver"
    gpubench gpu 257
    exits 77
    matches "$errors" 'libcuda\.so\.1 was not found'
    matches "$errors" 'gpubench cpu'
}

@test "an N that does not fit is refused before anything is allocated, with both amounts" {
    fake_driver
    FAKECUDA_FAIL='cuMemAlloc_v2:*:999' gpubench gpu 60000 --op reduce
    exits 1
    matches "$errors" '^gpubench: N = 60000.* 13\.4 GiB.* (2\.0|1\.9) GiB '
    matches "$errors" 'GeForce GT 750M'
    FAKECUDA_FAIL='cuMemAlloc_v2:*:999' gpubench gpu 17000 --op matmul # A fits, A and C do not
    exits 1
    matches "$errors" '^gpubench: N = 17000.* 2\.2 GiB.* (2\.0|1\.9) GiB '
    [ "$(saved_results)" -eq 0 ]
}

# Every call that fails ends in one sentence on stderr with the error's name; nothing is saved.
@test "each driver call that fails ends the run in one sentence" {
    fake_driver
    for call in cuDevicePrimaryCtxRetain:1:800 cuStreamCreate:1:2 cuMemAlloc_v2:1:2 cuMemAlloc_v2:2:2 cuModuleLoadDataEx:*:209 \
        cuModuleGetFunction:1:500 cuLaunchKernel:1:700 cuLaunchKernel:2:719 cuStreamSynchronize:1:702 cuStreamSynchronize:1:214 \
        cuMemcpyDtoH_v2:1:700; do
        FAKECUDA_FAIL=$call gpubench gpu 65 --samples 1
        [ "$status" -ne 0 ] || { echo "$call: exit 0"; return 1; }
        [ "$status" -lt 126 ] || [ "$status" -eq 77 ] || { echo "$call: exit $status"; return 1; }
        matches "$errors" '^gpubench: '
        [ "$(grep -c '^gpubench: ' <<<"$errors")" -eq 1 ] || { echo "$call: $errors"; return 1; }
        matches "$errors" 'CUDA_ERROR'
        [ "$(saved_results)" -eq 0 ]
    done
}

@test "int8 has the same bits in every variant: on CUDA cores and on tensor cores" {
    fake_driver
    for range in unit signed; do
        FAKECUDA_PROFILE=a100 gpubench gpu 129 --arith int8 --all --range "$range" --samples 1 --no-save --output "int8-$range.json"
        exits 0
        sums=$(jq -c '[.results[] | select(.state == "ok") | .verdict.sum] | [length, (unique | length)]' "int8-$range.json")
        [ "$sums" = '[2,1]' ]
        jq -e '[.results[] | select(.state == "ok") | .verdict | .integer_error <= .limits.integers] | all' "int8-$range.json"
    done
}

@test "int8 is compared with exact integers too, so an entry of C that is off by less than rounding A costs is found" {
    fake_driver
    for op in matmul sum-aat; do
        FAKECUDA_PROFILE=a100 gpubench gpu 129 --arith int8 --op $op --all --verify full --samples 1 --no-save --output "right-$op.json"
        exits 0
        jq -e '.results[] | select(.state == "ok") | .verdict | .full and .integer_error <= .limits.integers' "right-$op.json"
    done
    gpubench gpu 129 --arith int8 --samples 1 --max-time 0.01 --no-save
    exits 0
    matches "$output" "verified .*, against the float64 identity; A's integers, multiplied exactly: .*e-1.* \(limit 3e-15\)"
    # entry [3][90]; rows have 160 entries
    FAKECUDA_SPOIL=matmul_register_tile_int8:1:570:1.00001 gpubench gpu 129 --arith int8 --op matmul --variant register-tile --samples 1 --no-save
    exits 1
    matches "$errors" "wrong result: .*: A's integers, multiplied exactly, give another result: "
}
