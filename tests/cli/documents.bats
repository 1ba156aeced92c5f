#!/usr/bin/env bats
# What the documents say is so: their commands are understood and run, on the simulated GPU and against servers of this machine;
# options, variables, keys, make targets, exit statuses and figures are those of the program. readme.bats has README.md and the links.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load ../servers/servers

pages() { (cd "$ROOT" && printf '%s\n' README.md CONTRIBUTING.md docs/*.md | grep -vE 'source.md|kernel-notebook.md'); }
commands() { (cd "$ROOT" && xargs tests/cli/document-commands < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else pages; fi)); }

@test "every gpubench command in a code block is one that gpubench understands" {
    commands >list
    [ "$(wc -l <list)" -gt 30 ]
    while IFS=$'\t' read -r where command; do
        # Without variables before it and pipes behind it.
        words=$(sed -E 's/^([A-Z_]+=[^ ]+ )*gpubench //; s/ ([|>]|&&).*//; s/ -- .*//' <<<"$command")
        [[ $words != --* ]] || continue
        eval "set -- $words"
        [ "$1" != ab ] || shift $#
        [ $# -eq 0 ] || "$GPUBENCH" "$@" --help >/dev/null 2>said || { echo "$where: $command"; cat said; }
    done <list >refused
    cat refused
    [ ! -s refused ]
}

@test "an option that a document gives a gpubench command is found if it does not exist" {
    mkdir -p "$BATS_TEST_TMPDIR/docs"
    printf 'Text.\n\n    gpubench gpu 10 --no-such   is none\n    x gpubench gpu 5\n' >page.md
    [ "$("$ROOT/tests/cli/document-commands" page.md)" = $'page.md:3\tgpubench gpu 10 --no-such' ]
    run ! "$GPUBENCH" gpu 10 --no-such --help
}

teardown() { [ ! -e "$BATS_FILE_TMPDIR/store.pid" ] || stop_servers; }

# A folder in which the commands of documents find what they name, with small problems in place of large ones.
sandbox() {
    mkdir -p bin before after fleet old new DIR results share/results data/gpubench/results
    for place in bin old new; do ln -sf "$GPUBENCH" $place/gpubench; done
    export PATH=$PWD/bin:$PATH XDG_DATA_HOME=$PWD/data LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=h100
    unset GPUBENCH_RESULTS
    export AWS_ACCESS_KEY_ID=planted-secret-id AWS_SECRET_ACCESS_KEY=planted-secret-key GPUBENCH_TOKEN=planted-secret-token
    for number in 1 2 3 4 5 6; do
        fresh h200-gpu-10000 ".host.name = \"node$number\" | .device.uuid = \"GPU-$number\"" >fleet/$number.json
        cp fleet/$number.json before/$number.json
        fresh h200-gpu-10000 ".started = \"2026-11-2${number}T10:00:00Z\"" | tee after/$number.json before/$number.json >DIR/$number.json
    done
    cp DIR/*.json results/ && cp DIR/*.json data/gpubench/results/
    cp DIR/1.json A.json && cp DIR/2.json B.json && cp DIR/3.json FILE && cp DIR/4.json result.json
    echo planted-secret-token >token
    serve store python3 "$SERVERS/store.py" "$BATS_FILE_TMPDIR"
    eventually test -s "$BATS_FILE_TMPDIR/store.port"
    port=$(<"$BATS_FILE_TMPDIR/store.port")
}

# The same command with a small problem, and with servers and places of this machine. Gates refuse a simulated GPU, so they get a CPU.
made_small() {
    sed -E "s/\b(gpu|cpu) (10000|4000|1000|200000)\b/\1 64/g; s/64:16384/32:64 --samples 2/; s/--max-time [0-9]+/--max-time 0.01/
        s/ffma-sm90,cublas-ssyrk/triangle,kepler-triangle/; s/…/abc/; s/--image portable\$/& --samples 1/
        s#(pushgateway|influx|s3)\+https?://[^/ ']+#\1+http://127.0.0.1:$port#g; s#https://[^/ '?]+#http://127.0.0.1:$port#g
        s#file:///mnt/share#file://$PWD/share#; s#/run/secrets/bench#token#; s#~/results#results#; s#FILE\.\.\.#FILE#
        s#(publish|to|baseline) URL#\1 http://127.0.0.1:$port/stored.json#; s#\\\$class#class#
        /check|ab /s/gpu 64/cpu 64 --samples 3/g; /check/s/check /check --processes 5 /"
}

@test "the commands of docs/README.md, ci.md and publishing.md do what they are there for" {
    [ -e "${FAKECUDA:-$ROOT/build/tests/fakecuda}/libcuda.so.1" ] || skip "no fake driver"
    sandbox
    # publishing.md's first lines come last: they need what the others store.
    commands docs/README.md docs/ci.md docs/publishing.md | made_small | grep -vE 'check .*/stored' >list
    [ "$(wc -l <list)" -gt 30 ]
    while IFS=$'\t' read -r where command; do
        status=0
        timeout 120 bash -o pipefail -c "$command" >said 2>&1 </dev/null || status=$?
        # 3: a comparison says that something is slower; 4: this machine is too noisy for a gate.
        case $status:$command in
        0:* | 3:*compare* | 3:*check* | 3:*ab\ * | 4:*--self-test*) ;;
        *) printf '%s: exit %s: %s\n' "$where" $status "$command" && cat said ;;
        esac
    done <list >wrong
    cat wrong
    [ ! -s wrong ]
    for file in report.html slow.html main.json gpubench.prom; do [ -s $file ]; done
}

