#!/usr/bin/env bats
# What is typed, what is written, and what must never be: publishing without a server, or with one that does all right.
# shellcheck disable=SC2154
load helper
load ../servers/servers

setup_file() {
    start_faulty
}
teardown_file() {
    stop_servers
}

refused() { # WORDS ARGUMENT...
    gpubench "${@:2}"
    exits 2
    [ -z "$output" ]
    [ "$(wc -l <errors.txt)" -eq 1 ] || { echo "$errors" && return 1; }
    matches "$errors" "^gpubench: .*$1"
}

ok() { echo "http://127.0.0.1:$(port_of plain)/ok/"; }

@test "what cannot be meant is refused before anything is measured, read or queued" {
    fresh h200-gpu-10000 >one.json
    refused 'needs result files, or --pending' publish
    refused 'needs --to URL' publish one.json
    refused 'takes no "one.json"' publish one.json --pending
    refused 'is not a valid address: use https' publish one.json --to node1:9091
    refused 'is not a valid address: use https' publish one.json --to ftp://node1/
    refused 'use https, or allow it with --insecure-http' publish one.json --to http://node1/
    refused 'user or a password' publish one.json --to https://me:planted-secret-7@node1/
    refused 'must name where the points go' publish one.json --to influx+https://node1/
    refused 'nothing else; a token belongs' publish one.json --to 'influx+https://node1/?db=x&p=planted-secret-7'
    refused 'token-file none cannot be read' publish one.json --to https://node1/ --token-file none
    refused 'ca-file none cannot be read' publish one.json --to https://node1/ --ca-file none
    refused 'more than 0' publish one.json --to https://node1/ --timeout 0
    refused 'is not a valid address' cpu 10 --publish node1
    refused 'use https' gpu 10 --publish http://node1/
    printf 'two\nplanted-secret-7\n' >token
    refused 'token holds no token' publish one.json --to https://node1/ --token-file token
    [ ! -e "$GPUBENCH_RESULTS" ]
}

@test "a file that is no result is refused, and none of the others is queued" {
    fresh h200-gpu-10000 >one.json
    echo '{"schema": "else/1"}' >two.json
    for bad in two.json three.json; do
        gpubench publish one.json $bad --to "$(ok)"
        exits 1
        matches "$errors" "$bad"
        [ "$(pending)" -eq 0 ]
    done
}

@test "a directory of this machine takes results too" {
    mkdir 'a b'
    gpubench cpu 32 --publish "file://$PWD/a%20b/"
    exits 0
    matches "$output" 'published +[0-9a-f]{12}-'
    cmp 'a b'/*.json "$GPUBENCH_RESULTS"/*/*.json
    gpubench publish "$GPUBENCH_RESULTS" --to "file://$PWD/a%20b"
    exits 0
    lacks "$output" 'nothing is pending'
    [ "$(find 'a b' -type f | wc -l)" -eq 1 ]
    gpubench publish "$GPUBENCH_RESULTS" --to "file://$PWD/none/"
    exits 6
    matches "$errors" 'cannot write .*/none/.*: the directory has to exist'
    [ "$(pending)" -eq 1 ]
    # A device, which is not a regular file, is not replaced by one.
    mkfifo pipe
    gpubench publish "$GPUBENCH_RESULTS" --to "file://$PWD/pipe"
    exits 6
    matches "$errors" 'cannot write .*/pipe: it is not a regular file'
    [ -p pipe ]
}

@test "a run that saves nothing publishes all the same, and -q says nothing of it" {
    gpubench cpu 32 --no-save -q --publish "$(ok)run-1.json"
    exits 0
    lacks "$output" published
    jq -e '.problem.n == 32' "$BATS_FILE_TMPDIR/kept/run-1.json"
    [ "$(find "$GPUBENCH_RESULTS" -type f | wc -l)" -eq 0 ]
}

