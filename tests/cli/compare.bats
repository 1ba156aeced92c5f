#!/usr/bin/env bats
# compare: two sides judged, hosts side by side. The runs are made of a real one, with times that are set here.
load helper

@test "the same is SAME, 5 % more is SLOW with exit 3, 5 % less is FAST" {
    runs 1 >base; runs 1.001 >same; runs 1.05 >slow; runs 0.95 >fast
    gpubench compare base same
    exits 0
    matches "$output" 'n=10000 .* ~ .* 10\+10 +SAME +within ±3 %'
    gpubench compare base slow
    exits 3
    matches "$output" '\+5\.0 % +\+4\.[0-9] … \+5\.[0-9] % +10\+10 +SLOW'
    matches "$errors" '^gpubench: 1 of 1 slower by 3 % or more: gpu/sum-aat/f32/ffma-sm90/n=10000 is \+5\.0 %\.$'
    gpubench compare base fast
    exits 0
    matches "$output" '-5\.0 %.* FAST'
}

@test "one run a side shows a ratio and no verdict; --strict makes that exit 4" {
    runs 1 1 >base; runs 1.05 1 >slow
    gpubench compare base slow
    exits 0
    matches "$output" '\+5\.0 % .* 1\+1 +UNSURE +too few processes to tell \(1\+1; 5\+5 can\)'
    matches "$errors" 'cannot be distinguished from noise'
    gpubench compare --strict base slow
    exits 4
    [ "$(runs 1 5 >base; runs 1.05 5 >slow; "$GPUBENCH" compare base slow 2>/dev/null | grep -c SLOW)" -eq 1 ]
}

@test "--threshold is what counts as slower" {
    runs 1 >base; runs 1.05 >slow
    gpubench compare --threshold 10 base slow
    exits 0
    matches "$output" 'UNSURE +changed, by less than 10 %' # an interval without 0 is never SAME
    gpubench compare --threshold 4 base slow
    exits 3
    matches "$errors" 'slower by 4 % or more'
    gpubench compare --threshold=0 base slow
    exits 2
    matches "$errors" 'more than 0 and at most 1000'
}

@test "another class of machine is exit 5, field by field; --cross-host compares all the same" {
    runs 1 >base; runs 1.05 10 '.device.power_limit_w = 600 | .host.kernel = "9.9" | .device.temperature_c = 20' >other
    gpubench compare base other
    exits 5
    matches "$output" 'other machine +device\.power_limit_w +700 → 600'
    matches "$output" 'differs +host\.kernel +[^ ]+ → 9\.9'
    lacks "$output" temperature
    matches "$errors" '--cross-host'
    gpubench compare --cross-host base other
    exits 3
}

@test "another card of the same model has a threshold of 10 %" {
    runs 1 >base; runs 1.05 10 '.device.uuid = "GPU-other"' >other; runs 1.12 10 '.device.uuid = "GPU-other"' >slow
    gpubench compare base other
    exits 0
    matches "$output" 'UNSURE +changed, by less than 10 %'
    matches "$output" '! threshold 10 %'
    gpubench compare base slow
    exits 3
}

@test "heat and another clock make SLOW UNSURE, the power cap does not" {
    runs 1 >base
    runs 1.05 10 '.results[0].summary.throttled = {hw_thermal_slowdown: 1}' >hot
    runs 1.05 10 '.results[0].summary.throttled = {sw_power_cap: 3}' >capped
    runs 1.05 10 '.results[0].samples.sm_hz = [1.8857e9]' >low
    gpubench compare base hot
    exits 0
    matches "$output" 'UNSURE +hw_thermal_slowdown in 10 of 10 runs of the new side'
    gpubench compare base capped
    exits 3
    # shellcheck disable=SC2016 # $i is jq's
    runs 1 10 'if $i < 4 then .results[0].summary.throttled = {hw_thermal_slowdown: 1, sw_thermal_slowdown: 2} else . end' >once
    gpubench compare once capped
    exits 0
    matches "$output" 'UNSURE +(sw_thermal_slowdown, hw_thermal_slowdown|hw_thermal_slowdown, sw_thermal_slowdown) in 4 of 10 runs of the base'
    gpubench compare base low
    exits 0
    matches "$output" 'UNSURE +SM clock 1\.980 → 1\.886 GHz \(-4\.8 %\): in cycles -?\+?0\.0 %'
}

