#!/usr/bin/env bats
# check and ab. They measure a test program whose times are set here, so that no verdict depends on how busy this machine is;
# two tests run gpubench itself and expect no verdict. scripts/gpu/gate-trial tries real measurements.
load helper

@test "--update makes a baseline with provenance, and the same again is SAME" {
    stand_in ./it 1
    gpubench check --baseline main.json --update -- ./it some words
    exits 0
    [ "$(calls it)" -eq 10 ]
    grep -qx 'some words --json --quiet --no-save' it.words
    jq -e '.schema == "gpubench-baseline/1" and .processes == 10 and (.runs | length) == 10 and (.made | endswith("Z")) and
        (.tool.commit | length) > 0 and (.fingerprint | startswith("sha256:"))' main.json
    gpubench check --baseline main.json -- ./it
    exits 0
    [ "$(calls it)" -eq 20 ]
    matches "$output" 'baseline .* now .* change .* 99\.5 % interval'
    matches "$output" '10\+10 +SAME +within ±3 %'
}

@test "fields that nobody knows stay in a baseline" {
    FILTER=' | .later = {a: [1]} | .results[0].new = 5' stand_in ./it 1
    gpubench check --baseline main.json --update -- ./it
    exits 0
    jq -e 'all(.runs[]; .later.a == [1] and .results[0].new == 5)' main.json
}

@test "SLOW needs to be slow twice, and is exit 3" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    stand_in ./slow 1.05
    gpubench check --baseline main.json -- ./slow
    exits 3
    [ "$(calls slow)" -eq 20 ]
    matches "$output" '\+5\.0 %.* 10\+10 +SLOW'
    matches "$errors" '1 of 1 slower by 3 % or more'
}

@test "slow once and not again is UNSURE" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    stand_in ./once 1.05 1.05 1.05 1.05 1.05 1.05 1.05 1.05 1.05 1.05 1 1 1 1 1 1 1 1 1 1
    gpubench check --baseline main.json -- ./once
    exits 0
    matches "$output" 'UNSURE +slow once, but not when measured again \([-+]0\.[0-9] %\)'
    gpubench check --strict --baseline main.json -- ./once
    exits 4
}

@test "a baseline of a CPU is 20 runs a second apart, and SLOW is looked at twice more, after ten each" {
    local cpu=' | (.device.backend, .results[0].backend, .results[0].key) |= sub("gpu"; "cpu")'
    FILTER="$cpu | .device.peak.f32_flops = 2e11" stand_in ./it 1
    SECONDS=0
    gpubench check --baseline main.json --update -- ./it
    exits 0
    [ "$(calls it)" -eq 20 ]
    [ $SECONDS -ge 18 ]
    FILTER="$cpu | .device.peak.f32_flops = 2e11" stand_in ./slow 1.08
    SECONDS=0
    gpubench check --baseline main.json -- ./slow
    exits 3
    [ "$(calls slow)" -eq 30 ]
    [ $SECONDS -ge 18 ]
    matches "$output" '20\+10 +SLOW'
    FILTER="$cpu | .device.peak.f32_flops = 1.85e11" stand_in ./slow 1.08
    gpubench check --baseline main.json -- ./slow
    exits 0
    matches "$output" 'UNSURE +the CPU itself: multiply-adds at 200 → 185 GFLOP/s \(-7\.5 %\); corrected for that, [-+]0\.[0-9] %'
}

@test "what cannot be told after 10 runs is measured 20 times" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    stand_in ./noisy 0.9 1.1
    gpubench check --baseline main.json -- ./noisy
    exits 0
    [ "$(calls noisy)" -eq 20 ]
    matches "$output" '10\+20 +UNSURE'
    : >noisy.words
    gpubench check --processes 6 --baseline main.json -- ./noisy
    [ "$(calls noisy)" -eq 6 ]
}

