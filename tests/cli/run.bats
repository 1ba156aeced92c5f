#!/usr/bin/env bats
# The main job on the CPU: what is printed, and where the result goes.
load helper

@test "the lines of the original script are there, as its readers look for them" {
    gpubench cpu 257 --no-save
    exits 0
    [ -z "$errors" ]
    matches "$(sed -n 1p <<<"$output")" '^[0-9]+(\.[0-9]+)?(e\+[0-9]+)?$'
    [ -z "$(sed -n 2p <<<"$output")" ]
    grep -qxF 'Shape: (257, 257) Device: /cpu:0' <<<"$output"
    grep -qxE 'Time taken: [0-9]+:[0-9]{2}:[0-9]{2}\.[0-9]{6}' <<<"$output"
}

@test "the sum is the sum" {
    # Σ_k (Σ_i A_ik)² of the same 1×1 and 5×5 matrices, computed apart from the program
    gpubench cpu 1 -q --no-save
    [ "${output%%$'\n'*}" = 0.7925614 ]
    gpubench cpu 5 -q --no-save
    [ "${output%%$'\n'*}" = 38.92224 ]
}

@test "device, phases, verdict, steady state and the next step follow" {
    gpubench cpu 257
    exits 0
    for label in '  open ' '  fill .*philox +/cpu:0' '  load ' '  verified +rel\. error [-+][0-9.e-]+ \(limit 1e-06\)' \
        'steady state .* FLOP/s|steady state .*FLOP/s' 'saved +/' 'try +gpubench cpu 257 --all'; do
        grep -qE "^($label)" <<<"$output" || { echo "no $label in"; echo "$output"; return 1; }
    done
}

