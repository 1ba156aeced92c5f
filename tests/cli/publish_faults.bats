#!/usr/bin/env bats
# Published to servers that do what servers should not: each ends with exit 6 in time and in little memory, and the result is
# still on disk and still pending.
# shellcheck disable=SC2154
load helper
load ../servers/servers

setup_file() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    start_faulty
    # What has to wait waits at once, and while the other tests run.
    begin unhurried publish one.json --to "$(plain never/)"
    begin_publish nobody "http://127.0.0.1:$(free_port)/"
    begin_publish closes "$(plain closes/)"
    begin_publish truncates "$(plain truncates/)"
    begin_publish never "$(plain never/)" --timeout 4
    begin_publish drips "$(plain drips/)" --timeout 4
    begin_publish twice500 "$(plain twice500/object-1)"
    mkdir -p "$BATS_FILE_TMPDIR/begun/always503"
    fresh h200-matmul-10000 >"$BATS_FILE_TMPDIR/begun/always503/two.json"
    begin_publish always503 "$(plain always503/)" two.json
    begin_publish busy "$(plain busy/object-2)"
}
teardown_file() {
    stop_servers
}

begin_publish() { # NAME URL [ARGUMENT...]
    begin "$1" publish one.json --timeout 12 --to "${@:2}"
}

# publish URL [OPTION...]: one result, freshly made, with a limit of 12 s unless an option says otherwise; sets $seconds, $mib.
publish() {
    local to=$1
    shift
    [ -e one.json ] || fresh h200-gpu-10000 >one.json
    status=0
    output=$("$SERVERS/measure.py" measured "$GPUBENCH" publish one.json --to "$to" --timeout 12 "$@" 2>errors.txt) || status=$?
    errors=$(cat errors.txt)
    read -r seconds mib <measured
}

less() { # A B
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a < b) }' || { echo "$1 is not less than $2" && return 1; }
}

# The sanitizers keep freed memory and shadows of all of it.
in_little_memory() {
    grep -q __asan_init "$GPUBENCH" || less "$mib" 64
}

