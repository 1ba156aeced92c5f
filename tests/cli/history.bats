#!/usr/bin/env bats
# gpubench history: runs of one key in the order of time.
load helper

KEY=gpu/sum-aat/f32/ffma/n=4096

# Sixteen days of which the last six are 6 % slower, in the results directory.
sixteen_days() {
    mkdir -p "$GPUBENCH_RESULTS"
    /usr/bin/python3 - "$ROOT/tests/golden/runs.json" "$GPUBENCH_RESULTS" <<'END'
import json, sys

def timed(r, seconds):
    factor = seconds / r["summary"]["median_s"]
    for name in [name for name in r["summary"] if name.endswith("_s") and r["summary"][name]]:
        r["summary"][name] *= factor
    r["samples"]["device_s"] = [s * factor for s in r["samples"]["device_s"]]
    for name in ("flops", "flops_done", "bytes_per_s", "peak_share"):
        r["speed"][name] /= factor
document = json.loads(open(sys.argv[1], encoding="utf-8").readline())
for i in range(16):
    document["started"] = f"2026-10-{i + 1:02}T10:00:00Z"
    document["tool"]["commit"] = f"{i:x}a2b3c4"
    for r in document["results"]:
        if r["variant"] == "ffma":
            timed(r, 0.001 * (1 + 0.0007 * (i * 5 % 3)) * (1.06 if i >= 10 else 1))
    # Names in no order: the time of the run counts.
    json.dump(document, open(f"{sys.argv[2]}/{i * 7 % 16}.json", "w"))
END
}

@test "one line a run, in the order of time, and a mark where it became slower" {
    sixteen_days
    gpubench history $KEY
    exits 0
    matches "$output" "^$KEY · node1 · Example GPU · 16 runs  [▁▂▃▄▅▆▇█]{16}"
    [ "$(grep -c '^  2026-10-' <<<"$output")" -eq 16 ]
    [ "$(grep -oE '2026-10-[0-9]+' <<<"$output" | sort -c && echo sorted)" = sorted ]
    [ "$(grep -c SLOWER <<<"$output")" -eq 1 ]
    matches "$output" '2026-10-11 10:00:00  aa2b3c4 .* SLOWER \+6\.[0-9] % from here \(p = 0\.00'
    # Texts begin below their heads, numbers end there.
    before() { grep -m1 -oP "^.*(?=$1)" <<<"$output" | tail -1 | wc -m; }
    [ "$(before change)" -eq "$(before SLOWER)" ]
    [ "$(before commit)" -eq "$(before aa2b3c4)" ]
    [ "$(before started)" -eq "$(before '2026-10-11')" ]
    [ "$(grep -oE '^.*median' <<<"$output" | wc -m)" -eq "$(grep -m1 -oP '^  2026.* ms(?=  )' <<<"$output" | wc -m)" ]
}

@test "the CSV has time, commit and metric, as Apache Otava reads them" {
    sixteen_days
    gpubench history $KEY --csv
    exits 0
    [ "${output%%$'\n'*}" = time,commit,median_s ]
    [ "$(tail -n +2 <<<"$output" | grep -cE '^2026-10-[0-9]{2}T10:00:00Z,[0-9a-f]{7,8},0\.00[0-9]+$')" -eq 16 ]
    gpubench history '*' --csv
    exits 2
    matches "$errors" '--csv writes one series'
}

@test "as JSON" {
    sixteen_days
    gpubench history $KEY --json
    exits 0
    jq -e 'length == 1 and (.[0].runs | length == 16) and ([.[0].runs[] | select(.change)] | length == 1)
           and (.[0].runs[10].change.ratio > 0.05)' <<<"$output"
}

@test "keys may be patterns, one host's or misspelt" {
    gpubench history 'gpu/*/n=4096@node1' "$ROOT/tests/golden/runs.json"
    exits 0
    [ "$(grep -c '^gpu/' <<<"$output")" -eq 5 ] # four of both hosts', and one of node1 alone
    gpubench history gpu/sum-aat/f32/fma/n=4096 "$ROOT/tests/golden/runs.json"
    exits 1
    matches "$errors" "did you mean \"$KEY\""
    gpubench history
    exits 2
}