@test "a wrong result is exit 1, whatever else there is" {
    runs 1 >base
    runs 1.2 10 '.results[0] |= (.state = "wrong" | .verdict.ok = false | .reason = "rel. error 2e-04, limit 1e-06")' >wrong
    gpubench compare base wrong
    exits 1
    matches "$output" 'WRONG +rel\. error 2e-04'
    matches "$errors" 'gave a wrong result'
}

@test "one of several that is slow is told, with Holm's correction" {
    # shellcheck disable=SC2016
    many='.results = [.results[0] as $r | range(12) as $k | $r | .key += "/\($k)"]'
    runs 1 10 "$many" >base
    runs 1 10 "$many | .results[3] |= timed(.summary.median_s * 1.06)" >slow
    gpubench compare base slow
    exits 3
    [ "$(grep -c SAME <<<"$output")" -eq 11 ]
    matches "$output" 'n=10000/3 .* SLOW'
    runs 1 5 "$many" >base; runs 1.06 5 "$many" >slow
    gpubench compare base slow
    exits 0
    matches "$output" 'UNSURE +too few processes to tell \(5\+5; [67]\+[67] can\)'
}

@test "nothing in common is exit 5" {
    runs 1 >base; runs 1 10 '.results[0].key = "gpu/other"' >other
    gpubench compare base other
    exits 5
    matches "$output" 'ONLY BASE'
    matches "$errors" 'no result in common'
    gpubench compare base none.json
    exits 5
    matches "$errors" 'none.json: No such file'
}

@test "simulated results are refused" {
    runs 1 >base; runs 1 10 '.simulated = true' >fake
    for pair in 'base fake' 'fake base' 'base base fake'; do
        # shellcheck disable=SC2086
        gpubench compare $pair
        exits 5
        matches "$errors" 'simulated device \(NVIDIA H200\): its times mean nothing'
    done
}

@test "a directory, a pipe and standard input are sides too" {
    mkdir base; runs 1 10 | split -l 1 --additional-suffix=.json - base/
    echo '{"schema":' >base/broken.json
    runs 1.05 >slow
    gpubench compare base slow
    exits 3
    matches "$errors" '1 file was left out; the first: base/broken.json cannot be read: it ends in the middle'
    gpubench compare base - <slow
    exits 3
    gpubench compare base <(cat slow)
    exits 3
    gpubench compare - -
    exits 2
}

@test "bad input is a sentence and exit 1, never a crash" {
    runs 1 >base
    printf '\177ELF\0\0' >binary; : >empty; head -c 3000 base >short; echo '[NaN]' >nan; echo '{"a":1,"a":2}' >repeated
    printf '[%.0s' {1..100000} >deep; truncate -s 200M huge; jq -c '.schema = "gpubench-result/2"' base >major
    jq -c '.results[0].summary = []' base >kind; head -c 100000 /dev/zero >zeros
    while read -r bad words; do
        gpubench compare base "$bad"
        exits 1
        matches "$errors" "^gpubench: $bad .*$words"
        [ "$(wc -l <<<"$errors")" -eq 1 ]
        gpubench compare "$bad"
        exits 1
    done <<<'binary it is not JSON
empty is empty
short (it is not JSON|it ends in the middle)
nan it is not JSON
repeated it has the same key twice
deep it is nested too deeply
huge is larger than 64 MiB
major is in the format gpubench-result/2
kind its results\[0\]\.summary is not an object
zeros it ends in the middle
/dev/zero is larger than 64 MiB'
}

@test "--json has every number, and JUnit has the verdicts" {
    runs 1 >base; runs 1.05 >slow
    gpubench compare base slow --json --junit junit.xml
    exits 3
    jq -e '.schema == "gpubench-comparison/1" and .exit == 3 and (.rows | length) == 1 and (.rows[0] |
        .verdict == "SLOW" and (.change - 0.05 | fabs) < 1e-6 and .low < .change and .change < .high and .confidence == 0.99
        and .base.processes == 10 and .threshold == 0.03 and .p < 0.001)' <<<"$output"
    matches "$errors" 'SLOW'
    matches "$(cat junit.xml)" '<testsuite name="gpubench.compare" tests="1" failures="1" errors="0" skipped="0"'
    matches "$(cat junit.xml)" '<failure type="regression" message="SLOW \+5.0 %'
    command -v xmllint >/dev/null || skip 'no xmllint'
    xmllint --noout junit.xml
}