@test "a full disk is exit 6 before anything is sent, and a result that is saved stays" {
    gpubench cpu 32
    cp "$GPUBENCH_RESULTS"/*/*.json saved.json
    touch "$GPUBENCH_RESULTS/.pending"
    gpubench publish saved.json --to "$(ok)never-1.json"
    exits 6
    matches "$errors" 'cannot keep the result to be sent in .*--results DIR'
    gpubench cpu 33 --publish "$(ok)never-1.json"
    exits 6
    [ "$(find "$GPUBENCH_RESULTS" -name '*.json' | wc -l)" -eq 2 ]
    [ ! -e "$BATS_FILE_TMPDIR/kept/never-1.json" ]
}

@test "without a home there is no place to wait, and only what helps is advised" {
    fresh h200-gpu-10000 >one.json
    unset HOME GPUBENCH_RESULTS
    for arguments in 'publish one.json --to' 'cpu 32 --no-save --publish'; do
        # shellcheck disable=SC2086
        gpubench $arguments "$(ok)never-2.json"
        exits 1
        [ -z "$output" ]
        matches "$errors" 'no place for what waits to be sent: HOME is not set.*--results DIR'
        lacks "$errors" '--no-save'
    done
    gpubench publish one.json --to "$(ok)homeless-1.json" --results here
    exits 0
}

@test "--redact sends digests, and saves the names" {
    gpubench cpu 32 --redact --publish "$(ok)redacted-1.json"
    exits 0
    saved=$(echo "$GPUBENCH_RESULTS"/*/*.json) sent=$BATS_FILE_TMPDIR/kept/redacted-1.json
    host=$(jq -r .host.name "$saved")
    [ "$host" = "$(uname -n)" ]
    matches "$(jq -r .host.name "$sent")" '^redacted-[0-9a-f]{12}$'
    matches "$(jq -c .argv "$sent")" '^\["redacted-[0-9a-f]{12}"\]$'
    hidden='del(.argv, .host.name, .host.machine)'
    diff <(jq -S "$hidden" "$saved") <(jq -S "$hidden" "$sent")
}

@test "an object store takes a request that is signed, and refuses one that is signed wrongly" {
    fresh h200-gpu-10000 >one.json
    to="s3+http://127.0.0.1:$(port_of plain)/s3/bucket/sub/"
    gpubench publish one.json --to "$to"
    exits 6
    matches "$errors" 'AWS_ACCESS_KEY_ID is not set'
    export AWS_ACCESS_KEY_ID=planted-secret-id AWS_SECRET_ACCESS_KEY=planted-secret-wrong AWS_REGION=planted-region
    gpubench publish --pending
    exits 6
    matches "$errors" 'credentials go only to a server that --to or .GPUBENCH_PUBLISH_URL names'
    gpubench publish --pending --to "$to"
    exits 6
    matches "$errors" '403: SignatureDoesNotMatch'
    export AWS_SECRET_ACCESS_KEY=planted-secret-key
    GPUBENCH_PUBLISH_URL=$to gpubench publish --pending
    exits 0
    [ "$(pending)" -eq 0 ]
    diff <(jq -S . one.json) <(jq -S . "$BATS_FILE_TMPDIR"/kept/b2d6*.json)
    # The region under its older name.
    unset AWS_REGION
    gpubench publish one.json --to "$to"
    exits 6
    AWS_DEFAULT_REGION=planted-region gpubench publish --pending --to "$to"
    exits 0
}

@test "an address that is signed itself is used and kept nowhere" {
    to="http://127.0.0.1:$(port_of plain)/twice500/signed-1?X-Amz-Signature=planted-secret-signature"
    gpubench cpu 32 --publish "${to/twice500/refuses\/403}"
    exits 6
    run grep -rl planted-secret "$GPUBENCH_RESULTS"
    [ -z "$output" ]
    gpubench publish --pending
    exits 6
    matches "$output" 'give the address again with --to'
    gpubench publish --pending --to "${to/twice500/refuses\/403}"
    exits 6
    matches "$errors" '403'
    GPUBENCH_PUBLISH_URL=$to gpubench publish "$GPUBENCH_RESULTS"
    exits 0
    grep -q ' /twice500/signed-1?X-Amz-Signature=planted-secret-signature ' "$BATS_FILE_TMPDIR/requests"
}

@test "Ctrl-C while it waits for a server leaves the result waiting" {
    fresh h200-gpu-10000 >one.json
    set -m
    "$GPUBENCH" publish one.json --to "http://127.0.0.1:$(port_of plain)/never/" 2>errors.txt 3>&- &
    process=$!
    set +m
    eventually grep -q ' /never/' "$BATS_FILE_TMPDIR/requests"
    kill -INT $process
    status=0
    wait $process || status=$?
    [ "$status" -eq 130 ]
    grep -q 'interrupted: what was not sent waits' errors.txt
    [ "$(pending)" -eq 1 ]
}

@test "publishing costs a run that does not publish nothing: no libcurl is loaded" {
    LD_DEBUG=files LD_DEBUG_OUTPUT=opened "$GPUBENCH" cpu 10 --no-save -q
    lacks "$(cat opened.*)" 'libcurl' >/dev/null
    LD_DEBUG=files LD_DEBUG_OUTPUT=publishing "$GPUBENCH" cpu 10 --no-save -q --publish "$(ok)"
    grep -q 'libcurl' publishing.*
}

