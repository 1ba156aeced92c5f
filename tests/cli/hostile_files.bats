#!/usr/bin/env bats
# Files that were made to crash, hang or mislead: each goes through every verb that reads files. Each verb ends by itself, in
# words, and nothing in its output commands a terminal or a CI runner. Under sanitizers too (tests/run sanitize).
# shellcheck disable=SC2154
load helper

setup_file() {
    mkdir -p "$BATS_FILE_TMPDIR/files"
    cd "$BATS_FILE_TMPDIR/files" || return
    cp "$BATS_TEST_DIRNAME"/../fuzz/seeds/{attack,found}-*.json .
    /usr/bin/python3 - "$BATS_TEST_DIRNAME/../fuzz/seeds/small.json" <<'END'
import copy, json, sys
text = open(sys.argv[1]).read()
one = json.loads(text)
HUGE = ["1e308", "-1e308", "1e400", "1e-320", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "NaN",
        "Infinity", "-0.0", "9" * 400, "null", "true", '""', "[]", "{}", '"' + "x" * 100000 + '"', "[[[[[[1]]]]]]"]


def write(name, data):
    open(name, "wb").write(data if isinstance(data, bytes) else data.encode())


def numbers(value, path=()):
    """The places of all numbers and texts."""
    if isinstance(value, dict):
        for key in value:
            yield from numbers(value[key], path + (key,))
    elif isinstance(value, list):
        for i in range(min(len(value), 1)):
            yield from numbers(value[i], path + (i,))
    else:
        yield path


for i, path in enumerate(numbers(one)):
    mark, changed = "@@mark@@", copy.deepcopy(one)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = mark
    for k in range(3):
        write("value-%03d-%d.json" % (i, k), json.dumps(changed).replace('"' + mark + '"', HUGE[(i + 7 * k) % len(HUGE)]))
write("deep-array.json", "[" * 200000)
write("deep-object.json", '{"a":' * 200000)
write("deep-inside.json", text.rstrip()[:-1] + ',"x":' + "[" * 2040 + "]" * 2040 + "}")
write("twice.json", text.rstrip()[:-1] + ',"schema":"gpubench-result/1"}')
write("twice-inside.json", text.replace('"started"', '"simulated":true,"simulated":false,"started"', 1))
write("latin1.json", text.encode().replace(b'"argv"', b'"arg\xe9":1,"argv"', 1))
write("overlong.json", text.encode().replace(b'"argv"', b'"arg\xc0\xaf":1,"argv"', 1))
write("surrogate.json", text.replace('"argv"', '"arg\\ud800":1,"argv"', 1))
write("nul.json", text.replace('"argv"', '"arg\\u0000":1,"argv"', 1))
write("bom.json", b"\xef\xbb\xbf" + text.encode())
write("utf16.json", text.encode("utf-16"))
write("cut.json", text[:len(text) // 2])
write("zeros.json", b"\0" * 100000)
write("only-space.json", " \n" * 50000)
write("no-results.json", json.dumps(dict(one, results=[])))
write("many-files-in-one.json", (text.strip() + "\n") * 300)
write("future.json", text.replace("gpubench-result/1", "gpubench-result/99"))
write("baseline-of-baselines.json", json.dumps({"schema": "gpubench-baseline/1", "runs": [
    {"schema": "gpubench-baseline/1", "runs": [one]}]}))
END
}

@test "no hostile file crashes or holds up a verb that reads it, and none commands the terminal" {
    lines=("report --markdown" "report --json" "report -o page.html" plot "history *" compare "compare --json"
        "export --format csv" "export --format junit" "export --format influx" "export --format openmetrics"
        "export --format github-action-smaller" "export --format google-benchmark" "export --format go-benchmark"
        "export --format bencher" "export --format markdown" "publish --redact --to file://$PWD/sent/")
    mkdir sent few
    # Each file through each verb that differs in how it reads; one line of each four for the many small changes.
    local i=0 file line status
    for file in "$BATS_FILE_TMPDIR"/files/*.json; do
        for line in "${lines[@]}"; do
            i=$((i + 1))
            [[ $file != */value-* ]] || [ $((i % 9)) -eq 0 ] || continue
            read -ra words <<<"$line"
            status=0
            PATH=/nonexistent GITHUB_ACTIONS=true /usr/bin/timeout -s KILL 30 "$GPUBENCH" "${words[@]}" "$file" >out.txt 2>errors.txt ||
                status=$?
            case $status in
            0) ;;
            1 | 3 | 4 | 5 | 6) [ -s errors.txt ] ;;
            *) echo "$line ${file##*/}: exit $status" && cat errors.txt && return 1 ;;
            esac || { echo "$line ${file##*/}: exit $status without a sentence" && return 1; }
            if LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' out.txt errors.txt ||
                grep -qP '^\s*::(?!(error|warning) title=gpubench)' out.txt errors.txt; then
                echo "$line ${file##*/}: raw text" && return 1
            fi
        done
    done
    [ -z "$(find . -name '.gpubench-*')" ]
}

@test "what the attack files were made for is refused by name, or shown whole" {
    cd "$BATS_FILE_TMPDIR/files"
    gpubench report --markdown attack-gha.json
    exits 1
    matches "$errors" 'attack-gha.json cannot be used: its results\[0\].key has characters that are not for printing'
    gpubench report --markdown attack-spark.json
    exits 1
    matches "$errors" 'attack-spark.json cannot be used: .*contradicts itself: samples.device_s'
    gpubench export --format github-action-bigger attack-host250.json
    exits 0
    jq -e 'length == 2' <<<"$output"
    gpubench plot attack-heap1.json
    exits 0
    gpubench export --format google-benchmark attack-threads-1e19.json
    exits 0
    jq -e 'all(.benchmarks[]; .threads >= 1 and .threads < 1e6)' <<<"$output"
}

@test "hostile text in any field, name or word commands nothing, whatever it is printed as" {
    [ "$GPUBENCH" = "$ROOT/build/gpubench" ] || skip "thousands of runs, with the plain build only"
    /usr/bin/python3 "$ROOT/tests/walks/injection.py" "$GPUBENCH" "${FAKECUDA:-/nonexistent}" \
        "$ROOT/results/reference/h200-gpu-10000.json" "$BATS_TEST_TMPDIR"
}