@test "in JUnit and on GitHub, a result of the base alone is open in compare, and one of the new side is no annotation" {
    # shellcheck disable=SC2016
    both='.results[1] = (.results[0] | .key += "/second")'
    runs 1 >one; runs 1 10 "$both" >two
    export GITHUB_ACTIONS=true
    gpubench compare two one --junit junit.xml
    exits 0
    matches "$output" 'n=10000/second .*ONLY BASE'
    matches "$(cat junit.xml)" 'tests="2" failures="0" errors="0" skipped="1"'
    matches "$(cat junit.xml)" '<skipped message="ONLY BASE'
    matches "$output" '::warning title=gpubench [^:]*/second::ONLY BASE'
    gpubench compare one two --junit junit.xml
    exits 0
    matches "$(cat junit.xml)" '<skipped message="ONLY NEW'
    lacks "$output" '^::'
}

@test "in GitHub Actions there are annotations, a summary and an output" {
    runs 1 >base; runs 1.05 >slow
    export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/summary.md GITHUB_OUTPUT=$PWD/outputs
    gpubench compare base slow
    exits 3
    grep -qE '^::error title=gpubench gpu/sum-aat/f32/ffma-sm90/n=10000::SLOW \+5\.0 %25 \(99 %25 interval' <<<"$output"
    grep -qE '^\| gpu/sum-aat/f32/ffma-sm90/n=10000 \| .* \| SLOW \|$' summary.md
    grep -qx 'verdict=SLOW' outputs
    runs 1.05 1 >one
    gpubench compare base one
    grep -qE '^::warning title=gpubench ' <<<"$output"
    runs 1 >same
    gpubench compare base same
    lacks "$output" '^::'
}

@test "hosts side by side: the fastest is marked" {
    for host in 'a alpha 1' 'b beta 1.1' 'c gamma 1.05'; do
        read -r file name factor <<<"$host"
        runs "$factor" 3 ".host.name = \"$name\" | .device.uuid = \"GPU-$name\"" >"$file"
    done
    gpubench compare b a c
    exits 0
    matches "$output" '3 cards'
    matches "$output" '! of fewer than 5 cards none is called an outlier; .* gpubench compare FOLDER FOLDER'
    matches "$output" 'alpha +NVIDIA H200 +18\.[0-9]+ ms +1\.00× +3 +fastest'
    matches "$output" 'beta .* 1\.10×'
    # One whose runs differ by more than 20 % from their median is neither the fastest nor a multiple of it.
    { runs 0.5 5; runs 1.4 5 '.started |= sub("^20"; "21")'; } | jq -c '.host.name = "delta" | .device.uuid = "GPU-delta"' >d
    gpubench compare b a d c
    exits 0
    matches "$output" 'alpha .* 1\.00× +3 +fastest'
    matches "$output" 'delta .* too noisy +10 *'
    lacks "$output" 'delta.*(×|fastest)'
    gpubench compare b a d c --json
    jq -e '[.models[].hosts[] | select(.noisy) | .host] == ["delta"]' <<<"$output"
    gpubench report b a d c -o page.md
    matches "$(cat page.md)" 'delta[^|]*\|[^|]*\| too noisy \|'
    gpubench compare a a a
    matches "$output" '^0 results of several hosts or cards, 0 outliers; 1 result of a single one not shown'
}

