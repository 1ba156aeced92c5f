#!/usr/bin/env bats
# What NVML says of clocks and throttling, from the fake libnvidia-ml.so.1 of tests/fakecuda.
load helper

fake_nvml() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libnvidia-ml.so.1" ] || skip "no fake NVML in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_WORKERS=2 FAKECUDA_PROFILE=h100 FAKENVML=$1
}

contest() {
    fake_nvml "$1"
    gpubench gpu 257 --variant kepler-triangle,warp-triangle --samples 3 --max-time 0.4 --json --no-save
    exits 0
}

# A line of doctor: what, found and state, and advice where there is some.
says() {
    grep -qE -- "^$1  +$2" <<<"$output" || { printf 'no line "%s  %s" in:\n%s\n' "$1" "$2" "$output"; return 1; }
}

@test "each sample of a contest has the clock, and an idle bit is no throttling" {
    contest ok
    jq -e '[.results[] | select(.state == "ok")] | length > 1 and
           all(.[]; .samples.sm_hz - [null] | unique == [1.755e9]) and
           all(.[]; (.samples | has("throttle") | not) and .summary.throttled == {})' <<<"$output"
}

@test "each sample has power and temperature, and energy once the counter has been watched long enough" {
    contest ok
    jq -e '[.results[] | select(.state == "ok")] | length > 1 and
           all(.[]; .samples.power_w - [null] | unique == [123.456]) and
           all(.[]; .samples.temperature_c - [null] | unique == [41])' <<<"$output"
    fake_nvml ok
    FAKECUDA_PROFILE=mig gpubench gpu 65 --op reduce --variant one-pass --max-time 1 --json --no-save
    exits 0
    # 500 W, to 20 % as the counter has whole milliseconds and the machine may be busy
    jq -e '.results[0].samples | [.energy_j, .wall_s] | transpose | map(select(.[0]) | .[0] / .[1]) | length >= 3 and
           (sort | .[length / 2 | floor] | . > 400 and . < 600)' <<<"$output"
    matches "$errors" 'steady state .* J '
}

@test "each sample has the clock that the device's own counters tell, with NVML or without" {
    contest no-init
    # the fake's counters run at 1 GHz
    jq -e '[.results[] | select(.state == "ok")] | length > 1 and
           all(.[]; .samples.sm_measured_hz | all(. > 0.9e9 and . < 1.1e9))' <<<"$output"
    matches "$errors" '  SM clock +1\.00 GHz, measured on the device'
}

@test "a driver without the clock's kernel costs only that column" {
    fake_nvml ok
    for ((i = 1; i < 24; i++)); do
        FAKECUDA_PROFILE=gt750m FAKECUDA_FAIL=cuModuleGetFunction:$i:500 gpubench gpu 9 --samples 2 --no-save --json
        [ "$status" -ne 0 ] || ! jq -e '.results[0].samples | has("sm_measured_hz") | not' <<<"$output" || return 0
    done
    false
}

@test "an old NVML without an energy counter costs only that column" {
    contest old
    jq -e '[.results[] | select(.state == "ok") | .samples | has("power_w") and (has("energy_j") | not)] | all' <<<"$output"
}

@test "a throttled sample is marked, with every reason" {
    contest throttled
    matches "$errors" 'throttled +sw power cap in [0-9]+ of [0-9]+ samples, sw thermal slowdown in [0-9]+; [0-9]+ runs left out until the clock had settled'
    jq -e '[.results[] | select(.state == "ok")] | length > 1 and
           all(.[]; .samples.throttle - [0] | unique == [36]) and all(.[]; .samples.sm_hz - [null] | unique == [1.2e9]) and
           all(.[]; .summary.throttled | keys == ["sw_power_cap", "sw_thermal_slowdown"]) and
           any(.[]; .summary.settling > 0)' <<<"$output"
}