@test "no secret is in any output or file, wherever it came from" {
    fresh h200-gpu-10000 >one.json
    mkdir said
    printf 'planted-secret-token-9\n' >"$HOME/token"
    printf 'machine 127.0.0.1 login ci password planted-secret-password-9\n' >"$HOME/.netrc"
    export AWS_ACCESS_KEY_ID=planted-secret-id AWS_SECRET_ACCESS_KEY=planted-secret-key
    number=0
    for at in ok/ refuses/401/ refuses/500/ echo/ moved-host/ closes/ 's3/?planted-secret-query=9'; do
        for token in "--token-file $HOME/token" ''; do
            number=$((number + 1))
            # shellcheck disable=SC2086
            gpubench publish one.json --timeout 1 --to "http://127.0.0.1:$(port_of plain)/$at" $token
            cp errors.txt said/errors.$number
            echo "$output" >said/output.$number
        done
    done
    GPUBENCH_TOKEN=planted-secret-token-9 gpubench cpu 32 -v --json --publish "http://127.0.0.1:$(port_of plain)/echo/?planted-secret-query=9" \
        --output written.json
    cp errors.txt said/errors.run
    echo "$output" >said/output.run
    gpubench publish --pending --timeout 1
    echo "$output$errors" >said/pending
    # The server has seen them, so there was something to leak.
    grep -q planted-secret-token "$BATS_FILE_TMPDIR/requests"
    grep -q 'Basic ' "$BATS_FILE_TMPDIR/requests"
    "$SERVERS/no-secrets" "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR"
    [ "$(find . -type f | wc -l)" -gt 20 ]
}

@test "a card has one group of the Pushgateway whatever its containers are called, and two machines of one name two" {
    groups() {
        : >"$BATS_FILE_TMPDIR/requests"
        gpubench publish "$@" --to "pushgateway+$(ok)"
        exits 0
        cut -d' ' -f3 "$BATS_FILE_TMPDIR/requests" | sort -u
    }
    for name in pod-1 pod-2 pod-3; do
        fresh h200-gpu-10000 ".device.uuid = \"GPU-7\" | .host.name = \"$name\"" >$name.json
        fresh h200-gpu-10000 "del(.device.uuid) | .host.name = \"same\" | .host.machine = \"$name\"" >machine-$name.json
    done
    [ "$(groups pod-*.json)" = '/ok/metrics/job/gpubench/uuid/GPU-7/op/sum-aat/n/10000/range/%5B0%2C1%29' ]
    [ "$(groups machine-*.json | wc -l)" -eq 3 ]
}

# pushed: what the last push to the group of this run left: "variant value" of each gpubench_ok.
pushed() {
    group=$BATS_FILE_TMPDIR/kept/%5B0%2C1%29
    sed -n 's/^gpubench_ok{.*variant="\([^"]*\)".*} \(.*\)/\1 \2/p' "$group"
}

@test "a start that fails pushes gpubench_ok 0, as every failure does, and a mistyped command nothing" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
    push=(--no-save --publish "pushgateway+$(ok)" --host node9)
    gpubench gpu 33 --samples 1 "${push[@]}"
    exits 0
    matches "$(pushed)" '^[a-z0-9-]+ 1\.0$'
    # No driver, no such GPU, a driver that hangs, no memory: each is a zero in the group of that run.
    FAKECUDA_FAIL=cuInit:1:100 gpubench gpu 33 "${push[@]}"
    exits 77
    [ "$(pushed)" = 'auto 0.0' ]
    matches "$output" '^published '
    gpubench gpu 33 --device 7 --variant triangle "${push[@]}"
    [ "$status" -ne 0 ]
    [ "$(pushed)" = 'triangle 0.0' ]
    matches "$(tail -1 "$BATS_FILE_TMPDIR/requests" | cut -d' ' -f3)" \
        '^/ok/metrics/job/gpubench/(instance/node9|machine/[0-9a-f]{16})/device/gpu%3A7/op/sum-aat/n/33/range/%5B0%2C1%29$'
    grep -q '^gpubench_ok{instance="node9",device="gpu:7",' "$BATS_FILE_TMPDIR/kept/%5B0%2C1%29"
    GPUBENCH_HANG_SECONDS=1 FAKECUDA_HANG=cuInit gpubench gpu 33 "${push[@]}"
    exits 1
    [ "$(pushed)" = 'auto 0.0' ]
    FAKECUDA_FAIL=cuMemAlloc_v2:1:2 gpubench gpu 33 "${push[@]}"
    exits 1
    matches "$(pushed)" '^[a-z0-9-]+ 0\.0$'
    : >"$BATS_FILE_TMPDIR/kept/%5B0%2C1%29"
    gpubench gpu 33 --variant none-such "${push[@]}"
    exits 2
    [ -z "$(pushed)" ]
    gpubench gpu 33 --device 7 "${push[@]/pushgateway+/}"
    [ "$status" -ne 0 ]
    lacks "$output" '^published'
}

