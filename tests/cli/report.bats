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
    [ "$pictures" -eq 12 ]
    "$ROOT/tests/cli/look-at-page" page.html >seen.json
    cat seen.json
    jq -e '.messages == [] and .requests == []' seen.json
    jq -e --argjson pictures "$pictures" '.widths | length == 4 and all(
        .pictures == $pictures and .drawn == $pictures and .beyond == 0 and (.sideways | not)
        and .covered == [] and .cut == [] and .text >= 11 and .alerts == "undefined" and .title == "gpubench: Example GPU and Example CPU on 2 hosts")' seen.json
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
    grep -q '^### Speed against N, sum-aat in f32$' page.md
}

@test "the title names two devices, counts more of them, and counts the hosts" {
    local -A titles=(["one device"]='gpubench: GPU A'
        ["two devices"]='gpubench: GPU A and GPU B'
        ["three devices"]='gpubench: GPU A and 2 other devices'
        ["two hosts"]='gpubench: GPU A on 2 hosts'
        ["two devices on two hosts"]='gpubench: GPU A and GPU B on 2 hosts')
    on() { # HOST DEVICE; a host is the day of its run
        jq -c --arg host "$1" --arg device "$2" '.host.machine = $host | .device.name = $device | .started = "\($host)T00:00:00Z" |
            .results |= .[:1]' "$ROOT/results/reference/h200-gpu-10000.json"
    }
    on 2026-11-01 'GPU A' >"one device"
    { on 2026-11-01 'GPU A' && on 2026-11-01 'GPU B'; } >"two devices"
    { on 2026-11-01 'GPU A' && on 2026-11-01 'GPU B' && on 2026-11-01 'GPU C'; } >"three devices"
    { on 2026-11-01 'GPU A' && on 2026-11-02 'GPU A'; } >"two hosts"
    { on 2026-11-01 'GPU A' && on 2026-11-02 'GPU B'; } >"two devices on two hosts"
    for case in "${!titles[@]}"; do
        gpubench report --markdown "$case"
        exits 0
        [ "$(head -1 <<<"$output")" = "# ${titles[$case]}" ] || { echo "$case: $(head -1 <<<"$output")"; return 1; }
    done
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
    [ "$(tail -n +3 <<<"$output" | grep -vE '[.)]$|^8 samples' | wc -L)" -le 100 ]
}

@test "a fleet of a thousand files is a page in seconds" {
    mkdir fleet
    /usr/bin/python3 - "$(RUNS)" <<'END'
import json, sys

def timed(r, seconds):
    factor = seconds / r["summary"]["median_s"]
    for name in [name for name in r["summary"] if name.endswith("_s") and r["summary"][name]]:
        r["summary"][name] *= factor
    r["samples"]["device_s"] = [s * factor for s in r["samples"]["device_s"]]
    for name in ("flops", "flops_done", "bytes_per_s", "peak_share"):
        r["speed"][name] /= factor
first = json.loads(open(sys.argv[1], encoding="utf-8").readline())
for i in range(1000):
    first["host"]["name"] = f"node{i:04}"
    for r in first["results"]:
        if "summary" in r:
            timed(r, r["summary"]["median_s"] * (1 + (i % 7) * 1e-4))
    json.dump(first, open(f"fleet/{i}.json", "w"))
END
    gpubench report fleet -o page.html
    exits 0
    grep -q '<h3>1000 cards of Example GPU</h3>' page.html
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

# ---- nothing false

REFERENCE() { echo "$ROOT/results/reference"; }

# A gnuplot that keeps its script and draws nothing.
with_script_kept() {
    mkdir -p bin
    printf '#!/bin/sh\ncat >%s/script.txt\nexit 3\n' "$PWD" >bin/gnuplot
    chmod +x bin/gnuplot
    export PATH=$PWD/bin:$PATH
}

# A CPU's results as they were written before such shares were withheld: the peak was measured too low.
over_peak() {
    jq '.device.peak.f32_flops as $is | ([.results[].speed.flops_done // 0] | max / 1.27) as $low
        | .device.peak.f32_flops = $low | .results[].speed |= (if .peak_share then .peak_share *= $is / $low else . end)' \
        "$(REFERENCE)/xeon16-sum-aat-10000.json" >over.json
    [ "$(jq '[.results[].speed.peak_share // 0] | max * 100 | round' over.json)" -eq 127 ]
}

@test "a CPU's share above 100 % of its peak is withheld wherever a share is shown, with the reason" {
    over_peak
    why='No share of peak is given where it would be more than 100 % of the measured peak'
    gpubench report --markdown over.json
    exits 0
    lacks "$output" '\| 127 %'
    [ "$(grep -c "$why" <<<"$output")" -eq 2 ] # below the variants, and above all results
    for format in markdown csv openmetrics influx; do
        gpubench export --format "$format" over.json
        exits 0
        lacks "$output" '(^|[^0-9])(127 %|1\.2[67][0-9]*|1\.27)([^0-9]|$)'
    done
    gpubench export --format markdown over.json
    matches "$output" "$why"
    gpubench report --json over.json
    jq -e 'map(.peak_share) | all(. == null or . <= 1) and any(. == null)' <<<"$output"
    gpubench report --markdown "$(REFERENCE)/xeon16-sum-aat-10000.json"
    lacks "$output" "$why"
}

@test "results too noisy to rank are called so, one or a few runs, and none of them is the fastest" {
    jq '.results[] |= if .summary then del(.samples) | .summary |= (.confidence = 0.995 | .low_s = .median_s * 0.4
        | .min_s = .low_s | .high_s = .median_s * 1.7 | .max_s = .high_s) else . end' \
        "$(REFERENCE)/xeon16-sum-aat-10000.json" >noisy1.json
    jq '.started |= sub("..Z$"; "59Z")' noisy1.json >noisy2.json
    for files in noisy1.json 'noisy1.json noisy2.json'; do
        # shellcheck disable=SC2086
        gpubench report --markdown $files
        exits 0
        matches "$output" 'too noisy to rank'
        lacks "$output" 'is the fastest|times as fast|\| ok \|'
        # shellcheck disable=SC2086
        gpubench export --format markdown $files
        exits 0
        lacks "$output" '\| ok \|'
    done
}