@test "no baseline is exit 5 and measures nothing, unless that is allowed" {
    stand_in ./it 1
    gpubench check --baseline none.json -- ./it
    exits 5
    matches "$errors" 'there is no baseline: .*none.json.* --update'
    gpubench check --allow-missing-baseline --baseline none.json -- ./it
    exits 0
    matches "$errors" 'nothing was measured'
    [ "$(calls it)" -eq 0 ]
    gpubench check -- ./it
    exits 2
    gpubench check --baseline x --update --self-test -- ./it
    exits 2
}

@test "another machine than the baseline's is exit 5 with the field" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    FILTER=' | .device.sms = 114' stand_in ./it 1
    gpubench check --baseline main.json -- ./it
    exits 5
    matches "$output" 'other machine +device\.sms +132 → 114'
}

@test "a benchmark that the baseline has and the commands no longer measure is exit 5, and a failure in JUnit" {
    # shellcheck disable=SC2016
    FILTER=' | .results[1] = (.results[0] | .key += "/second")' stand_in ./two 1
    stand_in ./one 1
    gpubench check --baseline main.json --update -- ./two
    exits 0
    GITHUB_ACTIONS=true gpubench check --baseline main.json --junit junit.xml -- ./one
    exits 5
    matches "$errors" '/second is in the baseline and was not measured now'
    matches "$output" 'ONLY BASE'
    matches "$output" '::error title=gpubench [^:]*/second::ONLY BASE'
    matches "$(cat junit.xml)" 'tests="2" failures="1" errors="0" skipped="0"'
    matches "$(cat junit.xml)" '<failure type="regression" message="ONLY BASE'
    gpubench check --baseline main.json -- ./two
    exits 0
}

@test "check measures every command between the dashes, for the baseline and against it" {
    stand_in ./a 1
    FILTER=' | .results[0].key += "/b"' stand_in ./b 1
    gpubench check --baseline main.json --update -- ./a first -- ./b second
    exits 0
    [ "$(calls a) $(calls b)" = '10 10' ]
    grep -qx 'first --json --quiet --no-save' a.words
    grep -qx 'second --json --quiet --no-save' b.words
    gpubench check --baseline main.json --json -- ./a -- ./b
    exits 0
    jq -e '[.rows[] | .verdict] == ["SAME", "SAME"]' <<<"$output"
    FILTER=' | .results[0].key += "/b"' stand_in ./b 1.05
    gpubench check --baseline main.json -- ./a -- ./b
    exits 3
    matches "$errors" '1 of 2 slower by 3 % or more: [^ ]*/b is'
}

@test "wrong results are exit 1, and no baseline is made of them" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    cp main.json before.json
    FILTER=' | .results[0] |= (.state = "wrong" | .verdict.ok = false)' stand_in ./it 1
    gpubench check --baseline main.json -- ./it
    exits 1
    matches "$output" WRONG
    gpubench check --baseline main.json --update -- ./it
    exits 1
    cmp main.json before.json
}

@test "a command that fails, or prints no result, is told" {
    stand_in ./it 1; gpubench check --baseline main.json --update -- ./it
    gpubench check --baseline main.json -- ./missing
    exits 1
    matches "$errors" 'cannot run ./missing: No such file'
    gpubench check --baseline main.json -- false
    exits 1
    matches "$errors" 'false ended with exit status 1 and no result'
    gpubench check --baseline main.json -- echo hello
    exits 1
    matches "$errors" 'echo hello cannot be read: it is not JSON'
    gpubench check --baseline main.json -- sh -c 'exit 77'
    exits 77
    gpubench check --baseline main.json -- sh -c 'kill -9 $$'
    exits 1
    matches "$errors" 'ended by signal 9'
}

