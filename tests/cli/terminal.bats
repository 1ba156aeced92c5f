#!/usr/bin/env bats
# On a terminal, and when somebody presses Ctrl-C.
load helper

# Runs a command on a terminal of its own; what that shows is in $output, without carriage returns.
on_terminal() {
    status=0
    output=$(script -qec "$*" /dev/null | tr -d '\r') || status=$?
}

@test "a long run shows a line that leaves no trace, a short one shows none" {
    command -v script >/dev/null || skip "script is not installed"
    on_terminal "$GPUBENCH" cpu 100 --no-save
    lacks "$output" $'\033'
    on_terminal "$GPUBENCH" cpu 300 --all --threads 1 --samples 100 --no-save
    grep -q $'\033\[K' <<<"$output"
    # What stands after the last wipe is the table, from its first column.
    shown=$(tr '\033' '\n' <<<"$output")
    matches "$(sed -n '/^\[Ksum-aat · /p' <<<"$shown")" 'interleaved'
    # It shows the share that is done where that is known, and how long it has taken.
    matches "$shown" 'sampling f32/[a-z0-9-]+ [0-9]+ %  [0-9]+ s'
    lacks "$shown" '-[0-9]+ %'
    on_terminal "$GPUBENCH" sweep 400:500:2 --only cpu --max-time 1 --no-save
    matches "$(tr '\033' '\n' <<<"$output")" 'cpu N = (400|500) \([12] of 2\): [a-z].* [0-9]+ %  [0-9]+ s'
}

@test "standard error that is no terminal gets no progress line" {
    gpubench cpu 100 --all --threads 1 --max-time 1 --no-save
    [ -z "$errors" ]
}

@test "a terminal gets colour unless NO_COLOR is set" {
    command -v script >/dev/null || skip "script is not installed"
    export TERM=xterm
    on_terminal "$GPUBENCH" cpu 50 --all --threads 1 --samples 1 --no-save
    grep -q $'\033\[32mok' <<<"$output"
    export NO_COLOR=1
    on_terminal "$GPUBENCH" cpu 50 --all --threads 1 --samples 1 --no-save
    lacks "$output" $'\033\\[32mok'
}

# Starts a run in the background, with its own signals (a shell's background job ignores SIGINT), and waits until its
# threads show that it works.
start() {
    # Job control gives the child SIGINT back.
    set -m
    "$GPUBENCH" "$@" >out.txt 2>errors.txt &
    pid=$!
    set +m
    # utime: clock ticks on the CPU
    # shellcheck disable=SC2016 # the words are for eval
    eventually eval '[ "$(cut -d" " -f14 "/proc/$pid/stat")" -ge 20 ]'
}

@test "Ctrl-C discards what there is and exits 130" {
    start cpu 500 --all --max-time 60
    kill -INT "$pid"
    status=0; wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    [ "$(cat errors.txt)" = "gpubench: interrupted; nothing was saved" ]
    [ ! -s out.txt ]
    [ "$(saved_results)" -eq 0 ]
}

@test "SIGTERM does the same and exits 143" {
    start cpu 500 --all --max-time 60
    kill -TERM "$pid"
    status=0; wait "$pid" || status=$?
    [ "$status" -eq 143 ]
    [ "$(saved_results)" -eq 0 ]
}

@test "a second Ctrl-C does not wait for the run in progress" {
    start cpu 6000 --variant reference --threads 1
    kill -INT "$pid"
    # The first is taken before the second is sent: two of a kind at once would be one.
    while [ $((0x$(awk '/^(SigPnd|ShdPnd)/ {print $2}' "/proc/$pid/status" | tail -1))) -ne 0 ]; do :; done
    sleep 0.1
    kill -INT "$pid"
    before=$SECONDS
    status=0; wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    [ $((SECONDS - before)) -le 30 ] # the run itself would take more than a minute
    [ "$(saved_results)" -eq 0 ]
}

# fits COLUMNS WORDS...: fails if a command shows a line wider than its terminal.
fits() {
    on_terminal "stty cols $1; $GPUBENCH ${*:2} 2>/dev/null"
    [ "$(LC_ALL=C.UTF-8 wc -L <<<"$output")" -le "$1" ] || { echo "$*"; echo "$output"; return 1; }
}