# kept WORDS: exit 6, one sentence with these words in it, within the limit, and the result waits, as a whole.
kept() {
    exits 6
    [ "$(wc -l <errors.txt)" -eq 1 ] || { echo "$errors" && return 1; }
    matches "$errors" "$1.*1 result waits in .*gpubench publish --pending sends it"
    less "$seconds" 20
    in_little_memory
    [ "$(pending)" -eq 1 ]
    diff <(jq -S . one.json) <(tail -n +2 "$GPUBENCH_RESULTS"/.pending/*.pending | jq -S .)
    [ -s one.json ]
}

plain() { echo "http://127.0.0.1:$(port_of plain)/$1"; }
requests_of() { grep -cF " $1 " "$BATS_FILE_TMPDIR/requests" || true; }

@test "nobody listens" {
    ended nobody
    kept 'connect.*three times'
}

@test "the server closes the connection in the middle of the request" {
    ended closes
    kept 'tried three times'
}

@test "the server closes the connection in the middle of its answer" {
    ended truncates
    kept 'tried three times'
}

@test "the server never answers" {
    ended never
    kept 'nothing came for 1.0 s'
    less 1.9 "$seconds"
}

@test "the server answers drop by drop" {
    ended drips
    kept 'tim'
    less "$seconds" 10
}

@test "500 twice and then 200 is success" {
    ended twice500
    in_little_memory
    exits 0
    [ "$(pending)" -eq 0 ]
    [ "$(requests_of "PUT /twice500/object-1")" -eq 3 ]
}

@test "503 for ever is asked three times, and its server not for the next result" {
    ended always503
    in_little_memory
    exits 6
    matches "$errors" '503: never \(tried three times\)\. 2 results wait'
    [ "$(pending)" -eq 2 ]
    [ "$(grep -c ' PUT /always503/' "$BATS_FILE_TMPDIR/requests")" -eq 3 ]
}

@test "429 is asked again after as long as it says" {
    ended busy
    in_little_memory
    exits 0
    less 1 "$seconds"
    [ "$(requests_of "PUT /busy/object-2")" -eq 2 ]
}

@test "429 with an hour to wait is not waited for" {
    publish "$(plain busy-long/)"
    kept '429 and asks to come back in 3600 s'
    less "$seconds" 10
}

@test "400, 401, 403 and 404 are asked once" {
    for answer in 400 401 403 404; do
        rm -rf "$GPUBENCH_RESULTS"
        publish "$(plain refuses/$answer/)"
        kept "answers $answer: no"
        [ "$(grep -c " PUT /refuses/$answer/" "$BATS_FILE_TMPDIR/requests")" -eq 1 ]
    done
}

@test "201, 202 and 204 take an upload as 200 does; 203, 205, 206 and 304 do not" {
    for answer in 201 202 204; do
        rm -rf "$GPUBENCH_RESULTS"
        publish "$(plain refuses/$answer/)"
        exits 0
        [ "$(pending)" -eq 0 ]
    done
    for answer in 203 205 206 304; do
        rm -rf "$GPUBENCH_RESULTS"
        publish "$(plain refuses/$answer/)"
        kept "answers $answer"
    done
}

@test "a result that a server refuses does not hold up the next" {
    publish "$(plain refuses/400/)"
    exits 6
    fresh h200-matmul-10000 >one.json
    publish "$(plain ok/)"
    exits 0
    [ "$(pending)" -eq 1 ]
}

@test "a server that refuses one result is asked for the next" {
    fresh h200-gpu-10000 >one.json
    fresh h200-matmul-10000 >two.json
    for answer in 400 401 403 404; do
        rm -rf "$GPUBENCH_RESULTS"
        gpubench publish one.json two.json --to "$(plain refuses/$answer/both/)"
        exits 6
        [ "$(grep -c " PUT /refuses/$answer/both/" "$BATS_FILE_TMPDIR/requests")" -eq 2 ]
        [ "$(pending)" -eq 2 ]
    done
}

@test "a redirection within the server is followed, with the token" {
    GPUBENCH_TOKEN=planted-secret-token-2 publish "$(plain moved/object-3)"
    exits 0
    grep -qxF 'plain PUT /ok/object-3 Bearer planted-secret-token-2' "$BATS_FILE_TMPDIR/requests"
}

@test "a redirection within the server is followed with the password of .netrc too" {
    printf 'machine 127.0.0.1 login ci password planted-secret-password-8\n' >"$HOME/.netrc"
    publish "$(plain moved/netrc)"
    exits 0
    lacks "$output$errors" planted
}

@test "a redirection to another host, port or name is not followed, and nothing goes there" {
    for fault in moved-host moved-name; do
        rm -rf "$GPUBENCH_RESULTS"
        GPUBENCH_TOKEN=planted-secret-token-3 publish "$(plain $fault/object-4)"
        kept 'redirects to another server, http://.*, which is not followed'
    done
    [ "$(grep -c '^another ' "$BATS_FILE_TMPDIR/requests")" -eq 0 ]
    [ "$(requests_of "PUT /ok/object-4")" -eq 0 ]
}

@test "a redirection from https to http is not followed" {
    GPUBENCH_TOKEN=planted-secret-token-4 publish "https://127.0.0.1:$(port_of tls)/moved-clear/object-5" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    kept 'redirects to another server, http://'
    [ "$(requests_of "PUT /ok/object-5")" -eq 0 ]
}

@test "a redirection in a circle ends" {
    publish "$(plain circle/)"
    kept 'redirects for the 6th time'
}

@test "an answer of a gigabyte is cut off" {
    publish "$(plain gigabyte/)"
    kept 'an answer that is too long and was cut off .at most 64 KiB'
}

@test "a compressed answer of a gigabyte is cut off" {
    publish "$(plain bomb/)"
    kept 'an answer that is too long and was cut off .at most 64 KiB'
}

@test "headers without end are cut off" {
    publish "$(plain headers/)"
    kept 'headers'
}

@test "a certificate for another name, an expired one and one of an unknown authority are refused" {
    publish "https://127.0.0.1:$(port_of tls)/ok/" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    exits 0
    for server in tls-other-name tls-expired; do
        rm -rf "$GPUBENCH_RESULTS"
        publish "https://127.0.0.1:$(port_of $server)/ok/" --ca-file "$BATS_FILE_TMPDIR/ca.pem"
        kept '[Cc]ertificate|subject name'
    done
    rm -rf "$GPUBENCH_RESULTS"
    publish "https://127.0.0.1:$(port_of tls)/ok/"
    kept 'certificate.*--ca-file'
    [ "$(grep -cE '^tls-(other-name|expired) ' "$BATS_FILE_TMPDIR/requests")" -eq 0 ]
}

@test "a server that repeats the token is not quoted" {
    GPUBENCH_TOKEN=planted-secret-token-5 publish "$(plain echo/)"
    kept 'answers 400'
    lacks "$errors$output" 'planted'
}

@test "what waits is sent once its server is back, oldest first" {
    for second in 3 1 2; do
        fresh h200-gpu-10000 ".started = \"2026-11-24T00:00:0${second}Z\"" >one.json
        publish "$(plain refuses/403/)"
        exits 6
    done
    [ "$(pending)" -eq 3 ]
    # The same server, elsewhere: what is for another address stays.
    gpubench publish --pending --to "$(plain ok/)"
    exits 0
    matches "$output" 'nothing is pending'
    sed -i "1s:/refuses/403/:/ok/:" "$GPUBENCH_RESULTS"/.pending/*.pending
    gpubench publish --pending
    exits 0
    [ "$(grep -oE 'T00000[0-9]Z' <<<"$output" | tr '\n' ' ')" = 'T000001Z T000002Z T000003Z ' ]
    [ "$(pending)" -eq 0 ]
    gpubench publish --pending
    exits 0
    matches "$output" 'nothing is pending'
}

@test "a token goes only to a server that the command or the user's own variable names" {
    fresh h200-gpu-10000 >one.json
    another="http://127.0.0.1:$(port_of another)/refuses/403/"
    gpubench publish one.json --to "$(plain refuses/403/)"
    gpubench publish one.json --to "$another"
    [ "$(pending)" -eq 2 ]
    : >"$BATS_FILE_TMPDIR/requests"
    export GPUBENCH_TOKEN=planted-secret-token-6
    gpubench publish --pending
    exits 6
    [ ! -s "$BATS_FILE_TMPDIR/requests" ]
    matches "$output" 'credentials go only to a server that --to or .GPUBENCH_PUBLISH_URL names'
    GPUBENCH_PUBLISH_URL=$another gpubench publish --pending
    [ "$(grep -c planted-secret-token-6 "$BATS_FILE_TMPDIR/requests")" -eq 1 ]
    gpubench publish --pending --to "$(plain refuses/403/)"
    [ "$(grep -c planted-secret-token-6 "$BATS_FILE_TMPDIR/requests")" -eq 2 ]
}

@test "a planted entry writes no file" {
    fresh h200-gpu-10000 >one.json
    mkdir inbox
    gpubench publish one.json --to "file://$PWD/none/"
    exits 6
    sed -i "1s:none/:inbox/authorized_keys:" "$GPUBENCH_RESULTS"/.pending/*.pending
    gpubench publish --pending
    exits 6
    matches "$output" 'a file is written only where --to'
    [ -z "$(ls inbox)" ]
    gpubench publish --pending --to "file://$PWD/inbox/authorized_keys"
    exits 0
    [ -s inbox/authorized_keys ]
}

@test "a pipe among the entries holds up nothing" {
    fresh h200-gpu-10000 >one.json
    publish "$(plain refuses/403/)"
    exits 6
    mkfifo "$GPUBENCH_RESULTS/.pending/0.pending"
    sed -i "1s:/refuses/403/:/ok/:" "$GPUBENCH_RESULTS"/.pending/2*.pending
    status=0
    timeout -s KILL 60 "$GPUBENCH" publish --pending >out 2>errors.txt || status=$?
    [ "$status" -eq 6 ]
    grep -q 'not a regular file' errors.txt
    grep -q '^published ' out
}

@test "an entry, or a directory of entries, that another user owns or can change is not sent" {
    fresh h200-gpu-10000 >one.json
    publish "$(plain refuses/403/)"
    sed -i "1s:/refuses/403/:/ok/:" "$GPUBENCH_RESULTS"/.pending/2*.pending
    refuses() {
        gpubench publish --pending --to "$(plain ok/)"
        exits 6
        matches "$output$errors" "$1"
        lacks "$output" '^published'
    }
    entry=$(echo "$GPUBENCH_RESULTS"/.pending/2*.pending)
    for path in "$entry" "$GPUBENCH_RESULTS/.pending"; do
        before=$(stat -c %a "$path")
        for mode in g+w o+w; do
            chmod $mode "$path"
            refuses 'can be changed by one'
            chmod "$before" "$path"
        done
        [ "$(id -u)" -eq 0 ] || continue
        chown 65534 "$path"
        refuses 'belongs to another user'
        chown 0 "$path"
    done
    ln "$entry" kept && rm "$entry" && ln -s "$PWD/kept" "$entry" # a link to a file that is fine
    refuses 'cannot read|link'
    rm "$entry" && mv kept "$entry"
    gpubench publish --pending
    exits 0
}

@test "what a killed process left half-written among the entries is gone with the next publish" {
    fresh h200-gpu-10000 >one.json
    publish "$(plain refuses/403/)"
    cd "$GPUBENCH_RESULTS/.pending"
    host=$(hostname) space=$(stat -Lc %i /proc/self/ns/pid)
    : | : & # its number belongs to nobody when it has ended
    gone=$!
    wait $gone || true
    echo half >".gpubench-$host.$space-$(printf %x $gone)-0"
    echo half >".gpubench-$host.$space-$(printf %x $$)-0"        # of a process that runs
    echo half >".gpubench-elsewhere.$space-$(printf %x $gone)-0" # of another machine
    gpubench publish --pending
    [ "$(find . -name '.gpubench-*' | wc -l)" -eq 2 ]
    [ ! -e ".gpubench-$host.$space-$(printf %x $gone)-0" ]
}

@test "publish reads a pipe once, standard input, and a directory with parts that it cannot read" {
    fresh h200-gpu-10000 >one.json
    mkfifo pipe
    cat one.json >pipe &
    status=0
    timeout -s KILL 60 "$GPUBENCH" publish pipe --to "$(plain ok/)" >/dev/null || status=$?
    [ "$status" -eq 0 ]
    timeout -s KILL 60 "$GPUBENCH" publish - --to "$(plain ok/)" <one.json
    mkdir -p all/in/deep all/closed other
    [ "$(id -u)" -ne 0 ] || chown 65534 other
    [ "$(id -u)" -ne 0 ] || chown 65534 other
    cp one.json all/in/
    ln -s /proc all/proc
    ln -s /sys all/sys
    ln -s / all/root
    ln -s "$PWD/one.json" all/link.json # is read; a copy of what is in the directory
    ln -s .. all/in/deep/up
    printf '{' >all/in/bad.json
    ln -s nowhere all/in/dangling.json
    chmod 000 all/closed
    as_user() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --clear-groups "$@"; else "$@"; fi; }
    chmod 755 all
    chmod 755 "$BATS_TEST_TMPDIR"
    status=0
    as_user timeout -s KILL 60 "$GPUBENCH" publish all --results other --to "$(plain ok/)" >out 2>errors.txt || status=$?
    chmod 755 all/closed
    cat out errors.txt
    [ "$status" -eq 0 ]
    [ "$(grep -c '^published' out)" -eq 1 ]
    grep -qE '[0-9]+ files were left out; the first: ' errors.txt
    grep -q 'all/closed' errors.txt
}

@test "a server that repeats credentials has them masked, whole, in part, or in its redirection" {
    echo_said() { # URL ENVIRONMENT...
        gpubench_env=("${@:2}")
        status=0
        env "${gpubench_env[@]}" "$GPUBENCH" publish one.json --to "$1" >out 2>&1 || status=$?
        lacks "$(cat out)" planted
    }
    fresh h200-gpu-10000 >one.json
    printf 'machine 127.0.0.1 login ci password planted-secret-password-4\n' >"$HOME/.netrc"
    echo_said "$(plain says/)" GPUBENCH_TOKEN=planted-secret-token-4
    grep -q 'the secret \*\*\* is not known' out
    echo_said "$(plain says/)"
    echo_said "$(plain says/?signature=planted-secret-query)"
    echo planted-secret-token-in-a-file >token
    "$GPUBENCH" publish one.json --to "$(plain says/)" --token-file token >out 2>&1 || true
    grep -q 'the secret \*\*\* is not known' out
    echo_said "$(plain says-cut/)" GPUBENCH_TOKEN=planted-secret-token-that-the-end-of-the-text-cuts
    echo_said "$(plain says-location/)" GPUBENCH_TOKEN=planted-secret-token-4
    echo_said "s3+$(plain says/)" AWS_ACCESS_KEY_ID=planted-id AWS_SECRET_ACCESS_KEY=planted-secret-key
}

@test "a server that repeats credentials in another form has them masked too" {
    fresh h200-gpu-10000 >one.json
    printf 'machine 127.0.0.1 login ci password planted-secret-password-7\n' >"$HOME/.netrc"
    for form in header base64 percent pieces part; do
        for how in token netrc query; do
            to=$(plain "says-as/$form/")
            [ $how != query ] || to="$to?signature=planted-secret-query-7"
            variable=NONE=
            [ $how != token ] || variable=GPUBENCH_TOKEN=planted-secret-token-7
            [ $how/$form != query/header ] || continue
            status=0
            env "$variable" "$GPUBENCH" publish one.json --to "$to" >out 2>&1 || status=$?
            [ "$status" -eq 6 ]
            matches "$(cat out)" 'the secret \[[^]]{0,30}\*\*\*=*\] is not known here' || { echo "$form of $how" && return 1; }
        done
    done
    "$GPUBENCH" publish one.json --to "$(plain "says-moved/?signature=planted-secret-query-7")" >out 2>&1 || true
    matches "$(cat out)" 'asked .*\*\*\*'
    lacks "$(cat out)" planted
}

@test "a run ends with its result saved, said and pending if it cannot be sent" {
    gpubench cpu 32 --publish "$(plain refuses/503/)" --timeout 2
    exits 6
    matches "$output" 'Time taken: '
    matches "$errors" '1 result waits'
    [ "$(find "$GPUBENCH_RESULTS" -name '*.json' | wc -l)" -eq 1 ]
    [ "$(pending)" -eq 1 ]
    tail -n +2 "$GPUBENCH_RESULTS"/.pending/*.pending | cmp - "$GPUBENCH_RESULTS"/*/*.json
}

@test "without --timeout a silent server is given up after three tries and 30 s" {
    [ "$GPUBENCH" = "$ROOT/build/gpubench" ] || skip "timed with the plain build only"
    ended unhurried
    less 20 "$seconds"
    less "$seconds" 33
    less "$mib" 64
    matches "$errors" 'nothing came for 7.5 s.*1 result waits'
    [ "$(pending)" -eq 1 ]
}