@test "of many hosts the outliers are named, with what is different about them" {
    jq -c "$TIMED"'. as $run | range(60) as $i | $run | .host.name = "node\($i)" | .device.uuid = "GPU-\($i)" |
        .results[0] |= timed(0.0187 * (1 + ($i * 7 % 10 - 4.5) / 2000)) |
        .results[0].samples |= (del(.sm_measured_hz) | .sm_hz = [1.98e9]) |
        if $i == 7 then .results[0] |= timed(.summary.median_s * 1.227) | .results[0].samples.sm_hz = [1.41e9] |
            .results[0].summary.throttled = {hw_thermal_slowdown: 2}
        elif $i == 8 then .results[0] |= timed(.summary.median_s * 1.079) | .device.power_limit_w = 600 else . end' \
        "$ROOT/results/reference/h200-gpu-10000.json" >fleet.json
    gpubench compare fleet.json --junit junit.xml
    exits 3
    matches "$errors" '2 outliers: the furthest is node7 at \+2[23]\.[0-9] % from the median of gpu/sum-aat'
    matches "$output" '60 cards of NVIDIA H200'
    matches "$output" 'outliers  node7 +2[0-9.]+ ms +\+2[23]\.[0-9] % +SM clock 1\.41 GHz, others 1\.98, hw_thermal_slowdown in 1 of 1 runs'
    matches "$output" 'node8 +.* \+[78]\.[0-9] % +device\.power_limit_w 600, others 700'
    gpubench compare fleet.json --json
    jq -e '[.models[0].hosts[] | select(.outlier) | .host] == ["node8", "node7"]' <<<"$output"
    # One test case for each card, and a failure for each outlier.
    [ "$(grep -c '<testcase ' junit.xml)" -eq 60 ]
    [ "$(grep -c '<failure type="outlier"' junit.xml)" -eq 2 ]
    grep -q 'tests="60" failures="2"' junit.xml
    grep -A1 'name="node7"' junit.xml | grep -q 'SM clock 1.41 GHz'
    xmllint --noout --schema "$ROOT/tests/cli/junit.xsd" junit.xml
    jq -c 'select(.host.name != "node7" and .host.name != "node8")' fleet.json >good.json
    gpubench compare good.json --strict --junit junit.xml
    exits 0
    [ "$(grep -c '<testcase ' junit.xml)" -eq 58 ]
    lacks "$(cat junit.xml)" '<failure'
}

@test "--strict: hosts that cannot be judged are exit 4, and skipped in JUnit" {
    host() { runs "$2" "${4:-5}" ".host.name = \"$1\" | .device.uuid = \"GPU-$1\" | ${3:-.}"; }
    { host a 1; host b 1.22; host c 1.001; } >few
    gpubench compare few few few
    exits 0
    gpubench compare few few few --strict --junit few.xml
    exits 4
    matches "$errors" '3 of 3 could not be judged: of fewer than 5 of a model'
    matches "$(cat few.xml)" 'tests="3" failures="0" errors="0" skipped="3"'
    { cat few; host d 1.002; host e 1.003; } >five
    gpubench compare five five five --strict --junit five.xml
    exits 3
    matches "$(cat five.xml)" 'tests="5" failures="1" errors="0" skipped="0"'
    sed '/GPU-b/d' five >good
    host f 1.004 >>good
    gpubench compare good good good --strict
    exits 0
    { host g 0.6; host g 1.4 '.started |= sub("^20"; "21")'; } >>good
    gpubench compare good good good --strict --junit good.xml
    exits 4
    matches "$errors" '1 of 6 could not be judged'
    matches "$(cat good.xml)" '<skipped message="not judged: too noisy to rank"/>'
    xmllint --noout --schema "$BATS_TEST_DIRNAME/junit.xsd" good.xml
    host a 1 >one
    gpubench compare one one one --strict
    exits 4
    matches "$errors" 'none could be judged'
}

@test "copies of a run count once, and that is said" {
    runs 1 1 >one; runs 1.05 >slow
    for i in 1 2 3 4 5 6; do cat one; done >copied
    gpubench compare copied slow
    exits 0
    matches "$errors" '5 results are copies of a run that is given already, and not counted again'
    matches "$output" ' 1\+10 +UNSURE +too few processes'
    mkdir fleet; cp one fleet/a.json; cp one fleet/b.json; runs 1 1 '.host.name = "b" | .device.uuid = "GPU-b"' >fleet/c.json
    gpubench compare fleet
    matches "$errors" '1 result is a copy of a run'
    matches "$output" ' 1 +fastest'
    # A directory with nothing new is no empty one.
    gpubench export --format csv fleet fleet/a.json fleet
    exits 0
    matches "$errors" '5 results are copies of a run'
    [ "$(wc -l <<<"$output")" -eq 3 ]
}