# requested: the groups that were pushed to since the last call.
requested() {
    cut -d' ' -f3 "$BATS_FILE_TMPDIR/requests" | sed -E 's#.*/gpubench/##; s#(uuid|machine|instance)/[^/]*/##' | sort -u
    : >"$BATS_FILE_TMPDIR/requests"
}

@test "--all-devices, --devices and sweep publish their results, and gpubench_ok 0 if they cannot start" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
    push=(--samples 1 --publish "pushgateway+$(ok)")
    requested
    for words in 'gpu 33 --all-devices' 'gpu 33 --devices all'; do
        # shellcheck disable=SC2086
        FAKECUDA_FAIL=cuInit:1:100 gpubench $words "${push[@]}" --no-save
        exits 77
        [ "$(requested)" = 'device/gpu%3A0/op/sum-aat/n/33/range/%5B0%2C1%29' ]
        matches "$(pushed)" '^(auto|[a-z0-9-]+) 0\.0$'
        # shellcheck disable=SC2086
        gpubench $words "${push[@]}" --variant none-such --no-save
        [ "$status" -ne 0 ]
        [ -z "$(requested)" ]
    done
    # A sweep: each of its points is a group; of a driver that fails later on, those that are still to come.
    gpubench sweep 16:64:3 --only gpu --max-time 0.05 "${push[@]}"
    exits 0
    [ "$(requested)" = "$(printf 'op/sum-aat/n/%s/range/%%5B0%%2C1%%29\n' 16 32 64)" ]
    matches "$(pushed)" '^[a-z0-9-]+ 1\.0$'
    FAKECUDA_FAIL=cuInit:1:100 gpubench sweep 16:64:3 --max-time 0.05 "${push[@]}"
    exits 77
    [ "$(requested)" = "$(printf 'op/sum-aat/n/%s/range/%%5B0%%2C1%%29\n' 16 32 64)" ]
    [ "$(pushed)" = 'auto 0.0' ]
    GPUBENCH_HANG_SECONDS=1 FAKECUDA_HANG=cuInit gpubench sweep 16:16 --max-time 0.05 "${push[@]}"
    exits 1
    [ "$(requested)" = 'op/sum-aat/n/16/range/%5B0%2C1%29' ]
    # A server that refuses: the points are saved, and exit 6.
    gpubench sweep 16:16 --only gpu --max-time 0.05 --samples 1 --publish "pushgateway+http://127.0.0.1:$(port_of plain)/refuses/401/"
    exits 6
    grep -q '^saved ' <<<"$output"
}

# group_of_last: the group of the last push.
group_of_last() {
    tail -1 "$BATS_FILE_TMPDIR/requests" | cut -d' ' -f3
}

@test "a GPU that does not open fails in the group of its good runs, where stored results know it" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
    push=(gpu 33 --samples 1 --publish "pushgateway+$(ok)")
    gpubench "${push[@]}"
    exits 0
    good=$(group_of_last)
    matches "$good" '/uuid/'
    FAKECUDA_FAIL=cuInit:1:100 gpubench "${push[@]}" --no-save
    exits 77
    [ "$(group_of_last)" = "$good" ]
    [ "$(pushed)" = 'auto 0.0' ]
    # Not a device that was never there, nor a card that has been replaced, nor another machine's.
    FAKECUDA_FAIL=cuInit:1:100 gpubench "${push[@]}" --device 1 --no-save
    lacks "$(group_of_last)" '/uuid/'
    matches "$errors" 'which card GPU 1 is cannot be known'
    stored=$(find "$GPUBENCH_RESULTS" -name '*.json')
    jq '.device.uuid = "GPU-2" | .started = "2026-11-01T00:00:00Z"' "$stored" >"${stored%.json}-2.json"
    FAKECUDA_FAIL=cuInit:1:100 gpubench "${push[@]}" --no-save
    [ "$(group_of_last)" = "$good" ]
    lacks "$errors" 'which card'
    rm "${stored%.json}-2.json"
    CUDA_VISIBLE_DEVICES=0 FAKECUDA_FAIL=cuInit:1:100 gpubench "${push[@]}" --no-save
    lacks "$(group_of_last)" '/uuid/'
    jq '.host.machine = "0123456789abcdef"' "$stored" >other && mv other "$stored"
    FAKECUDA_FAIL=cuInit:1:100 gpubench "${push[@]}" --no-save
    lacks "$(group_of_last)" '/uuid/'
}

