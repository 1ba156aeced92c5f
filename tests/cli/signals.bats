#!/usr/bin/env bats
# The first signal ends every verb within a second, at whatever moment it comes, and nothing half-written is left.
# shellcheck disable=SC2154
load helper

LATE=1.5 # seconds on a busy machine; one second is what is promised

# interrupted SIGNAL MOMENT COMMAND...: sets $ended, the exit status, and $took, the milliseconds from signal to end.
interrupted() {
    local signal=$1 moment=$2 process from
    "${@:3}" >out.txt 2>errors.txt 3>&- </dev/null &
    process=$!
    sleep "$moment"
    from=$(date +%s%3N)
    kill "-$signal" $process 2>/dev/null || true
    ended=0
    (sleep 8 && kill -KILL $process 2>/dev/null) 3>&- &
    local killer=$!
    wait $process || ended=$?
    kill $killer 2>/dev/null || true
    took=$(($(date +%s%3N) - from))
}

in_time() {
    awk -v took="$took" -v late="$LATE" 'BEGIN { exit !(took <= 1000 * late) }' ||
        { echo "$* took $took ms to end (exit $ended)" && return 1; }
}

@test "every verb ends within a second of SIGINT and SIGTERM, at 20 random moments" {
    mkdir walk
    "$ROOT/tests/walks/signals.py" "$GPUBENCH" "$FAKECUDA" "$ROOT/tests/golden/runs.json" walk 20 "${SEED:-17}"
}

@test "SIGHUP and SIGTERM end a run with 129 and 143, and nohup is obeyed" {
    interrupted HUP 0.3 "$GPUBENCH" cpu 3000 --max-time 10
    [ "$ended" -eq 129 ]
    in_time HUP
    interrupted TERM 0.3 "$GPUBENCH" cpu 3000 --max-time 10
    [ "$ended" -eq 143 ]
    in_time TERM
    interrupted HUP 0.3 nohup "$GPUBENCH" cpu 100 --max-time 1
    [ "$ended" -eq 0 ]
    "$GPUBENCH" --print=man | grep -q 129
}

@test "a pipe that nobody writes, a command that closed its output, and a process that holds it do not hold up the end" {
    mkfifo pipe
    interrupted TERM 0.3 "$GPUBENCH" compare pipe pipe
    [ "$ended" -eq 143 ]
    in_time compare
    interrupted TERM 0.5 "$GPUBENCH" ab -- bash -c 'trap "" TERM INT; exec >&-; sleep 30' -- true
    in_time ab with a command that closed its output
    interrupted TERM 0.5 "$GPUBENCH" ab -- bash -c 'sleep 30 & exec >&-; wait' -- true
    in_time ab with a child of its command
    true
}

@test "a signal while a slow disk takes a file leaves no half-written one" {
    ${CC:-gcc} -O1 -shared -fPIC "$BATS_TEST_DIRNAME/shims/rename.c" -o slow.so -ldl
    for line in "cpu 32 --no-save --output out.json" "export $ROOT/tests/golden/runs.json -o out.json" "cpu 32"; do
        # shellcheck disable=SC2086
        FSYNC_SECONDS=20 LD_PRELOAD=$PWD/slow.so interrupted TERM 1.5 "$GPUBENCH" $line
        [ "$ended" -eq 143 ] || { echo "$line: exit $ended" && cat errors.txt && return 1; }
        in_time "$line"
        [ -z "$(find . -name '.gpubench-*' -o -name out.json)" ]
    done
}

@test "a process that the command left behind with its output does not hold up ab" {
    cat >leaves <<'END'
#!/bin/bash
sleep 20 2>/dev/null &
exec "$GPUBENCH" cpu 32 --json --quiet --no-save --max-time 0.01
END
    chmod +x leaves
    export GPUBENCH
    status=0
    timeout -s KILL 18 "$GPUBENCH" ab --max-time 1 -- ./leaves -- ./leaves >out 2>errors || status=$?
    [ "$status" -ne 137 ]
}

@test "a run that was stopped in the middle says so" {
    "$GPUBENCH" cpu 1000 --samples 400 >out.txt 2>&1 3>&- &
    process=$!
    sleep 1.5
    kill -STOP $process
    sleep 0.5
    kill -CONT $process
    wait $process
    grep -q 'was stopped' out.txt
    gpubench cpu 32 --max-time 0.1
    lacks "$output$errors" 'was stopped'
}