@test "old samples with a new start count once, and that is said" {
    runs 1 >base; runs 1.05 >slow
    for second in {10..19}; do head -n 1 slow | jq -c ".started = \"2026-11-24T11:00:${second}Z\""; done >dressed
    gpubench compare base dressed --json
    jq -e '.rows[0].new | .copies == 9 and .processes == 1 and .left_out == 0' <<<"$output"
    gpubench compare base dressed
    exits 0
    matches "$output" ' 10\+1 +UNSURE +too few processes'
    matches "$output" '9 runs of the new side with the samples of an earlier run, but another start, are left out'
    # A base that comes back as the new side is judged, and that is said.
    jq -c '.started |= sub("2026-11"; "2026-12")' base >later
    gpubench compare base later
    exits 0
    matches "$output" '10 of 10 runs of the new side have the samples of a run of the base side'
    gpubench compare base base
    lacks "$output" 'samples of a'
    # Three equal times, as clocks of low resolution give, show nothing.
    jq -c '.results[0] |= (.samples.device_s |= map(1e-5) | .summary |= with_entries(if .key | endswith("_s") then .value = 1e-5 else . end) |
        del(.speed))' dressed >coarse
    gpubench compare coarse coarse --json
    jq -e '.rows[0].new | .copies == 0 and .processes == 10' <<<"$output"
}

@test "a file that contradicts itself is refused by name" {
    runs 1 >base
    jq -c '.results[0].summary |= (.median_s *= 0.9 | .low_s *= 0.9 | .min_s *= 0.9)' base >faster
    jq -c '.results[0].verdict.ok = false' base >lies
    jq -c '.results[0].unit = "ms"' base >unit
    jq -c '.measuring.cache = "cold"' base >cold
    jq -c '.results[0].verdict |= (.sum_error = 1e-3)' base >error
    jq -c '.results[0].speed.flops *= 2' base >speed
    jq -c '.results[0].verdict = {}' base >empty
    jq -c '.results[0].verdict.ok = "false"' base >text
    jq -c '.results[0].verdict |= del(.limits)' base >unlimited
    jq -c '.results[0].verdict |= (.limits.sum = 1 | .sum_error = 0.5)' base >generous
    jq -c '.results[0].verdict.weighted_error = 1e-3' base >weighted
    jq -c "$TIMED .results[0] |= timed(.summary.median_s / 1000)" base >impossible
    jq -c '.results[0].speed.peak_share = 4.6' base >share
    jq -c '.results[0].speed |= (.flop_done *= 2 | .flops_done *= 2)' base >work
    jq -c '.results[0].symmetric = false' base >half
    jq -c '.results[0].speed |= (.bytes *= 2 | .bytes_per_s *= 2)' base >bytes
    jq -c '.results[0].speed.peak_share = 0.1' base >peak
    jq -c '.results[0].verdict.sum_error = 1e-9' base >exact
    jq -c '.job.sum *= 2' base >job
    jq -c '.results[0].arithmetic = "tf32"' base >arithmetic
    jq -c '.results[0].op = "reduce" | .problem.op = "reduce"' base >op
    jq -c '.problem.op = "matmul"' base >problem
    jq -c '.results[0].variant = "cublas-sgemm"' base >variant
    jq -c '.results[0].summary.kind = "lukewarm"' base >kind
    jq -c '.problem.range = "[-1,1)"' base >range
    jq -c '.results[0].summary.high_s *= 2' base >wide
    jq -c '.results[0].summary |= (.min_s = (.low_s + .median_s) / 2)' base >narrow
    jq -c '.results[0].summary |= (.min_s = .median_s * 1.1 | .max_s = .median_s * 1.2)' base >least
    jq -c '.results[0].summary |= (.min_s = .median_s * 0.8 | .max_s = .median_s * 0.9)' base >most
    jq -c '.results[0].summary |= (.low_s = .median_s * 1.001)' base >low
    jq -c '.results[0].summary |= (.high_s = .median_s * 0.999)' base >high
    jq -c '.results[0].n = 10001' base >order
    jq -c '.problem.n = 10001' base >orders
    jq -c '.results[0].summary.count = 2' base >fewer
    jq -c '.results[0].verdict.sum *= 1.001' base >sum
    jq -c '.results[0].summary.confidence = 1.5' base >sure
    jq -c '.results[0].summary.throttled.hw_thermal_slowdown = 99' base >hot
    jq -c '.results[0].samples.wall_s |= .[1:]' base >column
    jq -c '.results[0].call = {median_s: 0.01, samples_s: [0.02]}' base >call
    jq -c '.copy_in = {bytes: 1, pinned: {median_s: 0.01, samples_s: [0.02]}}' base >copy
    jq -c '.results += [.results[0] | .key |= sub("ffma-sm90"; "other") | .variant = "other" |
        .reference = {key: "gpu/sum-aat/f32/ffma-sm90/n=10000", speedup: 1.5}]' base >ratio
    while read -r file words; do
        gpubench compare base "$file"
        exits 1
        matches "$errors" "^gpubench: $file cannot be used: its results.[01]. contradicts itself: .*$words"
    done <<'EOF'
