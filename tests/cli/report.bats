#!/usr/bin/env bats
# gpubench report and plot: a page that is whole, safe and readable.
load helper

RUNS() { echo "$BATS_TEST_DIRNAME/../golden/runs.json"; }

needs_gnuplot() {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed (Debian: gnuplot-nox)"
}

# A PATH with everything but gnuplot, which is how most containers are.
without_gnuplot() {
    mkdir -p bin
    for tool in bash cat grep jq sed sort uniq mktemp cmp diff head tail wc find env rm python3; do
        ln -sf "$(command -v $tool)" bin/
    done
    export PATH=$PWD/bin
}

data_of() { # the JSON in a page
    sed -n '/<script type="application\/json"/,/<\/script>/p' "$1" | sed '1d; s/<\/script>//'
}

@test "the page in Chromium: no console message, no request, pictures seen at 1280 and 390 px, light and dark" {
    needs_gnuplot
    command -v chromium >/dev/null || skip "Chromium is not installed (Debian: chromium)"
    gpubench report "$(RUNS)" -o page.html
    exits 0
    [ -z "$errors" ]
    pictures=$(grep -c '<figure class="wide">' page.html)
    [ "$pictures" -eq 8 ]
    "$ROOT/tests/cli/look-at-page" page.html >seen.json
    cat seen.json
    jq -e '.messages == [] and .requests == []' seen.json
    jq -e --argjson pictures "$pictures" '.widths | length == 4 and all(
        .pictures == $pictures and .drawn == $pictures and .beyond == 0 and (.sideways | not)
        and .text >= 11 and .alerts == "undefined" and .title == "gpubench: Example GPU")' seen.json
    jq -e '.widths | ."1280 light".background != ."1280 dark".background and ."390 light".narrowest > 300' seen.json
}

@test "the look at a page can see a request, a message and a picture that sticks out" {
    command -v chromium >/dev/null || skip "Chromium is not installed (Debian: chromium)"
    cat >bad.html <<'END'
<!DOCTYPE html><meta name="viewport" content="width=device-width"><title>bad</title><body><img src="http://127.0.0.1:9/x.png"><script>console.error("no"); alerted = 1</script>
<svg width="900" height="20" viewBox="0 0 900 20"><text y="9" font-size="6">x</text></svg>
END
    "$ROOT/tests/cli/look-at-page" bad.html >seen.json
    jq -e '.requests == ["http://127.0.0.1:9/x.png"] and (.messages | length > 0)' seen.json
    jq -e '.widths."390 light" | .beyond == 1 and .sideways and .text < 11 and .drawn == 0 and .alerts == "number"' seen.json
}

@test "the page loads nothing, runs nothing, and no name gets out of its place" {
    gpubench report "$(RUNS)" -o page.html --title '<b>"T" & co</b>'
    exits 0
    [ "$(grep -c '<script' page.html)" -eq 1 ]
    grep -q '<script type="application/json" id="gpubench-results">' page.html
    grep -q "default-src 'none'" page.html
    lacks "$(grep -oE '(https?:)?//[a-z0-9.]+[^ "]*' page.html | grep -v '^http://www\.w3\.org/')" .
    lacks "$(cat page.html)" '(src|action|href)=["'\''](https?:|//)'
    grep -qF '<title>&lt;b&gt;&quot;T&quot; &amp; co&lt;/b&gt;</title>' page.html
    # The host of the golden input has every character that could do harm.
    grep -qF 'n&lt;2&gt;&amp;&quot;&#39;|, =`\*_é' page.html
    lacks "$(data_of page.html | cat; sed '/<script/,$d' page.html)" 'n<2>'
}

@test "the results are in the page, as they were" {
    gpubench report "$(RUNS)" -o page.html
    data_of page.html | jq -cS '.[]' | sort >inside.json
    jq -cS . "$(RUNS)" | sort | cmp - inside.json
    # A </script> in a command line does not end the element.
    jq -e '.argv[3] == "</script><script>alert(1)</script>"' inside.json >/dev/null
}

