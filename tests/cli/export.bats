#!/usr/bin/env bats
# gpubench export: every format against what is known to be right (tests/golden), and against the programs that read it.
# After a wanted change: UPDATE_GOLDEN=1 bats tests/cli/export.bats, and look at the difference.
load helper
load ../servers/servers

FORMATS=(google-benchmark github-action-smaller github-action-bigger bencher openmetrics influx go-benchmark junit csv markdown)

export_as() {
    RUNS=$ROOT/tests/golden/runs.json
    gpubench export --format "$1" "${2:-$RUNS}" -o out."$1"
    exits 0
}

@test "the golden input is made by its script, and valid" {
    cp "$ROOT/tests/golden/make-runs" .
    ./make-runs
    cmp runs.json "$ROOT/tests/golden/runs.json"
    split -l 1 --additional-suffix=.json runs.json run-
    "$ROOT/scripts/check/validate-result" run-*.json
}

@test "each format is what it was when somebody last looked at it" {
    for format in "${FORMATS[@]}"; do
        export_as "$format"
        [ -z "${UPDATE_GOLDEN-}" ] || cp "out.$format" "$ROOT/tests/golden/export.$format"
        diff -u "$ROOT/tests/golden/export.$format" "out.$format"
    done
}

@test "the formats of --format are all of these" {
    gpubench export --format nothing x
    exits 2
    matches "$errors" 'unknown format "nothing"'
    gpubench export --format opnmetrics x
    matches "$errors" 'did you mean "openmetrics"'
    completion=$("$GPUBENCH" --complete export --format '' | paste -sd ' ')
    [ "$completion" = "${FORMATS[*]}" ]
    gpubench export --help
    [ "$(sed -n '/^ Formats:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$output" | sort)" = "$(printf '%s\n' "${FORMATS[@]}" | sort)" ]
    manual=$(sed -n '/format .fINAME/,/^\.RE/{s/\\//g; s/^\.B \([a-z]\)/\1/p}' "$ROOT/docs/gpubench.1" | paste -sd ' ')
    [ "$manual" = "${FORMATS[*]}" ]
    gpubench report --help
    lacks "$output" 'Formats:'
}

@test "standard output gets the same, and csv is the default" {
    RUNS=$ROOT/tests/golden/runs.json
    gpubench export "$RUNS"
    [ "$output" = "$(cat "$ROOT/tests/golden/export.csv")" ]
    gpubench export --format csv -o - - <"$RUNS"
    [ "$output" = "$(cat "$ROOT/tests/golden/export.csv")" ]
}

@test "promtool takes the metrics" {
    needs promtool
    promtool=$(program promtool)
    export_as openmetrics
    "$promtool" check metrics <out.openmetrics
    [ "$(tail -n 1 out.openmetrics)" = '# EOF' ]
    # It can say no: a metric without its help, and a time in milliseconds.
    run "$promtool" check metrics <<<'gpubench_time_ms 1'
    [ "$status" -ne 0 ]
}

