#!/usr/bin/env python3
"""kill-publish.py GPUBENCH RESULT URL STORE WORK KILLS [SEED] - kill -9 at random moments while results are published, and
nothing may be lost, sent in part, or there twice.

Half of the results are published by `publish FILE`, half by a run (`cpu 8 --publish`), each killed at a moment drawn from the
whole life of the process and a little more. Then `publish --pending` runs until nothing waits. STORE is the directory in
which the server keeps one file for each name that was sent.
"""
import glob
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time

gpubench, template, url, store, work = sys.argv[1:6]
kills = int(sys.argv[6])
seed = int(sys.argv[7]) if len(sys.argv) > 7 else random.SystemRandom().randrange(10**6)
draw = random.Random(seed)
results = os.path.join(work, "results")
spool = os.path.join(results, ".pending")
with open(template) as file:
    template = json.load(file)


def problem(text):
    sys.exit("seed %d: %s" % (seed, text))


def start(*arguments):
    return subprocess.Popen([gpubench, *arguments, "--results", results], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def names():
    return set(glob.glob(os.path.join(store, "*.json")))


def waiting():
    return glob.glob(os.path.join(spool, "*.pending"))


def write_result(i):
    """A result of its own second."""
    template["started"] = "2026-11-24T%02d:%02d:%02dZ" % (i // 3600, i // 60 % 60, i % 60)
    path = os.path.join(work, "result-%03d.json" % i)
    with open(path, "w") as file:
        json.dump(template, file)
    return path


def run(number):
    return ["cpu", "8", "--samples", "1", "--threads", "1", "--seed", str(number), "--publish", url]


def commands():
    for i in range(kills // 2):
        yield "file", ["publish", write_result(i), "--to", url]
        yield "run", run(i)


os.makedirs(work)
life = {"file": 0, "run": 0}  # how long each kind lives if nobody kills it: the longest of three
for i in range(3):
    for kind, arguments in ("file", ["publish", write_result(3000 + i), "--to", url]), ("run", run(3000 + i)):
        began = time.monotonic()
        process = start(*arguments)
        errors = process.communicate()[1]
        if process.returncode:
            problem("%s: %s" % (arguments, errors))
        life[kind] = max(life[kind], time.monotonic() - began)

killed = ended = left_waiting = 0
for kind, arguments in commands():
    # Half of the moments are drawn from the time after the result was queued, which is a small part of the whole.
    before = len(waiting())
    process = start(*arguments)
    if draw.random() < 0.5:
        until = time.monotonic() + 2 * life[kind]
        while len(waiting()) == before and process.poll() is None and time.monotonic() < until:
            time.sleep(0.0005)
        time.sleep(draw.uniform(0, 0.06))
    else:
        time.sleep(draw.uniform(0, 1.1 * life[kind]))
    if process.poll() is None:
        process.kill()
        killed += 1
    else:
        ended += 1
    process.communicate()
    left_waiting += len(waiting()) > before
at_server = len(names())

for _ in range(5):
    process = start("publish", "--pending")
    errors = process.communicate()[1].decode()
    if process.returncode == 0:
        break
else:
    problem("--pending does not succeed: " + errors)
if waiting():
    problem("still waiting: %s" % waiting())

# Each document on the server is complete: its name contains the digest of its content.
have = {}
for name in names():
    with open(name, "rb") as file:
        text = file.read()
    if hashlib.sha256(text).hexdigest()[:12] != re.search(r"-([0-9a-f]{12})\.json$", name).group(1):
        problem("%s is not what was sent" % name)
    document = json.loads(text)
    # What identifies a result here: the second in a file's name, the seed of a run.
    key = document["started"] if document["device"]["backend"] == "gpu" else document["problem"]["seed"]
    if key in have:
        problem("%s is the same result as %s" % (name, have[key]))
    have[key] = name

# Every result that a run saved is on the server, byte for byte.
saved = glob.glob(os.path.join(results, "*", "*.json"))
texts = {}
for name in names():
    with open(name, "rb") as file:
        texts[file.read()] = name
for path in saved:
    with open(path, "rb") as file:
        if file.read() not in texts:
            problem("%s was saved and never arrived" % path)

# A command that was killed before it queued its file left nothing behind; run again, it adds that file and no other.
sent_before = len(names())
untouched = 0
for path in sorted(glob.glob(os.path.join(work, "result-*.json"))):
    with open(path) as file:
        document = json.load(file)
    untouched += document["started"] not in have
    process = start("publish", path, "--to", url)
    errors = process.communicate()[1]
    if process.returncode:
        problem("%s: %s" % (path, errors))
if len(names()) != sent_before + untouched:
    problem("%d names, %d files were missing, now %d names" % (sent_before, untouched, len(names())))
print("seed %d: %d killed, %d ended first; %d kills left a result waiting; %d were at the server before --pending, %d after; "
      "%d runs saved theirs; %d files were never queued"
      % (seed, killed, ended, left_waiting, at_server, sent_before, len(saved), untouched))
if left_waiting < kills / 20 or killed < kills / 2:
    problem("too few kills in the middle for this to mean anything")