@test "each device, range and image has a chapter of its own" {
    gpubench report --markdown "$(REFERENCE)"
    exits 0
    for chapter in 'NVIDIA H100 80GB HBM3' 'NVIDIA H200' 'NVIDIA H100 80GB HBM3, values in \[-1,1)' \
        'NVIDIA H100 80GB HBM3, hopper image' 'NVIDIA H200, portable image' 'NVIDIA H100 80GB HBM3, A streamed' \
        'Intel(R) Xeon(R) Processor, 16 threads.*'; do
        # shellcheck disable=SC2001 # more than one character
        grep -qE "^## $(sed 's/[()]/\\&/g' <<<"$chapter")$" <<<"${output//\\/}" || { echo "no chapter $chapter"; false; }
    done
    # No variant stands twice in one table.
    awk '/^#/ {delete seen} /^\| / && $4 ~ /^(f32|tf32|bf16|f16)/ {if (seen[$2 $4]++) {print FILENAME, $0; bad = 1}} END {exit bad}' <<<"$output"
}

@test "a ratio is against the library in the same arithmetic, as in the run's own table" {
    for name in h100-sum-aat-10000 h100-matmul-10000 h200-reduce-16384 h100-matmul-10000-signed; do
        gpubench report --markdown "$(REFERENCE)/$name.json"
        exits 0
        echo "$output" >table.md
        /usr/bin/python3 - "$(REFERENCE)/$name.json" table.md <<'END'
import json, sys
results = [r for r in json.load(open(sys.argv[1]))["results"] if r["state"] == "ok" and r.get("summary")]
as_f32 = {"f32-3xf16", "f32-2xf16", "f32-3xtf32", "f32-9xbf16"}
seen = 0
for line in open(sys.argv[2]):
    cells = [c.strip() for c in line.strip().strip("|").split("|")]
    if len(cells) != 9 or cells[0] in ("variant", ":---") or set(cells[0]) <= set(":-"):
        continue
    own = next(r for r in results if (r["variant"], r["arithmetic"]) == (cells[0], cells[1]))
    want = "f32" if cells[1] in as_f32 else cells[1]
    libraries = [r for r in results if r["library"] and not r["symmetric"] and r["arithmetic"] == want]
    ratio = libraries[0]["summary"]["median_s"] / own["summary"]["median_s"] if libraries else None
    text = "-" if ratio is None else f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"
    assert cells[6] == text, (cells, text)
    seen += 1
assert seen == len(results), (seen, len(results))
END
    done
}