# shellcheck disable=SC2016 # what the document has is not expanded here
@test "docs/fleet.md: the loop of a shell on each of two nodes, and the verdict over the two" {
    loop=$(grep -oP '^\| a shell on each node \| `\K[^`]+' "$ROOT/docs/fleet.md" | sed "s#/shared#$PWD#; s/gpu 10000/cpu 64 --samples 3/")
    judge=$(tr -s '\n ' ' ' <"$ROOT/docs/fleet.md" | grep -oP 'to judge two nodes, compare their folders: `\K[^`]+' | sed "s#/shared#$PWD#g")
    [[ $loop == *'$(hostname)'* && $judge == 'gpubench compare '* ]]
    mkdir bin && ln -s "$GPUBENCH" bin/gpubench
    for node in node1 node2; do
        PATH=$PWD/bin:$PATH GPUBENCH_HOST=$node bash -c "hostname() { echo $node; }; $loop"
        [ "$(find accept-1/$node -name '*.json' | wc -l)" -eq 5 ]
    done
    # Five runs a side on a machine that is busy may be inconclusive or differ, but are compared.
    PATH=$PWD/bin:$PATH run bash -c "$judge"
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    [[ $output =~ (SAME|FAST|SLOW|UNSURE) ]]
}

@test "the examples of docs/results-format.md read a result file" {
    fresh h100-sum-aat-10000 >one.json
    mkdir -p DIR/class && cp one.json DIR/class/
    grep -oP '^    \Kjq .*' "$ROOT/docs/results-format.md" | sed 's/ FILE$/ one.json/' >list
    [ "$(wc -l <list)" -ge 4 ]
    while read -r command; do
        bash -c "$command" >said || { echo "$command" && false; }
        [ -s said ] || [[ $command == *'!= "ok"'* ]] || { echo "nothing: $command" && false; }
    done <list
}

@test "every option that a document names is one of gpubench's, or of the other program on its line" {
    { grep -oP '^ +\{"\K[a-z-]+(?=", (0|.[a-z].),)' "$ROOT/bench/cli/table.c"; printf '%s\n' print version; } >options
    [ "$(wc -l <options)" -gt 40 ]
    (cd "$ROOT" && pages | xargs grep -noP '(?<![\w-])--[a-z][a-z-]+' | sort -u) | while IFS=: read -r file number option; do
        grep -qxF -- "${option#--}" options && continue
        sed -n "$number"p "$ROOT/$file" | grep -qE 'docker|podman|sbatch|srun|kubectl|apt|seccomp|no-install-recommends|mokutil|nvidia-|curl|build/tests/unit|scripts/|tar |ansible|reference-tables|image|GPUBENCH=|`--(gpus|nv|user|cpus|init|filter)' && continue
        echo "$file:$number: $option"
    done >unknown
    cat unknown
    [ ! -s unknown ]
}

@test "the variables of the environment: those that the program reads are in the manual page, and documents name no others" {
    (cd "$ROOT" && grep -rhoP '(getenv\(|^ *\{?)"\K(GPUBENCH|XDG|AWS)_[A-Z_]+(?=")' bench harness kernels cpu) | sort -u >variables
    grep -q GPUBENCH_RESULTS variables
    # Between parts of gpubench, or of one server's kind, which docs/publishing.md describes.
    while read -r name; do
        grep -q "$name" "$ROOT/docs/gpubench.1" || echo "not in the manual page: $name"
    done < <(grep -vE '^GPUBENCH_BARRIER$' variables) >missing
    cat missing
    [ ! -s missing ]
    (cd "$ROOT" && pages | xargs grep -ohP '\bGPUBENCH_[A-Z_]+' | sort -u) | while read -r name; do
        grep -rq "$name" "$ROOT/bench" "$ROOT/harness" "$ROOT/kernels" "$ROOT/scripts" "$ROOT/cpu" || echo "nobody reads $name"
    done >unknown
    cat unknown
    [ ! -s unknown ]
}

