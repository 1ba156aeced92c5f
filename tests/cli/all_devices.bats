#!/usr/bin/env bats
# --all-devices on a host with several simulated GPUs: a process each, in turn and at once.
load helper

fake_gpus() { # COUNT
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100 FAKECUDA_DEVICES=$1
}

@test "every GPU runs alone and at once, and each process leaves its result" {
    fake_gpus 3
    gpubench gpu 65 --all-devices --max-time 0.1
    exits 0
    matches "$output" 'sum-aat · N = 65 · 3 GPUs'
    # The UUIDs begin alike here: they are whole, and tell the GPUs apart.
    [ "$(grep -oE ' GPU-[0-9a-f-]{36} ' <<<"$output" | sort -u | wc -l)" -eq 3 ]
    for gpu in 0 1 2; do
        matches "$output" $'\n'"  $gpu +NVIDIA H100 [^"$'\n'"]* [0-9.]+ [µm]s +[0-9.]+ [µm]s +[+-][0-9.]+ %"
    done
    matches "$output" 'alone +at once +change +rate at once +opened alone +opened at once'
    matches "$output" 'all at once +[0-9.]+ .FLOP/s, [0-9.]+ × one alone \(3 would mean no mutual slowdown\)'
    [ "$(saved_results)" -eq 6 ]
    # "opened alone" is the phase "open" of that GPU's own result: the two largest units of time would not agree by chance
    gpubench gpu 65 --all-devices --max-time 0.1 --json --no-save
    jq -e 'all(.[]; .job.phases[0].name == "open")' <<<"$output"
    printf '%s' "$errors" >table
    while read -r gpu seconds; do
        shown=$(awk -v gpu="$gpu" '$1 == gpu && $2 == "NVIDIA" { print $(NF - 3) }' table)
        LC_ALL=C awk -v shown="$shown" -v is="$seconds" 'BEGIN { exit !(shown > 0) }'
        # shown with four digits, so it may be half a unit of the last one away
        LC_ALL=C awk -v shown="$shown" -v s="$seconds" 'BEGIN { is = s < 1e-3 ? s * 1e6 : s < 1 ? s * 1e3 : s; exit !((shown - is) ^ 2 <= (6e-4 * is) ^ 2) }'
    done < <(jq -r '.[:3] | to_entries[] | "\(.key) \(.value.job.phases[0].seconds)"' <<<"$output")
    # The changes, and what all do at once, follow from the results.
    changes=$(sed -n 's/.* \([+-][0-9.]*\) % .*/\1/p' table | jq -sc .)
    ratio=$(sed -n 's/.*, \([0-9.]*\) × one alone.*/\1/p' table)
    jq -e --argjson changes "$changes" --argjson ratio "$ratio" 'map(.results[0]) | . as $all |
        all(range(3); (100 * ($all[. + 3].summary.median_s / $all[.].summary.median_s - 1) - $changes[.] | fabs) < 0.051) and
        ((.[3:] | map(.speed.flops) | add) / (.[:3] | map(.speed.flops) | add) * 3 - $ratio | fabs) < 0.0051' <<<"$output"
}

@test "one GPU alone is one GPU" {
    fake_gpus 1
    gpubench gpu 65 --all-devices --max-time 0.1 --no-save
    exits 0
    matches "$output" 'sum-aat · N = 65 · 1 GPU, a process'
}

@test "results say how many GPUs were sampling, and such are never taken for those of one alone" {
    fake_gpus 2
    gpubench gpu 65 --all-devices --samples 2 --json --no-save
    exits 0
    jq -e 'length == 4 and [.[].device.at_once] == [null, null, 2, 2] and [.[].device.index] == [0, 1, 0, 1] and
        ([.[].device.uuid] | unique | length == 2) and ([.[].fingerprint] | unique | length == 2) and
        .[0].fingerprint == .[1].fingerprint and .[2].fingerprint == .[3].fingerprint and
        all(.[]; .results[0].verdict.ok)' <<<"$output"
}

