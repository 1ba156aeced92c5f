#!/usr/bin/env bats
# Sessions with gpubench, tests/transcripts/NAME.txt, to the last character: a line "$ …" is a command for bash, indented
# lines are what it printed on both streams, and the rest is for the reader. Variables and files stay from command to
# command. UPDATE_GOLDEN=1 writes them anew; look at the difference.
load helper
load ranks

# Any number as #, for what depends on the host or the moment: `$ gpubench cpu 64 |& masked`.
masked() {
    sed -E 's/[0-9]+([.:][0-9]+)*(e[-+][0-9]+)?/#/g; s/ +/ /g; s/ ± # %/ ± #/g'
}

# A result of tests/golden/runs.json and alike that is other times as long: `$ timed 1.2 <a.json >b.json`.
timed() {
    jq "$TIMED"'.results[] |= timed(.summary.median_s * '"$1"')'
}

# What gpubench prints on a terminal of so many columns: `$ on_terminal 40 list`.
on_terminal() {
    script -qec "stty cols $1; '$GPUBENCH' ${*:2}" /dev/null | tr -d '\r'
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
        sed "s|$PWD|~|g; s/^/    /" said
        [ $status -eq 0 ] || printf '    [exit %d]\n' $status
    done >session 3<"$file"
    [ -z "${UPDATE_GOLDEN-}" ] || cp session "$file"
    diff -u "$file" session
}

@test "transcript: hosts" { transcript hosts; }
@test "transcript: usage" { transcript usage; }
@test "transcript: help" { transcript help; }
@test "transcript: help_narrow" { transcript help_narrow; }
@test "transcript: completion" { transcript completion; }
@test "transcript: list" { fake_gpus 2; transcript list; }
@test "transcript: history" { transcript history; }
@test "transcript: history-chosen" { transcript history-chosen; }
@test "transcript: publish" { transcript publish; }
@test "transcript: export" { transcript export; }
@test "transcript: pages" { transcript pages; }
@test "transcript: report" { transcript report; }
@test "transcript: plot" { transcript plot; }
@test "transcript: reference" { transcript reference; }
