#!/usr/bin/env bats
# Published to real servers, and read back from them: every value of every result.
# shellcheck disable=SC2154
load helper
load ../servers/servers

# Those that could be fetched. A test that needs one of them says so.
setup_file() {
    certificate unused DNS:unused # ca.pem, which every request to a server names
    local name
    for name in pushgateway influx victoria nginx; do
        ! program $name >/dev/null || start $name
    done
    start_faulty
}
teardown_file() {
    stop_servers
}

@test "a Pushgateway takes a result and gives every value of it back" {
    needs pushgateway
    fresh h200-gpu-10000 >one.json
    # A second group: another operation, with everything that can be odd in a label.
    fresh h200-matmul-10000 '.host.name = "no\"de\\1 ä" | .results[0].state = "wrong" | .results[0].verdict.ok = false' >two.json
    gpubench publish one.json two.json --to "pushgateway+http://127.0.0.1:$port"
    exits 0
    [ "$(grep -c '^published ' <<<"$output")" -eq 2 ]
    [ "$(pending)" -eq 0 ]
    "$SERVERS/check-published.py" pushgateway "http://127.0.0.1:$port" one.json two.json
}

@test "a result that is published again replaces itself, and a newer one the older" {
    needs pushgateway
    fresh h200-gpu-10000 '.host.name = "again"' >one.json
    jq '.job.time_taken_s = 0.5 | .started |= (fromdate + 1 | todate)' one.json >later.json
    for file in one.json one.json later.json; do
        gpubench publish $file --to "pushgateway+http://127.0.0.1:$port/"
        exits 0
    done
    curl -s --noproxy '*' "http://127.0.0.1:$port/metrics" >metrics
    [ "$(grep -c '^gpubench_job_seconds{.*instance="again"' metrics)" -eq 1 ]
    grep -q '^gpubench_job_seconds{.*instance="again".* 0.5$' metrics
}

@test "promtool finds nothing to complain of in the metrics" {
    needs promtool
    fresh h200-gpu-10000 >one.json
    fresh h200-sum-aat-10000 >two.json
    GPUBENCH_TOKEN=planted-secret-token-11 gpubench publish one.json two.json --to "pushgateway+http://127.0.0.1:$(port_of plain)/ok"
    exits 0
    for body in "$BATS_FILE_TMPDIR"/kept/*; do
        grep -q '^gpubench_time_seconds{' "$body"
        "$(program promtool)" check metrics <"$body" >complaints 2>&1 || { cat complaints && false; }
        [ ! -s complaints ] || { cat complaints && false; }
    done
}

@test "InfluxDB 1 takes results and gives every value of them back" {
    needs influx
    fresh h200-gpu-10000 '.host.name = "a node, no=1"' >one.json
    fresh h200-sum-aat-10000 >two.json
    fresh xeon16-sum-aat-10000 '.results[0].state = "failed" | del(.results[0].summary)' >three.json
    gpubench publish one.json two.json three.json --to "influx+http://127.0.0.1:$port/?db=gpubench"
    exits 0
    "$SERVERS/check-published.py" influx "http://127.0.0.1:$port" one.json two.json three.json
    # Again, and nothing is there twice.
    gpubench publish one.json two.json three.json --to "influx+http://127.0.0.1:$port/?db=gpubench"
    exits 0
    "$SERVERS/check-published.py" influx "http://127.0.0.1:$port" one.json two.json three.json
    for measurement in gpubench gpubench_job; do
        curl -s --noproxy '*' -G "http://127.0.0.1:$port/query" --data-urlencode db=gpubench \
            --data-urlencode "q=SELECT * FROM $measurement" | jq '.results[0].series[0].values | length'
    done >points
    [ "$(tr '\n' ' ' <points)" = "$(jq -s '[.[].results[]] | length' one.json two.json three.json) 1 " ]
}

@test "an InfluxDB database that is not there is said so, and the result waits" {
    needs influx
    fresh h200-gpu-10000 >one.json
    gpubench publish one.json --to "influx+http://127.0.0.1:$port/?db=missing"
    exits 6
    matches "$errors" '404.*database not found.*1 result waits'
    [ "$(pending)" -eq 1 ]
}

@test "InfluxDB 2's interface takes results and gives every value of them back" {
    needs victoria
    fresh h200-gpu-10000 >one.json
    fresh h200-reduce-4096 ".started = (now + 30 | todate)" >two.json
    export GPUBENCH_TOKEN=planted-secret-token-1
    gpubench publish one.json two.json --to "influx+http://127.0.0.1:$port/?org=o&bucket=b"
    exits 0
    "$SERVERS/check-published.py" victoria "http://127.0.0.1:$port" one.json two.json
}

@test "WebDAV over TLS takes the file of a run, byte for byte, under a name that stays" {
    needs nginx
    to="https://127.0.0.1:$port/results/deep/er/"
    gpubench cpu 64 --ca-file "$BATS_FILE_TMPDIR/ca.pem" --publish "$to"
    exits 0
    saved=$(find "$GPUBENCH_RESULTS" -name '*.json')
    name=$(sed -n 's/^published *\([^ ]*\) to .*/\1/p' <<<"$output")
    curl -s --noproxy '*' --cacert "$BATS_FILE_TMPDIR/ca.pem" "$to$name" | cmp - "$saved"
    matches "$name" "^$(jq -r '.fingerprint[7:19]' "$saved")-[0-9]{8}T[0-9]{6}Z-[0-9a-z]+-$(sha256sum <"$saved" | cut -c1-12)\.json$"
    gpubench publish "$saved" --ca-file "$BATS_FILE_TMPDIR/ca.pem" --to "$to"
    exits 0
    [ "$(find "$BATS_FILE_TMPDIR/nginx/www/results" -type f | wc -l)" -eq 1 ]
}

@test "user and password come out of .netrc" {
    needs nginx
    fresh h200-gpu-10000 >one.json
    to="https://127.0.0.1:$port/private/"
    gpubench publish one.json --ca-file "$BATS_FILE_TMPDIR/ca.pem" --to "$to"
    exits 6
    matches "$errors" '401.*\.netrc'
    echo 'machine 127.0.0.1 login ci password planted-secret-password' >"$HOME/.netrc"
    chmod 600 "$HOME/.netrc"
    gpubench publish --pending --ca-file "$BATS_FILE_TMPDIR/ca.pem"
    exits 0
    [ "$(find "$BATS_FILE_TMPDIR/nginx/www/private" -type f | wc -l)" -eq 1 ]
    diff <(jq -S . one.json) <(jq -S . "$BATS_FILE_TMPDIR"/nginx/www/private/*)
}
