#!/usr/bin/env bats
# gpubench sweep: GPU against CPU over N, kept point by point.
load helper

fake_driver() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=${1:-v100}
}

@test "a sweep times both sides, says where the GPU wins, and keeps each point as a valid result file" {
    fake_driver
    gpubench sweep 16:64:3 --samples 3 --max-time 0.05
    exits 0
    matches "$output" 'sum-aat · N = 16 … 64 in 3 steps · .*V100.* against '
    for title in 'A on the GPU' 'A copied once for 10 calls' 'A copied each call, pinned' 'A copied each call, pageable'; do
        matches "$output" "$title +(at every N|from N|never up to N|not known: too noisy to rank)"
    done
    [ "$(saved_results)" -eq 6 ]
    find "$GPUBENCH_RESULTS" -name '*.json' -exec "$ROOT/scripts/check/validate-result" {} +
    jq -e '.copy_in.bytes == 4096 and .copy_in.pinned.median_s > 0 and .copy_in.pageable.median_s > 0
           and (.results[0].call | .median_s > 0 and (.samples_s | length) > 0)' \
        "$GPUBENCH_RESULTS"/sweep-*/gpu-32.json
    jq -e '.results[0].call.median_s > 0 and (has("copy_in") | not)' "$GPUBENCH_RESULTS"/sweep-*/cpu-32.json
}

@test "a call reads its answer back, except that a product stays on the device" {
    fake_driver
    for op in sum-aat matmul; do
        rm -f trace
        FAKECUDA_TRACE=$PWD/trace gpubench sweep 16:16 --only gpu --op $op --samples 1 --max-time 0.05 --no-save
        exits 0
        # Launches after the last copy to the host, up to the pinned memory that the copies of A need.
        awk '/cuMemHostAlloc/ { exit } /cuLaunchKernel/ { n++ } /cuMemcpyDtoH/ { n = 0 } END { print n + 0 }' trace >"$op"
    done
    [ "$(cat sum-aat)" -eq 0 ]
    [ "$(cat matmul)" -ge 1 ]
}