@test "a metric names each of its series once" {
    export_as openmetrics
    [ -z "$(grep -v '^#' out.openmetrics | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
}

@test "Google Benchmark's compare.py reads its format and tests the repetitions" {
    compare=/usr/share/benchmark/compare.py
    [ -e $compare ] || skip "compare.py is not installed (Debian: libbenchmark-tools)"
    /usr/bin/python3 -c 'import scipy' 2>/dev/null || skip "SciPy is not installed (Debian: python3-scipy)"
    export_as google-benchmark
    cp out.google-benchmark base.json
    jq '.benchmarks |= map(if .name | startswith("gpu/sum-aat/f32/ffma/n=4096@node1") then .real_time *= 1.5 else . end)' \
        base.json >new.json
    run /usr/bin/python3 $compare --no-color benchmarks base.json new.json
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^gpu/sum-aat/f32/ffma/n=4096@node1 .*+0\.5000' <<<"$output")" -eq 3 ]
    grep -q '^gpu/sum-aat/f32/ffma/n=4096@node1_pvalue' <<<"$output"
    grep -q '^gpu/sum-aat/f32/naive/n=4096@node1 .*+0\.0000' <<<"$output"
}

@test "the JUnit file is valid by the schema of those who read it" {
    command -v xmllint >/dev/null || skip "xmllint is not installed (Debian: libxml2-utils)"
    export_as junit
    xmllint --noout --schema "$ROOT/tests/cli/junit.xsd" out.junit
    [ "$(xmllint --xpath 'count(//failure)' out.junit)" = "$(xmllint --xpath 'string(/testsuites/@failures)' out.junit)" ]
    [ "$(xmllint --xpath 'count(//skipped)' out.junit)" = "$(xmllint --xpath 'string(//testsuite/@skipped)' out.junit)" ]
    [ "$(xmllint --xpath 'count(//testcase)' out.junit)" = "$(xmllint --xpath 'string(/testsuites/@tests)' out.junit)" ]
    # The schema can say no.
    sed 's/<error/<failed/; s/<\/error/<\/failed/' out.junit >bad.xml
    run xmllint --noout --schema "$ROOT/tests/cli/junit.xsd" bad.xml
    [ "$status" -ne 0 ]
}

@test "JSON formats are JSON, with the names and types that their readers ask for" {
    export_as github-action-smaller
    jq -e 'length > 0 and all((.name, .unit, .extra | type == "string") and (.value | type == "number"))
           and ([.[].name] | length == (unique | length)) and all(.[]; .unit == (if .name | endswith(" failed") then "runs" else "ms" end))' out.github-action-smaller
    export_as github-action-bigger
    jq -e 'all(.[]; .unit == "TFLOP/s" or .unit == "GB/s")' out.github-action-bigger
    export_as bencher
    jq -e 'length > 0 and all(.[] | select(has("failed-runs") | not); .latency.value > 0 and .latency.lower_value <= .latency.value)
' out.bencher
    # Bencher's latency is in nanoseconds.
    seconds=$(jq '.results[] | select(.op == "reduce") | .summary.median_s' "$ROOT/tests/golden/runs.json")
    jq -e --argjson s "$seconds" '.["gpu/reduce/f32/one-pass/n=4096"].latency.value / $s / 1e9 - 1 | fabs < 1e-8' out.bencher
}

@test "csv is read back by a csv reader, the host's name whole" {
    export_as csv
    /usr/bin/python3 - <<'END'
import csv
rows = list(csv.DictReader(open("out.csv", newline="", encoding="utf-8")))
timed = [row for row in rows if row["state"] == "ok"]
assert len(timed) == 53, len(timed)
assert len(rows) > len(timed) and all(row["median_s"] == "" and row["reason"] for row in rows if row["state"] != "ok")
assert all(None not in row and None not in row.values() for row in rows)
assert {row["host"] for row in rows} == {"node1", "n<2>&\"'|, =`\\*_é"}
assert all(float(row["median_s"]) > 0 for row in timed)
END
}

@test "Go's format has a line a run, as benchstat's grammar has it" {
    export_as go-benchmark
    [ "$(grep -cE '^BenchmarkGpubench/gpu/sum-aat/f32/ffma/n=4096'$'\t' out.go-benchmark)" -eq 6 ]
    # A line is a configuration, a benchmark, a comment, or empty; or a benchmark failed, and the next line says why.
    lacks "$(cat out.go-benchmark)" '^[^a-zB# -]'
    lacks "$(grep '^-' out.go-benchmark)" '^.{0,8}$|^([^-]|-[^-])'
    [ "$(grep -c '^--- FAIL: BenchmarkGpubench/gpu/sum-aat/f32/broken/n=4096$' out.go-benchmark)" -eq 6 ]
    lacks "$(cat out.go-benchmark)" '^commit:' # benchstat would make a table for each
    lacks "$(grep '^[a-z]' out.go-benchmark)" '^[^:]*[^a-z:]'
    lacks "$(grep '^B' out.go-benchmark | grep -vP '^Benchmark[A-Z]\S*\t\d+\t[\d.e+-]+ ns/op\t[\d.e+-]+ (FLOP|B)/s$')" .
}

# A result document with one result: each argument is jq that changes it.
one() { jq -c "$1" <(head -n 1 "$ROOT/tests/golden/runs.json"); }

@test "wrong and failed results are in every format, in its own way, and a line of warning says so" {
    one '.results |= ([.[] | select(.state == "ok")][:1] + [.[] | select(.state == "failed")] +
        [.[] | select(.state == "failed") | .key = "gpu/sum-aat/f32/bad/n=4096" | .variant = "bad" | .state = "wrong" |
         .reason = "sum 1, want 2"] + [.[] | select(.state == "waived")])' >states.json
    for format in "${FORMATS[@]}"; do
        gpubench export --format "$format" states.json
        exits 0
        matches "$errors" '^gpubench: 2 results failed or were wrong and have no time'
        echo "$output" >"got.$format"
    done
    jq -e '[.benchmarks[] | select(.error_occurred) | .error_message] | sort ==
           ["failed: CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access)", "wrong: sum 1, want 2"]' got.google-benchmark
    [ "$(grep -A1 '^--- FAIL' got.go-benchmark | grep -cE '^    (failed|wrong): ')" -eq 2 ]
    jq -e '[.[] | select(.name | endswith(" failed")) | .value] == [1, 1]' got.github-action-smaller
    jq -e '[.[] | select(.value == 0)] | length == 2' got.github-action-bigger
    jq -e '[.[] | select(."failed-runs".value == 1)] | length == 2' got.bencher
    [ "$(grep -c ' ok=0i' got.influx)" -eq 2 ]
    [ "$(grep -cE ',failed,CUDA_ERROR_ILLEGAL_ADDRESS \(|,wrong,"sum 1, want 2",sha256' got.csv)" -eq 2 ]
    grep -qE ',waived,[^,]+' got.csv
    grep -q '^| .*waived: ' got.markdown
    grep -q '^| .*/bad/.* | wrong: sum 1, want 2 |$' got.markdown
    grep -q '^| .* | failed: CUDA' got.markdown
    grep -q '<error type="failed"' got.junit
    grep -q '<failure type="wrong"' got.junit
    grep -q 'failures="1" errors="1"' got.junit
    lacks "$(cat got.junit)" 'time="[0-9]*\.[0-9]{4}'
    one '.results |= [.[] | select(.state == "ok") | del(.summary, .speed, .samples)][:1]' >untimed.json
    gpubench export --format markdown untimed.json
    matches "$output" ' ok, but not timed '
    lacks "$output" waived
    # Nothing is said of results that are right.
    one '.results |= [.[] | select(.state == "ok")]' >right.json
    gpubench export right.json
    [ -z "$errors" ]
}

