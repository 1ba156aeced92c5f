#!/usr/bin/env bats
# gpubench report, to the last character: whole pages and what gnuplot is given to draw, against what was looked at once
# (tests/golden; UPDATE_GOLDEN=1 writes it anew).
load helper

# golden NAME: page.md and the pictures of the results that follow are the golden ones of that name.
golden() {
    local name=$1 made kept
    mkdir -p bin
    printf '#!/bin/sh\ncat >>%q\nexit 3\n' "$PWD/page.gnuplot" >bin/gnuplot
    chmod +x bin/gnuplot
    rm -f page.gnuplot
    PATH=$PWD/bin:$PATH gpubench report "${@:2}" -o page.html
    exits 0
    gpubench report "${@:2}" -o page.md
    exits 0
    for made in page.md page.gnuplot; do
        kept=$ROOT/tests/golden/$name.${made#*.}
        [ -z "${UPDATE_GOLDEN-}" ] || cp "$made" "$kept"
        diff -u "$kept" "$made"
    done
}

@test "a page and its pictures: invented runs of two hosts, sizes, a sweep" {
    golden report "$ROOT/tests/golden/runs.json"
}

@test "a page and its pictures: ranks" {
    golden report-ranks "$ROOT/results/reference/many-gpus"
}

@test "a page and its pictures: a soak" {
    jq -c 'def first: map_values(if type == "array" then .[:12] else . end);
        .soak.series |= first | .results[].samples |= first' "$ROOT/results/reference/soak/h200-bf16-3m.json" >soak.json
    golden report-soak soak.json
}
