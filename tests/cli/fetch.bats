#!/usr/bin/env bats
# Baselines by URL: fetched, kept, and refused.
# shellcheck disable=SC2154
load helper
load ../servers/servers

setup_file() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    start_faulty
    # Six runs that differ as runs do, as one baseline in a file that a server has.
    for i in 1 2 3 4 5 6; do
        jq "$TIMED (.results[] | select(.state == \"ok\")) |= timed(.summary.median_s * (1 + $i / 2000)) | .started |= (fromdate + $i | todate)" \
            "$ROOT/results/reference/h200-gpu-10000.json"
    done | jq -s '{schema: "gpubench-baseline/1", made: "2026-11-24T12:00:00Z", runs: .}' >"$BATS_FILE_TMPDIR/kept/base.json"
    export BASE=$BATS_FILE_TMPDIR/kept/base.json
}
teardown_file() {
    stop_servers
}

plain() { echo "http://127.0.0.1:$(port_of plain)/$1"; }
copies() { find "$HOME/.cache/gpubench/baselines" -type f -name "$1" 2>/dev/null | wc -l; }
verdicts() { jq -c '[.. | objects | .verdict? // empty | strings]' <<<"$output"; }

# fetched EXIT WORDS URL [OPTION...]: compare ends so, in time and in little memory, and keeps no copy of what it got.
fetched() {
    local want=$1 words=$2
    shift 2
    status=0
    "$SERVERS/measure.py" measured "$GPUBENCH" compare "$1" "$BASE" --timeout 12 "${@:2}" >output.txt 2>errors.txt || status=$?
    output=$(cat output.txt) errors=$(cat errors.txt)
    read -r seconds mib <measured
    as_it_should "$want" "$words"
}
as_it_should() { # EXIT WORDS
    exits "$1"
    [ "$1" -eq 0 ] || [ "$(wc -l <errors.txt)" -eq 1 ] || { echo "$errors" && return 1; }
    matches "$errors" "$2"
    awk -v s="$seconds" 'BEGIN { exit !(s < 20) }' || { echo "$seconds s" && return 1; }
    grep -q __asan_init "$GPUBENCH" || awk -v m="$mib" 'BEGIN { exit !(m < 64) }' || { echo "$mib MiB" && return 1; }
}