@test "two runs of one second are two points, at the time that publishing gives them" {
    one . >runs.json; one '.tool.commit = "other"' >>runs.json
    one '.results[0] |= (.samples.power_w = [1])' >>runs.json
    gpubench export --format influx runs.json
    grep ffma <<<"$output" | grep -oE '[0-9]{19}$' | sort -u >stamps
    [ "$(wc -l <stamps)" -eq 2 ]
    one . >one.json
    "$GPUBENCH" export --format influx one.json | grep -oE '[0-9]{19}$' | sort -u >alone
    [ "$(wc -l <alone)" -eq 1 ]
    grep -qxFf alone stamps
}

@test "two commits are in one table of benchstat's, and Google's figures are nanoseconds with the true threads" {
    one '.cpu.threads = 7' >runs.json
    gpubench export --format google-benchmark runs.json
    jq -e 'all(.benchmarks[]; .time_unit == "ns" and .threads == 7)' <<<"$output"
    jq -e --slurpfile run runs.json '(.benchmarks[] | select(.run_name == "gpu/sum-aat/f32/ffma/n=4096") | .real_time) as $ns |
        ($run[0].results[] | select(.variant == "ffma") | .summary.median_s * 1e9) as $want | ($ns / $want - 1 | fabs) < 1e-6' <<<"$output"
}

@test "no text of a file reaches an output raw: all fields in all formats" {
    # Each field in turn carries what a terminal, a spreadsheet, a runner, HTML or XML would obey.
    /usr/bin/python3 - "$ROOT/tests/golden/runs.json" <<'END'
import copy, json, sys
first = json.loads(open(sys.argv[1], encoding="utf-8").readline())
first["results"] = [r for r in first["results"] if r["variant"] in ("ffma", "broken")]
EVILS = ["\x1b[2J", "a\u009b31m", "\u202eb", "::set-output name=x::y", "  ::stop-commands::x", "z\uffff", "##[error]x",
         "=1+1", "@SUM(1)", "<script>alert(1)</script>", "l1\n::error::x", "\u2028::warning::x", "é" * 255 + "\U0001f600"]
FIELDS = ["started", "host.name", "host.os", "host.kernel", "host.cpu.model", "tool.commit", "tool.version", "device.name", "device.place",
          "device.uuid", "device.summary", "problem.range", "key", "variant", "arithmetic", "op", "backend", "reason", "state"]
n = 0
for field in FIELDS:
    for evil in EVILS:
        document = copy.deepcopy(first)
        holders = document["results"] if "." not in field and field != "started" else [document]
        for holder in holders:
            *path, last = field.split(".")
            for name in path:
                holder = holder.setdefault(name, {})
            holder[last] = evil
        json.dump(document, open(f"evil-{n:03}.json", "w"))
        n += 1
END
    for format in "${FORMATS[@]}"; do
        for file in evil-*.json; do
            "$GPUBENCH" export --format "$format" "$file" || true
        done >"all.$format" 2>"errors.$format"
    done
    for verb in 'history *' 'compare --cross-host evil-005.json' compare; do
        for file in evil-*.json; do
            # shellcheck disable=SC2086
            GITHUB_ACTIONS=true "$GPUBENCH" $verb "$file" || true
        done >"all.${verb%% *}" 2>"errors.${verb%% *}"
        rm -f -- "all.history.x"
    done
    /usr/bin/python3 - <<'END'
import glob, re, sys
bad = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|^[ \t]*::(?!(error|warning) title=gpubench)|##\\[", re.M)
for name in sorted(glob.glob("all.*") + glob.glob("errors.*")):
    text = open(name, "rb").read().decode("utf-8")  # no cut character either
    hit = bad.search(text)
    if hit:
        sys.exit(f"{name}: {text[max(0, hit.start() - 80):hit.end() + 80]!r}")
assert "<script>" not in open("all.junit", encoding="utf-8").read()
assert not re.search(r"(^|,)\"?[=@]", open("all.csv", encoding="utf-8").read(), re.M)
END
}