@test "a process with a barrier says that it is ready, and samples only once it opens" {
    fake_gpus 2
    export FAKECUDA_PROFILE=gt750m # --all runs few kernels on it
    for op in "" --all; do
        python3 - "$GPUBENCH" gpu 33 --samples 2 --max-time 0.01 --json --quiet --no-save $op >result.json <<'END'
import os, select, socket, subprocess, sys
mine, its = socket.socketpair()
process = subprocess.Popen(sys.argv[1:], pass_fds=[its.fileno()], env={**os.environ, "GPUBENCH_BARRIER": f"{its.fileno()}:2"})
its.close()
assert mine.recv(1) == b"r", "it ended before it was ready"
assert not select.select([mine], [], [], 0.5)[0], "it did not wait"
mine.send(b"g")
assert process.wait(timeout=60) == 0
assert mine.recv(1) == b""
END
        jq -e ".device.at_once == 2 and any(.results[]; .summary.count == 2)" result.json
    done
}

@test "a process whose parent has gone ends, with a sentence" {
    fake_gpus 2
    GPUBENCH_BARRIER=0:2 gpubench gpu 33 --samples 2 --no-save </dev/null
    exits 1
    matches "$errors" 'the process that started this one for its GPU is gone'
}

@test "of a GPU that fails the row says why, the others' are measured, and the exit is 1" {
    fake_gpus 3
    export FAKECUDA_LOST=1
    gpubench gpu 65 --all-devices --samples 2
    exits 1
    matches "$errors" '1 of 3 GPUs failed'
    matches "$output" $'\n''  1 +- +failed alone: cannot open a context on the GPU: CUDA_ERROR_UNKNOWN'
    matches "$output" $'\n''  2 +NVIDIA H100'
    [ "$(saved_results)" -eq 4 ]
}

@test "what would put all results in one file or on one GPU is refused" {
    fake_gpus 2
    gpubench gpu 65 --all-devices --device 1
    exits 2
    gpubench gpu 65 --all-devices --output x.json
    exits 2
    matches "$errors" '--results DIR'
    gpubench cpu 65 --all-devices
    exits 2
}

@test "an invalid word is refused once, whether one GPU is measured or all" {
    fake_gpus 2
    while read -r words; do
        for gpus in '' --all-devices '--devices all'; do
            # shellcheck disable=SC2086 # several words
            gpubench gpu 33 $words $gpus --no-save
            exits 2
            [ "$(wc -l <<<"$errors")" -eq 1 ]
            [ -n "$gpus" ] || one=$errors
            [ "$errors" = "$one" ]
            [ -z "$output" ]
        done
    done <<'END'
--variant nope
--variant triangle,nope
--arith nope
--arith bf16 --variant cublas-sgemm
--op nope
--image nope
--publish nope
--publish http://example.org/
END
    for gpus in '' --all-devices '--device 0,1'; do
        # shellcheck disable=SC2086
        gpubench soak --for 1s --arith nope $gpus --no-save
        exits 2
        [ "$errors" = 'gpubench: unknown arithmetic "nope": did you mean "f32"? gpubench list shows all.' ]
    done
}

@test "no driver, or one without devices: exit 77 and the same sentence as for one GPU" {
    fake_gpus 2
    for profile in none stub; do
        export FAKECUDA_PROFILE=$profile
        gpubench gpu 65; exits 77
        one=$errors
        gpubench gpu 65 --all-devices; exits 77
        [ "$errors" = "$one" ]
    done
}

@test "an interruption ends every process, and nothing more is started" {
    fake_gpus 2
    "$GPUBENCH" gpu 129 --all-devices --max-time 300 --no-save >out.txt 2>err.txt 3>&- &
    pid=$!
    # shellcheck disable=SC2016 # the words are for eval
    eventually eval '[ "$(pgrep -cP $pid)" -ge 1 ]'
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 143 ]
    eventually eval '! pgrep -f -- "--max-time 300 --no-save"'
    matches "$(cat err.txt)" 'interrupted'
}
