#!/usr/bin/env bats
# gpubench report and compare, to the last character: whole pages, what gnuplot is given to draw, and many hosts side by
# side, against what was looked at once (tests/golden; UPDATE_GOLDEN=1 writes it anew).
load helper

is_golden() { # FILE NAME
    [ -z "${UPDATE_GOLDEN-}" ] || cp "$1" "$ROOT/tests/golden/$2"
    diff -u "$ROOT/tests/golden/$2" "$1"
}

# golden NAME FILE...: the pages of these results, and their pictures, are the golden ones of that name.
golden() {
    local name=$1 made
    fake_gnuplot
    COLUMNS=80 gpubench plot "${@:2}"
    exits 0
    printf '%s\n' "$output" >page.plot
    gpubench report "${@:2}" -o page.html
    exits 0
    gpubench report "${@:2}" -o page.md
    exits 0
    sed '1,/<body/d; /<script/,/<\/script>/d; /<footer/,$d' page.html | grep -v '<td' >page.body
    for made in page.*; do
        [ "$made" = page.html ] || is_golden "$made" "$name.${made#*.}"
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

@test "hosts side by side: a table of a few, lines of many, and both as JSON" {
    fleet 12 5 >few.json
    fleet 36 5 >many.json
    fleet 3 1 >three.json
    for name in few many three; do
        gpubench compare "$name.json" --color never --json
        jq . <<<"$output" >hosts.json
        printf '%s\nexit %s\n' "$errors" "$status" >hosts.txt
        is_golden hosts.txt "hosts-$name.txt"
        [ "$name" = many ] || is_golden hosts.json "hosts-$name.json"
    done
    # A card that is in several files has their names.
    fleet 2 5 >before
    fleet 2 5 | jq -c '.started |= sub("2026"; "2027")' >after
    fleet 1 1 | jq -c '.started |= sub("2026"; "2028")' >later
    gpubench compare before after later
    printf '%s\n' "$output" >hosts.txt
    is_golden hosts.txt hosts-names.txt
}

@test "a page and its pictures: many hosts" {
    fleet 12 5 >few.json
    golden report-hosts few.json
}