@test "speed against N is 2N³ over the time, a chart for each arithmetic, f32 first" {
    with_script_kept
    gpubench report "$(REFERENCE)" -o page.html -q
    gpubench report --markdown "$(REFERENCE)"
    charts=$(awk '/^## / { on = /H100/ } on && sub("^### Speed against N, sum-aat in ", "")' <<<"$output" | paste -sd ' ')
    [ "$charts" = 'f32 f32-3xf16 f32-2xf16 f32-3xtf32 tf32 bf16 f16' ]
    # The main job is drawn, at twice the height of a library that takes twice as long.
    median=$(jq '[.results[] | select(.key == "gpu/sum-aat/f32/ffma-sm90/n=16384")][0].summary.median_s' "$(REFERENCE)/h200-sum-aat-16384.json")
    point=$(/usr/bin/python3 -c "print(f'16384 {2 * 16384**3 / $median / 1e12:.9g}')")
    grep -qxF "$point" script.txt
    # A line has at least two points, and one point at each N.
    awk '/^\$l[0-9]+ << E/ {points = 0; delete seen; inside = 1; next}
         inside && /^E$/ {if (points < 2) bad = 1; inside = 0; next}
         inside {points++; if (seen[$1]++) bad = 1}
         END {exit bad}' script.txt
}

@test "a CPU's speed is in GFLOP/s" {
    gpubench report --markdown "$(REFERENCE)/container/xeon-quota-4-threads-4.json"
    exits 0
    grep -q '^| variant | arithmetic | median | ± 99 % | GFLOP/s |' <<<"$output"
    matches "$output" 'takes [0-9.]+ m?s, [0-9.]+ GFLOP/s'
    lacks "$output" 'fastest of 1|Of 1 '
}

@test "contents, heads and titles: every link has its target, no head is empty, no name is gnuplot's own" {
    needs_gnuplot
    gpubench report "$(REFERENCE)" -o page.html -q
    lacks "$(cat page.html)" '>gnuplot_plot|<title>\$|<th[^>]*></th>'
    grep -oE 'href="#[sg][0-9]+"' page.html | sed 's/href="#/id="/' | sort >links
    [ "$(wc -l <links)" -ge 20 ]
    grep -oE '<(section|h2) id="[sg][0-9]+"' page.html | sed 's/<[a-z0-9]* //' | sort >targets
    [ -z "$(comm -23 links targets)" ]
    [ "$(grep -c '<svg ' page.html)" -eq "$(grep -c '<title id="t' page.html)" ]
}

@test "pictures of many results: no label covers another or is cut off, at 1280 and 390 px" {
    needs_gnuplot
    command -v chromium >/dev/null || skip "Chromium is not installed (Debian: chromium)"
    gpubench report "$(REFERENCE)" -o page.html -q
    exits 0
    "$ROOT/tests/cli/look-at-page" page.html >seen.json
    jq '.widths | map_values({covered, cut, sideways})' seen.json
    jq -e '.widths | all(.pictures > 30 and .covered == [] and .cut == [] and (.sideways | not))' seen.json
}

@test "without gnuplot no section is left with neither a table nor a picture" {
    without_gnuplot
    gpubench report "$(REFERENCE)" -o page.html -q
    exits 0
    lacks "$(cat page.html)" 'Error against speed'
    grep -q 'Samples of .*' page.html # these have their figures in the text
}

@test "an outlier is named, and hosts are counted the same way everywhere" {
    mkdir fleet
    /usr/bin/python3 - "$(RUNS)" <<'END'
import json, sys

def timed(r, seconds):
    factor = seconds / r["summary"]["median_s"]
    for name in [name for name in r["summary"] if name.endswith("_s") and r["summary"][name]]:
        r["summary"][name] *= factor
    r["samples"]["device_s"] = [s * factor for s in r["samples"]["device_s"]]
    for name in ("flops", "flops_done", "bytes_per_s", "peak_share"):
        r["speed"][name] /= factor
line = open(sys.argv[1], encoding="utf-8").readline()
for i in range(12):
    first = json.loads(line)
    first["host"]["name"] = f"node{i:02}"
    first["device"]["uuid"] = f"GPU-{i:08}"
    for r in first["results"]:
        if "summary" in r:
            timed(r, r["summary"]["median_s"] * (1.22 if i == 7 else 1 + (i % 3) * 1e-4))
    json.dump(first, open(f"fleet/{i}.json", "w"))
END
    gpubench report fleet -o page.html
    exits 0
    grep -q '12 runs on 12 hosts' page.html
    grep -q '<h3>12 cards of Example GPU</h3>' page.html
    grep -q '1 outlier: node07 (+22.0 %)' page.html
    grep -q '<b>1 outlier</b><span>of 12 cards of Example GPU</span>' page.html
}

@test "--no-samples leaves the samples out of the JSON and nothing else" {
    gpubench report "$(RUNS)" -o whole.html
    gpubench report "$(RUNS)" -o page.html --no-samples
    exits 0
    data_of whole.html | jq -cS 'map(del(.results[].samples))' >want
    data_of page.html | jq -cS . | cmp - want
    grep -q 'as JSON, without their samples' page.html
}

@test "Ctrl-C while pictures are drawn is 130 and leaves no file" {
    mkdir bin
    printf '#!/bin/sh\ntouch %s/drawing\nexec sleep 100\n' "$PWD" >bin/gnuplot
    chmod +x bin/gnuplot
    for verb in 'report -o page.html' plot; do
        rm -f drawing
        # shellcheck disable=SC2086
        PATH=$PWD/bin:$PATH setsid "$GPUBENCH" $verb "$(RUNS)" 2>errors.txt >out.txt &
        job=$!
        eventually test -e drawing
        kill -INT -$job
        status=0
        wait $job || status=$?
        [ "$status" -eq 130 ] || { echo "$verb: exit $status"; cat errors.txt; false; }
        [ ! -e page.html ]
    done
}

@test "on a terminal report demands -o; Markdown may go there" {
    for words in '' '--markdown'; do
        # shellcheck disable=SC2086
        status=0
        /usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
            "$GPUBENCH" report "$(RUNS)" $words >seen.txt || status=$?
        case $words in
            '') [ "$status" -eq 2 ]; grep -q 'gpubench report -o report.html' seen.txt; lacks "$(cat seen.txt)" '<html' ;;
            *) [ "$status" -eq 0 ] ;;
        esac
    done
}