@test "a self-test finds and keeps the noise, and no threshold is below twice it" {
    stand_in ./it 1.00 1.004 0.998 1.01 0.99 1.02 0.985 1.008
    gpubench check --self-test -- ./it
    exits 0
    [ "$(calls it)" -eq 20 ]
    matches "$output" 'noise \(A/A\) [0-9.]+ % +smallest change that is found [0-9.]+ % +20 runs'
    noise=$(jq '.entries[0].noise' "$GPUBENCH_RESULTS"/*/noise.json)
    gpubench check --baseline main.json --update -- ./it
    gpubench check --json --baseline main.json -- ./it
    jq -e --argjson noise "$noise" '.rows[0].noise == $noise and .rows[0].threshold >= 2 * $noise' <<<"$output"
    matches "$errors" "own noise \(A/A\) is .* \(measured 20[0-9-]{8}, 0 days ago\)"
    jq '.entries[0].measured = "2020-02-02T02:02:02Z"' "$GPUBENCH_RESULTS"/*/noise.json >old.json
    mv old.json "$(echo "$GPUBENCH_RESULTS"/*/noise.json)"
    gpubench compare main.json main.json
    matches "$output" 'measured 2020-02-02, [0-9]{4} days ago'
    jq '.entries[0].noise = 0.57' "$GPUBENCH_RESULTS"/*/noise.json >noisy.json # as older releases stored it
    mv noisy.json "$(echo "$GPUBENCH_RESULTS"/*/noise.json)"
    gpubench compare main.json main.json
    lacks "$output" 'own noise'
    gpubench compare "$GPUBENCH_RESULTS" main.json
    exits 5
    matches "$errors" 'holds no result'
    gpubench check --forget-noise
    exits 0
    matches "$output" '^forgot the noise of 1 class of machine'
    gpubench compare main.json main.json
    lacks "$output" 'own noise'
}

@test "a machine too noisy for a gate fails its self-test, and nothing is stored" {
    stand_in ./it 1 1.9 1.2 2.4 0.8 3
    gpubench check --self-test -- ./it
    exits 4
    matches "$errors" 'too noisy for a gate: .* differ by [0-9]+ %\. Nothing was stored'
    [ -z "$(find "$GPUBENCH_RESULTS" -name noise.json 2>/dev/null)" ]
    gpubench check --baseline main.json --update -- ./it
    exits 0
}

@test "a gate that never speaks says so, until it speaks again" {
    stand_in ./it 1
    gpubench check --baseline main.json --update -- ./it
    stand_in ./it 1 1.3 0.8
    for i in 1 2 3 4; do gpubench check --baseline main.json --processes 10 -- ./it; done
    matches "$output" UNSURE
    lacks "$output" 'in its last'
    gpubench check --baseline main.json --processes 10 -- ./it
    exits 0
    matches "$output" 'this gate was UNSURE in its last 5 checks'
    stand_in ./it 1
    gpubench check --baseline main.json --processes 10 -- ./it
    matches "$output" SAME
    stand_in ./it 1 1.3 0.8
    gpubench check --baseline main.json --processes 10 -- ./it
    lacks "$output" 'in its last'
}

@test "a baseline that could never show a change is refused" {
    stand_in ./it 1
    gpubench check --baseline main.json --update --processes 4 -- ./it
    exits 2
    matches "$errors" 'fewer than 5 runs can never show a change'
    [ ! -e main.json ]
    # With 5 it can: twice the time is SLOW.
    gpubench check --baseline main.json --update --processes 5 -- ./it
    exits 0
    stand_in ./slow 2
    gpubench check --baseline main.json -- ./slow
    exits 3
}

@test "the progress of a check counts to the most runs there may be" {
    stand_in ./it 1
    gpubench check --baseline main.json --update -- ./it
    sed -i 's/^exec/sleep 0.15; exec/' it
    : >it.words
    /usr/bin/python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$GPUBENCH" check --baseline main.json -- ./it >seen.txt
    matches "$(cat seen.txt)" 'run [0-9]+ of 20'
    lacks "$(cat seen.txt)" 'of 10:'
    # Ten runs are enough here, and the tenth is called so.
    lacks "$(cat seen.txt)" 'run (0|11) of 20'
}

