#!/usr/bin/env bats
# gpubench report and compare, to the last character: whole pages, what gnuplot is given to draw, and many hosts side by
# side, against what was looked at once (tests/golden; UPDATE_GOLDEN=1 writes it anew).
load helper

is_golden() { # FILE NAME
    [ -z "${UPDATE_GOLDEN-}" ] || cp "$1" "$ROOT/tests/golden/$2"
    diff -u "$ROOT/tests/golden/$2" "$1"
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
