#!/usr/bin/env python3
"""injection.py GPUBENCH FAKECUDA DOCUMENT WORK [SEED] - hostile text in every field of a result file, through every output.

Each text of a result (and each name in its open lists) becomes text that would command a terminal, a browser, a spreadsheet,
a CI runner or a parser; so do the names of files and directories, and words of the command line. A file may be refused in
words. What comes out otherwise has to be well-formed and must command nothing. The page and the pictures are made too.
"""
import concurrent.futures
import copy
import csv
import html.parser
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

gpubench, fakecuda, document, work = (os.path.abspath(path) for path in sys.argv[1:5])
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 17

# Names of a result may not have characters that are not for printing, so the second half is of others alone.
HOSTILE = [
    "::set-output name=zq::1 and\n::error::zq\r::stop-commands::zq ::warning::zq",
    "\u00a0\u3000::add-mask::zq ##[group]zq ##vso[task.complete]zq ##teamcity[zq]",
    "\x1b[2J\x1b]0;zq\x07\x9b31m\x9d0;zq\x9c\x7f\b\x0b\u202ezq\u2066\u200f\u061c\u2028\u2029\ufdd0\ufffe\uffff\U0001fffe",
    "=zq\t=zq\r=zq\n=zq\n# EOF\n# zq\n- zq\n</script>",
    "日本語" * 60 + "\u009bzq",
]
PRINTABLE = [
    "=cmd|'zq'!A1;=1+1,=3+3\";@zq",
    "\uff1d1+zq",
    "\"'><zq zq=1>]]>--><![CDATA[<zq/>&zq;</script><script>zq</script><!--",
    "zq|`[zq](javascript:zq)`\\|<zq>| ![](x)| # zq",
    "zq,host=zq value=1 2\\ zq{a=\"\\%0A::error::zq",
    "日本語é" * 20,
]
BENIGN = "zq"
FORMATS = ["csv", "google-benchmark", "github-action-smaller", "github-action-bigger", "bencher", "openmetrics", "influx",
           "go-benchmark", "junit", "markdown"]
LINES = ["export --format %s FILE" % name for name in FORMATS] + [
    "report FILE -o page.html", "report --markdown FILE", "report --json FILE", "plot FILE", "plot --json FILE",
    "history * FILE", "history --csv KEY FILE", "history --json * FILE", "compare FILE --junit fleet.xml",
    "compare --json FILE", "compare BASE FILE --junit two.xml", "compare --json BASE FILE", "compare FILE BASE",
    "publish FILE --to file://HERE/sent/one.json", "publish --redact FILE --to file://HERE/sent/two.json", "reference FILE"]
# Fields that the readers use, in a document of a run that has them all.
MORE = {"container": {"kind": "docker", "cgroup_version": "v2", "image_digest": "x"}, "env": {"CUDA_VERSION": "13"},
        "soak": {"verdict": "SLOW", "reason": "x", "seconds": 3}, "images": {"forced": "ptx"}}


def run_documents():
    """A document with results in each state, and one of a soak."""
    with open(document) as file:
        one = json.load(file)
    ok = one["results"][0]
    states = [dict(ok, state=state, reason="x", variant=state, key=ok["key"] + "-" + state) for state in ("failed", "waived", "wrong")]
    for result in states:
        for name in ("summary", "speed", "samples", "verdict"):
            result.pop(name, None)
    first = dict(copy.deepcopy(one), results=[ok] + states)
    second = dict(copy.deepcopy(one), **copy.deepcopy(MORE))
    second["results"] = [ok]
    return [first, second]


def leaves(value, path=()):
    """The places of all texts, and of all names in lists that are open to any name."""
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], path + (key,))
        if path and path[-1] in ("env", "loaded", "throttled", "peak", "container"):
            yield path + ("NEW NAME",)
    elif isinstance(value, list):
        for i in range(min(len(value), 4)):
            yield from leaves(value[i], path + (i,))
    elif isinstance(value, str):
        yield path


def put(changed, path, text):
    at = changed
    for step in path[:-1]:
        at = at[step]
    if path[-1] == "NEW NAME":
        at[text] = text
    else:
        at[path[-1]] = text


class Page(html.parser.HTMLParser):
    """Finds elements and attributes that came out of a text."""
    planted = None
    is_script = False

    def handle_starttag(self, tag, attributes):
        self.is_script = tag == "script" and ("type", "application/json") not in attributes
        for name, _ in attributes:
            if "zq" in name or name.startswith("on"):
                self.planted = "an attribute " + name
        if "zq" in tag:
            self.planted = "an element " + tag

    def handle_data(self, data):
        if self.is_script and "zq" in data:
            self.planted = "a script"

    def handle_endtag(self, tag):
        self.is_script = False


COMMAND = re.compile(r"^\s*::(?!(error|warning) title=gpubench[^:\n]*::)|##[A-Za-z]*\[", re.M)
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|"
                 "[" + "".join(chr(plane * 0x10000 + 0xfffe) + chr(plane * 0x10000 + 0xffff) for plane in range(1, 17)) + "]")