@test "a file name that promises another format is refused before anything is read" {
    for words in '-o page.pdf' '-o page.json' '--markdown -o page.html' '-o dir.html/page.PNG'; do
        # shellcheck disable=SC2086
        gpubench report /nonexistent $words
        exits 2
        matches "$errors" 'page\.[a-zA-Z]+'
    done
    for words in '-o page.HTM' '-o page' '--markdown -o page.txt' '-o page.markdown'; do
        # shellcheck disable=SC2086
        gpubench report "$(RUNS)" $words
        exits 0
    done
    matches "$(cat page.markdown)" '^# '
}

@test "one cold run is neither pooled nor ranked with warm ones" {
    gpubench cpu 300 --variant reference --threads 1 --samples 8 --output warm.json --no-save
    gpubench cpu 300 --variant reference --threads 1 --max-time 0.000001 --output cold.json --no-save
    [ "$(jq -r '.results[0].summary.kind' warm.json cold.json | tr '\n' ' ')" = 'warm first ' ]
    gpubench export --format bencher warm.json cold.json
    exits 0
    matches "$errors" '^gpubench: 1 single cold run was left out beside warm ones\.$'
    jq -e --slurpfile warm warm.json '$warm[0].results[0].summary.median_s as $want |
        [.. | .value? | numbers] | any((. / 1e9 - $want | fabs) < 1e-6 * $want)' <<<"$output"
    gpubench history '*' warm.json cold.json
    matches "$output" ' · 1 run · 1 single cold run left out'
    gpubench history '*' cold.json
    lacks "$output" 'left out'
    gpubench report warm.json cold.json -o page.md
    exits 0
    grep -qE '^##? .*, one cold run each' page.md
    jq 'del(.results[0].summary.kind)' cold.json >old.json # as files of older releases are
    gpubench report warm.json old.json -o page.md
    grep -qE '^##? .*, one cold run each' page.md
}

# rows SHAPE COUNT: results of that many rows: variants of one run, or of as many runs, at one N or at as many.
rows() {
    jq -cs --arg shape "$1" --argjson count "$2" '
        map(select(any(.results[]?; .summary and .variant == "cublas-sgemm")))[0] |
        del(.env, .container, .images, .driver, .argv) |
        .results |= (map(select(.variant == "cublas-sgemm")) | map(del(.samples, .symmetric, .speed))) |
        def keyed: .key = "\(.backend)/\(.op)/\(.arithmetic)/\(.variant)/n=\(.n)";
        . as $one | def run($i): $one | .started = (1700000000 + $i | todate);
        def named($i): .variant = "v\($i)" | keyed;
        if $shape == "variants" then .results = [.results[0] as $r | range($count) as $i | $r | named($i)]
        else range($count) as $i | run($i) |
            if $shape == "runs" then .results[0] |= named($i)
            else .problem.n = 16 + $i | .results[0] |= (.n = 16 + $i | keyed) end
        end' "$ROOT/tests/golden/runs.json"
}