@test "a text that is cut inside a character loses no entry" {
    one '.host.name = ("é" * 250) | .device.name = ("語" * 160) | .results |= [.[] | select(.state == "ok")]' >long.json
    for format in github-action-smaller github-action-bigger; do
        gpubench export --format $format long.json
        exits 0
        jq -e 'length == 4 and all(.[]; .extra | test("commit="))' <<<"$output"
    done
}

@test "simulated runs are left out, and alone they are nothing to export" {
    sed 's/"simulated":false/"simulated":true/g' "$ROOT/tests/golden/runs.json" >simulated.json
    gpubench export simulated.json
    exits 1
    matches "$errors" 'nothing to export: the devices are simulated'
    gpubench export simulated.json "$ROOT/tests/golden/runs.json"
    exits 0
    matches "$errors" '23 runs of simulated devices were left out'
    head -1 simulated.json >one.json
    gpubench export one.json "$ROOT/tests/golden/runs.json"
    matches "$errors" '1 run of a simulated device was left out'
    [ "$output" = "$(cat "$ROOT/tests/golden/export.csv")" ]
}

@test "what cannot be read or written ends in a sentence, and nothing half-written is left" {
    gpubench export missing.json
    matches "$errors" '^gpubench: .*missing\.json'
    [ "$status" -ne 0 ]
    echo '{' >bad.json
    gpubench export bad.json -o out.csv
    exits 1
    [ ! -e out.csv ]
    gpubench export "$ROOT/tests/golden/runs.json" -o nowhere/out.csv
    exits 1
    matches "$errors" 'nowhere'
    gpubench export
    exits 2
}

@test "runs of other threads, power limits or GPUs at once are series of their own" {
    jq -c '. as $r | range(1; 4) as $i | $r | .started = "2026-11-24T11:00:0\($i)Z" | .device.power_limit_w = ($i / 2 | floor) * 100 + 300 |
        .results |= [.[0]] | .results[0].samples.device_s[0] *= (1 + $i * 1e-12)' "$ROOT/results/reference/h200-gpu-10000.json" >limits.json
    for format in markdown github-action-smaller bencher openmetrics go-benchmark junit; do
        gpubench export --format $format limits.json
        exits 0
        [ "$(grep -c 'power\\*_limit\\*_w=300' <<<"$output")" -gt 0 ] || { echo "$format"; return 1; }
        [ "$(grep -c 'power\\*_limit\\*_w=400' <<<"$output")" -gt 0 ] || { echo "$format"; return 1; }
    done
    gpubench history '*' limits.json
    matches "$output" 'device.power_limit_w=300 · 1 run'
    matches "$output" 'device.power_limit_w=400 · 2 runs'
    gpubench export --format csv limits.json
    [ "$(cut -d, -f26 <<<"$output" | sort -u | grep -c sha256:)" -eq 2 ]
    jq -c '., (.device.at_once = 8 | .started = "2026-11-24T12:00:00Z" | .results[0].samples.device_s[0] *= 1 + 1e-12)' \
        <(head -1 limits.json) >once.json
    gpubench export --format markdown once.json
    [ "$(grep -c 'device.at\\*_once=8' <<<"$output")" -eq 1 ]
    gpubench cpu 20 --threads 1 --samples 5 --output one.json --no-save
    gpubench cpu 20 --threads 2 --samples 5 --output two.json --no-save
    gpubench export --format markdown one.json two.json
    [ "$(grep -cE 'cpu.threads=(1|2)' <<<"$output")" -eq 2 ]
}
