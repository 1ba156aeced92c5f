#!/usr/bin/env bats
# The first signal ends every verb within a second, at whatever moment it comes, and nothing half-written is left.
# shellcheck disable=SC2154
load helper

# pace: how many milliseconds a small program takes just now.
pace() {
    local from
    from=$(date +%s%3N)
    env true
    echo $(($(date +%s%3N) - from))
}

# interrupted SIGNAL MOMENT STATUS COMMAND...: the signal ends the command with that status within a second, in one of four tries,
# and not counting what other work on the machine takes away.
interrupted() {
    local signal=$1 moment=$2 want=$3 process killer from ended took
    for _ in 1 2 3 4; do
        "${@:4}" >out.txt 2>errors.txt 3>&- </dev/null &
        process=$!
        sleep "$moment"
        from=$(date +%s%3N)
        kill "-$signal" $process
        ended=0
        (sleep 60 && kill -KILL $process) 2>/dev/null 3>&- &
        killer=$!
        wait $process || ended=$?
        took=$(($(date +%s%3N) - from))
        kill $killer
        [ $ended -eq "$want" ] || { echo "${*:4}: exit $ended" && cat errors.txt && return 1; }
        [ $took -gt $((1000 + 10 * $(pace))) ] || return 0
    done
    echo "${*:4}: took $took ms to end" && return 1
}

@test "every verb ends within a second of SIGINT and SIGTERM, at 20 random moments" {
    mkdir walk
    "$ROOT/tests/walks/signals.py" "$GPUBENCH" "$FAKECUDA" "$ROOT/tests/golden/runs.json" walk 20 "${SEED:-17}"
}

@test "SIGHUP and SIGTERM end a run with 129 and 143, and nohup is obeyed" {
    interrupted HUP 0.3 129 "$GPUBENCH" cpu 3000 --max-time 10
    interrupted TERM 0.3 143 "$GPUBENCH" cpu 3000 --max-time 10
    mkfifo pipe
    nohup "$GPUBENCH" compare pipe "$ROOT/tests/golden/runs.json" >out.txt 2>&1 3>&- &
    process=$!
    exec 4>pipe # returns when gpubench reads
    kill -HUP $process
    cat "$ROOT/tests/golden/runs.json" >&4
    exec 4>&-
    status=0
    wait $process || status=$?
    [ "$status" -eq 1 ] # there are failed results in it
    "$GPUBENCH" --print=man | grep -q 129
}

@test "a pipe that nobody writes, a command that closed its output, and a process that holds it do not hold up the end" {
    mkfifo pipe
    interrupted TERM 0.3 143 "$GPUBENCH" compare pipe pipe
    interrupted TERM 0.5 143 "$GPUBENCH" ab -- bash -c 'trap "" TERM INT; exec >&-; sleep 30' -- true
    interrupted TERM 0.5 143 "$GPUBENCH" ab -- bash -c 'sleep 30 & exec >&-; wait' -- true
}

@test "a signal while a slow disk takes a file leaves no half-written one" {
    ${CC:-gcc} -O1 -shared -fPIC "$BATS_TEST_DIRNAME/shims/rename.c" -o slow.so -ldl
    for line in "cpu 32 --no-save --output out.json" "export $ROOT/tests/golden/runs.json -o out.json" "cpu 32"; do
        # shellcheck disable=SC2086
        interrupted TERM 1.5 143 env FSYNC_SECONDS=30 LD_PRELOAD="$PWD/slow.so" "$GPUBENCH" $line
        [ -z "$(find . -name '.gpubench-*' -o -name out.json)" ]
    done
}

@test "a process that the command left behind with its output does not hold up ab" {
    cat >leaves <<'END'
#!/bin/bash
sleep 100 2>/dev/null &
exec "$GPUBENCH" cpu 32 --json --quiet --no-save --max-time 0.01
END
    chmod +x leaves
    export GPUBENCH
    status=0
    timeout -s KILL 90 "$GPUBENCH" ab --max-time 1 -- ./leaves -- ./leaves >out 2>errors || status=$?
    [ "$status" -ne 137 ]
}

@test "a process that the command left behind, which writes on, does not hold up check" {
    cat >leaves <<'END'
#!/bin/bash
while echo; do sleep 0.02; done 2>/dev/null &
exec "$GPUBENCH" cpu 32 --json --quiet --no-save --max-time 0.01
END
    chmod +x leaves
    export GPUBENCH
    status=0
    timeout -s KILL 90 "$GPUBENCH" check --baseline new.json --update --processes 5 -- ./leaves >out 2>errors || status=$?
    cat out errors
    [ "$status" -eq 0 ]
}

@test "a run that was stopped in the middle says so" {
    "$GPUBENCH" cpu 1000 --samples 400 >out.txt 2>&1 3>&- &
    process=$!
    # In the middle: a tenth of a second of computing, in the kernel's hundredths.
    until [ "$(cut -d ' ' -f 14 /proc/$process/stat)" -ge 10 ]; do sleep 0.02; done
    kill -STOP $process
    sleep 0.5
    kill -CONT $process
    wait $process
    grep -q 'was stopped' out.txt
    gpubench cpu 32 --max-time 0.1
    lacks "$output$errors" 'was stopped'
}