@test "four times as many rows take about four times as long, whatever differs between them" {
    TIMEFORMAT=%U
    for shape in variants runs orders; do
        rows $shape 1000 >few.json
        rows $shape 4000 >many.json
        few=$({ time "$GPUBENCH" report --json --no-samples few.json >out 2>errors; } 2>&1)
        jq -e "length == 1000" out >counted || { echo "$shape" && head -3 errors && return 1; }
        many=$({ time "$GPUBENCH" report --json --no-samples many.json >out 2>errors; } 2>&1)
        jq -e "length == 4000" out >counted
        awk -v few="$few" -v many="$many" 'BEGIN { exit !(many < 8 * few) }' ||
            { echo "$shape: 1000 rows $few s, 4000 rows $many s" && return 1; }
    done
}

@test "a page of many results is at most 8 MB: first the samples go, then the documents, and it says so" {
    many() { # COUNT SAMPLES: runs on as many hosts
        jq -c --argjson count "$1" '. as $run | range($count) as $i | $run | .host.name = "node\($i)" | .device.uuid = "GPU-\($i)" |
            .started = (1790000000 + $i | todate) |
            .results[0] |= (.samples |= with_entries(.value |= [range(0; $samples) as $i | .[$i % length]]) |
                .summary.count = $samples)' --argjson samples "$2" "$ROOT/results/reference/h200-gpu-10000.json"
    }
    for count in 20 300 3000; do
        many $count $((count == 300 ? 1200 : 24)) >many.json
        gpubench report many.json -o page.html
        exits 0
        [ "$(wc -c <page.html)" -le 8000000 ]
        sed -n '/id="gpubench-results"/,/<.script>/p' page.html | sed '1d;$s/<.script>//' >data.json
        case $count in
        20) jq -e 'length == 20 and all(.[]; .results[0].samples.device_s | length > 0)' data.json ;;
        300)
            grep -q 'as JSON, without their samples' page.html
            jq -e 'length == 300 and all(.[]; .results[0] | has("samples") | not)' data.json
            ;;
        *)
            grep -q 'too many for this page, which has the median of each key on each host' page.html
            jq -e 'length == 3000 and all(.[]; .median_s > 0)' data.json
            ;;
        esac
    done
}

@test "a page of many results of several devices is at most 8 MB too" {
    mkdir many
    # Thirteen models of a thousand results each, with short samples: the tables and the JSON share the page.
    for i in {10..22}; do
        # shellcheck disable=SC2086 # several words
        jq -c '.device.name = "GPU model '$i'" | .started = "20'$i'-01-01T00:00:00Z" | .problem.n as $n |
            .results = [.results[0] | del(.samples) | range(1000) as $k | .variant = "variant-\($k)" |
                .key = "gpu/sum-aat/f32/variant-\($k)/n=\($n)"]' "$ROOT/results/reference/h200-gpu-10000.json" >many/$i.json
    done
    gpubench report many -o page.html
    exits 0
    [ "$(stat -c %s page.html)" -le 8000000 ]
    grep -q '1000 results; the first [0-9]* are listed' page.html
}

@test "the memory of a report, of exports and of comparisons does not grow with the documents" {
    mkdir many
    # Samples make a document of 100 kB; as JSON values, two hundred and fifty take 110 MB.
    jq -c '.results[0] |= (.samples |= with_entries(.value |= [range(0; 1500) as $i | .[$i % length]]) | .summary.count = (.samples.device_s | length))' \
        "$ROOT/results/reference/h200-gpu-10000.json" >big.json
    for i in {100..349}; do sed "s/\"started\":\"20../\"started\":\"2$i/" big.json >"many/$i.json"; done
    for what in 'report -o page.html' 'export --format csv' 'export --format influx' 'compare many' 'history gpu/* --json'; do
        # shellcheck disable=SC2086
        (ulimit -v 120000 && exec "$GPUBENCH" $what many >out.txt 2>errors.txt) || { cat errors.txt && false; }
    done
}

@test "a figure that a file does not have is a dash or left out, and no picture fails for it" {
    from=$ROOT/results/reference/h200-gpu-10000.json
    jq 'del(.results[].speed)' "$from" >speed.json
    jq '.results[].speed.flops = null' "$from" >flops.json
    jq '.results[].summary |= del(.low_s, .high_s, .min_s, .max_s, .confidence)' "$from" >interval.json
    for file in speed flops interval; do
        gpubench report "$file.json" --markdown
        exits 0
        lacks "$output" '(^|[^a-z])(nan|inf)[^a-z]'
        gpubench plot "$file.json"
        exits 0
        lacks "$output$errors" '(^|[^a-z])(nan|inf)[^a-z]|gnuplot failed'
    done
}