@test "a load of others is one line of warning, in check and in ab" {
    unshare -m true 2>/dev/null || skip "needs the right to make a mount namespace"
    stand_in ./it 1
    gpubench check --baseline main.json --update -q -- ./it
    echo '800.00 700.00 600.00 9/999 12345' >loadavg
    for words in 'check --baseline main.json -- ./it' 'ab -- ./it -- ./it'; do
        # shellcheck disable=SC2086
        unshare -m sh -c 'mount --bind loadavg /proc/loadavg && exec "$@"' sh "$GPUBENCH" $words >/dev/null 2>errors.txt
        [ "$(grep -c 'the load is [0-9.]* per CPU' errors.txt)" -eq 1 ]
        : >it.words
        # shellcheck disable=SC2086
        unshare -m sh -c 'mount --bind loadavg /proc/loadavg && exec "$@"' sh "$GPUBENCH" ${words/-- /--quiet -- } >/dev/null 2>errors.txt
        lacks "$(cat errors.txt)" 'the load is'
    done
}

@test "what the baseline measured is measured again: this program, and nothing else that a file asks for" {
    gpubench check --baseline main.json --update -- cpu 33 --samples 3 --threads 1 --seed 7 --range wide
    exits 0
    gpubench check --baseline main.json --update # the same again
    exits 0
    jq -e 'all(.runs[].argv; .[1:10] == ["cpu", "33", "--seed", "7", "--range", "wide", "--threads", "1", "--samples"])' main.json
    gpubench check --threshold 900 --baseline main.json --json
    exits 0
    jq -e '.rows[0].key == "cpu/sum-aat/f32/openblas-syrk/n=33/wide" and .rows[0].new.processes >= 10' <<<"$output"
    jq -c '.runs[].argv += ["-o", "stolen"]' main.json >evil.json
    gpubench check --threshold 900 --baseline evil.json
    [ ! -e stolen ]
    jq -c '.runs[].argv = ["x", "rm", "-rf", "/"]' main.json >evil.json
    gpubench check --baseline evil.json
    exits 5
    matches "$errors" 'does not say how it was measured'
}

@test "simulated devices are never measured against, nor made a baseline" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_WORKERS=2
    for how in '--baseline main.json --update' --self-test; do
        # shellcheck disable=SC2086
        gpubench check $how -- gpu 64 --samples 1
        exits 5
        matches "$errors" 'simulated device'
    done
    [ ! -e main.json ]
    [ "$(saved_results)" -eq 0 ]
    gpubench ab -- gpu 64 --samples 1 -- gpu 64 --samples 1
    exits 5
}

@test "ab takes turns, A B B A, in as many pairs as it needs" {
    stand_in ./a 1; stand_in ./b 1.05
    cat >both <<'EOF'
#!/usr/bin/env bash
echo "$1" >>order
exec ./"$@"
EOF
    chmod +x both
    gpubench ab -- ./both a -- ./both b
    exits 3
    [ "$(tr -d '\n' <order | head -c 8)" = abbaabba ]
    [ "$(calls a)" -eq 20 ] # ten pairs, and ten again because it was slow
    matches "$output" '\+5\.0 %.* 10\+10 +SLOW'
    gpubench ab -- ./b -- ./a
    exits 0
    matches "$output" 'FAST'
    stand_in ./c 1
    gpubench ab --json -- ./a -- ./c
    exits 0
    jq -e '.verb == "ab" and .rows[0].verdict == "SAME"' <<<"$output"
}

@test "a run that failed or was wrong on either side of ab is exit 1, with its reason" {
    stand_in ./good 1
    for state in failed wrong; do
        # shellcheck disable=SC2016 # $n is jq's
        FILTER=' | if $n == 3 then .results[0] |= (.state = "'$state'" | .verdict.ok = (.state != "wrong") | .reason = "it broke") else . end' stand_in ./bad 1
        for words in '-- ./good -- ./bad' '-- ./bad -- ./good'; do
            : >good.words; : >bad.words
            # shellcheck disable=SC2086
            gpubench ab $words
            exits 1
            matches "$errors" "n=10000 $([ $state = wrong ] && echo 'gave a wrong result' || echo failed): it broke"
            lacks "$output" 'SAME'
        done
    done
}

