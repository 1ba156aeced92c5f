#!/usr/bin/env python3
"""check-published.py pushgateway|influx|victoria URL RESULT... - reads back through the server's own API what was published
of result files, and compares every value of every result with the files. Prints what differs and fails if anything does.
"""
import collections
import datetime
import json
import sys
import time
import urllib.parse
import urllib.request

kind, url, *files = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(path, **query):
    with opener.open(url + path + ("?" + urllib.parse.urlencode(query) if query else ""), timeout=20) as answer:
        return answer.read().decode()


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


FIGURES = [  # where it is in the file, its Prometheus name and "stat", its InfluxDB field
    (("summary", "median_s"), "gpubench_time_seconds", "median", "median_s"),
    (("summary", "low_s"), "gpubench_time_seconds", "low", "low_s"),
    (("summary", "high_s"), "gpubench_time_seconds", "high", "high_s"),
    (("summary", "min_s"), "gpubench_time_seconds", "min", "min_s"),
    (("summary", "max_s"), "gpubench_time_seconds", "max", "max_s"),
    (("summary", "count"), "gpubench_samples", None, "samples"),
    (("speed", "flops"), "gpubench_flops", None, "flops"),
    (("speed", "flops_done"), "gpubench_flops_done", None, "flops_done"),
    (("speed", "bytes_per_s"), "gpubench_bytes_per_second", None, "bytes_per_s"),
    (("speed", "peak_share"), "gpubench_peak_ratio", None, "peak_share"),
    (("verdict", "sum_error"), "gpubench_sum_error_ratio", None, "sum_error"),
]


def figures(entry):
    for (outer, inner), metric, stat, field in FIGURES:
        value = (entry.get(outer) or {}).get(inner)
        if number(value):
            yield metric, stat, field, value


def entries(result):
    return [e for e in result["results"] if e["state"] != "waived"]


def started(result):
    then = datetime.datetime.strptime(result["started"], "%Y-%m-%dT%H:%M:%SZ")
    return int(then.replace(tzinfo=datetime.timezone.utc).timestamp())


# ---- what should be there: {(name, frozenset of labels): value}


def of_prometheus(result):
    want = {}
    group = {"job": "gpubench", "instance": result["host"]["name"], "device": result["device"]["place"].lstrip("/"),
             "op": result["problem"]["op"], "n": str(result["problem"]["n"]), "range": result["problem"]["range"]}
    if "uuid" in result["device"]:
        group["uuid"] = result["device"]["uuid"]
    elif "machine" in result["host"]:
        group["machine"] = result["host"]["machine"]

    def put(metric, value, /, **labels):
        want[metric, frozenset({**labels, **group}.items())] = value

    for entry in entries(result):
        labels = {k: entry[k] for k in ("arithmetic", "backend", "variant")} | {"model": result["device"]["name"]}
        put("gpubench_ok", int(entry["state"] == "ok"), **labels)
        for metric, stat, _, value in figures(entry):
            put(metric, value, **labels, **({"stat": stat} if stat else {}))
        for reason, count in entry.get("summary", {}).get("throttled", {}).items():
            put("gpubench_throttled_samples", count, **labels, reason=reason)
    if "job" in result:
        job = result["job"]
        put("gpubench_job_seconds", job["time_taken_s"], arithmetic=job["arithmetic"], variant=job["variant"])
        for phase in job["phases"]:
            put("gpubench_phase_seconds", phase["seconds"], phase=phase["name"])
    put("gpubench_started_timestamp_seconds", started(result))
    facts = {"name": ("device", "name"), "driver": ("driver", "version"), "uuid": ("device", "uuid"),
             "cpu": ("host", "cpu", "model"), "kernel": ("host", "kernel"), "blas": ("blas", "version"),
             "version": ("tool", "version"), "commit": ("tool", "commit"), "fingerprint": ("fingerprint",),
             "container": ("container", "kind"), "machine": ("host", "machine")}
    labels = {"simulated": str(result["simulated"]).lower()}
    for label, path in facts.items():
        value = result
        for key in path:
            value = value.get(key, {})
        if value:
            labels[label] = value
    put("gpubench_info", 1, **labels)
    return want


