#!/usr/bin/env bats
# kill -9 in the middle of publishing, at 60 moments, or as many as $KILLS says.
# shellcheck disable=SC2154
load helper
load ../servers/servers

setup_file() {
    start_faulty
}
teardown_file() {
    stop_servers
}

@test "killed at random moments, every result arrives whole and once" {
    [ "$GPUBENCH" = "$ROOT/build/gpubench" ] || skip "a killed process tells a sanitizer nothing"
    "$SERVERS/kill-publish.py" "$GPUBENCH" "$ROOT/results/reference/h200-gpu-10000.json" \
        "http://127.0.0.1:$(port_of plain)/slow/" "$BATS_FILE_TMPDIR/kept" "$BATS_TEST_TMPDIR/work" "${KILLS:-60}" | tee "$BATS_FILE_TMPDIR/said"
    [ "${PIPESTATUS[0]}" -eq 0 ]
    sed 's/^/# /' "$BATS_FILE_TMPDIR/said" >&3
}
