"""What the scripts beside this file share: result files of results/reference read, grouped, and written as text.

Files are looked for below $GPUBENCH_TREE if that is set, else in this tree. Results of simulated devices, and results that are
wrong or failed, end the program with a message.
"""
import json
import math
import os
import pathlib
import statistics
import sys

ROOT = pathlib.Path(os.environ.get("GPUBENCH_TREE") or pathlib.Path(__file__).resolve().parent.parent.parent)
BEGIN, END = "<!-- tables -->\n", "<!-- /tables -->"
OPERATIONS = {"sum-aat": "sum of A·Aᵀ", "matmul": "A·Aᵀ, every entry stored", "reduce": "sum of A"}


def digits(x, count=4):
    """x with `count` significant digits; trailing zeros are kept."""
    decimals = max(0, count - 1 - math.floor(math.log10(abs(x)))) if x else count - 1
    return f"{x:.{decimals}f}"


def time(seconds):
    for unit, scale in ("s", 1), ("ms", 1e-3):
        if seconds >= scale:
            return f"{digits(seconds / scale)} {unit}"
    return f"{digits(seconds / 1e-6)} µs"


def percent(x):
    return f"{100 * x:.{1 if x < 0.1 else 0}f} %"


def rate(result):
    """The operation's speed: 10⁹ bytes a second for reduce, 10¹² FLOP a second for the products."""
    speed = result["speed"]
    return speed["bytes_per_s"] / 1e9 if result["op"] == "reduce" else speed["flops"] / 1e12


def table(header, rows):
    """The first column to the left, figures to the right."""
    yield "| " + " | ".join(header) + " |"
    yield "|---|" + "---:|" * (len(header) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def read(path):
    document = json.loads(path.read_text("utf-8"))
    if document["schema"] != "gpubench-result/1":
        raise ValueError(f"schema is {document['schema']}")
    if document["simulated"]:
        raise ValueError("the device is simulated, so its times mean nothing")
    for result in document["results"]:
        if result["state"] in ("wrong", "failed"):
            raise ValueError(f"{result['key']} is {result['state']}: {result['reason']}")
    return document


def place(document):
    """What a section covers: one device under one driver, or one CPU with one BLAS library, and one type of entries."""
    device = document["device"]
    if device["backend"] == "gpu":
        with_what = [f"compute capability {device['compute_capability']}", f"driver {document['driver']['version']}"]
    else:
        blas = document.get("blas", {})
        with_what = [f"{document['cpu']['threads']} threads"]
        with_what += [f"{blas['name']} {blas['version']}"] if "version" in blas else []
    return (device["backend"] == "cpu", device["name"], " · ".join(with_what), document["problem"].get("type", "f32"))


def dates(documents):
    days = sorted({d["started"][:10] for d in documents})
    return " to ".join(dict.fromkeys([days[0], days[-1]]))


def sources(documents):
    """The commits that were measured. The commit of a changed tree is left out, because it is not what was measured."""
    commits = sorted({d["tool"]["commit"][:8] for d in documents if not d["tool"]["dirty"]})
    commit = f"commit {', '.join(commits)}"
    if all(d["tool"]["dirty"] for d in documents):
        return "measured on uncommitted changes"
    return commit + (" and uncommitted changes" if any(d["tool"]["dirty"] for d in documents) else "")


def unsettled(documents):
    """What to say of tables at the power limit in whose turns clocks did not settle (docs/method.md)."""
    limited = [d for d in documents if "job" not in d and d["problem"].get("range") != "[-1,1)" and
               any("sw_power_cap" in r.get("summary", {}).get("throttled", {}) for r in d["results"])]
    settled = [d for d in limited if any("settling" in r.get("summary", {}) for r in d["results"])]
    return "" if settled == limited else " · clocks not settled" if not settled else " · some clocks not settled"


def heading(key, documents):
    entries = "float64 entries · " if key[3] == "f64" else ""
    yield f"**{key[1]}** · {key[2]} · {entries}{dates(documents)} · {sources(documents)}{unsettled(documents)}"
    yield ""


EMULATES = {"f32-3xf16": "f32", "f32-2xf16": "f32", "f32-3xtf32": "f32", "f32-9xbf16": "f32", "f64-int8": "f64"}


def reference_of(document, result):
    """The library's plain product in the result's arithmetic, which the program quotes it against."""
    arithmetic = EMULATES.get(result["arithmetic"], result["arithmetic"])
    for r in document["results"]:
        if r["state"] == "ok" and r["library"] and not r["symmetric"] and r["arithmetic"] == arithmetic:
            return r
    return None


def measured(documents):
    """{(op, n): {variant: [(result, its reference or None)]}} of the runs that compared variants, on [0,1)."""
    found = {}
    for d in documents:
        if "job" in d or d["problem"].get("range") == "[-1,1)":
            continue
        for r in d["results"]:
            if r["state"] == "ok":
                name = r["variant"] if r["arithmetic"] in ("f32", "f64") else f"{r['variant']} ({r['arithmetic']})"
                found.setdefault((r["op"], r["n"]), {}).setdefault(name, []).append((r, reference_of(d, r)))
    return found


def middle(pairs, figure):
    values = [figure(*pair) for pair in pairs]
    return None if None in values else statistics.median(values)


def half_width(result, _):
    s = result["summary"]
    return (s["high_s"] - s["low_s"]) / 2 / s["median_s"] if s["confidence"] >= 0.99 else None


def times_reference(result, reference):
    return reference["summary"]["median_s"] / result["summary"]["median_s"] if reference else None


def reference_heading(variants):
    """What the ratios of one order refer to: a variant's name, "library" if each arithmetic has its own, or None. With two
    references in the same arithmetic there are no ratios."""
    names = {}
    for pairs in variants.values():
        for _, reference in pairs:
            if reference:
                names.setdefault(reference["arithmetic"], set()).add(reference["variant"])
    if not names or any(len(same) > 1 for same in names.values()):
        return None
    return names.popitem()[1].pop() if len(names) == 1 else "library"


def sections(who):
    """{place: documents} of all files in results/reference. Ends the program if a file is refused."""
    found = {}
    folder = ROOT / "results/reference"
    for path in sorted([*folder.glob("*.json"), *folder.glob("f64/*.json")]):
        try:
            document = read(path)
            found.setdefault(place(document), []).append(document)
        except (OSError, ValueError, KeyError) as error:
            sys.exit(f"{who}: {path.name}: {error}")
    return found


def replaced(file, text, who):
    """The file's content, and the same with `text` between its markers."""
    content = file.read_text("utf-8")
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{who}: {file.relative_to(ROOT)} has no line {BEGIN.strip()}, or no {END} after it")
    return content, before + begin + text + end + after