def of_influx(result):
    run = {"commit": result["tool"]["commit"], "device": result["device"]["name"],
           "driver": result.get("driver", {}).get("version"), "fingerprint": result["fingerprint"],
           "host": result["host"]["name"], "machine": result["host"].get("machine"), "place": result["device"]["place"],
           "range": result["problem"]["range"], "uuid": result["device"].get("uuid"), "version": result["tool"]["version"]}
    run = {k: v for k, v in run.items() if v}
    want = {}

    def put(name, field, value, **tags):
        want[name, field, frozenset({**tags, **run}.items()), started(result)] = value

    for entry in entries(result):
        tags = {k: str(entry[k]) for k in ("arithmetic", "backend", "n", "op", "variant")}
        put("gpubench", "ok", int(entry["state"] == "ok"), **tags)
        for _, _, field, value in figures(entry):
            put("gpubench", field, value, **tags)
    if "job" in result:
        job = result["job"]
        tags = {"arithmetic": job["arithmetic"], "variant": job["variant"], "backend": result["device"]["backend"],
                "op": result["problem"]["op"], "n": str(result["problem"]["n"])}
        put("gpubench_job", "time_taken_s", job["time_taken_s"], **tags)
        for phase in job["phases"]:
            put("gpubench_job", "phase_%s_s" % phase["name"], phase["seconds"], **tags)
    return want


# ---- what is there


def read_pushgateway():
    have = {}
    for group in json.loads(get("/api/v1/metrics"))["data"]:
        for name, family in group.items():
            if name.startswith("gpubench_"):
                for metric in family["metrics"]:
                    have[name, frozenset(metric["labels"].items())] = float(metric["value"])
    return have


def read_influx():
    have = collections.Counter()
    for measurement in "gpubench", "gpubench_job":
        query = 'SELECT * FROM "%s" GROUP BY *' % measurement
        answer = json.loads(get("/query", db="gpubench", epoch="ns", q=query))
        for series in answer["results"][0].get("series", []):
            tags = frozenset((k, v) for k, v in series["tags"].items() if v)
            for row in series["values"]:
                for column, value in zip(series["columns"][1:], row[1:]):
                    if value is not None:
                        have[measurement, column, tags, row[0] // 10**9] = value
    return have


def read_victoria():
    have = {}
    get("/internal/force_flush")
    # The fraction of a second in a point's time is made up, so the time may be later than now, where the export ends.
    query = {"match[]": '{__name__=~"gpubench.*"}', "end": int(time.time()) + 3600}
    for line in get("/api/v1/export", **query).splitlines():
        series = json.loads(line)
        labels = series["metric"]
        name = labels.pop("__name__")
        labels.pop("db", None)
        measurement = "gpubench_job" if name.startswith("gpubench_job_") else "gpubench"
        for value, ms in zip(series["values"], series["timestamps"]):
            have[measurement, name[len(measurement) + 1:], frozenset(labels.items()), ms // 1000] = value
    return have


read, expect, tolerance = {
    "pushgateway": (read_pushgateway, of_prometheus, 0),
    "influx": (read_influx, of_influx, 0),
    "victoria": (read_victoria, of_influx, 1e-12),  # it keeps decimal numbers
}[kind]

want = {}
for file in files:
    with open(file) as opened:
        want.update(expect(json.load(opened)))
have = read()
bad = 0
for key in sorted(set(want) | set(have), key=str):
    a, b = want.get(key), have.get(key)
    if a is None or b is None or abs(a - b) > tolerance * abs(a):
        print(key[0], *[dict(k) if isinstance(k, frozenset) else k for k in key[1:]], "want", a, "have", b)
        bad += 1
print("%d values, %d differ" % (len(want), bad))
sys.exit(bad > 0 or not want)
