#!/usr/bin/env bats
# The alerts and the dashboard: promtool runs the rules over invented series, and every metric and label that they name is one that
# gpubench writes, with its label values.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load ../cli/helper
load ../servers/servers

FOLDER=$BATS_TEST_DIRNAME/../../scripts/fleet/prometheus

# promtool, installed or unpacked by scripts/make/fetch-servers.
promtool() {
    local path
    path=$(type -P promtool || program promtool) || skip "no promtool (scripts/make/fetch-servers)"
    "$path" "$@"
}

@test "the alerts fire for the slow, the wrong and the silent card, and for no other" {
    cp "$FOLDER/gpubench.rules.yml" "$BATS_TEST_DIRNAME/gpubench.rules.test.yml" .
    promtool check rules gpubench.rules.yml
    promtool test rules gpubench.rules.test.yml
    # The test of the rules can fail.
    sed -i 's/> 2 \* 86400/> 9 * 86400/' gpubench.rules.yml
    run ! promtool test rules gpubench.rules.test.yml
}

@test "node exporter's textfile collector reads what export writes" {
    program exporter >/dev/null || skip "no node exporter (scripts/make/fetch-servers)"
    mkdir textfile
    fresh h200-gpu-10000 >one.json
    "$GPUBENCH" export --format openmetrics one.json >textfile/gpubench.prom
    start exporter
    curl --silent "http://127.0.0.1:$(<"$BATS_FILE_TMPDIR/exporter.port")/metrics" >metrics
    # A file that it refuses is an error there: it takes no times, for one.
    sed -n '/^gpubench_ok/s/$/ 1790000000000/p' textfile/gpubench.prom >textfile/refused.prom
    curl --silent "http://127.0.0.1:$(<"$BATS_FILE_TMPDIR/exporter.port")/metrics" >refused
    stop_servers
    grep -qx 'node_textfile_scrape_error 0' metrics
    grep -qx 'node_textfile_scrape_error 1' refused
    # Every metric of the file is there.
    grep -oE '^gpubench_\w+' textfile/gpubench.prom | sort | uniq -c >wanted
    [ "$(wc -l <wanted)" -ge 5 ]
    diff wanted <(grep -oE '^gpubench_\w+' metrics | sort | uniq -c)
}