CELL = re.compile(r"(^|;)\s*[=+@\uff1d\uff0b\uff20-]")
POINT = re.compile(r"gpubench[a-z_]*(,[a-zA-Z_0-9]+=(\\.|[^\\, =\n])+)* ([a-z_0-9]+=([-+.0-9e]+i?|t|f|\"(\\.|[^\"\\])*\")(,|(?= )))+ -?\d+\Z")
METRIC = re.compile(r"gpubench_[a-z_]+\{([a-z_0-9]+=\"(\\[\\\"n]|[^\"\\\n])*\",?)+\} [-+.0-9eEinfNa]+\Z")


def wrong_text(data):
    """What is wrong with any output."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return "is not UTF-8: %r" % data[max(0, error.start - 20):error.end + 20]
    found = RAW.search(text) or COMMAND.search(text)
    return "holds %r" % text[max(0, found.start() - 40):found.end() + 40] if found else None


def is_cell(text):
    try:
        return float(text) is not None
    except ValueError:
        return not CELL.search(text)


def wrong_format(name, text):
    """What is wrong with an output of that format."""
    if name == "html":
        page = Page()
        page.feed(text)
        for picture in re.findall(r"<svg.*?</svg>", text, re.S):
            ElementTree.fromstring(picture)
        return page.planted and "has " + page.planted + " of the file's"
    if name in ("xml", "junit"):
        return any("zq" in at.tag or any("zq" in key for key in at.attrib) for at in ElementTree.fromstring(text).iter()) and \
            "has an element of the file's"
    if name in ("json", "google-benchmark", "github-action-smaller", "github-action-bigger", "bencher"):
        for line in text.strip().split("\n") if text.startswith('{"') and "\n{" in text else [text]:
            json.loads(line)
    if name == "csv":
        rows = list(csv.reader(io.StringIO(text), strict=True))
        if len({len(row) for row in rows}) != 1:
            return "has rows of different lengths"
        return next(("has the formula %r" % cell for row in rows for cell in row if not is_cell(cell)), None)
    if name == "tsv":
        return next(("has the formula %r" % cell for cell in re.split("[\t\n]", text) if not is_cell(cell)), None)
    if name == "markdown":
        plain = re.sub(r"\\.|`[^`\n]*`", "", text)
        if re.search(r"<(?!(details|summary|/details|/summary|br)\b)[a-zA-Z!/]|\]\(|^[-#] zq", plain, re.M):
            return "has markup of the file's"
    if name == "influx":
        return next(("has the line %r" % line for line in text.splitlines() if not POINT.match(line)), None)
    if name == "openmetrics":
        return next(("has the line %r" % line for line in text.splitlines() if not METRIC.match(line) and
                     not line.startswith(("# HELP gpubench_", "# TYPE gpubench_")) and line != "# EOF"), None)
    return None


def format_of(line):
    words = line.split()
    if words[0] == "export":
        return words[2] if len(words) > 3 else "csv"
    if "--json" in words:
        return "json"
    return "tsv" if words[0] == "reference" else {"--csv": "csv", "--markdown": "markdown"}.get((words + [""])[1], "text")


def execute(line, here, file=None, base=None, with_gnuplot=False, **names):
    """What was wrong, or None; and the lines of standard output, None if the file was refused."""
    words = []
    for word in line.split():
        word = {"FILE": file, "BASE": base, "KEY": "*"}.get(word, word.replace("HERE", here))
        words.append(names.get(word, word))
    summary = os.path.join(here, "summary.md")
    environment = {"PATH": "/usr/bin:/bin" if with_gnuplot else "/nonexistent", "HOME": here, "GITHUB_ACTIONS": "true",
                   "LC_ALL": "C.UTF-8", "GITHUB_STEP_SUMMARY": summary, "LD_LIBRARY_PATH": fakecuda,
                   "GPUBENCH_RESULTS": names.get("RESULTS", os.path.join(here, "results")),
                   "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
    ended = subprocess.run([gpubench] + words, stdin=subprocess.DEVNULL, cwd=here, env=environment, timeout=300,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if ended.returncode not in (0, 1, 2, 3, 4, 5, 6, 77):
        return "exit status %d: %r" % (ended.returncode, ended.stderr), None
    outputs = [("standard output", format_of(line), ended.stdout), ("standard error", "text", ended.stderr)]
    for folder, _, found in os.walk(here):
        for name in found:
            path = os.path.join(folder, name)
            if path not in (file, base) and not folder.startswith(names.get("RESULTS", "/none")):
                with open(path, "rb") as written:
                    outputs.append((name, "markdown" if path == summary else name.rsplit(".", 1)[-1], written.read()))
                os.unlink(path)
    is_refused = ended.returncode in (1, 2, 5) and not ended.stdout
    for name, kind, data in outputs:
        if b"published" in data[:9]: # names the file, and is no JSON
            kind = "text"
        try:
            wrong = wrong_text(data) or (data and wrong_format(kind, data.decode()))
        except (ValueError, csv.Error, ElementTree.ParseError) as error:
            wrong = "is not well-formed %s: %s: %r" % (kind, error, data[:300])
        if wrong:
            return "%s %s" % (name, wrong), None
    return None, None if is_refused else ended.stdout.count(b"\n")


def make_here(number):
    here = os.path.join(work, str(number))
    os.makedirs(os.path.join(here, "sent"))
    return here


def write(here, name, content):
    path = os.path.join(here, name)
    with open(path, "w") as file:
        json.dump(content, file)
    return path


def walk_field(item):
    """One hostile text in one place: whether it is read, and then all outputs. Returns (runs, what was wrong)."""
    number, changed, benign, what, lines, with_gnuplot = item
    here, bad, runs = make_here(number), [], 0
    file, base = write(here, "hostile.json", changed), write(here, "base.json", benign)
    for line in lines:
        runs += 1
        wrong, count = execute(line, here, file, base, with_gnuplot)
        if wrong:
            bad.append("%s: %s: %s" % (what, line, wrong))
        elif count is None and line == lines[0]:
            if with_gnuplot:
                bad.append("%s: refused" % what)
            break
        elif line.split()[-2] in ("influx", "openmetrics", "go-benchmark", "markdown"):
            runs += 1
            if execute(line, here, base, file)[1] != count:
                bad.append("%s: %s: another number of lines than with a harmless text" % (what, line))
    shutil.rmtree(here)
    return runs, bad


def plan_of(draw):
    plan, number = [], 0
    for one in run_documents():
        everywhere = {text: (copy.deepcopy(one), copy.deepcopy(one)) for text in PRINTABLE}
        for path in leaves(one):
            for text in HOSTILE + PRINTABLE:
                changed, benign = copy.deepcopy(one), copy.deepcopy(one)
                put(changed, path, text)
                put(benign, path, BENIGN)
                lines = LINES[:1] + draw.sample(LINES[1:], 3)
                plan.append((number, changed, benign, "%s = %r" % (".".join(map(str, path)), text), lines, False))
                number += 1
                if text in everywhere and (path[0] not in ("schema", "started", "results", "problem") or
                                           path[-1] in ("key", "variant", "reason")):
                    put(everywhere[text][0], path, text)
                    put(everywhere[text][1], path, BENIGN)
        for text, (changed, benign) in everywhere.items():
            for one_of in changed, benign:
                for i, result in enumerate(one_of["results"]):
                    result["key"] += str(i)
            plan.append((number, changed, benign, "everywhere %r" % text, LINES, True))
            number += 1
    return plan


def walk_name(number, text, kind):
    """Names of files, directories, titles and words of the command line."""
    here, bad, runs = make_here("%s-%d" % (kind, number)), [], 0
    name = text.replace("/", "_").encode()[:200].decode(errors="ignore")
    one = run_documents()[0]
    inside = os.path.join(here, name)
    lines = ["%s NAME" % line for line in (
        "report --markdown", "report -o page.html", "compare", "export", "history *", "plot", "publish --to file://HERE/sent/",
        "check --baseline x --", "reference", "publish x --token-file", "cpu 9 --max-time 0.01 --variant fused --output")]
    lines += ["check --baseline NAME -- true", "cpu 9 --max-time 0.01 --variant fused", "publish --pending"]
    if kind == "missing":
        lines += ["%s NAME" % line for line in (
            "ab --", "gpu 33 --variant", "gpu", "cpu 33 --no-save --blas", "list", "sweep", "export --format", "gpu 33 --seed",
            "soak --for", "doctor", "", "--", "publish x --ca-file", "publish x --to", "report BASE -o page.html --title",
            "report BASE --markdown --title", "history BASE")]
    for line in lines:
        if kind == "file":
            write(here, name, one)
        elif kind == "directory":
            os.makedirs(inside, exist_ok=True)
            write(inside, name[:100] + ".json", one)
            with open(os.path.join(inside, name[:90] + "2.json"), "w") as file:
                file.write("{")
            os.symlink("/", os.path.join(inside, "link"))
        path = inside if kind != "missing" or line in lines[:14] else text
        wrong, _ = execute(line, here, base=document, NAME=path, RESULTS=inside)
        runs += 1
        if wrong:
            bad.append("%s %r: %s: %s" % (kind, name, line, wrong))
        if os.path.isdir(inside):
            shutil.rmtree(inside)
    shutil.rmtree(here)
    return runs, bad


def main():
    plan = plan_of(random.Random(seed))
    names = [(i, text, kind) for i, text in enumerate(HOSTILE + PRINTABLE) for kind in ("file", "directory", "missing")]
    runs, bad = 0, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, wrong in [*pool.map(walk_field, plan), *pool.map(lambda item: walk_name(*item), names)]:
            runs += done
            bad += wrong
    for wrong in bad[:40]:
        print("seed %d: %s" % (seed, wrong))
    print("%d texts in %d places, %d runs: %d wrong" % (len(HOSTILE + PRINTABLE), len(plan) // len(HOSTILE + PRINTABLE), runs, len(bad)))
    return bool(bad) or runs < 1000


if __name__ == "__main__":
    sys.exit(main())