@test "every picture has names of its own, and colours that follow the scheme" {
    needs_gnuplot
    gpubench report "$(RUNS)" -o page.html
    [ -z "$(grep -oE "id=['\"][^'\"]*" page.html | sort | uniq -d)" ]
    lacks "$(cat page.html)" 'rgb\( *10, *0,'
    grep -q 'var(--s3)' page.html
    grep -oE 'var\(--s[0-9]+' page.html | sort -u | sed 's/var(//' >shades.txt
    while read -r shade; do
        [ "$(grep -oE -e "$shade:#" page.html | wc -l)" -eq 2 ] # light and dark
    done <shades.txt
    # All labels are back in their places.
    lacks "$(sed '/<script/,$d' page.html)" 'Z[0-9]{3}'
}

@test "Markdown has the sections and tables of the page" {
    gpubench report "$(RUNS)" -o page.md
    exits 0
    [ -z "${UPDATE_GOLDEN-}" ] || cp page.md "$ROOT/tests/golden/report.md"
    diff -u "$ROOT/tests/golden/report.md" page.md
    gpubench report --markdown "$(RUNS)"
    [ "$output" = "$(cat page.md)" ]
    grep -q '^## Speed against N, sum-aat$' page.md
}

@test "without gnuplot there is a sentence, and the tables" {
    without_gnuplot
    gpubench report "$(RUNS)" -o page.html
    exits 0
    matches "$errors" 'No pictures: gnuplot, which draws the pictures, is not installed.*The page has the tables'
    grep -q '<p class="warn">No pictures: gnuplot, which draws' page.html
    lacks "$(cat page.html)" '<svg|<figure'
    [ "$(grep -c '<table>' page.html)" -ge 5 ]
    gpubench plot "$(RUNS)"
    exits 0
    matches "$errors" 'no pictures: gnuplot, which draws'
    matches "$output" 'variant +arithmetic +median'
}

@test "a gnuplot that fails costs the pictures, not the page" {
    mkdir bin
    printf '#!/bin/sh\nexit 3\n' >bin/gnuplot
    chmod +x bin/gnuplot
    PATH=$PWD/bin:$PATH gpubench report "$(RUNS)" -o page.html
    exits 0
    matches "$errors" 'gnuplot failed \(status 3\)'
    grep -q '<table>' page.html
}

@test "simulated runs are shown with a warning" {
    sed 's/"simulated":false/"simulated":true/g' "$(RUNS)" >simulated.json
    gpubench report simulated.json -o page.html
    exits 0
    grep -q '<p class="warn">23 of these runs are of simulated devices' page.html
}

@test "the results directory is the default, and what is no result is told" {
    mkdir -p "$GPUBENCH_RESULTS"
    head -n 1 "$(RUNS)" >"$GPUBENCH_RESULTS/one.json"
    echo '{' >"$GPUBENCH_RESULTS/bad.json"
    gpubench report --markdown
    exits 0
    matches "$output" '^# gpubench: Example GPU'
    matches "$errors" '1 files? (was|were) left out; the first: .*bad\.json'
}

@test "a plot in the terminal has no colour and no name out of place" {
    needs_gnuplot
    COLUMNS=100 gpubench plot "$(RUNS)"
    exits 0
    matches "$output" 'Speed against N, sum-aat'
    matches "$output" 'ffma'
    lacks "$output" 'Z[0-9]{3}|'$'\033'
    [ "$(tail -n +3 <<<"$output" | grep -vE '^(The|8 samples|gpu/|sum-aat)' | wc -L)" -le 100 ]
}

@test "a fleet of a thousand files is a page in seconds" {
    mkdir fleet
    /usr/bin/python3 - "$(RUNS)" <<'END'
import json, sys
first = json.loads(open(sys.argv[1], encoding="utf-8").readline())
for i in range(1000):
    first["host"]["name"] = f"node{i:04}"
    for r in first["results"]:
        if "summary" in r:
            r["summary"]["median_s"] *= 1 + (i % 7) * 1e-4
    json.dump(first, open(f"fleet/{i}.json", "w"))
END
    gpubench report fleet -o page.html
    exits 0
    grep -q 'on 1000 hosts and devices' page.html
}

@test "what the page tells, as JSON" {
    for verb in report plot; do
        gpubench $verb "$(RUNS)" --json
        exits 0
        jq -e 'length == 45 and (map(select(.failed > 0)) | length == 6)
               and (map(select(.runs > 0)) | all(.median_s > 0 and .flops > 0))' <<<"$output"
    done
    gpubench report "$(RUNS)" -o - -q
    matches "${output:0:20}" '<!DOCTYPE html>'
}