# What a Pushgateway gets: the metrics of results, with the labels of their group.
pushed() {
    local file
    certificate unused DNS:unused
    start_faulty
    for file; do gpubench publish "$file" --to "pushgateway+http://127.0.0.1:$(port_of plain)/ok"; exits 0; done
    stop_servers
    cat "$BATS_FILE_TMPDIR"/kept/*
}

@test "what alerts and dashboard name is what gpubench writes" {
    fresh h200-gpu-10000 '.results[0].summary.throttled = {sw_power_cap: 1}' >one.json
    fresh many-gpus/h200x2-50000-f32-3xf16-none >two.json
    pushed one.json two.json >metrics
    python3 - "$FOLDER" metrics >unknown <<'END'
import json, pathlib, re, sys
folder, metrics = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text()
# The group's labels, from the address that a Pushgateway takes, are on every metric.
group = {"job", "instance", "device", "uuid", "op", "n", "range"}
labels, stats = {}, set()
for name, inside in re.findall(r"^(gpubench_\w+)(?:\{(.*)\})? ", metrics, re.M):
    found = dict(re.findall(r'(\w+)="([^"]*)"', inside))
    labels.setdefault(name, set(group)).update(found)
    stats.add(found.get("stat"))
dashboard = json.loads((folder / "grafana.json").read_text())
rules = (folder / "gpubench.rules.yml").read_text()
texts = re.findall(r"expr: \|\n((?: {10,}.*\n)+)", rules) + [t["expr"] for p in dashboard["panels"] for t in p["targets"]]
texts += [v["query"] for v in dashboard["templating"]["list"]]
assert len(texts) > 10 and len(labels) > 8, (len(texts), sorted(labels))
every = set().union(*labels.values()) | {"__name__"}
for text in texts:
    for name in set(re.findall(r"gpubench_\w+", text)) - labels.keys():
        print("no such metric:", name)
    for name, inside in re.findall(r"(gpubench_\w+)\{(.*?)\}", text):
        for label, value in re.findall(r'(\w+)=~?"([^"]*)"', inside):
            if name in labels and label not in labels[name]:
                print(f"{name} has no label {label}")
            if label == "stat" and value not in stats:
                print("no such stat:", value)
    for listed in re.findall(r"(?:by|on) \((.*?)\)", text):
        for label in set(listed.split(", ")) - every:
            print("no such label:", label)
for legend in re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", rules + json.dumps(dashboard)):
    if legend not in every:
        print("no such label:", legend)
END
    cat unknown
    [ ! -s unknown ]
}

@test "the dashboard: panels beside one another, not over one another, each of the chosen source" {
    jq -e '.panels as $p | (.schemaVersion > 30) and ([$p[].id] | unique | length) == ($p | length) and
        all($p[]; .title and .datasource.uid == "${source}" and .gridPos.x + .gridPos.w <= 24 and (.targets | length > 0)) and
        all($p[] | .gridPos as $a | $p[] | .gridPos as $b | select($a != $b) | [$a, $b];
            (.[0].x + .[0].w <= .[1].x) or (.[1].x + .[1].w <= .[0].x) or (.[0].y + .[0].h <= .[1].y) or (.[1].y + .[1].h <= .[0].y)) and
        any(.templating.list[]; .name == "source" and .type == "datasource")' "$FOLDER/grafana.json"
}

@test "a wrong result and silence are alerts of the textfile collector's file too" {
    jq '.results[0] |= (.state = "wrong" | .reason = "planted" | .verdict.ok = false | .verdict.sum_error = 0.1)' \
        "$ROOT/results/reference/h200-gpu-10000.json" | jq '.started = "2026-11-01T00:00:00Z"' >wrong.json
    "$GPUBENCH" export --format openmetrics wrong.json >file || true
    grep -q '^gpubench_ok{.*} 0' file
    cp "$FOLDER/gpubench.rules.yml" .
    # As scraped from 1970 on: the run began at 1 h, was wrong, and no other followed.
    python3 - file >test.yml <<'END'
import json, re, sys
series = []
for name, labels, value in re.findall(r'^(gpubench_(?:ok|started_timestamp_seconds)){(.*)} (\S+)$', open(sys.argv[1]).read(), re.M):
    series.append({"series": f'{name}{{instance="n1:9100",{labels}}}', "values": ("3600" if "started" in name else value) + "x96"})
assert len(series) == 2, series
alert = lambda name, hour: {"eval_time": f"{hour}h", "alertname": name, "exp_alerts": []}
print(json.dumps({"rule_files": ["gpubench.rules.yml"], "evaluation_interval": "1m", "tests": [{"interval": "1h", "input_series": series,
    "alert_rule_test": [alert("GpuWrong", 2), alert("BenchmarkSilent", 90)]}]}))
END
    run promtool test rules test.yml # which tells what fires, because none is expected
    matches "$output" 'alertname: ?GpuWrong, time: ?2h'
    matches "$output" 'alertname: ?BenchmarkSilent, time: ?3d18h'
}

@test "the textfile collector's file has the same labels, and two cards of one host are two series" {
    for uuid in GPU-1111aaaa GPU-2222bbbb; do fresh h200-gpu-10000 ".device.uuid = \"$uuid\"" >$uuid.json; done
    gpubench export --format openmetrics GPU-1111aaaa.json GPU-2222bbbb.json
    exits 0
    grep -c 'stat="median"} ' <<<"$output" | grep -qx 2
    for uuid in GPU-1111aaaa GPU-2222bbbb; do
        matches "$output" "gpubench_time_seconds\{.*n=\"10000\".*model=\"NVIDIA H200\",uuid=\"$uuid\",stat=\"median\"\}"
    done
    promtool check metrics <<<"$output"
}
