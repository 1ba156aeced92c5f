# helper.bash - what the command line tests share. GPUBENCH is the program, build/gpubench if not set.

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    GPUBENCH=$(realpath "${GPUBENCH:-$ROOT/build/gpubench}")
    export GPUBENCH_RESULTS=$BATS_TEST_TMPDIR/results
    export HOME=$BATS_TEST_TMPDIR/home
    unset XDG_DATA_HOME NO_COLOR
    # Silences the note about an OpenBLAS that is older than the CPU; openblas.bats tests that note.
    if [[ $GPUBENCH == */build/aarch64/* ]]; then
        : # under qemu /proc/cpuinfo is that of this machine
    elif grep -qw avx512bw /proc/cpuinfo; then
        export OPENBLAS_CORETYPE=SkylakeX
    elif grep -qw avx2 /proc/cpuinfo; then
        export OPENBLAS_CORETYPE=Haswell
    fi
    mkdir "$HOME"
    cd "$BATS_TEST_TMPDIR" || return
}

# Runs the program; $output is its standard output, $errors its standard error, $status its exit code.
gpubench() {
    status=0
    output=$("$GPUBENCH" "$@" 2>errors.txt) || status=$?
    errors=$(cat errors.txt)
}

# exits STATUS: fails, and prints what the program wrote, if the last gpubench had another exit status.
exits() {
    [ "$status" -eq "$1" ] || { printf 'exit %s, want %s\n%s\n%s\n' "$status" "$1" "$output" "$errors"; return 1; }
}

# Fails with the text if it does not match the extended regular expression.
matches() {
    [[ $1 =~ $2 ]] || { printf 'no match for %s in:\n%s\n' "$2" "$1"; return 1; }
}

# Fails with the text if a line of it matches the extended regular expression.
lacks() {
    if grep -E -- "$2" <<<"$1"; then
        printf 'unwanted match for %s\n' "$2"
        return 1
    fi
}

# For jq: a result with another median, and all that follows from it.
# shellcheck disable=SC2034,SC2016
TIMED='def timed($s): ($s / .summary.median_s) as $f |
    .summary |= with_entries(if (.key | endswith("_s")) and .value then .value *= $f else . end) |
    if .samples then .samples.device_s |= map(. * $f) else . end |
    if .speed then .speed |= with_entries(if (.key | test("^flops|per_s|share")) and .value then .value /= $f else . end)
    else . end; '

# eventually COMMAND...: tries it until it succeeds, so that a test waits for an event and not for a time; fails after a minute.
eventually() {
    local try
    for try in {1..3000}; do
        "$@" 2>/dev/null && return
        sleep 0.02
    done
    echo "not within a minute ($try tries): $*"
    return 1
}

saved_results() {
    find "$GPUBENCH_RESULTS" -type f 2>/dev/null | wc -l
}

# stand_in NAME TIMES...: a command that prints a real run's result whose median is 18.7 ms times the next of TIMES, again and
# again, spread by 0.5 % over any ten calls. $FILTER changes the results further.
stand_in() {
    local name=$1
    shift
    jq -c --argjson times "[$(tr ' ' , <<<"$*")]" "$TIMED"'. as $run | range(200) as $n | $run | .started = "STARTED" |
        .results[0] |= timed(0.0187 * $times[$n % ($times | length)] * (1 + ($n * 7 % 10 - 4.5 + ($n * 7919 % 131 - 65) * 1e-5) / 2000))'"${FILTER:-}" \
        "$ROOT/results/reference/h200-gpu-10000.json" >"$name.lines"
    cat >"$name" <<EOF
#!/bin/sh
cd '$PWD' || exit 9
echo "\$*" >>'$name.words'
exec sed -n "\$(wc -l <'$name.words'){s/STARTED/\$(date -u +%FT%TZ)/;p;q}" '$name.lines'
EOF
    chmod +x "$name"
    : >"$name.words"
}
calls() { wc -l <"$1.words"; }