@test "who is alone on a card with a known power limit warms up for 0.3 s" {
    fake_nvml ok
    for _ in 1 2 3; do # other work may take the 0.3 s that there are for more than the five that are always made
        gpubench gpu 16 --variant triangle --json --no-save
        exits 0
        ! jq -e '.results[0].summary.warmups > 5' <<<"$output" || break
    done
    jq -e '.results[0].summary | .warmups > 5 and (has("settling") | not)' <<<"$output"
    fake_nvml absent-fields
    gpubench gpu 16 --variant triangle --json --no-save
    jq -e ".results[0].summary.warmups <= 5" <<<"$output"
}

@test "a driver that knows the reasons by their older name tells them too" {
    contest old
    jq -e 'all(.results[] | select(.state == "ok"); .summary.throttled | keys == ["sw_power_cap"])' <<<"$output"
}

# $1: a mood of the fake in which nothing is known; the contest must still succeed.
knows_nothing() {
    contest "$1"
    lacks "$errors" 'NVML|throttled'
    jq -e '[.results[] | select(.state == "ok")] | length > 1 and
           all(.[]; .samples | has("sm_hz") or has("throttle") or has("power_w") or has("temperature_c") or has("energy_j") | not)' <<<"$output"
    jq -e '.device | has("power_limit_w") or has("mig") or has("temperature_c") | not' <<<"$output"
}
@test "a card without sensors has no such columns" { knows_nothing absent-fields; }
@test "NVML that fails at every question costs only its columns" { knows_nothing failing; }
@test "NVML that does not start costs only its columns" { knows_nothing no-init; }

@test "every run records power limit, MIG and the link, so that fingerprints of one card agree" {
    fake_nvml ok
    gpubench gpu 257 --json --no-save
    exits 0
    jq -e '.device | .power_limit_w == 700 and .mig == false and .persistence and .temperature_c == 41 and .power_w == 123 and
           .pcie.generation == 5 and .pcie.width == 16' <<<"$output"
    alone=$(jq -r .fingerprint <<<"$output")
    gpubench gpu 65 --variant kepler-triangle,warp-triangle --samples 1 --max-time 0.1 --json --no-save
    [ "$(jq -r .fingerprint <<<"$output")" = "$alone" ]
}

@test "NVML's driver version stands in where the kernel shows none" {
    fake_nvml ok
    [ ! -e /sys/module/nvidia/version ] && [ ! -e /proc/driver/nvidia/version ] || skip "a driver is loaded"
    gpubench gpu 65 --samples 1 --json --no-save
    jq -e '.driver.version == "580.00.00"' <<<"$output"
}

@test "doctor finds a healthy card healthy" {
    fake_nvml ok
    gpubench doctor
    says persistence 'on +ok$'
    says 'power limit' '700 W +ok$'
    says temperature '41 °C +ok$'
    says 'SM clock' '1755 MHz now, 1980 at most +ok$'
    says throttling 'none +ok$'
    says 'other processes' 'none +ok$'
}

@test "doctor warns of heat, throttling, a lowered limit and company, and says what to do" {
    fake_nvml throttled
    gpubench doctor
    says persistence 'off.* warn +enable nvidia-persistenced'
    says 'power limit' '350 W, the default is 700 W +warn +.*nvidia-smi'
    says temperature '92 °C +warn +.*cooling'
    says throttling 'sw_power_cap, sw_thermal_slowdown +warn +.*cooling'
    says 'other processes' '1 computing +warn +.*nvidia-smi'
    [ "$(tail -1 <<<"$output")" = 'Result = PASS' ]
}

@test "doctor leaves out what a card cannot tell, and says when there is no NVML" {
    fake_nvml absent-fields
    gpubench doctor
    lacks "$output" '^(NVML|persistence|power limit|temperature|SM clock|throttling|other processes) '
    FAKENVML=no-init gpubench doctor
    says NVML 'it does not reach the kernel module.* warn '
}
