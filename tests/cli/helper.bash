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

# runs FACTOR [COUNT] [FILTER]: COUNT runs (10), one after another, FACTOR times as slow as the first kind, spread by 0.5 %.
runs() {
    jq -c --argjson factor "$1" --argjson count "${2:-10}" "$TIMED"'. as $run | range($count) as $i | $run |
        .results[0] |= (timed(0.0187 * $factor * (1 + ($i * 7 % 10 - 4.5) / 2000)) |
            .samples |= (del(.sm_measured_hz) | .sm_hz = [1.98e9])) | '"${3:-.}" \
        "$ROOT/results/reference/h200-gpu-10000.json"
}

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

# A gnuplot that keeps its script and draws nothing but the labels of each picture, in what gnuplot puts around them.
fake_gnuplot() {
    mkdir -p bin
    cat >bin/gnuplot <<END
#!/bin/sh
tee -a '$PWD/page.gnuplot' | awk -f '$PWD/bin/draw'
END
    cat >bin/draw <<'AWK'
function put() {
    if (kind == "svg")
        printf "<?xml?><svg width='9' viewBox=\"0 0 %d 9\" x=''><desc>made by</desc>\n<title>gnuplot_plot_1</title>" \
            "<g id='one' stroke='rgb( 10,   0,   3)' fill=\"rgb(1, 2, 3)\"><use id=\"two\" href='#one'/>%s</g>\n</svg>\n",
            ++count, labels
    else if (kind)
        printf "\f%s  \n%75s%s\n \n", labels, "", "éééééééééé"
    labels = ""
}
/^set terminal/ { put(); kind = $3 }
{
    for (line = $0; match(line, /Z[0-9][0-9][0-9]z*/); line = substr(line, RSTART + RLENGTH))
        labels = labels " " substr(line, RSTART, RLENGTH)
}
END { put() }
AWK
    chmod +x bin/gnuplot
    export PATH=$PWD/bin:$PATH
}

# fleet CARDS RUNS: runs of so many cards, of which every third is of another model and half as fast; node5 is hot and slow,
# node7 fast, node9 noisy, and node1 and node2 are one card.
fleet() {
    jq -c --argjson cards "$1" --argjson runs "$2" "$TIMED"'. as $run | range($cards) as $c |
        range($runs * if $c == 9 then 2 else 1 end) as $r | $run |
        .host.name = "node\($c)" | .device.uuid = "GPU-\(if $c == 2 then 1 else $c end)" |
        .started = "2026-11-24T10:\($c + 10):\($r + 10)Z" |
        (if $c % 3 == 0 then 2 else 1 end) as $model | if $model == 2 then .device.name = "NVIDIA H100" else . end |
        (if $c == 5 then 1.3 elif $c == 7 then 0.8 elif $c == 9 then 1 + $r / 2 else 1 end) as $odd |
        .results |= (map(select(.op == "sum-aat"))[:1] |
            map(timed(0.02 * $model * $odd * (1 + ($c * 7 % 10 - 4.5) / 2000 + $r / 10000)) |
                .samples |= (del(.sm_measured_hz) | .sm_hz = [if $c == 5 then 1.41e9 else 1.98e9 end]) |
                if $c == 5 then .summary.throttled = {hw_thermal_slowdown: 2} else . end))' \
        "$ROOT/results/reference/h200-gpu-10000.json"
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