faster summary.median_s is .* and its samples give
lies its state is ok and verdict.ok is false
unit its unit is "ms"
cold its key is .* and measuring.cache is cold
error verdict.sum_error is 0.001, above its limit
speed speed.flops is
empty its state is ok and verdict.ok is not true
text its state is ok and verdict.ok is not true
unlimited its state is ok and verdict.limits.sum is missing
generous verdict.limits.sum is 1, which no measurement is allowed
weighted verdict.weighted_error is 0.001, above its limit
impossible its median time is [0-9]+ % of the device
share its median time is 460 % of the device
work speed.flop_done is
half speed.flop_done is .*, and its symmetric is not true
bytes speed.bytes is 800000000, and the problem makes it 400000000
peak speed.peak_share is 0.1, and the device.s peak makes it 0.8
exact verdict.sum_error is 1e-09, and verdict.sum is off by -3.0
job job.sum is 5.* and verdict.sum is 2
arithmetic its arithmetic is tf32 and its key is gpu/sum-aat/f32
op its op is reduce and its key is gpu/sum-aat
problem its op is sum-aat and problem.op is matmul
variant its variant is cublas-sgemm and its key is gpu/sum-aat/f32/ffma-sm90
kind summary.kind is "lukewarm", and is warm or first
range its key is .* and problem.range is .-1,1.
wide its interval goes beyond the samples. minimum and maximum
narrow its interval goes beyond the samples. minimum and maximum
least summary.median_s is outside the samples. minimum and maximum
most summary.median_s is outside the samples. minimum and maximum
low summary.median_s is outside its own interval
high summary.median_s is outside its own interval
order its key ends in n=10000 and its n is 10001
orders its n is 10000 and problem.n is 10001
fewer summary.count is 2 and its samples give 3
sum its state is ok and verdict.sum is .*, with .* wanted
sure summary.confidence is 1.5
hot summary.throttled.hw_thermal_slowdown is 99, of 3 samples
column samples.wall_s has 2 values and samples.device_s 3
call call.median_s is 0.01 and its samples give 0.02
copy copy_in.pinned.median_s is 0.01 and its samples give 0.02
ratio reference.speedup is 1.5, and the medians make it 1
EOF
    jq -c '.results += [.results[0]]' base >twice
    gpubench compare base twice
    exits 1
    matches "$errors" 'twice cannot be used: it has the result gpu/sum-aat/f32/ffma-sm90/n=10000 twice'
}

@test "only timed runs decide, wherever a failed one stands, and how many were left out is said" {
    runs 1 >base; runs 1 >now
    for at in 0 9; do
        jq -sc ".[$at].results[0] |= {key, backend, op, variant, arithmetic, n, state: \"failed\", reason: \"x\"} | .[]" base >some
        gpubench compare some now
        exits 0
        matches "$output" ' 9\+10 +SAME'
        matches "$output" '1 run of the base side \(failed, wrong, waived or cold\) is left out'
    done
}