@test "a baseline with an address is what it is as a file" {
    gpubench compare "$BASE" "$BASE" --json
    exits 0
    want=$(jq -S 'del(.. | .name?, .source?)' <<<"$output")
    gpubench compare "$(plain ok/base.json)" "$BASE" --json
    exits 0
    diff <(echo "$want") <(jq -S 'del(.. | .name?, .source?)' <<<"$output")
    gpubench compare "$BASE" "$(plain ok/base.json)"
    exits 0
    gpubench compare "file://$BASE" "$BASE"
    exits 0
    cmp "$BASE" "$HOME"/.cache/gpubench/baselines/*.json
}

@test "what has not changed is not sent again, and what has changed is" {
    cp "$BASE" "$BATS_FILE_TMPDIR/kept/changing.json"
    for _ in 1 2; do
        gpubench compare "$(plain ok/changing.json)" "$BASE"
        exits 0
    done
    jq '.made = "2026-11-25T12:00:00Z"' "$BASE" >"$BATS_FILE_TMPDIR/kept/changing.json"
    gpubench compare "$(plain ok/changing.json)" "$BASE"
    exits 0
    cmp "$BATS_FILE_TMPDIR/kept/changing.json" "$HOME"/.cache/gpubench/baselines/*.json
    [ "$(grep -c ' /ok/changing.json ' "$BATS_FILE_TMPDIR/requests")" -eq 3 ]
    [ "$(grep -c ' 304 /ok/changing.json' "$BATS_FILE_TMPDIR/requests-answered")" -eq 1 ]
}

@test "a copy that was damaged is fetched again" {
    gpubench compare "$(plain ok/base.json)" "$BASE"
    echo x >>"$(echo "$HOME"/.cache/gpubench/baselines/*.json)"
    gpubench compare "$(plain ok/base.json)" "$BASE" --offline
    exits 6
    matches "$errors" 'no copy of .*without --offline'
    gpubench compare "$(plain ok/base.json)" "$BASE"
    exits 0
    cmp "$BASE" "$HOME"/.cache/gpubench/baselines/*.json
}

@test "no baseline is exit 5" {
    fetched 5 'there is no baseline at http.*404' "$(plain ok/none.json)"
    fetched 5 'there is no baseline at http.*410' "$(plain refuses/410/x)"
    gpubench check --baseline "$(plain ok/none.json)"
    exits 5
    matches "$errors" 'there is no baseline at .*gpubench publish main.json --to URL'
    gpubench check --baseline "$(plain ok/none.json)" --allow-missing-baseline
    exits 0
    [ "$(copies '*')" -eq 0 ]
}

@test "an answer that is good for an upload is no baseline" {
    for answer in 201 202 203 204; do
        fetched 6 "the server answers $answer" "$(plain refuses/$answer/x)"
    done
}

@test "a copy stands in for a dead server only with --offline" {
    port=$(free_port)
    to="http://127.0.0.1:$port/ok/base.json"
    serve passing python3 -m http.server --bind 127.0.0.1 --directory "$BATS_FILE_TMPDIR/kept" "$port"
    answers passing "http://127.0.0.1:$port/"
    gpubench compare "http://127.0.0.1:$port/base.json" "$BASE"
    exits 0
    kill "$(cat "$BATS_FILE_TMPDIR/passing.pid")"
    rm "$BATS_FILE_TMPDIR/passing.pid"
    # shellcheck disable=SC2016 # the words are for eval
    eventually eval '! curl -s --noproxy "*" "http://127.0.0.1:$port/" >/dev/null'
    gpubench compare "http://127.0.0.1:$port/base.json" "$BASE"
    exits 6
    matches "$errors" 'cannot fetch .*--offline takes the copy'
    gpubench compare "http://127.0.0.1:$port/base.json" "$BASE" --offline
    exits 0
    fetched 6 'no copy of' "$to" --offline
}

@test "an endless baseline is cut off at 16 MiB, compressed or not, and nothing of it is kept" {
    fetched 6 'too long and was cut off .at most 16384 KiB' "$(plain gigabyte/)"
    fetched 6 'too long and was cut off .at most 16384 KiB' "$(plain bomb/)"
    fetched 6 'headers' "$(plain headers/)"
    [ "$(copies '*')" -eq 0 ]
}

@test "a server that fails is exit 6" {
    local -A words=(
        [closes/]='6 tried three times'
        [never/]='6 nothing came'
        [drips/]='6 tim'
        [always503/]='6 503: never'
        [busy-long/]='6 too late'
        [moved-host/base.json]='6 redirects to another server'
        [twice500/base.json]='0 '
        [moved/base.json]='0 '
    )
    local at
    for at in "${!words[@]}"; do
        begin "$at" compare "$(plain "$at")" "$BASE" --timeout 6
    done
    for at in "${!words[@]}"; do
        echo "$at"
        ended "$at"
        as_it_should "${words[$at]%% *}" "${words[$at]#* }"
    done
}

@test "certificates are verified" {
    fetched 0 '' "https://127.0.0.1:$(port_of tls)/ok/base.json" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    fetched 6 'certificate' "https://127.0.0.1:$(port_of tls)/ok/base.json"
    fetched 6 'ertificate|subject name' "https://127.0.0.1:$(port_of tls-other-name)/ok/base.json" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    fetched 6 'ertificate' "https://127.0.0.1:$(port_of tls-expired)/ok/base.json" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    fetched 6 'redirects to another server' "https://127.0.0.1:$(port_of tls)/moved-clear/base.json" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
}

@test "what is no result is refused, and not kept" {
    echo '<html>log in first</html>' >"$BATS_FILE_TMPDIR/kept/login.json"
    echo '{"schema": "gpubench-result/9"}' >"$BATS_FILE_TMPDIR/kept/future.json"
    : >"$BATS_FILE_TMPDIR/kept/empty.json"
    fetched 1 '/ok/login.json cannot be read: it is not JSON' "$(plain ok/login.json)"
    fetched 1 'gpubench-result/9' "$(plain ok/future.json)"
    fetched 1 'empty' "$(plain ok/empty.json)"
    [ "$(copies '*')" -eq 0 ]
}

@test "signed requests and tokens fetch too, and a query is never shown" {
    cp "$BASE" "$BATS_FILE_TMPDIR/kept/signed.json"
    export AWS_ACCESS_KEY_ID=planted-secret-id AWS_SECRET_ACCESS_KEY=planted-secret-key AWS_REGION=planted-region
    fetched 0 '' "s3+http://127.0.0.1:$(port_of plain)/s3/bucket/signed.json"
    GPUBENCH_TOKEN=planted-secret-token-10 fetched 0 '' "$(plain ok/base.json)"
    grep -q 'GET /ok/base.json Bearer planted-secret-token-10' "$BATS_FILE_TMPDIR/requests"
    fetched 6 '403' "$(plain 'refuses/403/x?sig=planted-secret-10')"
    lacks "$output$errors" planted
    gpubench check --baseline "$(plain 'ok/none.json?sig=planted-secret-10')"
    exits 5
    lacks "$output$errors" planted
    run grep -rl planted "$HOME/.cache"
    [ -z "$output" ]
}

@test "without a cache directory it is fetched every time" {
    export XDG_CACHE_HOME=/proc/none
    gpubench compare "$(plain ok/base.json)" "$BASE"
    exits 0
    gpubench compare "$(plain ok/base.json)" "$BASE" --offline
    exits 6
}

@test "a baseline is published as one document, under an address that stays" {
    cp "$BASE" main.json
    gpubench publish main.json --to "$(plain ok/main.json)"
    exits 0
    gpubench compare "$(plain ok/main.json)" "$BASE"
    exits 0
    diff <(jq -S . main.json) <(jq -S . "$BATS_FILE_TMPDIR/kept/main.json")
    gpubench publish main.json --redact --to "$(plain ok/redacted.json)"
    exits 0
    [ "$(jq -c '[.runs[].argv | length] | unique' "$BATS_FILE_TMPDIR/kept/redacted.json")" = '[1]' ]
    lacks "$(cat "$BATS_FILE_TMPDIR/kept/redacted.json")" "$(jq -r '.runs[0].device.uuid' main.json)"
    gpubench publish main.json main.json --to "$(plain ok/main.json)"
    exits 2
    matches "$errors" 'address of one object, and these are 2'
    gpubench check --baseline "$(plain ok/main.json)" --update -- cpu 10
    exits 2
    matches "$errors" 'gpubench publish FILE --to URL'
}

@test "Ctrl-C while a baseline is fetched ends with 130 and says so" {
    set -m
    "$GPUBENCH" compare "$(plain never/interrupted.json)" "$BASE" 2>errors.txt 3>&- &
    process=$!
    set +m
    eventually grep -q ' /never/interrupted' "$BATS_FILE_TMPDIR/requests"
    kill -INT $process
    status=0
    wait $process || status=$?
    [ "$status" -eq 130 ]
    matches "$(cat errors.txt)" 'interrupted'
}