# pushes: how often each place was pushed to since the last call.
pushes() {
    cut -d' ' -f3 "$BATS_FILE_TMPDIR/requests" | sed -E 's#.*/gpubench/##; s#machine/[0-9a-f]*/##; s#/op/.*##' |
        sort | uniq -c | awk '{ print $1, $2 }'
    : >"$BATS_FILE_TMPDIR/requests"
}

@test "of several GPUs, the one that does not open fails in the group of its good runs" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100 FAKECUDA_DEVICES=2
    push=(--samples 1 --publish "pushgateway+$(ok)" --quiet)
    pushes
    zero=uuid/GPU-68313030-0000-0000-0000-000000000000
    one=${zero%0}1
    # The driver says the UUID of a GPU whose context does not open, whatever is stored.
    FAKECUDA_LOST=1 gpubench gpu 33 --device 1 "${push[@]}" --no-save
    [ "$(pushes)" = "1 $one" ]
    [ "$(pushed)" = 'auto 0.0' ]
    FAKECUDA_LOST=1 gpubench gpu 33 --all-devices "${push[@]}" --no-save
    exits 1
    [ "$(pushes)" = "$(printf '2 %s\n' "$zero" "$one")" ]
    FAKECUDA_LOST=1 gpubench sweep 16:32:2 --device 1 --max-time 0.05 "${push[@]}" --no-save
    exits 1
    [ "$(pushes)" = "2 $one" ]
    # Otherwise stored results do: the number that it had, or the one that is missing.
    gpubench gpu 33 --all-devices "${push[@]}"
    exits 0
    pushes
    FAKECUDA_FAIL=cuInit:1:100 gpubench gpu 33 --device 1 "${push[@]}"
    exits 77
    [ "$(pushes)" = "1 $one" ]
    FAKECUDA_FAIL='cuDeviceGet:*:100' gpubench gpu 33 --device 1 "${push[@]}"
    [ "$(pushes)" = "1 $one" ]
    FAKECUDA_FAIL=cuInit:1:100 gpubench sweep 16:32:2 --device 1 --max-time 0.05 "${push[@]}"
    exits 77
    [ "$(pushes)" = "2 $one" ]
    GPUBENCH_HANG_SECONDS=1 FAKECUDA_HANG=cuInit gpubench gpu 33 --device 1 "${push[@]}"
    [ "$(pushes)" = "1 $one" ]
    FAKECUDA_DEVICES=1 gpubench gpu 33 --device 1 "${push[@]}"
    [ "$(pushes)" = "1 $one" ]
    FAKECUDA_FAIL=cuInit:1:100 gpubench gpu 33 --all-devices "${push[@]}"
    exits 77
    [ "$(pushes)" = "$(printf '1 %s\n' "$zero" "$one")" ]
}

@test "ranks that do not start fail in the group of their good runs" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100 FAKECUDA_DEVICES=2
    push=(--samples 1 --publish "pushgateway+$(ok)")
    pushes
    gpubench gpu 33 --devices 0,1 "${push[@]}"
    exits 0
    [ "$(pushes)" = "1 device/2%20ranks" ]
    matches "$(pushed)" '^[a-z0-9-]+ 1\.0$'
    grep -q '^gpubench_ok{.*ranks="2"' "$BATS_FILE_TMPDIR/kept/%5B0%2C1%29"
    for lost in 0 1; do
        FAKECUDA_LOST=$lost gpubench gpu 33 --devices 0,1 "${push[@]}"
        exits 1
        [ "$(pushes)" = "1 device/2%20ranks" ]
        matches "$(pushed)" '^[a-z0-9-]+ 0\.0$'
    done
    gpubench gpu 33 --all-devices "${push[@]}"
    pushes
    for devices in 0,1 all; do
        FAKECUDA_FAIL=cuInit:1:100 gpubench gpu 33 --devices $devices "${push[@]}"
        exits 77
        [ "$(pushes)" = "1 device/2%20ranks" ]
    done
}

@test "a GPU that fails once it is open fails in the group of its good runs" {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA
    push=(--no-save --publish "pushgateway+$(ok)")
    requested
    gpubench gpu 33 --samples 1 "${push[@]}"
    good=$(requested)
    FAKECUDA_FAIL=cuMemAlloc_v2:1:2 gpubench gpu 33 "${push[@]}"
    exits 1
    matches "$(pushed)" '^[a-z0-9-]+ 0\.0$'
    [ "$(requested)" = "$good" ]
}
