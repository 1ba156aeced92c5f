#!/usr/bin/env bats
# Sessions with gpubench, tests/transcripts/NAME.txt, to the last character: a line "$ …" is a command for bash, indented
# lines are what it printed on both streams, and the rest is for the reader. Variables and files stay from command to
# command. What says that this host is loaded is left out. UPDATE_GOLDEN=1 writes them anew; look at the difference.
load helper
load ranks

# Any number as #, for what depends on the host or the moment: `$ gpubench cpu 64 |& masked`.
masked() {
    sed -E 's/[0-9]+([.:][0-9]+)*(e[-+][0-9]+)?/#/g; s/ +/ /g; s/ ± # %/ ± #/g'
}

# What a soak prints, without its progress and with # for what depends on the host or the moment.
soaked() {
    sed -E '/making matrices/d; /launches, [0-9]+ wrong/d; /^  link:/s/[0-9.e+]+( GB| pageable| and|;)/#\1/g
        s/[0-9.e+]+ .?FLOP/# FLOP/; s/takes [0-9.]+ %/takes # %/; s/after [0-9.]+ s/after # s/; s/[0-9]+ launches/# launches/g
        s/([2-9]|[0-9]{2,}) of # launches/# of # launches/; s/launch [0-9]+/launch #/; s/0x[0-9a-f]{9,}/0x#/
        s/[0-9]+ trials/# trials/; s/[0-9a-f]{12}.[0-9TZ]+-[0-9a-z]+(-[0-9]+)?.json/#.json/'
}

# A result of tests/golden/runs.json and alike that is other times as long: `$ timed 1.2 <a.json >b.json`.
timed() {
    jq "$TIMED"'.results[] |= timed(.summary.median_s * '"$1"')'
}

# What gpubench prints on a terminal of so many columns: `$ on_terminal 40 list`.
on_terminal() {
    script -qec "stty cols $1; '$GPUBENCH' ${*:2}" /dev/null | tr -d '\r'
}

# Runs a command, and prints what it says without the date and time of today; its exit status is kept.
undated() {
    "$@" 2>&1 | sed -E 's/20[0-9]{6}T[0-9]{6}Z/TIME/g; s/20[0-9]{2}-[0-9]{2}-[0-9]{2}(T[0-9:]+Z?)?/DATE/g'
    return "${PIPESTATUS[0]}"
}

