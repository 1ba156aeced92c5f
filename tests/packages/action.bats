#!/usr/bin/env bats
# action.yml in another project's repository: its steps are run as GitHub's runner would (run-action.py), with the program as a
# tarball, a command of that project, and a baseline that is a file or has an address.
bats_require_minimum_version 1.5.0
load ../cli/helper

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    python3 -c 'import yaml' || skip "no python3-yaml (scripts/install-deps packages)"
    export HOME=$BATS_TEST_TMPDIR RUNNER_TEMP=$BATS_TEST_TMPDIR/temp
    mkdir -p "$RUNNER_TEMP" "$BATS_TEST_TMPDIR/gpubench-0/bin" "$BATS_TEST_TMPDIR/project"
    GPUBENCH=$(realpath "${GPUBENCH:-$ROOT/build/gpubench}")
    ln -s "$GPUBENCH" "$BATS_TEST_TMPDIR/gpubench-0/bin/gpubench"
    tarball=$BATS_TEST_TMPDIR/gpubench.tar.gz
    tar -C "$BATS_TEST_TMPDIR" -czf "$tarball" gpubench-0
    cd "$BATS_TEST_TMPDIR/project" || return
    git init --quiet .
    stand_in ./my-benchmark 1
}

action() { # INPUT=VALUE...: runs the action; $output is its report, $errors what the steps printed
    output=$("$ROOT/tests/packages/run-action.py" "$ROOT/action.yml" tarball="$tarball" "$@" 2>"$BATS_TEST_TMPDIR/errors.txt")
    errors=$(cat "$BATS_TEST_TMPDIR/errors.txt")
}

# Fails with what was seen unless the last action reported this.
reports() {
    jq -e "$1" <<<"$output" >/dev/null || { printf 'not: %s\n%s\n%s\n' "$1" "$output" "$errors"; return 1; }
}

@test "a baseline is made, the same again is SAME, and slower is SLOW and fails the job" {
    action command="./my-benchmark here" baseline=main.json update=true
    reports '.status == 0'
    [ "$(jq .processes main.json)" -eq 10 ]
    action command="./my-benchmark here" baseline=main.json
    reports '.status == 0 and .outputs == {verdict: "SAME", status: "0"}'
    grep -q '^here --json' my-benchmark.words
    stand_in ./my-benchmark 1.06
    action command=./my-benchmark baseline=main.json options='--threshold 4'
    reports '.status == 3 and .outputs == {verdict: "SLOW", status: "3"}'
    matches "$errors" '::error title=gpubench'
}

@test "every run of both sides and the JUnit file are in the artifact, also of a job that failed" {
    action command=./my-benchmark baseline=main.json update=true
    stand_in ./my-benchmark 1.06
    action command=./my-benchmark baseline=main.json
    reports '.used[0] | (.name == "gpubench-watch-2-1") and (."retention-days" == "30") and (.uses | test("upload-artifact@[0-9a-f]{40}"))'
    path=$(jq -r '.used[0].path' <<<"$output")
    grep -q '<failure' "$path/junit.xml"
    gpubench compare "$path"/gates/*/baseline.json "$path"/gates/*/now.json
    exits 3
    action command=./my-benchmark baseline=main.json name=second
    reports '.used[0].name == "second"'
}

@test "two commands run in turns, without a baseline" {
    stand_in ./old 1; stand_in ./new 1.06
    action command=./new against=./old options=--strict
    reports '.status == 3 and .outputs.verdict == "SLOW"'
    [ "$(calls old)" -eq "$(calls new)" ]
}

@test "run: measures gpubench's own job" {
    action run='cpu 20 --samples 1' baseline=main.json update=true options='--processes 5'
    reports '.status == 0'
    jq -e '.runs[0].results[0].key | startswith("cpu/sum-aat/")' main.json
}

@test "a baseline's server that does not answer fails the job, and nothing was measured" {
    action command=./my-benchmark baseline=http://127.0.0.1:9/main.json
    reports '.status == 6 and .outputs == {verdict: "NOT MEASURED", status: "6"}'
    [ "$(calls my-benchmark)" -eq 0 ]
    action command=./my-benchmark baseline=none.json
    reports '.status == 5'
}

@test "a baseline by address" {
    action command=./my-benchmark baseline=main.json update=true
    python3 "$ROOT/tests/servers/store.py" "$BATS_TEST_TMPDIR" 3>&- &
    server=$!
    for _ in $(seq 100); do [ -s "$BATS_TEST_TMPDIR/store.port" ] || sleep 0.05; done
    url=http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/store.port")/main.json
    "$GPUBENCH" publish main.json --to "$url"
    action command=./my-benchmark baseline="$url"
    kill $server
    reports '.status == 0 and .outputs.verdict == "SAME"'
}

@test "another tarball than the one whose digest is given is not run" {
    action run='cpu 20' sha256="$(sha256sum <"$tarball" | cut -c1-64)" baseline=main.json update=true options='--processes 5'
    reports '.status == 0'
    action run='cpu 20' sha256="$(sha256sum </dev/null | cut -c1-64)" baseline=main.json
    reports '.status == 1 and .outputs.verdict == ""'
}

@test "without tarball: the release of the action's own version is fetched" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/curl" <<END
#!/bin/sh
echo "\$@" >"$BATS_TEST_TMPDIR/fetched"
while [ \$# -gt 1 ]; do [ "\$1" != --output ] || cp "$tarball" "\$2"; shift; done
END
    chmod +x "$BATS_TEST_TMPDIR/bin/curl"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH action tarball= run='cpu 20' baseline=main.json update=true options='--processes 5'
    reports '.status == 0'
    version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
    grep -qF "https://github.example/owner/gpubench/releases/download/v$version/gpubench-$version-$(uname -m)-linux.tar.gz" \
        "$BATS_TEST_TMPDIR/fetched"
}

@test "without anything to measure the job fails and says so" {
    action baseline=main.json
    reports '.status == 2'
    matches "$errors" 'give run: or command:'
    run ! "$ROOT/tests/packages/run-action.py" "$ROOT/action.yml" job=gpu
}
