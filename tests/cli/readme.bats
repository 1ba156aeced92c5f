#!/usr/bin/env bats
# README.md, docs/results.md and their pictures say what the result files say, and the check for it can fail.

setup() {
    top=$BATS_TEST_DIRNAME/../..
}

# A tree of one result file and the pages made from it, in which things can be changed.
copy() {
    export GPUBENCH_TREE=$BATS_TEST_TMPDIR
    mkdir -p "$GPUBENCH_TREE/results/reference" "$GPUBENCH_TREE/docs"
    cp "$top/README.md" "$GPUBENCH_TREE"
    cp "$top/docs/results.md" "$GPUBENCH_TREE/docs"
    cat >"$GPUBENCH_TREE/results/reference/one.json" <<'END'
{"schema": "gpubench-result/1", "simulated": false, "started": "2026-11-24T10:15:02Z", "tool": {"commit": "1a2b3c4", "dirty": false},
 "device": {"backend": "gpu", "name": "Example GPU", "compute_capability": "9.0"}, "driver": {"version": "580.1"},
 "problem": {"op": "matmul", "n": 1000},
 "results": [
  {"key": "gpu/matmul/f32/cublas-sgemm/n=1000", "state": "ok", "op": "matmul", "n": 1000, "variant": "cublas-sgemm", "arithmetic": "f32",
   "library": true, "symmetric": false, "summary": {"median_s": 0.002, "low_s": 0.00199, "high_s": 0.00201, "confidence": 0.99},
   "speed": {"flops": 1e12, "bytes_per_s": 4e9, "peak_share": 0.5}},
  {"key": "gpu/matmul/f32/tile/n=1000", "state": "ok", "op": "matmul", "n": 1000, "variant": "tile", "arithmetic": "f32",
   "library": false, "symmetric": false, "summary": {"median_s": 0.001, "low_s": 0.001, "high_s": 0.001, "confidence": 0.9},
   "speed": {"flops": 2e12, "bytes_per_s": 8e9, "peak_share": null}}]}
END
    "$top/scripts/docs/reference-tables" --write
}

@test "the tables in README.md and docs/results.md are those of results/reference" {
    run "$top/scripts/docs/reference-tables" --check
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "README.md has at most 150 lines of at most 120 characters, and no document has a longer line of prose" {
    [ "$(wc -l <"$top/README.md")" -le 150 ]
    run python3 - "$top" <<'END'
import pathlib, sys
top = pathlib.Path(sys.argv[1])
for page in [*top.glob("*.md"), *top.glob("docs/*.md"), top / "results/reference/README.md"]:
    code = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        code ^= line.startswith("```")
        prose = not code and not line.startswith(("|", "    ", "**")) and page.name != "source.md"
        if len(line) > 120 and (prose or page == top / "README.md"):
            print(f"{page.relative_to(top)}:{number}: {len(line)} characters")
END
    echo "$output"
    [ -z "$output" ]
}

@test "in README.md's tables no space that a line may break at parts a number from its unit" {
    run grep -nP '^\|.*(\d (ms|µs|s|GB/s|TFLOP/s|GHz|W|cores|GB|GiB|minutes)\b|N = \d)' "$top/README.md"
    echo "$output"
    [ "$status" -eq 1 ]
}

# Prints FILE: TARGET for each link of a document that leads nowhere: to a file that is not there, or a heading that is not.
dead_links() {
    python3 - "$1" <<'END'
import pathlib, re, sys
top = pathlib.Path(sys.argv[1]).resolve()

def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}

for page in [*top.glob("*.md"), *top.glob("docs/*.md"), top / "results/reference/README.md"]:
    if not page.exists() or page.name == "source.md":
        continue
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if target.name != "source.md" and (not target.exists() or (anchor and anchor not in anchors(target))):
            print(f"{page.relative_to(top)}: {link}")
END
}

