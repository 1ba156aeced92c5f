#!/usr/bin/env python3
"""driver.py GPUBENCH FAKECUDA WORK [RUNS [SEED]] - every call of the driver fails, in every verb that calls it.

A trace says which functions a command calls and how often. Then each function fails in its first, second and last call and in
one drawn at random, once or from then on, with an error drawn from those that drivers report; of all these runs RUNS are made
(default 400), and each function of each command at least once. Each must end soon, by itself, with 0, 1 or 77 (doctor: 0 or
1), say why unless it is 0, and leave whole results that do not call wrong what failed.
"""
import concurrent.futures
import glob
import json
import os
import random
import subprocess
import sys

gpubench, fakecuda, work = (os.path.abspath(path) for path in sys.argv[1:4])
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 400
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 17
limit = 120

COMMANDS = [
    "gpu 33 --samples 2 --max-time 0.05",
    "gpu 65 --all --samples 2 --max-time 0.05",
    "gpu 33 --all --op matmul --samples 2 --max-time 0.05",
    "gpu 65 --all --op reduce --samples 2 --max-time 0.05",
    "gpu 65 --all --arith f64 --samples 2 --max-time 0.05",
    "gpu 33 --all-devices --samples 2 --max-time 0.05",
    "sweep 32:64:2",
    "doctor",
    "list",
]
ERRORS = [1, 2, 3, 46, 100, 101, 201, 209, 214, 218, 222, 304, 400, 500, 600, 700, 702, 716, 719, 800, 801, 803, 804, 999, 12345]


def execute(line, here, **more):
    os.makedirs(here)
    environment = dict(os.environ, LD_LIBRARY_PATH=fakecuda, FAKECUDA_WORKERS="1", GPUBENCH_HANG_SECONDS="",
                       FAKECUDA_DEVICES="2", HOME=here, GPUBENCH_RESULTS=os.path.join(here, "results"), **more)
    return subprocess.run([gpubench] + line.split(), env=environment, cwd=here, stdin=subprocess.DEVNULL, timeout=limit,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def walk(number, line, rule):
    """What was wrong, or None."""
    here = os.path.join(work, str(number))
    what = "%s with FAKECUDA_FAIL=%s" % (line, rule)
    try:
        ended = execute(line, here, FAKECUDA_FAIL=rule)
    except subprocess.TimeoutExpired:
        return what + ": did not end in %d s" % limit
    if ended.returncode not in (0, 1, 77):
        return "%s: exit status %d: %s" % (what, ended.returncode, ended.stderr)
    if ended.returncode and not line.startswith("doctor") and "gpubench: " not in ended.stderr:
        return "%s: exit status %d without a sentence: %s" % (what, ended.returncode, ended.stderr)
    for path in glob.glob(os.path.join(here, "**"), recursive=True) + glob.glob(os.path.join(here, "results", "**", ".*")):
        if os.path.basename(path).startswith(".gpubench-"):
            return "%s: left %s" % (what, path)
        if path.endswith(".json"):
            with open(path) as file:
                states = [result["state"] for result in json.load(file)["results"]]
            if "wrong" in states:
                return "%s: a failure is called a wrong result" % what
            if ended.returncode == 0 and "failed" in states:
                return "%s: exit status 0 with a failed result" % what
    return None


def plan_of(draw):
    first, others = [], []
    for i, line in enumerate(COMMANDS):
        trace = os.path.join(work, "trace-%d" % i)
        execute(line, os.path.join(work, "traced-%d" % i), FAKECUDA_TRACE=trace)
        with open(trace) as file:
            calls = file.read().split()
        for name in sorted(set(calls)):
            count = calls.count(name)
            which = [1] + sorted({2, count, draw.randint(1, count)} - {1})
            rules = ["%s:%d:%d" % (name, call, draw.choice(ERRORS)) for call in which if call <= count]
            rules.append("%s:*:%d" % (name, draw.choice(ERRORS)))
            draw.shuffle(rules)
            first.append((line, rules.pop()))
            others += [(line, rule) for rule in rules]
    draw.shuffle(others)
    return (first + others)[:max(runs, len(first))], len(first)


def main():
    plan, functions = plan_of(random.Random(seed))
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for wrong in pool.map(lambda item: walk(item[0], *item[1]), enumerate(plan)):
            if wrong:
                bad += 1
                print("seed %d: %s" % (seed, wrong))
    print("%d failing calls of %d functions in %d commands: %d wrong" % (len(plan), functions, len(COMMANDS), bad))
    return bad > 0 or functions < 100


if __name__ == "__main__":
    sys.exit(main())