@test "in ab another clock is the change's own doing, and heat is not" {
    FILTER=' | .results[0].samples |= (del(.sm_measured_hz) | .sm_hz = [1.98e9])' stand_in ./a 1
    FILTER=' | .results[0].samples |= (del(.sm_measured_hz) | .sm_hz = [1.8e9])' stand_in ./low 1.05
    gpubench ab -- ./a -- ./low
    exits 3
    matches "$output" SLOW
    FILTER=' | .results[0].summary.throttled = {hw_thermal_slowdown: 1}' stand_in ./hot 1.05
    gpubench ab -- ./a -- ./hot
    exits 0
    matches "$output" 'UNSURE +hw_thermal_slowdown in [0-9]+ of [0-9]+ runs of the new side'
}

# The number of runs in each file that the last gate kept: "A 10 B 10".
kept() {
    local directory
    directory=$(grep '^saved ' <<<"$output" | sed 's/^saved *//')
    (cd "$directory" && for file in *.json; do echo "${file%.json} $(jq '.runs | length' "$file")"; done | xargs)
}

@test "a gate keeps every run of both sides, and they can be compared again" {
    stand_in ./a 1; stand_in ./b 1.05
    gpubench ab -- ./a -- ./b
    exits 3
    [ "$(kept)" = 'A-again 10 A 10 B-again 10 B 10' ]
    gpubench compare "$GPUBENCH_RESULTS"/gates/*-ab-1/A.json "$GPUBENCH_RESULTS"/gates/*-ab-1/B.json
    exits 3
    matches "$output" '\+5\.0 %.* 10\+10 +SLOW'
    gpubench check --baseline main.json --update -- ./a
    gpubench check --baseline main.json -- ./b
    exits 3
    [ "$(kept)" = 'again-1 10 baseline 10 now 10' ]
    # shellcheck disable=SC2016 # $n is jq's
    FILTER=' | if $n == 3 then .results[0] |= (.state = "failed" | .reason = "it broke") else . end' stand_in ./bad 1
    gpubench ab -- ./a -- ./bad
    exits 1
    [ "$(kept)" = 'A 10 B 10' ]
}

@test "what a gate keeps is not among the results of a directory, and --no-save keeps nothing" {
    stand_in ./a 1
    gpubench ab -- ./a -- ./a
    [ "$(saved_results)" -eq 2 ]
    gpubench export "$GPUBENCH_RESULTS"
    exits 5
    gpubench export "$GPUBENCH_RESULTS/gates"
    exits 0
    rm -r "$GPUBENCH_RESULTS"
    gpubench ab --no-save -- ./a -- ./a
    exits 0
    lacks "$output" '^saved'
    gpubench ab --host other -- ./a -- ./a # an option of runs
    exits 2
    [ "$(saved_results)" -eq 0 ]
    gpubench ab --results /proc/none -- ./a -- ./a
    exits 1
    matches "$errors" '/proc/none.*--no-save'
}

@test "ab finds a change under a drift that is as large" {
    mapfile -t drift < <(seq 1 0.004 1.08)
    mapfile -t slower < <(printf '%s\n' "${drift[@]}" | awk '{print $1 * 1.05}')
    stand_in ./a "${drift[@]}"
    stand_in ./b "${slower[@]}"
    gpubench ab -- ./a -- ./b
    exits 3
    stand_in ./a "${drift[@]}"; stand_in ./b "${drift[@]}"
    gpubench ab -- ./a -- ./b
    exits 0
    lacks "$output" 'SLOW|FAST'
}

@test "ab says what is wrong with its commands" {
    stand_in ./a 1
    for words in '' './a' '-- ./a' './a --' '-- ./a --'; do
        # shellcheck disable=SC2086
        gpubench ab $words
        exits 2
    done
    gpubench ab --processes 7 -- ./a -- ./a
    exits 2
    matches "$errors" 'fewer than 8 pairs'
    gpubench ab -- ./a -- false
    exits 1
    matches "$errors" 'false ended with exit status 1'
}

@test "an old result, a repeated one and a failed child are no fresh process" {
    stand_in ./it 1; gpubench check --baseline main.json --update -q -- ./it
    sed -n 1p it.lines | sed 's/STARTED/2026-11-24T10:00:00Z/' >old.json
    printf '#!/bin/sh\ncat %s/old.json\n' "$PWD" >old.sh
    sed -n 1p it.lines | sed "s/STARTED/$(date -u -d '+1 hour' +%FT%TZ)/" >again.json
    printf '#!/bin/sh\ncat %s/again.json\n' "$PWD" >again.sh
    sed -n 1p it.lines >old.line
    # shellcheck disable=SC2016 # the words are for eval
    printf '#!/bin/sh\nsed "s/STARTED/$(date -u +%%FT%%TZ)/" %s/old.line\nsleep 1\n' "$PWD" >dressed.sh
    printf '#!/bin/sh\n%s/it\nexit 1\n' "$PWD" >failed.sh
    chmod +x old.sh again.sh dressed.sh failed.sh
    while read -r script words; do
        for how in "check --baseline main.json -- ./$script" "check --baseline new.json --update -- ./$script" \
            "ab -- ./$script -- ./$script"; do
            # shellcheck disable=SC2086
            gpubench $how
            exits 1
            matches "$errors" "$words"
            [ ! -e new.json ]
        done
    done <<'EOF'
old.sh was started at 2026-11-24T10:00:00Z, before the command itself
dressed.sh printed the samples of an earlier run with another start
again.sh printed the same result again, with the same start and samples
failed.sh ended with exit status 1, and no result in what it printed failed
EOF
}

@test "ab compares two configurations of this program" {
    gpubench ab --processes 8 --json -- cpu 20 --samples 1 --variant openblas-syrk -- cpu 20 --samples 1 --variant openblas-sgemm
    [ "$status" -eq 0 ] || exits 3
    jq -e '.rows[0].key == "cpu/sum-aat/f32/openblas-syrk/n=20" and .rows[0].new.processes == 8' <<<"$output"
}

@test "an interruption ends check and what it runs, and writes nothing" {
    for signal in INT TERM; do
        rm -f child
        "$GPUBENCH" check --baseline main.json --update -- sh -c 'echo $$ >child; exec sleep 100' 2>errors.txt &
        pid=$!
        eventually test -s child
        before=$SECONDS
        kill "-$signal" $pid # this process alone: no terminal tells its child
        wait $pid && status=0 || status=$?
        [ "$status" -eq $((128 + $(kill -l $signal))) ]
        ! kill -0 "$(cat child)"
        [ ! -e main.json ]
        matches "$(cat errors.txt)" 'interrupted'
        [ $((SECONDS - before)) -lt 50 ] # it did not wait for the end of what it ran
    done
}

@test "an interruption ends the ten seconds before a CPU is measured again" {
    FILTER=' | (.device.backend, .results[0].backend, .results[0].key) |= sub("gpu"; "cpu")'
    runs 1 10 ". $FILTER" >base
    FILTER=$FILTER stand_in ./slow 1.5
    "$GPUBENCH" check --baseline base --processes 5 -- ./slow 2>errors.txt &
    pid=$!
    has_run() { [ "$(calls slow)" -eq 5 ]; }
    eventually has_run
    sleep 0.5 # until the fifth has been read and judged
    before=$SECONDS
    kill -INT $pid
    wait $pid && status=0 || status=$?
    [ "$status" -eq 130 ]
    [ "$(calls slow)" -eq 5 ]
    [ $((SECONDS - before)) -lt 6 ]
}