@test "tables fit the terminal, and a pipe gets all of them" {
    command -v script >/dev/null || skip "script is not installed"
    export NO_COLOR=1
    reference=$ROOT/results/reference
    cp "$reference/h200-gpu-10000.json" run.json
    jq '.host.name = "other" | del(.host.machine)' run.json >other.json
    for columns in 24 80 120; do
        # shellcheck disable=SC2089,SC2090 # words, whose quotes stay
        for command in --help 'check --help' doctor list 'list --op reduce -v' \
            'cpu 50 --op matmul --all --samples 3 --no-save' 'compare run.json other.json' \
            "compare run.json $reference/h100-gpu-10000.json" "compare $reference/f64 $reference/h200-sum-aat-10000.json" \
            "history '*' run.json other.json" 'sweep 32:64:2 --max-time 0.01' 'check --forget-noise' "plot $reference/f64"; do
            # shellcheck disable=SC2086 # words
            fits $columns $command
        done
        # Programs read the first four lines as they are.
        on_terminal "stty cols $columns; $GPUBENCH cpu 50 --no-save --color never 2>/dev/null"
        matches "$output" 'Shape: .50, 50. Device: /cpu:0.Time taken: '
        [ "$(tail -n +5 <<<"$output" | LC_ALL=C.UTF-8 wc -L)" -le "$columns" ]
    done
    # Notes below a table, and the reason in a row without figures.
    export LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=h100 FAKECUDA_WORKERS=2
    for columns in 24 80; do
        fits $columns gpu 100 --op reduce --all --samples 3 --no-save --color never
        matches "$output" 'SM clock +[0-9.]+ '
        matches "$output" 'waived: '
        lacks "$output" 'median waived'
    done
    unset LD_LIBRARY_PATH
    # A soak's verdict; its table is painted over and is not part of this.
    on_terminal "stty cols 80; $GPUBENCH soak cpu --order 100 --memory 1M --for 1s --no-save --color never 2>/dev/null"
    matches "$output" 'CPU +[A-Z]+ +sustained '
    [ "$(sed -n '/sustained/,$p' <<<"$output" | sed 's/.*\x1b\[J//' | LC_ALL=C.UTF-8 wc -L)" -le 80 ]
    on_terminal "stty cols 80; $GPUBENCH cpu 50 --op matmul --all --threads 1 --samples 3 --no-save --color never"
    matches "$output" 'variant .*median .*verdict'
    lacks "$output" 'worst entry'
    gpubench cpu 50 --op matmul --all --threads 1 --samples 3 --no-save
    matches "$output" 'worst entry +verdict'
}

@test "no narrow table loses the column that tells two rows apart" {
    command -v script >/dev/null || skip "script is not installed"
    export NO_COLOR=1
    on_terminal "stty cols 24; $GPUBENCH list --op reduce 2>/dev/null"
    [ "$(sed -n '/^  plain/,/^$/p' <<<"$output" | grep -cxE ' +f(32|64)')" -eq 2 ]
    on_terminal "stty cols 24; $GPUBENCH cpu 20 --variant reference,fused-triangle --threads 1 --samples 1 --no-save 2>/dev/null"
    lacks "$output" '^ +f32$'
    export LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=a100 FAKECUDA_WORKERS=2
    on_terminal "stty cols 40; $GPUBENCH gpu 65 --variant mma-sm80 --arith tf32,bf16 --samples 1 --no-save 2>/dev/null"
    [ "$(grep -cxE ' +(tf32|bf16)' <<<"$output")" -eq 2 ]
}

@test "a table ends with what is how many times as fast, within one arithmetic" {
    gpubench cpu 100 --all --threads 1 --samples 3 --no-save
    [ "$(grep -cE '^  [a-z-]+ is [0-9]+\.[0-9]{2}× as fast as [a-z-]+ \(f32\)$' <<<"$output")" -eq 1 ]
}

@test "list takes --op, shows source files with -v, and without a GPU begins with the CPU" {
    gpubench list --op reduce -v
    exits 0
    lacks "$output" '^  (sum-aat|matmul) '
    grep -qE ' kernels/reduce/portable/[a-z_]+\.cu ' <<<"$output"
    grep -qE '^  reduce +f32 +plain .* cpu/loops/sums\.c ' <<<"$output"
    gpubench list -v
    lacks "$(grep -vE ' (cpu|kernels)/[a-z]' <<<"$output")" '^  (sum-aat|matmul|reduce) '
    while read -r file; do [ -e "$ROOT/$file" ] || { echo "$file"; return 1; }; done < <(grep -oE ' (kernels|cpu)/[a-z0-9_/]+\.(cu|c|h) ' <<<"$output" | tr -d ' ' | sort -u)
    [ "$("$GPUBENCH" list --json | jq '[.[] | select(.backend == "gpu" and .runs_here)] | length')" -eq 0 ] || skip "there is a GPU"
    matches "${output%%$'\n'*}" '^cpu: '
}