@test "a single cold run is not compared with warm ones" {
    for i in 1 2 3; do
        gpubench cpu 300 --variant reference --threads 1 --samples 8 --results warm
        gpubench cpu 300 --variant reference --threads 1 --max-time 0.000001 --results cold
    done
    gpubench compare cold warm
    matches "$output" 'ONLY NEW.*the base has only single cold runs'
    gpubench compare warm cold
    matches "$output" 'ONLY BASE.*the new side has only single cold runs'
    gpubench compare cold cold
    lacks "$output" 'ONLY'
}

@test "one card is one card, whatever its containers are called, and few processes are a caveat" {
    for card in 1 2 3 4 5 6; do
        runs "$([ $card = 6 ] && echo 1.15 || echo 1.00$card)" 5 ".device.uuid = \"GPU-0000000$card\" | .host.name = \"c$card-\\(\$i)\""
    done >fleet.json
    gpubench compare fleet.json
    exits 3
    matches "$output" '6 cards'
    matches "$output" 'GPU-00000006 .* 1\.15× +5 +outlier'
    matches "$output" '6 cards ran under several host names'
    lacks "$output" 'fewer than'
    jq -c 'select(.host.name | endswith("-0"))' fleet.json >few.json
    gpubench compare few.json
    matches "$output" '6 of 6 have fewer than 5 processes: one late process can look like a bad card'
}

@test "hosts without a GPU are told apart by their machine's digest, not by their names" {
    cpu='.results[0].backend = "cpu" | .results[0].key |= sub("gpu"; "cpu") | .device.backend = "cpu" | del(.device.uuid)'
    runs 1 5 "$cpu | .host.name = \"same\" | .host.machine = \"1111111111111111\"" >one
    runs 1.2 5 "$cpu | .host.name = \"same\" | .host.machine = \"2222222222222222\"" >two
    runs 1.4 5 "$cpu | .host.name = \"c\\(\$i)\" | .host.machine = \"3333333333333333\"" >three
    gpubench compare one two three
    matches "$output" '3 hosts'
    matches "$output" 'same 111111111111 .* 1\.00× +5 +fastest'
    matches "$output" 'same 222222222222 .* 1\.20× +5'
    matches "$output" '3333333333333333.* 1\.40× +5'
    matches "$output" '1 host ran under several host names: a machine.s digest is one host'
    gpubench compare one two
    matches "$output" '! threshold 10 %: two cards or hosts'
    sed 's/2222222222222222/1111111111111111/; s/"same"/"other"/' two >again
    gpubench compare one again
    lacks "$output" 'threshold 10 %'
}

@test "hosts side by side begin with a summary and leave out what a single one measured" {
    gpubench compare "$ROOT/results/reference"
    matches "$output" '(^|'$'\n'')[0-9]+ results of several hosts or cards, [0-9]+ outliers; [0-9]+ results of a single one not shown'
    lacks "$output" ' 1 (host|card)$'
    runs 1 5 >a; runs 1 5 '.results[0].key = "gpu/other"' >b
    gpubench compare a b a
    lacks "$output" fastest
}

@test "a PCIe link below its maximum is a note, and a reason of an outlier" {
    slow='.device.pcie = {generation: 4, width: 8, generation_max: 5, width_max: 16}'
    runs 1 >base; runs 1 10 "$slow" >now
    gpubench compare base now
    matches "$output" '! new: the PCIe link was below its maximum, at 25 % of it, in 10 of 10 runs'
    lacks "$output" '! base'
    gpubench compare base base
    lacks "$output" PCIe
    for i in 1 2 3 4 5 6; do runs "1.00$i" 1 ".host.name = \"n$i\" | .device.uuid = \"GPU-$i\""; done >fleet
    runs 1.3 1 "$slow | .device.uuid = \"GPU-7\"" >>fleet
    gpubench compare fleet fleet fleet
    matches "$output" 'outlier +PCIe link at 25 % of its maximum'
}

@test "a CPU's change under a load of others is UNSURE, with the load" {
    cpu='(.device.backend, .results[0].backend, .results[0].key) |= sub("gpu"; "cpu") | .host.cpu.threads_online = 2'
    runs 1 10 "$cpu | .host.load_1min = 0.5" >base
    runs 3 10 "$cpu | .host.load_1min = 8.25" >loaded
    runs 3 10 "$cpu | .host.load_1min = 2.1" >slow
    gpubench compare base loaded
    exits 0
    matches "$output" 'UNSURE +other programs were running: the load was 8\.2 on 2 CPUs, in 10 of 10 runs of the new side'
    gpubench compare base slow
    exits 3
}

