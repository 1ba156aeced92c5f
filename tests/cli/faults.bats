#!/usr/bin/env bats
# Every call of the driver fails with every error a user may meet, or never returns: the fake driver of tests/fakecuda
# injects the errors. Each run must end soon, in one sentence, with the right exit status, and keep what it had found.
load helper

setup_file() {
    # How long a run may take that does nothing but fail or hang for a second; sanitizers are slow.
    export SOON=60 # a call that hangs lasts for ever
}

fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA GPUBENCH_HANG_SECONDS=
}

job=(gpu 33 --samples 1)
# Warm-ups so short that the sixtieth run of a variant is a sample.
table=(gpu 33 --variant 'triangle,kepler-triangle,warp-triangle' --samples 50 --max-time 0.001)

# The driver's functions that the job calls, each once, in $calls.
trace() {
    FAKECUDA_TRACE=$PWD/trace gpubench "${job[@]}" --no-save
    exits 0
    mapfile -t calls < <(sort -u trace)
    [ ${#calls[@]} -ge 25 ]
}

# The exit status of a job in which the first call of $1 fails; 0 for what it can do without.
status_after() {
    case $1 in
    cuInit | cuDriverGetVersion | cuDeviceGetCount) echo 77 ;;
    cuDeviceGetPCIBusId | cuDeviceGetUuid* | cuModuleUnload) echo 0 ;;
    cuMemFree_v2) echo '[01]' ;; # memory is given back in the middle too: an error that stays shows later
    *) echo 1 ;;
    esac
}

# $1: an error, $2: its name. Every call fails with it, the first time and from then on if it is one that stays.
each_call_fails_with() {
    fake_driver
    trace
    for call in "${calls[@]}"; do
        status=0
        FAKECUDA_FAIL=$call:1:$1 timeout "$SOON" "$GPUBENCH" "${job[@]}" --results "$call" >out.txt 2>errors.txt || status=$?
        errors=$(cat errors.txt)
        # shellcheck disable=SC2053 # a pattern
        [[ $status == $(status_after "$call") ]] || { echo "$call: exit $status: $errors"; return 1; }
        if [ "$status" -eq 0 ]; then
            [ -z "$errors" ] || { echo "$call: $errors"; return 1; }
            continue
        fi
        if [ "$(wc -l <errors.txt)" -ne 1 ] || [[ $errors != 'gpubench: '*"$2"* ]]; then echo "$call: $errors"; return 1; fi
        # Found and verified before the failure: kept, as a failed result.
        if grep -q 'Time taken' out.txt; then
            jq -e '.job.sum > 9e3 and .results[0].state == "failed"' "$call"/*/*.json
        else
            [ ! -e "$call" ]
        fi
    done
}
@test "out of memory, wherever it strikes" { each_call_fails_with 2 CUDA_ERROR_OUT_OF_MEMORY; }
@test "a device that is busy or gone, wherever it strikes" { each_call_fails_with 46 CUDA_ERROR_DEVICE_UNAVAILABLE; }
@test "no binary for the GPU, wherever it strikes" { each_call_fails_with 209 CUDA_ERROR_NO_BINARY_FOR_GPU; }
@test "an uncorrectable ECC error, wherever it strikes" { each_call_fails_with 214 CUDA_ERROR_ECC_UNCORRECTABLE; }
@test "invalid PTX, wherever it strikes" { each_call_fails_with 218 CUDA_ERROR_INVALID_PTX; }
@test "unsupported PTX, wherever it strikes" { each_call_fails_with 222 CUDA_ERROR_UNSUPPORTED_PTX_VERSION; }
@test "an illegal address, wherever it strikes" { each_call_fails_with 700 CUDA_ERROR_ILLEGAL_ADDRESS; }
@test "a launch timeout, wherever it strikes" { each_call_fails_with 702 CUDA_ERROR_LAUNCH_TIMEOUT; }
@test "not permitted, wherever it strikes" { each_call_fails_with 800 CUDA_ERROR_NOT_PERMITTED; }
@test "an unspecified failure, wherever it strikes" { each_call_fails_with 719 CUDA_ERROR_LAUNCH_FAILED; }

@test "every driver call of every verb fails, and each run ends by itself with what it had" {
    fake_driver
    mkdir walk
    "$ROOT/tests/walks/driver.py" "$GPUBENCH" "$FAKECUDA" walk 400 "${SEED:-17}"
}

@test "the errors come with advice" {
    fake_driver
    while read -r code advice; do
        FAKECUDA_FAIL=cuStreamSynchronize:1:$code gpubench "${job[@]}"
        exits 1
        matches "$errors" "; .*$advice"
    done <<<'2 nvidia-smi
46 nvidia-smi
214 ECC
222 --image portable
700 report
702 smaller N
719 Xid
800 who may'
}

@test "a job whose samples fail keeps its verified sum and its time" {
    fake_driver
    FAKECUDA_FAIL=cuEventSynchronize:4:700 gpubench "${job[@]}"
    exits 1
    grep -q '^Time taken: ' <<<"$output"
    matches "$output" 'verified +rel\. error'
    matches "$output" 'steady state +failed'
    matches "$errors" '^gpubench: .*CUDA_ERROR_ILLEGAL_ADDRESS'
    jq -e '.job.variant == "triangle" and .job.sum > 9e3 and (.results | length) == 1 and
           .results[0].state == "failed" and (.results[0].reason | test("ILLEGAL_ADDRESS"))' "$GPUBENCH_RESULTS"/*/*.json
}