# place NAME UUID MACHINE DAY...: a run of each day on that card or machine, and on hosts NAME with the day behind it.
place() {
    local name=$1 uuid=$2 machine=$3 day
    shift 3
    for day in "$@"; do
        jq -c --arg name "$name$day" --arg uuid "$uuid" --arg machine "$machine" --arg day "$day" \
            'if $uuid == "" then del(.device.uuid) else .device.uuid = $uuid end |
             if $machine == "" then . else .host.machine = $machine end |
             .host.name = $name | .started = "2026-11-\($day)T10:00:00Z"' "$ROOT/results/reference/h200-gpu-10000.json"
    done
}

@test "one card is one series whatever its containers are called, and two cards or machines of one name are two" {
    export_of() { gpubench export --format "$1" runs.json && exits 0; }
    # What is counted in each format: the series of the database, the rows, the tables of benchstat.
    series() {
        gpubench history '*' runs.json --json
        jq length <<<"$output"
        export_of openmetrics; grep -c '^gpubench_runs' <<<"$output"
        export_of markdown; grep -c '^| gpu/' <<<"$output"
        export_of junit; grep -c '<testcase' <<<"$output"
        export_of bencher; jq length <<<"$output"
        export_of github-action-smaller; jq length <<<"$output"
        export_of google-benchmark; jq '[.benchmarks[].family_index] | unique | length' <<<"$output"
        export_of go-benchmark; grep -c '^pkg:' <<<"$output"
        gpubench report runs.json --json; jq length <<<"$output"
    }
    all() { printf "$1\n%.0s" {1..9}; }
    place renamed- GPU-1 '' 10 11 12 >runs.json
    [ "$(series)" = "$(all 1)" ]
    place renamed- '' aaaaaaaaaaaaaaaa 10 11 12 >runs.json # no UUID: the machine
    [ "$(series)" = "$(all 1)" ]
    { place same GPU-1 '' 10; place same GPU-2 '' 10; } >runs.json
    [ "$(series)" = "$(all 2)" ]
    { place same '' aaaaaaaaaaaaaaaa 10; place same '' bbbbbbbbbbbbbbbb 10; } >runs.json
    [ "$(series)" = "$(all 2)" ]
    gpubench export --format openmetrics runs.json # a series of the database is named once
    [ -z "$(grep -v '^#' <<<"$output" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
    # A card is called by its UUID where its hosts have several names, and found by each of them.
    place renamed- GPU-1 '' 10 11 12 >runs.json
    gpubench history '*@renamed-11' runs.json
    exits 0
    matches "$output" ' · GPU-1 · NVIDIA H200 · 3 runs'
}

@test "a container's identifier is no name of a host" {
    place 0123456789 GPU-1 '' 10 | jq -c '.container.kind = "docker"' >runs.json # 12 hexadecimal digits with the day
    gpubench history '*' runs.json
    matches "$output" ' · GPU-1 · NVIDIA H200 · 1 run'
    gpubench export --format influx runs.json
    matches "$output" ',host=GPU-1,'
    jq -c 'del(.container)' runs.json >bare.json # outside a container somebody chose that name
    gpubench history '*' bare.json
    matches "$output" ' · 012345678910 · NVIDIA H200 · 1 run'
}

@test "where no result has a time, that is said, and not which others there are" {
    jq '.results |= map(del(.summary, .speed, .samples) | .state = "failed" | .reason = "lost")' \
        "$ROOT/results/reference/h200-gpu-10000.json" >failed.json
    gpubench history '*' failed.json
    exits 1
    matches "$errors" 'none of these results has a time'
    gpubench history '*' failed.json "$ROOT/results/reference/h200-gpu-10000.json"
    exits 0
    matches "$output" ' · 1 run · 1 failed or wrong'
}