@test "links of the documents lead to files and headings that are there" {
    run dead_links "$top"
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    mkdir -p "$BATS_TEST_TMPDIR/docs"
    echo '[a](b.md) [c](d.md#no-such)' >"$BATS_TEST_TMPDIR/docs/x.md"
    echo '# Such' >"$BATS_TEST_TMPDIR/docs/d.md"
    [ "$(dead_links "$BATS_TEST_TMPDIR")" = 'docs/x.md: b.md
docs/x.md: d.md#no-such' ]
}

@test "files and folders that the documents name are there" {
    run bash -c 'cd "$1" && grep -ohP "(?<![\w/.-])(bench|harness|kernels|cpu|scripts|tests|docs|results)/[a-zA-Z0-9_/.-]*[a-z0-9](?![-*a-z0-9])" README.md CONTRIBUTING.md docs/[!s]*.md |
        sort -u | while read -r file; do [ -e "$file" ] || [[ $file == */my_tile* ]] || echo "$file"; done' - "$top"
    echo "$output"
    [ -z "$output" ]
}

# The figures of the main job's sample, from its result file.
@test "README.md's sample of the main job shows the figures of its result file" {
    file=$top/results/reference/h200-gpu-10000.json
    sample=$(awk '/^<!-- sample: gpubench gpu 10000 -->$/ { inside = 1; next } inside && /^```$/ && fences++ { exit } inside' "$top/README.md")
    jq -r '.results[0] as $r | def ms: . * 10000 | round / 10 | tostring | if test("[.]") then . else . + ".0" end | . + " ms";
        "\(.device.name) · cc \(.device.compute_capability) · driver \(.driver.version)",
        "Time taken: 0:00:00.\(.job.time_taken_s * 1e6 | floor)",
        (.job.phases[] | select(.seconds >= 5e-5) | .seconds | ms),
        "\($r.summary.median_s * 1e5 | round / 100) ms", "\($r.speed.flops / 1e11 | round / 10) TFLOP/s as 2N³",
        "\($r.speed.flops_done / 1e10 | round / 100) TFLOP/s done", "\($r.speed.peak_share * 100 | round) % of peak",
        "\($r.summary.count) runs after \($r.summary.warmups) warm-up"' "$file" >"$BATS_TEST_TMPDIR/figures"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/figures")" -ge 10 ]
    while read -r figure; do
        grep -qF -- "$figure" <<<"$sample" || { echo "$figure is not in the sample" && false; }
    done <"$BATS_TEST_TMPDIR/figures"
    grep -qxF "$(printf '%.6e' "$(jq .job.sum "$file")")" <<<"$sample"
}

@test "README.md's picture and the factors beside it are of its result file" {
    run "$top/scripts/docs/speed-picture" --check
    echo "$output"
    [ "$status" -eq 0 ]
    export GPUBENCH_TREE=$BATS_TEST_TMPDIR
    mkdir -p "$GPUBENCH_TREE/results/reference" "$GPUBENCH_TREE/docs"
    cp "$top/README.md" "$GPUBENCH_TREE"
    cp "$top"/docs/speed*.svg "$GPUBENCH_TREE/docs"
    source=results/reference/h200-sum-aat-10000.json
    cp "$top/$source" "$GPUBENCH_TREE/$source"
    "$top/scripts/docs/speed-picture" --check
    factor=$(grep -om 1 '[0-9.]* times as fast as cuBLAS' "$top/README.md" | cut -d ' ' -f 1,2)
    sed -i "s/$factor/9.99 times/" "$GPUBENCH_TREE/README.md"
    run "$top/scripts/docs/speed-picture" --check
    [ "$status" -eq 1 ]
    [[ $output == *"README.md does not say $factor"* ]]
    jq '(.results[] | select(.variant == "ffma-sm90") | .summary.median_s) *= 1.01' "$top/$source" >"$GPUBENCH_TREE/$source"
    run "$top/scripts/docs/speed-picture" --check
    [ "$status" -eq 1 ]
    [[ $output == *'docs/speed.svg is not of results/reference'* ]]
}

@test "a picture has a title and a description, which gives its finding" {
    for picture in "$top"/docs/*.svg; do
        grep -q '<title id="title">..*</title>' "$picture"
        grep -q '<desc id="finding">.* ms.*</desc>\|<desc id="finding">.* times .*</desc>' "$picture"
    done
}

@test "results of a changed tree never show its commit" {
    copy
    sed -i 's/"dirty": false/"dirty": true/' "$GPUBENCH_TREE/results/reference/one.json"
    "$top/scripts/docs/reference-tables" --write
    grep -qF '2026-11-24 · measured on uncommitted changes' "$GPUBENCH_TREE/docs/results.md"
    [ "$(cat "$GPUBENCH_TREE/docs/results.md" "$GPUBENCH_TREE/README.md" | grep -c 1a2b3c4)" -eq 0 ]
}

@test "a result file becomes rows, fastest first, with device, driver and day" {
    copy
    "$top/scripts/docs/reference-tables" --check
    grep -qxF '**Example GPU** · compute capability 9.0 · driver 580.1 · 2026-11-24 · commit 1a2b3c4' "$GPUBENCH_TREE/docs/results.md"
    rows='| tile | 1.000 ms | - | 2.00 | - | 2.00 |
| cublas-sgemm | 2.000 ms | 0.5 % | 1.00 | 50 % | 1.00 |'
    [ "$(grep -A1 -F '| tile |' "$GPUBENCH_TREE/docs/results.md")" = "$rows" ]
}

@test "a figure changed in a page, or in a file, is found" {
    for page in README.md docs/results.md; do
        copy
        sed -i '/tile/s/1\.000/0.900/' "$GPUBENCH_TREE/$page"
        run "$top/scripts/docs/reference-tables" --check
        [ "$status" -eq 1 ]
        [[ $output == *"the tables in $page are not"* ]]
    done
    copy
    sed -i 's/0\.001,/0.0011,/' "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/docs/reference-tables" --check
    [ "$status" -eq 1 ]
    [[ $output == *'reference-tables --write'* ]]
}

# $1: sed expression that spoils the result file, $2: what must be said about it.
refused() {
    copy
    sed -i "$1" "$GPUBENCH_TREE/results/reference/one.json"
    run "$top/scripts/docs/reference-tables"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == "reference-tables: one.json: "*"$2"* ]]
}
@test "a simulated device is refused" { refused 's/"simulated": false/"simulated": true/' simulated; }
@test "a wrong result is refused" { refused '0,/"state": "ok"/s//"state": "wrong", "reason": "off"/' 'cublas-sgemm/n=1000 is wrong: off'; }
@test "another schema is refused" { refused 's|result/1|result/2|' result/2; }
@test "half a file is refused" { refused 5,99d 'line 5'; }

# $1: arithmetic, $2: variant, $3: median, $4: is a library; added to the result file.
add() {
    local file=$GPUBENCH_TREE/results/reference/one.json
    jq --arg a "$1" --arg v "$2" --argjson s "$3" --argjson l "$4" '.results += [.results[1] |
        .key = "gpu/matmul/\($a)/\($v)/n=1000" | .arithmetic = $a | .variant = $v | .library = $l | .summary.median_s = $s]' \
        "$file" >"$file.new"
    mv "$file.new" "$file"
}
@test "each arithmetic is quoted against the library in it, and what replaces f32 against f32's" {
    copy
    add tf32 cublas-gemm 0.0005 true
    add tf32 fast 0.0004 false
    add f32-3xf16 split 0.0002 false
    add bf16 alone 0.0001 false
    "$top/scripts/docs/reference-tables" --write
    grep -F '| × library |' "$GPUBENCH_TREE/docs/results.md"
    grep -q '^| fast (tf32) .* 1\.25 |$' "$GPUBENCH_TREE/docs/results.md"
    grep -q '^| split (f32-3xf16) .* 10\.00 |$' "$GPUBENCH_TREE/docs/results.md"
    grep -q '^| tile .* 2\.00 |$' "$GPUBENCH_TREE/docs/results.md"
    grep -q '^| alone (bf16) .* - |$' "$GPUBENCH_TREE/docs/results.md"
}

@test "README.md's table has the fastest kernel of each arithmetic, against the plain product and the library's fastest" {
    copy
    add f32 cublas-fast 0.0015 true
    add f32 slow 0.004 false
    "$top/scripts/docs/reference-tables" --write
    # shellcheck disable=SC2016 # these are Markdown's
    sed 's/\xc2\xa0/ /g' "$GPUBENCH_TREE/README.md" |
        grep -qxF '| `matmul` `f32`, N = 1000 | tile | 1.000 ms | 2.00 TFLOP/s | 2.00 cublas-sgemm | 1.50 |'
    [ "$(grep -c '| slow |' "$GPUBENCH_TREE/README.md")" -eq 0 ]
}