# What a table looks like that lost its device in the middle of sampling.
has_lost_one_of_three() {
    exits 1
    [ "$(saved_results)" -eq 1 ]
    [ "$(grep -cE '^ +f32 .* ok(, too noisy to rank)?$' <<<"$output")" -eq 2 ]
    [ "$(grep -cE '^ +f32 .* failed: ' <<<"$output")" -eq 1 ]
    [ "$(wc -l <errors.txt)" -eq 1 ]
    jq -e --arg reason "$1" '(.results | map(select(.state == "ok"))) as $ok | (.results | map(select(.state == "failed"))) as $bad |
        ($ok | length) == 2 and all($ok[]; .summary.stop == "device lost" and .summary.count > 0 and .verdict.ok) and
        ($bad | length) == 1 and ($bad[0].reason | test($reason))' "$GPUBENCH_RESULTS"/*/*.json
}
@test "an error that stays costs the table one variant, not what the others have measured" {
    fake_driver
    FAKECUDA_FAIL=cuEventSynchronize:60:702 gpubench "${table[@]}"
    has_lost_one_of_three CUDA_ERROR_LAUNCH_TIMEOUT
    matches "$errors" '1 of 3 variants failed'
}
@test "a hang does the same" {
    fake_driver
    GPUBENCH_HANG_SECONDS=1 FAKECUDA_HANG=cuEventSynchronize:60 gpubench "${table[@]}"
    has_lost_one_of_three 'has not answered for 1 s while running f32/'
    matches "$errors" 'has not answered for 1 s'
}
@test "a hang while nothing can be saved either ends all the same" {
    fake_driver
    ${CC:-gcc} -O1 -shared -fPIC "$BATS_TEST_DIRNAME/shims/rename.c" -o slow.so -ldl
    FSYNC_SECONDS=60 LD_PRELOAD=$PWD/slow.so GPUBENCH_HANG_SECONDS=1 FAKECUDA_HANG=cuEventSynchronize:60 \
        timeout -s KILL 50 "$GPUBENCH" "${table[@]}" 2>errors.txt || status=$?
    [ "$status" -eq 1 ]
    grep -qx 'gpubench: the device hangs, and so does saving the result' errors.txt
}
@test "an error that passes costs the table one variant, and the others go on" {
    fake_driver
    FAKECUDA_FAIL=cuEventSynchronize:60:2 gpubench "${table[@]}"
    exits 1
    jq -e '[.results[] | select(.state == "ok") | .summary.count] == [50, 50]' "$GPUBENCH_RESULTS"/*/*.json
}
@test "a device lost before anything was measured leaves a table of reasons" {
    fake_driver
    FAKECUDA_FAIL=cuEventSynchronize:4:214 gpubench gpu 33 --all --arith f32 --samples 2 --max-time 0.01
    exits 1
    jq -e '[.results[] | select(.state == "failed")] | length == 3 and (map(select(.reason | test("not measured: the device was lost under f32/kepler-triangle"))) | length) == 2' \
        "$GPUBENCH_RESULTS"/*/*.json
    jq -e '[.results[] | select(.state == "waived")] | length > 1' "$GPUBENCH_RESULTS"/*/*.json
}

# Runs with call $1 hung; its exit status, errors and time in a file each.
hang() {
    local status=0
    FAKECUDA_HANG=$1 timeout -s KILL "$SOON" "$GPUBENCH" "${job[@]}" >"$1.out" 2>"$1.errors" || status=$?
    echo "$status" >"$1.status"
}
@test "each call that never returns ends the run in one sentence, soon" {
    fake_driver
    trace
    export GPUBENCH_HANG_SECONDS=1
    ( # whose only children are these, so that it does not wait for the clock of BATS_TEST_TIMEOUT
        for call in "${calls[@]}"; do
            [ "$(jobs -rp | wc -l)" -lt 6 ] || wait -n
            hang "$call" &
        done
        wait
    )
    for call in "${calls[@]}"; do
        [ "$(cat "$call.status")" -eq 1 ] || { echo "$call: exit $(cat "$call.status")"; cat "$call.errors"; return 1; }
        [ "$(wc -l <"$call.errors")" -eq 1 ]
        grep -qE '^gpubench: the device has not answered for [0-9]+ s while [a-z].*GPUBENCH_HANG_SECONDS' "$call.errors"
    done
}

# $1: a signal; its exit status follows.
ends_a_hung_call() {
    fake_driver
    export FAKECUDA_HANG=cuEventSynchronize FAKECUDA_TRACE=$PWD/trace
    set -m # job control gives the child SIGINT back
    "$GPUBENCH" "${job[@]}" >out.txt 2>errors.txt &
    pid=$!
    set +m
    # shellcheck disable=SC2016 # the words are for eval
    eventually eval '[ "$(tail -n 1 trace)" = cuEventSynchronize ]'
    before=$SECONDS
    kill "-$1" "$pid"
    status=0; wait "$pid" || status=$?
    [ "$status" -eq "$2" ]
    [ $((SECONDS - before)) -le "$SOON" ]
    [ "$(cat errors.txt)" = "gpubench: interrupted; nothing was saved" ]
    [ "$(saved_results)" -eq 0 ]
}
@test "Ctrl-C ends a call that never returns" { ends_a_hung_call INT 130; }
@test "SIGTERM does too" { ends_a_hung_call TERM 143; }

@test "a process that is stopped for longer than a call may take is no hang" {
    fake_driver
    export GPUBENCH_HANG_SECONDS=1
    "$GPUBENCH" gpu 257 --variant triangle --max-time 1 --no-save >out.txt 2>errors.txt &
    pid=$!
    sleep 0.3
    kill -STOP "$pid"
    sleep 1.5
    kill -CONT "$pid"
    wait "$pid"
    [ ! -s errors.txt ]
}

@test "a driver that does nothing after a launch is found, whatever the operation" {
    fake_driver
    while read -r kernel op variant; do
        FAKECUDA_SKIP=$kernel:9+ gpubench gpu 65 --op "$op" --variant "$variant" --max-time 0.5 --no-save
        exits 1
        matches "$errors" 'a timed run left no result: the device did not do the work'
    done <<<'sum_aat_triangle sum-aat triangle
matmul_symmetric_small matmul symmetric-small
reduce_one_pass reduce one-pass'
}

@test "times that cannot be are not believed" {
    fake_driver
    while read -r ms message; do
        FAKECUDA_ELAPSED=$ms gpubench gpu 257 --variant triangle --no-save
        exits 1
        matches "$errors" "$message"
    done <<<'nan the work took -?nan ms, and the host waited [0-9.]+ ms
-1 the work took -1 ms, and the host waited
0 took no time at all
1e9 the work took 1e\+09 ms, and the host waited
1e30 the work took 1e\+30 ms, and the host waited
1e-5 a median of [0-9.e-]+ s is [0-9]+ % of the device.s peak'
}

@test "without NVML, and with nobody to ask for clocks, nothing is missed" {
    fake_driver
    mkdir lone
    cp "$FAKECUDA/libcuda.so.1" lone
    export LD_LIBRARY_PATH=$PWD/lone
    ldconfig -p | grep -q libnvidia-ml.so.1 && skip "this machine has NVML"
    gpubench gpu 33 --all --arith f32 --samples 3 --max-time 0.01 --json --no-save
    exits 0
    lacks "$errors" 'NVML|nvidia-ml'
    jq -e '[.results[] | select(.state == "ok")] | length == 3 and all(.[]; .samples | has("sm_hz") or has("throttle") | not)' <<<"$output"
}