@test "\"GPU is\" says how many times faster than the CPU the GPU is" {
    fake_driver
    gpubench sweep 32:32 --samples 2 --max-time 0.05
    exits 0
    # The same sweep goes on with its points as they are stored: there the CPU takes three times as long.
    done=$(echo "$GPUBENCH_RESULTS"/sweep-*)
    unfinished=$GPUBENCH_RESULTS/sweep-${done##*-}.unfinished
    for noise in 1 1.3 1.5; do
        mv "$GPUBENCH_RESULTS"/sweep-* "$unfinished"
        for point in 3/gpu-32.json 9/cpu-32.json; do
            jq --argjson noise $noise --argjson seconds "${point%%/*}" \
                '.results[0].call = {median_s: $seconds, samples_s: ([range(8) | $seconds] + [$noise * $seconds])} |
                 .results[0].summary |= (.low_s = .median_s | .high_s = .median_s)' \
                "$unfinished/${point#*/}" >changed
            mv changed "$unfinished/${point#*/}"
        done
        gpubench sweep 32:32 --samples 2 --max-time 0.05 --json
        exits 0
        if [ $noise = 1.5 ]; then
            matches "$errors" '32 .* too noisy'
            lacks "$errors" ×
            matches "$errors" 'A on the GPU +not known: too noisy to rank'
            jq -e '.points[0] | .gpu.noisy and .cpu.noisy' <<<"$output"
            jq -e '.crossovers | all(.gpu_wins == "unknown")' <<<"$output"
        else
            matches "$errors" ' 3\.00×'
            jq -e '.points[0] | (.gpu.noisy or .cpu.noisy) | not' <<<"$output"
        fi
    done
}

@test "the sweep as JSON holds what the table shows" {
    fake_driver
    gpubench sweep 20:40:2 --samples 2 --max-time 0.05 --json --no-save -q --op matmul
    exits 0
    [ -z "$errors" ]
    jq -e '.schema == "gpubench-sweep/1" and .op == "matmul" and [.points[].n] == [20, 40]
           and (.crossovers | length) == 4 and .results == null
           and (.points | all(.gpu.copied_each_time_pageable_s > .gpu.on_device_s and .cpu.call_s > 0))' <<<"$output"
    [ "$(saved_results)" -eq 0 ]
}

@test "every arithmetic and variant that is asked for is swept" {
    fake_driver
    gpubench sweep 32:32 --all --samples 1 --max-time 0.05
    exits 0
    jq -e '[.results[] | select(.state == "ok")] | length > 2 and all(.call.median_s > 0)' "$GPUBENCH_RESULTS"/sweep-*/gpu-32.json
    # The CPU is there as what the GPU is compared with: its best alone.
    jq -e '.results | length == 1' "$GPUBENCH_RESULTS"/sweep-*/cpu-32.json
}

@test "a sweep that was killed goes on where it was, and a complete one is not continued" {
    fake_driver
    gpubench sweep 16:64:3 --samples 2 --max-time 0.05
    exits 0
    done=$(echo "$GPUBENCH_RESULTS"/sweep-*)
    # As if it had been killed after four of six points, in the midst of the fifth.
    unfinished=$GPUBENCH_RESULTS/sweep-${done##*-}.unfinished
    mv "$done" "$unfinished"
    rm "$unfinished/gpu-64.json"
    echo '{"half' >"$unfinished/cpu-64.json"
    before=$(cat "$unfinished"/gpu-16.json)
    gpubench sweep 16:64:3 --samples 2 --max-time 0.05
    exits 0
    matches "$output" 'resumed +4 of 6 points'
    [ ! -e "$unfinished" ]
    [ "$before" = "$(cat "$GPUBENCH_RESULTS"/sweep-*/gpu-16.json)" ]
    jq -e . "$GPUBENCH_RESULTS"/sweep-*/cpu-64.json >/dev/null
    sleep 1 # directories are named by the second
    gpubench sweep 16:64:3 --samples 2 --max-time 0.05
    lacks "$output" resumed
    [ "$(saved_results)" -eq 12 ]
}

@test "Ctrl-C keeps the points that are finished" {
    set -m
    "$GPUBENCH" sweep 10:400:9 --only cpu --max-time 0.3 >out.txt 2>errors.txt &
    pid=$!
    set +m
    # shellcheck disable=SC2016 # the words are for eval
    eventually eval '[ "$(saved_results)" -ge 2 ]'
    kill -INT "$pid"
    status=0; wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    matches "$(cat errors.txt)" 'interrupted; [2-9] of 9 points are saved, and the same command goes on'
    gpubench sweep 10:400:9 --only cpu --max-time 0.3
    exits 0
    matches "$output" 'resumed +[2-9] of 9 points'
}

@test "points of another device are measured again" {
    fake_driver v100
    gpubench sweep 16:16 --samples 2 --max-time 0.05
    done=$(echo "$GPUBENCH_RESULTS"/sweep-*)
    mv "$done" "$GPUBENCH_RESULTS/sweep-${done##*-}.unfinished"
    FAKECUDA_PROFILE=p100 gpubench sweep 16:16 --samples 2 --max-time 0.05
    exits 0
    matches "$output" 'resumed +1 of 2 points' # the CPU's
    jq -e '.device.name | startswith("Tesla P100")' "$GPUBENCH_RESULTS"/sweep-*/gpu-16.json
}

@test "on a GPU that works in the CPU's memory no copy is counted" {
    fake_driver orin
    gpubench sweep 16:16:1
    exits 0
    jq -e '.copy_in | .pinned.median_s == 0 and .pageable.median_s == 0' "$GPUBENCH_RESULTS"/sweep-*/gpu-16.json
}

@test "a host that cannot pin memory has no pinned time, and the sweep goes on" {
    fake_driver
    FAKECUDA_FAIL='cuMemHostAlloc:*:2' gpubench sweep 16:16 --samples 2 --max-time 0.05
    exits 0
    matches "$output" 'A copied each call, pinned +not known'
    jq -e '.copy_in.pageable.median_s > 0 and (.copy_in.pinned_reason | test("pin"))' "$GPUBENCH_RESULTS"/sweep-*/gpu-16.json
}

@test "an N that does not fit is left out with the reason" {
    fake_driver gt750m
    gpubench sweep 32:40000:2 --only gpu --samples 1 --op matmul
    exits 0
    matches "$output" 'left out +N = 40000 needs 12\.0 GiB for matmul'
    find "$GPUBENCH_RESULTS" -name '*.json' -exec "$ROOT/scripts/check/validate-result" {} +
}

@test "a sweep without a GPU exits 77 and says how to sweep the CPU" {
    fake_driver none
    gpubench sweep 16:32
    exits 77
    matches "$errors" '--only cpu'
    gpubench sweep 16:32 --only cpu --samples 1 --no-save
    exits 0
}

@test "--ranks: strong and weak scaling, with the efficiency of each number of ranks" {
    gpubench sweep 300 --ranks 1,2,3 --only cpu --samples 2 --exchange ring --output scaling.json
    exits 0
    matches "$output" "ranks +strong: N +time +as 2N³ +efficiency +weak: N"
    jq -e '.schema == "gpubench-scaling/1" and .exchange == "ring" and [.points[].ranks] == [1, 2, 3] and
        [.points[].strong.n] == [300, 300, 300] and [.points[].weak.n] == [300, 378, 433] and
        (.points[0] | .strong.efficiency == 1 and .weak == .strong) and
        all(.points[]; .strong.flops as $rate | (2 * 300 * 300 * 300 / .strong.median_s / $rate - 1 | fabs) < 1e-9) and
        (.points[2].strong.flops / 3 / .points[0].strong.flops / .points[2].strong.efficiency - 1 | fabs) < 1e-9' scaling.json
    [ "$(saved_results)" -eq 5 ]
    jq -es '[.[].cpu.threads] | unique | length == 1' "$GPUBENCH_RESULTS"/*/*.json
}

@test "--ranks: lists that are none, what it does not measure, and a run that fails are sentences" {
    for wrong in 0 1,x "" "1," 65; do
        gpubench sweep 100 --ranks "$wrong" --only cpu
        exits 2
        matches "$errors" "^gpubench: --ranks "
    done
    for words in "1:2 --ranks 1" "100 --ranks 1 --op matmul" "100 --ranks 1 --all" "10:20 --exchange ring"; do
        # shellcheck disable=SC2086 # several words
        gpubench sweep $words --only cpu
        exits 2
    done
    gpubench sweep 100 --ranks 1,2 --only cpu --variant none
    exits 1
    matches "$errors" "gpubench cpu 100 on 1 rank failed; its message is above"
    fake_driver none
    gpubench sweep 100 --ranks 1
    exits 77
    [ "$(saved_results)" -eq 0 ]
}

@test "words that are no sweep are refused with an example" {
    for words in 5 5: :5 5:4 0:4 4:x 1:2:3:4 5:7:1 5:7:0 9:99999999; do
        gpubench sweep $words
        exits 2
        matches "$errors" "^gpubench: sweep $words: "
    done
    gpubench sweep
    exits 2
}

@test "the table has the energy of both sides where both can be read" {
    fake_driver mig
    # The power meter of a Grace, whose value stands still: only the GPU's counter needs time.
    cat >metered <<'END'
mount -t tmpfs none /sys/class || exit 99
meter=/sys/class/hwmon/hwmon0/device
mkdir -p $meter && echo 'Grace Power Socket 0' >$meter/power1_oem_info && echo 200000000 >$meter/power1_average
exec "$@"
END
    printf '#!/bin/sh\nexec unshare --mount sh %s %s "$@"\n' "$PWD/metered" "$GPUBENCH" >program
    chmod +x program
    unshare --mount sh metered true || skip 'no file system can be mounted here'
    GPUBENCH=$PWD/program gpubench sweep 64:64 --op reduce --max-time 1 --no-save
    exits 0
    grep -qE 'GPU energy +CPU energy$' <<<"$output"
    grep -qE '^ +64 .* [0-9.e-]+ J +[0-9.e-]+ J$' <<<"$output"
}