@test "of several models of one benchmark the faster is first, whatever their names" {
    runs 1.5 1 '.device.name = "A slow" | .device.uuid = "GPU-a" | .host.name = "a"' >fleet
    runs 1 1 '.device.name = "B fast" | .device.uuid = "GPU-b" | .host.name = "b"' >>fleet
    runs 1.2 1 '.device.name = "C between" | .device.uuid = "GPU-c" | .host.name = "c"' >>fleet
    gpubench compare fleet --json
    [ "$(jq -rc '[.models[].device]' <<<"$output")" = '["B fast","C between","A slow"]' ]
}

@test "a single cold run is no slow host beside warm ones" {
    for i in 1 2 3 4 5 6; do runs "1.00$i" 1 ".host.name = \"n$i\" | .device.uuid = \"GPU-$i\""; done >fleet
    runs 3 1 '.device.uuid = "GPU-7" | .host.name = "n7" | .results[0].summary.kind = "first"' >>fleet
    gpubench compare fleet fleet fleet
    exits 0
    matches "$output" '6 cards'
    lacks "$output" 'n7'
}

@test "a host whose runs failed, were wrong or waived is named among many, with exit 1 if it is a failure" {
    bad='del(.results[0].summary, .results[0].speed, .results[0].samples, .results[0].verdict) | .results[0].reason = "of cause"
        | .host.name = "bad" | .device.uuid = "GPU-bad"'
    for i in 1 2 3 4 5 6; do runs "1.00$i" 5 ".host.name = \"n$i\" | .device.uuid = \"GPU-$i\""; done >fleet
    for state in failed wrong waived; do runs 1 1 "$bad | .results[0].state = \"$state\"" >$state; done
    for state in failed wrong; do
        gpubench compare fleet $state fleet --junit $state.xml
        exits 1
        matches "$output" "bad +GPU-bad +gpu/.* $state in 1 of 1 run: of cause"
        matches "$errors" "bad, gpu/.*: $state in 1 of 1 run: of cause"
        grep -q 'errors="1"' $state.xml
        xmllint --noout --schema "$BATS_TEST_DIRNAME/junit.xsd" $state.xml
    done
    gpubench compare fleet waived fleet --json
    exits 0
    matches "$errors" '0 failed or wrong, 1 waived where others have a time'
    [ "$(jq -c '[.without_time[] | .host, .waived]' <<<"$output")" = '["bad",1]' ]
    gpubench compare waived
    exits 5
}

@test "runs of one card under another power limit are rows of their own, and GPUs at once are no outliers" {
    limited='.device.power_limit_w = 350'
    for i in 1 2 3 4 5 6; do
        runs "1.00$i" 5 ".host.name = \"n$i\" | .device.uuid = \"GPU-$i\""
        runs "1.20$i" 5 ".host.name = \"n$i\" | .device.uuid = \"GPU-$i\" | .device.at_once = 8"
    done >fleet
    gpubench compare fleet fleet fleet
    exits 0
    matches "$output" 'n=10000 · 6 cards'
    matches "$output" 'n=10000, 8 at once · 6 cards'
    runs 1.4 5 "$limited | .host.name = \"n3\" | .device.uuid = \"GPU-3\"" >>fleet
    gpubench compare fleet fleet fleet
    exits 3
    matches "$output" 'n3 [^'$'\n'']* 5 +outlier +device.power_limit_w 350, others 700'
    matches "$output" '1 of these rows is of a card that is here already'
    matches "$output" 'n=10000 · 6 cards'
}

@test "runs of another class of machine that only one side has are left out, and that is said" {
    runs 1 >base
    { runs 1; runs 2 3 '.device.power_limit_w = 350'; } >now
    gpubench compare base now
    exits 0
    matches "$output" '3 runs of the new side are left out, measured on another class of machine \(device.power_limit_w 350, here 700\)'
    gpubench compare now base --json
    [ "$(jq '.rows[0].base.of_other_class' <<<"$output")" -eq 3 ]
}
