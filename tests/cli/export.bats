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
    sed 's/<failure/<failed/; s/<\/failure/<\/failed/' out.junit >bad.xml
    run xmllint --noout --schema "$ROOT/tests/cli/junit.xsd" bad.xml
    [ "$status" -ne 0 ]
}

@test "JSON formats are JSON, with the names and types that their readers ask for" {
    export_as github-action-smaller
    jq -e 'length > 0 and all((.name, .unit, .extra | type == "string") and (.value | type == "number"))
           and ([.[].name] | length == (unique | length)) and all(.[]; .unit == "ms")' out.github-action-smaller
    export_as github-action-bigger
    jq -e 'all(.[]; .unit == "TFLOP/s" or .unit == "GB/s")' out.github-action-bigger
    export_as bencher
    jq -e 'length > 0 and all(.[]; .latency.value > 0 and .latency.lower_value <= .latency.value)
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
assert len(rows) == 53, len(rows)
assert all(None not in row and None not in row.values() for row in rows)
assert {row["host"] for row in rows} == {"node1", "n<2>&\"'|, =`\\*_é"}
assert all(float(row["median_s"]) > 0 for row in rows)
END
}

@test "Go's format has a line a run, as benchstat's grammar has it" {
    export_as go-benchmark
    [ "$(grep -cE '^BenchmarkGpubench/gpu/sum-aat/f32/ffma/n=4096'$'\t' out.go-benchmark)" -eq 6 ]
    # A line is a configuration, a benchmark, or empty.
    lacks "$(cat out.go-benchmark)" '^[^a-zB]'
    lacks "$(grep '^[a-z]' out.go-benchmark)" '^[^:]*[^a-z:]'
    lacks "$(grep '^B' out.go-benchmark | grep -vP '^Benchmark[A-Z]\S*\t\d+\t[\d.e+-]+ ns/op\t[\d.e+-]+ (FLOP|B)/s$')" .
}

@test "simulated runs are left out, and alone they are nothing to export" {
    sed 's/"simulated":false/"simulated":true/g' "$ROOT/tests/golden/runs.json" >simulated.json
    gpubench export simulated.json
    exits 1
    matches "$errors" 'nothing to export: the devices are simulated'
    gpubench export simulated.json "$ROOT/tests/golden/runs.json"
    exits 0
    matches "$errors" '23 runs of simulated devices were left out'
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