@test "keys in documents and help are of variants that exist" {
    for op in sum-aat matmul reduce; do "$GPUBENCH" list --op $op --json; done 2>/dev/null | jq -r '.. | objects | select(.variant?) | .variant' | sort -u >variants
    [ -s variants ] || "$GPUBENCH" list 2>/dev/null | awk '{ print $0 }' >variants
    (cd "$ROOT" && { pages | xargs grep -ohP "\b[gc]pu/(sum-aat|matmul|reduce)/[a-z0-9-]+/[a-z0-9-]+(?=/n=)"; for verb in history export compare; do "$GPUBENCH" $verb --help; done | grep -oP "\b[gc]pu/[a-z-]+/[a-z0-9-]+/[a-z0-9-]+(?=/n=)"; } | sort -u) >keys
    [ -s keys ]
    while IFS=/ read -r backend op arithmetic variant; do
        "$GPUBENCH" "$backend" 64 --op "$op" --arith "$arithmetic" --variant "$variant" --help >/dev/null 2>&1 &&
            grep -qE "(^|[^a-z0-9-])$variant([^a-z0-9-]|$)" variants || echo "$backend/$op/$arithmetic/$variant"
    done <keys >unknown
    cat unknown
    [ ! -s unknown ]
}

@test "make targets and scripts that the documents name exist" {
    (cd "$ROOT" && pages | xargs grep -ohP '(?:`|^    |&& |sudo )make \K[a-z][a-z-]+' | sort -u) >targets
    [ "$(wc -l <targets)" -gt 10 ]
    while read -r target; do grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" "$ROOT/Makefile" "$ROOT"/tests/*/*.mk || echo "make $target"; done <targets >missing
    cat missing
    [ ! -s missing ]
}

@test "the exit statuses in README.md, docs/ci.md and the manual page are those of the program" {
    grep -oP '^\s*X\(\w+, \K[0-9]+' "$ROOT/harness/base/status.h" | sort -un >codes
    [ "$(wc -l <codes)" -ge 8 ]
    for page in README.md docs/ci.md; do
        awk '/^\| status \|/ { inside = 1 } inside && /^$/ { inside = 0 } inside' "$ROOT/$page" | grep -oP '^\| \K[0-9][0-9, ]*' | grep -oE '[0-9]+' | sort -un >said
        while read -r code; do grep -qx "$code" codes || [ "$code" -gt 128 ] || echo "$page: no status $code"; done <said
        while read -r code; do grep -qx "$code" said || [ "$code" -gt 128 ] || echo "$page lacks status $code"; done <codes
    done >wrong
    cat wrong
    [ ! -s wrong ]
}

@test "the example of docs/method.md has the samples of its file, and the trial's figures" {
    jq -r '.results[] | select(.variant == "ffma-sm90") | .samples.device_s | sort | map(. * 1e5 | round / 100 | tostring) | join("  ")' \
        "$ROOT/results/reference/h100-sum-aat-10000.json" | sed 's/^/    /' >samples
    [ -s samples ]
    grep -qxFf samples "$ROOT/docs/method.md"
    for figure in 18.39 18.40 20.95 '+13.9 %'; do
        grep -qF -- "$figure" "$ROOT/docs/method.md"
        grep -qF -- "$figure" "$ROOT/results/reference/gate/h100-gpu-10000-trial.txt" || { echo "$figure is not in the trial" && false; }
    done
}

@test "what docs/method.md says of the driver's start is what the result files have" {
    # shellcheck disable=SC2016 # $name is jq's. Ranks with measured shares open their GPUs a second time.
    opened() { (cd "$ROOT/results/reference" && git ls-files '*.json' | xargs jq -r --arg name "$1" 'select(.job and .device.name == $name and (.results[0].key | endswith("/measured") | not)) |
        .job.phases[] | select(.name == "open") | .seconds * 1000 | round') | sort -n; }
    opened "NVIDIA H100 80GB HBM3" >h100
    opened "NVIDIA H200" >h200
    text=$(tr '\n' ' ' <"$ROOT/docs/method.md")
    [[ $text == *"took $(head -1 h100) to $(tail -1 h100) ms in six runs of one day, and on H200s with the same driver $(head -1 h200) to $(tail -1 h200) ms"* ]]
    [ "$(wc -l <h100)" -eq 6 ]
    [[ $text == *"$(jq -r '"Of the \(.job.time_taken_s * 1000 | round) ms"' "$ROOT/results/reference/h200-gpu-10000.json")"* ]]
}

@test "every range, type, operation and cache state makes a result that the schema accepts" {
    python3 -c 'import jsonschema' || skip "no python3-jsonschema"
    export LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=h100
    for range in unit signed wide; do
        for op in sum-aat matmul reduce; do
            for type in f32 f64; do
                "$GPUBENCH" cpu 33 --op $op --type $type --range $range -q --samples 1 -o cpu-$op-$type-$range.json >/dev/null
                "$GPUBENCH" gpu 33 --op $op --type $type --range $range -q --samples 1 -o gpu-$op-$type-$range.json >/dev/null
            done
        done
    done
    "$GPUBENCH" gpu 33 --op reduce --cache cold --range wide -q --samples 1 -o cold.json >/dev/null
    "$ROOT/scripts/check/validate-result" ./*.json
}