# The last sweep as if it had not ended, with points that jq changes: `$ unfinished '.results[0].state = "wrong"'`.
unfinished() {
    local point whole=("$GPUBENCH_RESULTS"/sweep-2*Z-*)
    [ ! -e "${whole[0]}" ] || mv "${whole[0]}" "$GPUBENCH_RESULTS/sweep-${whole[0]##*-}.unfinished"
    for point in "$GPUBENCH_RESULTS"/sweep-*.unfinished/*.json; do
        jq "$1" "$point" >changed
        mv changed "$point"
    done
}

transcript() { # NAME
    local name=$1 file=$ROOT/tests/transcripts/$1.txt line status
    gpubench() { "$GPUBENCH" "$@"; }
    export COLUMNS=80 TZ=UTC
    cp -r "$ROOT/tests/golden" golden
    while IFS= read -r line <&3; do
        [[ $line != '    '* ]] || continue
        printf '%s\n' "$line"
        [[ $line == '$ '* ]] || continue
        status=0
        eval "${line#'$ '}" >said 2>&1 </dev/null || status=$?
        sed "/^gpubench: other programs are running: the load is/d; s|$PWD|~|g; s/^/    /" said
        [ $status -eq 0 ] || printf '    [exit %d]\n' $status
    done >session 3<"$file"
    [ -z "${UPDATE_GOLDEN-}" ] || cp session "$file"
    diff -u "$file" session
}

@test "transcript: ab" { transcript ab; }
@test "transcript: ab-sides" { transcript ab-sides; }
@test "transcript: all-devices" { fake_gpus 2; export FAKECUDA_CLOCK=model; transcript all-devices; }
@test "transcript: check" { transcript check; }
@test "transcript: check-again" { transcript check-again; }
@test "transcript: check-refusals" { transcript check-refusals; }
@test "transcript: check-unsure" { transcript check-unsure; }
@test "transcript: compare-bad" { transcript compare-bad; }
@test "transcript: compare-ci" { transcript compare-ci; }
@test "transcript: compare-color" { transcript compare-color; }
@test "transcript: compare-doubts" { transcript compare-doubts; }
@test "transcript: compare-fleet" { transcript compare-fleet; }
@test "transcript: compare-inputs" { transcript compare-inputs; }
@test "transcript: compare-json" { transcript compare-json; }
@test "transcript: compare-models" { transcript compare-models; }
@test "transcript: compare-sides" { transcript compare-sides; }
@test "transcript: compare-verdicts" { transcript compare-verdicts; }
@test "transcript: completion" { transcript completion; }
@test "transcript: doctor" { transcript doctor; }
@test "transcript: export" { transcript export; }
@test "transcript: gates-kept" { transcript gates-kept; }
@test "transcript: gates-machines" { transcript gates-machines; }
@test "transcript: help" { transcript help; }
@test "transcript: help-narrow" { transcript help-narrow; }
@test "transcript: history" { transcript history; }
@test "transcript: history-chosen" { transcript history-chosen; }
@test "transcript: hosts" { transcript hosts; }
@test "transcript: list" { fake_gpus 2; transcript list; }
@test "transcript: not-queued" { transcript not-queued; }
@test "transcript: pages" { transcript pages; }
@test "transcript: plot" { transcript plot; }
@test "transcript: publish" { transcript publish; }
@test "transcript: ranks-cpu" { transcript ranks-cpu; }
@test "transcript: ranks-gone" { transcript ranks-gone; }
@test "transcript: ranks-gpus" { transcript ranks-gpus; }
@test "transcript: ranks-link" { transcript ranks-link; }
@test "transcript: ranks-plugin" { transcript ranks-plugin; }
@test "transcript: ranks-refused" { transcript ranks-refused; }
@test "transcript: ranks-ring" { transcript ranks-ring; }
@test "transcript: ranks-rows" { transcript ranks-rows; }
@test "transcript: ranks-text" { transcript ranks-text; }
@test "transcript: ranks-unlike" { transcript ranks-unlike; }
@test "transcript: ranks-wrong" { transcript ranks-wrong; }
@test "transcript: reference" { transcript reference; }
@test "transcript: refused" { transcript refused; }
@test "transcript: report" { transcript report; }
@test "transcript: run" { transcript run; }
@test "transcript: run-lost" { transcript run-lost; }
@test "transcript: scaling" { fake_gpus 2; transcript scaling; }
@test "transcript: self-test" { transcript self-test; }
@test "transcript: soak-cpu" { transcript soak-cpu; }
@test "transcript: soak-document" { transcript soak-document; }
@test "transcript: soak-faults" { transcript soak-faults; }
@test "transcript: soak-gpu" { transcript soak-gpu; }
@test "transcript: soak-group" { transcript soak-group; }
@test "transcript: soak-group-json" { transcript soak-group-json; }
@test "transcript: soak-health" { transcript soak-health; }
@test "transcript: soak-interrupted" { transcript soak-interrupted; }
@test "transcript: soak-not-saved" { transcript soak-not-saved; }
@test "transcript: soak-refused" { transcript soak-refused; }
@test "transcript: soak-saved" { transcript soak-saved; }
@test "transcript: streams" { transcript streams; }
@test "transcript: sweep" { fake_gpus 1; transcript sweep; }
@test "transcript: sweep-parts" { fake_gpus 2; transcript sweep-parts; }
@test "transcript: sweep-sent" { fake_gpus 2; transcript sweep-sent; }
@test "transcript: table" { transcript table; }
@test "transcript: usage" { transcript usage; }