@test "every variant of every operation is verified at N = 257" {
    for op in sum-aat matmul reduce; do
        gpubench cpu 257 --op "$op" --all --samples 3 --max-time 0.01 --no-save
        exits 0
        rows=$(grep -cE '  f32 .* ok$' <<<"$output")
        [ "$rows" -eq "$("$GPUBENCH" list --json | jq "[.[] | select(.backend == \"cpu\" and .op == \"$op\" and .arithmetic == \"f32\" and .runs_here)] | length")" ]
    done
}

@test "each variant alone gives the sum that the others give" {
    gpubench cpu 100 -q --no-save; want=${output%%$'\n'*}
    for variant in openblas-syrk openblas-sgemm reference; do
        for op in sum-aat matmul; do
            gpubench cpu 100 --op $op --variant $variant -q --no-save
            exits 0
            [ "${output%%$'\n'*}" = "$want" ]
        done
    done
}

@test "another seed and another range are another matrix" {
    gpubench cpu 50 -q --no-save; one=${output%%$'\n'*}
    gpubench cpu 50 -q --no-save --seed 2; two=${output%%$'\n'*}
    gpubench cpu 50 -q --no-save --range signed; three=${output%%$'\n'*}
    [ "$one" != "$two" ] && [ "$one" != "$three" ]
}

@test "--quiet prints the sum and the script's lines and nothing else" {
    gpubench cpu 100 --quiet
    exits 0
    [ "$(wc -l <<<"$output")" -eq 4 ]
    [ -z "$errors" ]
    [ "$(saved_results)" -eq 1 ]
}

@test "--verbose also prints what is known about the host" {
    gpubench cpu 10 --verbose --no-save
    grep -qE '^host\.kernel +[^ ]' <<<"$output"
    grep -qE '^cpu\.threads +[0-9]+$' <<<"$output"
}

@test "--samples takes exactly so many, --threads so many threads" {
    gpubench cpu 64 --json --samples 11 --threads 1 --no-save
    exits 0
    jq -e '.results[0].samples.device_s | length == 11' <<<"$output"
    jq -e '.cpu.threads == 1' <<<"$output"
}

@test "--json is one document on standard output, and the text is on standard error" {
    gpubench cpu 100 --json
    exits 0
    jq -e '.schema == "gpubench-result/1" and .problem.n == 100 and .problem.seed == 1' <<<"$output"
    jq -e 'has("tool") and has("host") and has("cpu") and (.argv | length) == 4 and .argv[3] == "--json"' <<<"$output"
    matches "$errors" 'Time taken: '
    matches "$errors" 'steady state'
    gpubench cpu 100 --output - --no-save
    jq -e '.problem.n == 100' <<<"$output"
    gpubench cpu 100 --json --quiet --no-save
    [ -z "$errors" ]
    jq -e . <<<"$output"
}

@test "what is saved, what --output writes and what --json prints is the same document" {
    gpubench cpu 100 --json --output out.json
    exits 0
    diff <(jq -S . <<<"$output") <(jq -S . out.json)
    diff <(jq -S . out.json) <(jq -S . "$GPUBENCH_RESULTS"/*/*.json)
}

@test "results go to --results, else GPUBENCH_RESULTS, else below the home directory" {
    gpubench cpu 10 --results here -q; exits 0
    ls here/*/*.json
    [ "$(saved_results)" -eq 0 ]
    gpubench cpu 10 -q; exits 0
    [ "$(saved_results)" -eq 1 ]
    unset GPUBENCH_RESULTS
    gpubench cpu 10; exits 0
    ls "$HOME"/.local/share/gpubench/results/*/*.json
    matches "$output" 'saved +~/\.local/share/gpubench/results/'
}

@test "--no-save saves nothing" {
    gpubench cpu 10 --no-save
    exits 0
    [ "$(saved_results)" -eq 0 ]
    [ ! -e "$HOME/.local" ]
    lacks "$output" '^saved'
}

@test "a place that cannot be written is a sentence and exit 1 before anything is measured" {
    mkdir -p taken
    for arguments in '--results /proc/nowhere' '--no-save --output /proc/nowhere/x.json' '--results /dev/null/x' \
        '--output /nonexistent/x.json' '--output taken' '-o /dev/null/x' '-o none/x.json'; do
        # shellcheck disable=SC2086 # words
        gpubench cpu 50 $arguments
        exits 1
        [ -z "$output" ]
        [ "$(wc -l <errors.txt)" -eq 1 ]
        matches "$errors" '^gpubench: cannot write '
    done
    gpubench check --baseline /nonexistent/b.json --update -- cpu 50
    exits 1
    matches "$errors" '^gpubench: cannot write /nonexistent/b.json'
    gpubench check --baseline b.json --junit /nonexistent/j.xml --update -- cpu 50
    exits 1
    matches "$errors" '^gpubench: cannot write /nonexistent/j.xml'
    lacks "$errors" 'no-save' # which is for results
    gpubench sweep 64:128 --only cpu --results /dev/null/x
    exits 1
    [ -z "$output" ]
}

@test "a place that turns out to be full is a sentence and exit 1, and the measurement is still printed" {
    gpubench cpu 50 --output /dev/full
    exits 1
    matches "$output" 'steady state'
    [ "$(wc -l <errors.txt)" -eq 1 ]
    matches "$errors" '^gpubench: cannot '
}

@test "a document whose reader goes away says that it is incomplete" {
    for verb in report export 'export --format markdown'; do
        # shellcheck disable=SC2086 # words
        "$GPUBENCH" $verb "$ROOT/results/reference" 2>errors.txt | head -c 10 >/dev/null
        [ "${PIPESTATUS[0]}" -eq 141 ]
        grep -q '^gpubench: standard output was closed by its reader: the document is incomplete' errors.txt
    done
}

@test "a read-only directory is a sentence and exit 1" {
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    mkdir locked
    chmod 555 locked
    gpubench cpu 50 --results locked
    exits 1
    matches "$errors" '^gpubench: cannot '
}

@test "a full disk behind standard output is a sentence and exit 1, and the result is saved" {
    for arguments in 'cpu 50' 'cpu 50 --json' 'list' '--help'; do
        status=0
        # shellcheck disable=SC2086 # words
        "$GPUBENCH" $arguments >/dev/full 2>errors.txt || status=$?
        [ "$status" -eq 1 ]
        grep -q '^gpubench: standard output cannot be written: No space left on device' errors.txt
    done
    [ "$(saved_results)" -eq 2 ]
}

@test "a reader that goes away costs text and not the result" {
    "$GPUBENCH" cpu 300 2>errors.txt | head -1 >first.txt
    [ "${PIPESTATUS[0]}" -eq 141 ]
    [ "$(wc -l <first.txt)" -eq 1 ]
    [ ! -s errors.txt ]
    [ "$(saved_results)" -eq 1 ]
}

@test "a reader that was gone before the first line costs no result either" {
    mkfifo pipe
    : <pipe &
    exec 4>pipe
    wait $!
    "$GPUBENCH" cpu 300 2>errors.txt >&4 || status=$?
    exec 4>&-
    [ "$status" -eq 141 ]
    [ ! -s errors.txt ]
    [ "$(saved_results)" -eq 1 ]
}

@test "N too large for memory is refused with what it needs and what there is, at once" {
    gpubench cpu 2000000
    exits 1
    matches "$errors" 'needs at least 14\.6 TiB for sum-aat; .* has .*[GM]iB free'
    [ -z "$output" ]
}

@test "a table is sorted by time, with the library as the measure" {
    # Seven samples have no interval of 99 %, so no row can be too noisy for a ratio.
    gpubench cpu 200 --all --samples 7 --max-time 0.01 --no-save
    exits 0
    matches "$(sed -n 1p <<<"$output")" '^sum-aat · N = 200 · .* · interleaved, 7 samples each$'
    matches "$(sed -n 2p <<<"$output")" '^  arithmetic +variant +median +± 99 % +GFLOP/s +of peak +× openblas-sgemm +rel\. error +verdict$'
    grep -E ' openblas-sgemm .* (1\.00×|too noisy) ' <<<"$output" # the latter on a loaded machine
}

@test "colour is for terminals, and for --color=always" {
    gpubench cpu 50 --all --samples 1 --max-time 0.01 --no-save
    lacks "$output" $'\033'
    gpubench cpu 50 --all --samples 1 --max-time 0.01 --no-save --color=always
    grep -q $'\033\[32mok\033\[0m' <<<"$output"
}

@test "on a CPU the steady state is of three warm runs or half a second, else it is called one cold run" {
    for _ in 1 2 3; do # other work may take the half second that there is for three runs
        gpubench cpu 600 --no-save --json --threads 1 --variant reference
        exits 0
        ! jq -e '.results[0].summary | .kind == "warm" and .count >= 3' <<<"$output" || break
    done
    jq -e '.results[0].summary | .kind == "warm" and .warmups >= 1 and (.count >= 3 or .count * .median_s > 0.3)' <<<"$output"
    matches "$errors" 'steady state'
    gpubench cpu 600 --no-save --json --threads 1 --variant reference --max-time 0.000001
    exits 0
    jq -e '.results[0].summary | .kind == "first" and .warmups == 0 and .count == 1' <<<"$output"
    matches "$errors" 'one run, cold .*1 run without warm-up'
    lacks "$errors" 'steady state  '
}

@test "a clock from before the build was made is warned of and recorded" {
    cat >clock.c <<'END'
#include <time.h>
time_t time(time_t *to) { if (to) *to = 86400; return 86400; }
END
    gcc -shared -fPIC clock.c -o clock.so
    LD_PRELOAD=$PWD/clock.so gpubench cpu 50 --no-save --json
    exits 0
    matches "$errors" 'the clock says 1970-01-02, and this build is of 20'
    [ "$(jq .host.clock_before_build <<<"$output")" = true ]
    gpubench cpu 50 --no-save --json
    lacks "$errors" 'the clock says'
    [ "$(jq .host.clock_before_build <<<"$output")" = null ]
}

@test "the host's name is that of --host, of the environment, or the system's, and an empty one is refused" {
    export GPUBENCH_HOST=of-the-environment
    gpubench cpu 100 --json --no-save --host "node 7"
    [ "$(jq -r .host.name <<<"$output")" = "node 7" ]
    gpubench cpu 100 --json --no-save
    [ "$(jq -r .host.name <<<"$output")" = of-the-environment ]
    unset GPUBENCH_HOST
    gpubench cpu 100 --json --no-save
    [ "$(jq -r .host.name <<<"$output")" = "$(uname -n)" ]
    gpubench cpu 100 --host ""
    exits 2
    matches "$errors" '--host needs a name of 1 to 512 bytes'
}

@test "a name that is too long makes a result that can be read" {
    GPUBENCH_HOST=$(printf 'é%.0s' {1..400}) gpubench cpu 100 --no-save --output long.json
    gpubench export --format csv long.json
    exits 0
}

@test "a start that is in no year from 1970 to 2199 is recorded as one that can be read" {
    printf '#include <stdlib.h>\n#include <time.h>\ntime_t time(time_t *to) { time_t now = atol(getenv("AT")); if (to) *to = now; return now; }\n' >any.c
    gcc -shared -fPIC any.c -o any.so
    for at in -5 0 7258118400 99999999999999; do
        AT=$at LD_PRELOAD=$PWD/any.so gpubench cpu 20 --no-save -o "at$at.json"
        matches "$errors" 'the clock says'
        gpubench history '*' "at$at.json"
        exits 0
    done
}
