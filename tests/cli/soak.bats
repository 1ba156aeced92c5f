#!/usr/bin/env bats
# gpubench soak: each fault that is planted in the simulated GPU gets its verdict, its place and its exit status.
load helper

# A GPU with faults to order, f32 kernels, small matrices: 8 GPUs at most.
fake_soak() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=gt750m FAKENVML=ok
}

# soak SECONDS OPTION...: the document goes to soak.json.
soak() {
    gpubench soak --for "$1" --order 33 --memory 1M --output soak.json "${@:2}"
}

says() { # JQ-CONDITION
    jq -e "$1" soak.json >jq.txt || { cat jq.txt; jq .soak soak.json; return 1; }
}

# Kernels, and where their arguments are.
SUM=sum_aat_triangle C=matmul_register_tile

@test "a healthy GPU is OK: every launch was checked, and the answers verified at both ends" {
    fake_soak
    soak 1
    exits 0
    matches "$output" 'soak · GeForce GT 750M .* · N = 33 · [0-9.]+ MiB of 2.0 GiB · every launch checked'
    matches "$output" 'GPU 0   OK +sustained [0-9.]+ .FLOP/s, [0-9]+ launches checked'
    says '.soak | .verdict == "OK" and .wrong_launches == 0 and .launches > 10 and .verified.start == .verified.end and
        .verified.start == ([.loads[].matrices] | add) and .interrupted == false and .elapsed_s >= 1 and .errors == []'
    says '[.results[].key] == ["gpu/sum-aat/f32/triangle/n=33/soak", "gpu/matmul/f32/register-tile/n=33/soak"]'
    says '.results[0] | .state == "ok" and .speed.flops > 0 and (.samples.launches | add) > 1'
    says '.soak.series | .period_s == 1 and (.temperature_c | all(. == 41)) and (.memory_c | all(. == 55)) and
        (.flops | all(. > 0)) and ([.to_s, .flops, .power_w, .sm_hz, .throttle, .wrong] | map(length) | unique | length == 1)'
    says '.soak.health.before.ecc_corrected == 3 and .soak.health.after == .soak.health.before'
    [ "$(saved_results)" -eq 1 ]
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "memory that does not hold a matrix of each variant is said to be exceeded" {
    fake_soak
    gpubench soak --for 1 --order 33 --memory 20K --op sum-aat
    exits 0
    matches "$output" '! that is more than the 20.0 KiB of --memory: each variant needs a matrix'
    gpubench soak --for 1 --order 33 --memory 4M --op sum-aat
    lacks "$output" 'more than the'
}

@test "the link is measured both ways, beside what it can carry, and a narrow one is a warning" {
    fake_soak
    soak 1
    exits 0
    matches "$output" 'link: to the device [0-9.e+]+ GB/s pinned, [0-9.e+]+ pageable; from it [0-9.e+]+ and [0-9.e+]+; PCIe 5 ×16 can carry 63'
    lacks "$output" 'the link is PCIe'
    says '.soak.link_bytes_per_s | length == 4 and all(. > 0)'
    FAKE_WIDTH=8 FAKE_GEN=4 soak 1
    matches "$output" 'PCIe 4 ×8 can carry 15.8'
    matches "$output" '! the link is PCIe 4 ×8, card and slot can do 5 ×16'
    FAKECUDA_FAIL='cuMemHostAlloc:*:2' soak 1
    exits 0
    matches "$output" 'link: to the device \? GB/s pinned, [0-9.e+]+ pageable; from it \? and'
    says '.soak.link_bytes_per_s | .in_pinned == null and .in_pageable > 0'
}

@test "comparisons of a stored C get as few turns as keep them within 2 % of the time" {
    fake_soak
    soak 3
    exits 0
    says '.soak | .loads[1].check_share > 0.2 and .loads[1].launches >= 1 and .loads[0].launches > 10 * .loads[1].launches and
        .loads[1].seconds * .loads[1].check_share < 0.03 * .elapsed_s'
}

@test "a bit flipped in C is found in that launch, with its place and its bit" {
    fake_soak
    FAKECUDA_FLIP=$C:60:1:$((7 * 64 + 11)):20 soak 1 --op matmul
    exits 1
    matches "$output" 'GPU 0   FAULTY +sustained .* 1 of [0-9]+ launches left other bits'
    matches "$output" 'of matmul/f32/register-tile on matrix [0-9]+, C\[7\]\[11\] at 0x[0-9a-f]+, bits 0x00100000, once there'
    says '.soak | .verdict == "FAULTY" and .wrong_launches == 1 and .changes_of_a == [] and (.errors | length == 1)'
    says '.soak.errors[0] | .first == [7, 11] and .last == [7, 11] and .words == 1 and .bits == "0x00100000" and .launch > 0'
    says '(.soak.series.wrong | add) == 1 and .results[0].state == "wrong" and (.results[0] | has("summary") | not)'
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "a bit flipped in the sum is found, also its last one" {
    fake_soak
    FAKECUDA_FLIP=$SUM:60:3:0:0 soak 1 --op sum-aat
    exits 1
    says '.soak | .verdict == "FAULTY" and .wrong_launches == 1 and (.errors[0] | .bits == "0x00000001" and (has("first") | not))'
    matches "$output" 'sum-aat/f32/triangle on matrix [0-9]+, the sum at 0x'
}

@test "a bit flipped in A is found again and again, and named as the memory's" {
    fake_soak
    FAKECUDA_FLIP=$C:60:0:$((5 * 64 + 30)):22 soak 1 --op matmul
    exits 1
    matches "$output" 'launches left other bits.*there again and again'
    matches "$output" 'has changed in the device.s memory: A\[5\]\[30\] has the bits'
    says '.soak | .wrong_launches > 1 and (.changes_of_a | length == 1 and .[0].at == [5, 30] and .[0].rows == 1 and .[0].cols == 1)'
    # The two values differ in that bit and no other.
    python3 -c 'import json, sys
c = json.load(open("soak.json"))["soak"]["changes_of_a"][0]
assert int(c["want"], 16) ^ int(c["got"], 16) == 1 << 22, c'
}

@test "a launch that does nothing is found, though the memory still holds the right answer" {
    fake_soak
    FAKECUDA_SKIP=$C:60 soak 1 --op matmul
    exits 1
    says '.soak | .wrong_launches == 1 and .errors[0].got == "0xffffffff"'
    FAKECUDA_SKIP=$SUM:60 soak 1 --op sum-aat
    exits 1
    says '.soak.wrong_launches == 1'
}

@test "the multiprocessor of a fault that recurs is named, and where none recurs, that is said" {
    fake_soak
    export FAKECUDA_PROFILE=gtx980
    FAKECUDA_SM=3:matmul_symmetric_small:60,3:trial_fma:1+ gpubench soak --for 20 --order 200 --memory 2M --op matmul \
        --stop-on-error --output soak.json
    exits 1
    matches "$output" '1 of [0-9]+ launches left other bits.*; SM 3 computed other bits than the others in ([0-9]+) of \1 trials'
    says '.soak.sm_trials.multiply_adds | .sms == 16 and .launches > 0 and .suspects == [{"sm": 3, "wrong": .launches}]'
    "$ROOT/scripts/check/validate-result" soak.json
    FAKECUDA_SM=0:sum_aat_triangle:20+ soak 1 --op sum-aat
    exits 1
    matches "$output" 'there again and again; all 16 SMs agreed in [0-9]+ trials of a tile by multiply-adds'
    says '.soak | .wrong_launches <= .launches and .launches == ([.loads[].launches] | add)'
    # Tensor cores, and float64.
    FAKECUDA_PROFILE=orin FAKECUDA_SM=0:matmul_mma_symmetric_bf16_sm80:4+,0:trial_tensor_sm80:1+ soak 1 --op matmul
    exits 1
    matches "$output" 'all 16 SMs agreed in .*; SM 0 computed other bits than the others in ([0-9]+) of \1 trials of a tile on tensor cores'
    FAKECUDA_SM=0:matmul_register_tile_f64:4+,0:trial_fma_f64:1+ soak 1 --op matmul --arith f64
    exits 1
    matches "$output" 'SM 0 computed other bits than the others in ([0-9]+) of \1 trials of a tile by multiply-adds'
}

@test "--stop-on-error ends at the first difference" {
    fake_soak
    FAKECUDA_FLIP=$C:60:1:68:3 soak 20 --op matmul --stop-on-error
    exits 1
    says '.soak | .elapsed_s < 15 and .wrong_launches == 1'
}

@test "heat that holds clocks back is THROTTLED, with its reason, and exits 3" {
    fake_soak
    FAKENVML=ramp soak 3
    exits 3
    matches "$output" 'GPU 0   THROTTLED +.*hw_thermal_slowdown in [0-9]+ % of the time; up to [0-9]+ °C'
    says '.soak | .verdict == "THROTTLED" and .throttled_share > 0.2 and .throttled_share < 0.8 and .reasons_s.hw_thermal_slowdown > 0.5'
    says '.soak.series.temperature_c | .[0] < 65 and .[-1] > 75'
    says '.results[0].summary.throttled.hw_thermal_slowdown > 0'
}

@test "counters of faults that rise decide, or are a remark" {
    fake_soak
    FAKENVML_RISES=ecc_uncorrected:2 soak 1
    exits 1
    matches "$output" 'FAULTY.*2 uncorrectable memory errors'
    FAKENVML_RISES=xid:79 soak 1
    exits 1
    matches "$output" 'the driver reported a fault, Xid 79'
    FAKENVML_RISES=pcie_replays:5,ecc_corrected:1,nvlink_errors:4 soak 1
    exits 0
    matches "$output" 'OK .*1 memory error that ECC corrected; 5 PCIe replays; 4 NVLink errors'
    says '.soak.health | .after.pcie_replays - .before.pcie_replays == 5'
}

@test "a GPU that is lost in the middle is FAULTY, and what was seen until then is saved" {
    fake_soak
    FAKECUDA_FAIL=cuLaunchKernel:400:719 soak 60
    exits 1
    matches "$output" 'FAULTY.*the device was lost after [0-9.]+ s'
    says '.soak | .verdict == "FAULTY" and .launches > 0 and .elapsed_s < 30 and .verified.end == 0'
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "a GPU that hangs is FAULTY, and what was seen until then is saved" {
    fake_soak
    GPUBENCH_HANG_SECONDS=5 FAKECUDA_HANG=cuStreamSynchronize:60 soak 60
    exits 1
    matches "$output" 'FAULTY.*the device was lost after .* has not answered'
    says '.soak | .verdict == "FAULTY" and .launches > 0'
}

@test "a GPU that is lost or hangs before the first launch is FAULTY too, with a file" {
    fake_soak
    FAKECUDA_FAIL=cuLaunchKernel:20:719 soak 60
    exits 1
    matches "$output" 'FAULTY.*0 launches checked: the device was lost before the soak began: '
    says '.soak | .verdict == "FAULTY" and .launches == 0 and .health.after.ecc_corrected == 3'
    GPUBENCH_HANG_SECONDS=3 FAKECUDA_HANG=cuStreamSynchronize:20 soak 60
    exits 1
    matches "$output" 'FAULTY.*the device was lost before the soak began: .* has not answered'
    says '.soak | .verdict == "FAULTY" and .launches == 0 and .health.after == {}'
    "$ROOT/scripts/check/validate-result" soak.json
    FAKECUDA_DEVICES=2 FAKECUDA_FAULTY=1 FAKECUDA_FAIL=cuLaunchKernel:20:719 gpubench soak --for 3 --order 33 --memory 1M --all-devices
    exits 1
    matches "$output" 'GPU 1  did not start: the device was lost .*GPU 0   OK .*GPU 1   FAULTY'
}

@test "of eight GPUs two are faulty: the others finish, and each has its verdict and its file" {
    fake_soak
    export FAKECUDA_DEVICES=8 FAKECUDA_FAULTY=2,5 FAKECUDA_FLIP=$C:60:1:68:3
    gpubench soak --for 3 --order 33 --memory 1M --op matmul --all-devices
    exits 1
    matches "$errors" '2 of 8 GPUs are not OK'
    for gpu in 0 1 3 4 6 7; do
        matches "$output" "GPU $gpu   OK "
    done
    for gpu in 2 5; do
        matches "$output" "GPU $gpu   FAULTY .* C\[1\]\[4\] at"
    done
    [ "$(saved_results)" -eq 8 ]
}

@test "a GPU that is lost or hangs does not take the others along" {
    fake_soak
    export FAKECUDA_DEVICES=3 FAKECUDA_FAULTY=1 GPUBENCH_HANG_SECONDS=5
    FAKECUDA_FAIL=cuLaunchKernel:400:719 gpubench soak --for 3 --order 33 --memory 1M --all-devices
    exits 1
    matches "$output" 'GPU 0   OK .*GPU 1   FAULTY .*the device was lost.*GPU 2   OK '
    FAKECUDA_HANG=cuStreamSynchronize:60 gpubench soak --for 3 --order 33 --memory 1M --device 0,1 --json --quiet
    exits 1
    jq -e '[.[].soak.verdict] == ["OK", "FAULTY"] and [.[].device.index] == [0, 1]' <<<"$output"
}

@test "a result that cannot be saved is named, also of one GPU among several, and exits 1" {
    fake_soak
    unshare --mount true || skip "no mount namespace can be made here"
    mkdir small
    cat >program <<END
#!/bin/sh
exec unshare --mount sh -c 'mount -t tmpfs -o size=4k tmpfs "\$GPUBENCH_RESULTS" && exec "\$@"' - "$GPUBENCH" "\$@"
END
    chmod +x program
    GPUBENCH=$PWD/program GPUBENCH_RESULTS=$PWD/small FAKECUDA_DEVICES=2 gpubench soak --for 1 --order 33 --memory 1M --all-devices
    exits 1
    matches "$output" 'GPU 0   OK .*GPU 0 +NOT SAVED +cannot write .*No space left'
    lacks "$output" 'results below'
    matches "$errors" '2 of 2 GPUs are not OK'
}

@test "a GPU that does not start is named, and the others' lines come all the same" {
    fake_soak
    FAKECUDA_DEVICES=2 FAKECUDA_LOST=1 gpubench soak --for 3 --order 33 --memory 1M --all-devices
    exits 1
    matches "$output" 'GPU 1  did not start: cannot open .*GPU 0  0:0[0-9] of 0:03 .*GPU 0   OK .*GPU 1 +FAILED +before the first launch: '
    lacks "$output" 'GPU 1  making'
}

@test "a GPU whose process is killed before its first launch is named at once, and the others finish" {
    fake_soak
    export FAKECUDA_DEVICES=3 FAKECUDA_FAULTY=1 FAKECUDA_HANG=cuStreamSynchronize:20
    "$GPUBENCH" soak --for 1.5 --order 33 --memory 1M --all-devices >out.txt 2>errors.txt &
    local pid=$!
    eventually pgrep -P $pid -f -- '--device 1 ' >child.txt
    kill -KILL "$(<child.txt)"
    status=0
    wait $pid || status=$?
    output=$(<out.txt)
    exits 1
    matches "$output" 'GPU 1  did not start: its process was ended by signal 9.*GPU 0  0:0[0-9] of 0:01 '
    lacks "$output" 'GPU 1  making'
    matches "$output" 'GPU 0   OK .*GPU 1 +FAILED +before the first launch: its process was ended by signal 9.*GPU 2   OK '
}

@test "of several GPUs one that is not there is refused before any of them is soaked" {
    fake_soak
    FAKECUDA_DEVICES=2 gpubench soak --for 1h --order 33 --memory 1M --device 0,7
    exits 2
    matches "$errors" '--device 0,7: there is no GPU 7: this machine shows 2, numbered from 0'
    FAKECUDA_DEVICES=0 gpubench soak --for 1h --order 33 --memory 1M --device 0,1
    exits 77
    matches "$errors" 'finds no CUDA device'
    [ -z "$output" ]
    [ "$(saved_results)" -eq 0 ]
}

@test "SIGTERM in the middle leaves a valid file with what was seen" {
    fake_soak
    "$GPUBENCH" soak --for 60 --order 33 --memory 1M --output soak.json --no-save >out.txt 2>errors.txt &
    local pid=$!
    eventually grep -q checked out.txt
    sleep 1.5
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 143 ]
    grep -E 'GPU 0 +OK' out.txt
    grep 'interrupted after' errors.txt
    says '.soak | .interrupted and .launches > 0 and .verdict == "OK" and .elapsed_s < 30'
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "SIGTERM in the final verification ends it, and what was seen is saved with a remark that says so" {
    # A library that stops for ever in its first product of the final verification, and says so.
    cat >stop.h <<'END'
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
static void stop(void)
{
    char text[4096] = "";
    const int file = open("out.txt", O_RDONLY);
    if (file >= 0 && read(file, text, sizeof text - 1) > 0 && strstr(text, "verifying again"))
        for (close(creat("stopped", 0600));;)
            pause();
    close(file);
}
END
    gcc -O2 -w -shared -fPIC -include ./stop.h '-DCALL=stop()' "$ROOT/tests/cli/blas.c" -o libstops.so -lpthread
    "$GPUBENCH" soak cpu --for 0.1 --order 100 --memory 100K --blas ./libstops.so --threads 1 --output soak.json --no-save \
        >out.txt 2>errors.txt &
    local pid=$!
    eventually [ -e stopped ]
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    cat out.txt errors.txt
    [ "$status" -eq 143 ]
    matches "$(<out.txt)" 'CPU     OK .*interrupted, so 0 of [12] answers were verified again at the end'
    grep 'interrupted in the final verification, after .*; what was seen until then is saved' errors.txt
    says '.soak | .interrupted and .launches > 0 and .elapsed_s >= .asked_s and .verified.end == 0'
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "SIGTERM to the parent of several ends all, and each leaves its file" {
    fake_soak
    export FAKECUDA_DEVICES=2
    "$GPUBENCH" soak --for 60 --order 33 --memory 1M --all-devices >out.txt 2>errors.txt &
    local pid=$!
    eventually grep -q launches out.txt
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    cat out.txt errors.txt
    [ "$status" -eq 143 ]
    [ "$(saved_results)" -eq 2 ]
    grep -E 'GPU 1 +OK' out.txt
}

@test "the parent of several that cannot save in time after SIGTERM still tells how each ended" {
    fake_soak
    export FAKECUDA_DEVICES=2
    ${CC:-gcc} -O1 -shared -fPIC "$BATS_TEST_DIRNAME/shims/rename.c" -o slow.so -ldl
    FSYNC_SECONDS=30 LD_PRELOAD=$PWD/slow.so "$GPUBENCH" soak --for 60 --order 33 --memory 1M --all-devices >out.txt 2>errors.txt &
    local pid=$!
    eventually grep -q launches out.txt
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    cat out.txt errors.txt
    [ "$status" -eq 143 ]
    grep -E 'GPU 1 .*what was not saved by then is lost' out.txt
}

@test "the CPU is soaked too" {
    gpubench soak cpu --for 1 --order 300 --memory 20M --output soak.json
    exits 0
    matches "$output" 'CPU +OK +sustained'
    says '.soak | .verdict == "OK" and .launches > 0 and .verified.end == .verified.start'
    "$ROOT/scripts/check/validate-result" soak.json
}

@test "a terminal shows at once that the answers are verified again" {
    script -qec "'$GPUBENCH' soak cpu --for 1.3 --order 100 --memory 100K --no-save" /dev/null >out.txt
    matches "$(<out.txt)" 'CPU  verifying again, 0 %.*CPU     .*OK'
}

@test "--blas on the CPU soaks the libraries that it names, and a library that cannot run is refused" {
    gcc -O2 -w -shared -fPIC "$ROOT/tests/cli/blas.c" -o libplain.so -lpthread
    gcc -O2 -w -shared -fPIC -DNO_SYRK "$ROOT/tests/cli/blas.c" -o libnosyrk.so -lpthread
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --output soak.json --blas openblas,./libplain.so
    exits 0
    says '[.soak.loads[].key] == ["cpu/sum-aat/f32/openblas-syrk/n=100/soak", "cpu/sum-aat/f32/plain-ssyrk/n=100/soak"]'
    says '.soak.loads | all(.launches > 0)'
    "$ROOT/scripts/check/validate-result" soak.json
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --output soak.json --blas ./libplain.so --arith f64
    exits 0
    says '[.soak.loads[].key] == ["cpu/sum-aat/f64/plain-dsyrk/n=100/soak"]'
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --blas openblas,./libnosyrk.so
    exits 1
    matches "$errors" '--blas: nosyrk-ssyrk cannot run: .*/libnosyrk.so has no cblas_ssyrk'
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --blas netlb
    exits 2
    matches "$errors" 'did you mean "netlib"'
}

@test "--arith f64 soaks the CPU in float64" {
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --output soak.json --arith f64
    exits 0
    says '.problem.type == "f64" and (.soak.loads | length == 1 and .[0].key[:12] == "cpu/sum-aat/") and .results[0].arithmetic == "f64"'
    gpubench soak cpu --for 0.2 --order 100 --memory 1M --no-save --arith bf16
    exits 2
}

@test "--device chooses the one GPU that is soaked" {
    fake_soak
    export FAKECUDA_DEVICES=2
    for device in 0 1; do
        gpubench soak --for 1 --order 33 --memory 1M --device $device --no-save --json --quiet
        exits 0
        jq -e ".device.index == $device" <<<"$output"
    done
}

@test "what cannot be soaked is refused by name" {
    fake_soak
    gpubench soak tpu
    exits 2
    gpubench soak --device 0,0
    exits 2
    matches "$errors" '--device 0,0 names GPU 0 twice: leave out one'
    gpubench soak --device 0,x
    exits 2
    gpubench soak --device 1 --all-devices
    exits 2
    gpubench soak --op reduce
    exits 2
    gpubench soak --memory 101%
    exits 2
    gpubench soak cpu --device 0
    exits 2
    local option
    for option in --blas=netlib --threads=1 --bind; do
        gpubench soak --for 1 --order 33 --memory 1M $option
        exits 2
        matches "$errors" "${option%=*} is about the CPU: leave it out, or write gpubench soak cpu"
    done
    gpubench soak --order 33 --arith bf16
    exits 1
    matches "$errors" 'no variant in bf16 .* can run on GeForce GT 750M'
    gpubench soak --order 33 --memory 1M --device 7
    exits 2
    # Of several arithmetics none is left out in silence.
    gpubench soak --for 1 --order 33 --memory 1M --arith f32,bf16
    exits 1
    matches "$errors" 'no variant in bf16 .* can run on GeForce GT 750M'
    gpubench soak --for 1 --order 33 --memory 1M --arith f32,f64
    exits 2
    matches "$errors" '--arith f32,f64 mixes float32 and float64 matrices'
}

# host NAME OPTION...: a soak of a card of its own, as if on that host and on no simulated device.
host() {
    gpubench soak --for 1 --order 33 --memory 1K --op sum-aat --no-save --output one.json "${@:2}"
    mkdir -p fleet
    jq --arg name "$1" '.simulated = false | .device.simulated = false | .device.name = "Card A" | .host.name = $name |
        .device.uuid = "GPU-" + $name' one.json >"fleet/$1.json"
}

@test "compare of a directory names hosts whose soak did not end in OK, and its exit status decides" {
    fake_soak
    for name in node1 node2 node3; do host $name; done
    gpubench compare fleet
    matches "$output" '3 soaks: 3 OK, 0 slow or throttled, 0 faulty'
    [ "$status" -ne 1 ]
    FAKENVML=throttled host node4
    gpubench compare fleet
    exits 3
    matches "$output" 'node4 +GPU-node4 +THROTTLED +sw_thermal_slowdown in (9[0-9]|100) %'
    FAKECUDA_FLIP=$SUM:60:3:0:3 host node5
    gpubench compare fleet
    exits 1
    matches "$output" '5 soaks: 3 OK, 1 slow or throttled, 1 faulty'
    matches "$output" 'node5 +GPU-node5 +FAULTY +1 of [0-9]+ launches left other bits'
    matches "$errors" '2 of 5 soaks did not end in OK: node5 is FAULTY'
}

@test "the report has a section for each soak, with its verdict and its lines over time" {
    fake_soak
    FAKENVML=ramp soak 3 --op matmul
    FAKECUDA_FLIP=$C:60:1:68:3 soak 3 --op matmul
    gpubench report "$GPUBENCH_RESULTS" -o page.md
    exits 0
    grep -E '^### Soak of .*: FAULTY' page.md
    grep -E 'FLOP/s over 3 s, [0-9]+ launches checked, 1 of them wrong: 1 of [0-9]+ launches left other bits' page.md
    command -v gnuplot || skip "no gnuplot"
    gpubench report "$GPUBENCH_RESULTS" -o page.html
    exits 0
    grep -q 'throughput, SM clock, power and temperature' page.html
}

@test "standard output that is closed or full does not cost the result of a soak" {
    fake_soak
    export FAKECUDA_DEVICES=2
    local which
    for which in --device=0 --all-devices; do
        "$GPUBENCH" soak --for 0.5 --order 33 --memory 1M $which 2>errors.txt | true
        [ "${PIPESTATUS[0]}" -eq 141 ]
    done
    [ "$(saved_results)" -eq 3 ]
    status=0
    "$GPUBENCH" soak --for 0.5 --order 33 --memory 1M --json --quiet >/dev/full 2>errors.txt || status=$?
    [ "$status" -eq 1 ]
    grep -x 'gpubench: standard output cannot be written: No space left on device; send it to another place' errors.txt
    [ "$(saved_results)" -eq 4 ]
}
