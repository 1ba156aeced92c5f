#!/usr/bin/env python3
"""signals.py GPUBENCH FAKECUDA RUNS.json WORK [MOMENTS [SEED]] - SIGINT and SIGTERM to every verb at random moments.

Each verb runs MOMENTS times (default 20), half of them ended by SIGINT, half by SIGTERM, at a moment drawn from its life.
Within a second of the signal it has to end, with 130 or 143 and a last line that says so, or with the status that it has
without a signal. It must leave no temporary file, no file that is written in part, and
no process. A machine that is busy with other work delays an end: the same moment is tried again, four times in all, and on top
of the second an end may take as long as ten starts of a small program take just then.
"""
import concurrent.futures
import json
import os
import random
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

gpubench, fakecuda, runs, work = (os.path.abspath(path) for path in sys.argv[1:5])
moments = int(sys.argv[5]) if len(sys.argv) > 5 else 20
seed = int(sys.argv[6]) if len(sys.argv) > 6 else 17
limit, patience = 1.0, 60

# Each verb, how long it would live, and the statuses that it has without a signal. PIPE is a named pipe that nobody writes.
VERBS = [
    ("gpu 200 --max-time 2 --output out.json", 0.7, {0}),
    ("gpu 100 --all-devices --max-time 0.3", 0.9, {0}),
    ("gpu 300 --devices all --max-time 1", 0.6, {0}),
    ("soak cpu --for 5 --order 64 --memory 1M", 0.5, {0}),
    ("soak --for 5 --order 33 --memory 1M --all-devices", 0.8, {0, 3}),
    ("cpu 1500 --max-time 5 --output out.json", 0.7, {0}),
    ("cpu 300 --json --samples 300", 0.4, {0}),
    ("sweep 64:1024 --results results", 0.8, {0}),
    ("doctor", 0.3, {0, 1}),
    ("list", 0.1, {0}),
    ("compare RUNS RUNS --junit out.xml", 0.1, {0, 1, 3, 4, 5}),
    ("compare PIPE RUNS", 0.3, set()),
    ("check --baseline out.json --update -- cpu 64 --max-time 0.2", 0.8, {0}),
    ("check --baseline RUNS -- SLEEP", 0.4, set()),
    ("ab -- SLEEP -- SLEEP", 0.4, set()),
    ("ab -- STUBBORN -- STUBBORN", 0.4, set()),
    ("ab -- CHATTY -- CHATTY", 0.4, set()),
    ("report RUNS -o out.html", 0.8, {0}),
    ("report PIPE -o out.html", 0.2, set()),
    ("report RUNS -o out.md", 0.1, {0}),
    ("plot RUNS", 0.5, {0}),
    ("export RUNS --format junit -o out.xml", 0.1, {0, 1}),
    ("history * PIPE", 0.2, set()),
    ("reference add RUNS", 0.1, {0, 1, 5}),
    ("publish RUN --to file://HERE/sent/", 0.1, {0}),
    ("publish PIPE --to file://HERE/sent/", 0.2, set()),
]


def words_of(line, here):
    names = {"RUNS": [runs], "RUN": ["run.json"], "PIPE": ["pipe"], "SLEEP": ["bash", "-c", "exec sleep 60"],
             "STUBBORN": ["bash", "-c", "trap '' TERM INT; exec >&-; while :; do sleep 1; done"],
             "CHATTY": ["bash", "-c", "trap '' TERM INT PIPE; while :; do echo; sleep 0.02; done"]}
    return [gpubench] + [part for word in line.split() for part in names.get(word, [word.replace("HERE", here)])]


def is_whole(path):
    """Whether a file is complete in its format."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".json"):
        json.loads(text)
    elif path.endswith(".xml"):
        xml.etree.ElementTree.fromstring(text)
    elif path.endswith(".html"):
        return text.rstrip().endswith("</html>")
    return text.endswith("\n")


def processes_of(session):
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit():
                with open("/proc/%s/stat" % name) as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(name)
        except OSError:
            pass
    return found


def pace():
    """How long a small program takes from its start to its end, in seconds."""
    began = time.monotonic()
    subprocess.run(["true"], check=True)
    return time.monotonic() - began


def walk(number, line, moment, number_of_signal, statuses):
    """What was wrong, or None."""
    for attempt in range(4):
        wrong, is_late = walk_once("%d-%d" % (number, attempt), line, moment, number_of_signal, statuses)
        if not is_late:
            break
    return wrong


def walk_once(number, line, moment, number_of_signal, statuses):
    """What was wrong, or None; and whether that is only the time that it took."""
    here = os.path.join(work, number)
    os.makedirs(os.path.join(here, "sent"))
    os.mkfifo(os.path.join(here, "pipe"))
    with open(runs) as file, open(os.path.join(here, "run.json"), "w") as one:
        one.write(file.readline())
    environment = dict(os.environ, LD_LIBRARY_PATH=fakecuda, FAKECUDA_WORKERS="1", HOME=here, FAKECUDA_DEVICES="2",
                       GPUBENCH_RESULTS=os.path.join(here, "results"))
    what = "%s, signal %d after %.3f s" % (line, number_of_signal, moment)
    with open(os.path.join(here, "stdout.txt"), "w") as out, open(os.path.join(here, "stderr.txt"), "w") as errors:
        process = subprocess.Popen(words_of(line, here), stdin=subprocess.DEVNULL, stdout=out, stderr=errors, cwd=here,
                                   env=environment, start_new_session=True)
        time.sleep(moment)
        sent = time.monotonic()
        process.send_signal(number_of_signal)
        try:
            status = process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "%s: did not end in %d s" % (what, patience), False
    took = time.monotonic() - sent
    if took > limit and took > limit + 10 * pace():
        return "%s: took %.2f s to end" % (what, took), True
    return judge(here, what, process.pid, status, number_of_signal, statuses), False


def judge(here, what, session, status, number_of_signal, statuses):
    """What was wrong with what it said and left, or None."""
    with open(os.path.join(here, "stderr.txt")) as file:
        said = file.read()
    if status not in statuses | {128 + number_of_signal, -number_of_signal}:
        return "%s: exit status %d: %s" % (what, status, said)
    if status == 128 + number_of_signal and not any(words in said.rstrip().rsplit("\n", 1)[-1] for words in ("interrupted", "ended by signal")):
        return "%s: exit status %d, and it does not end by saying so: %s" % (what, status, said)
    for folder, _, names in os.walk(here):
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith(".gpubench-"):
                return "%s: left %s" % (what, path)
            if os.path.isfile(path) and not name.endswith(".txt") and name != "pipe" and not check(path):
                return "%s: %s is written in part" % (what, path)
    for _ in range(500):
        if not processes_of(session):
            return None
        time.sleep(0.02)
    left = processes_of(session)
    os.killpg(session, signal.SIGKILL)
    return "%s: left processes %s" % (what, left)


def check(path):
    try:
        return is_whole(path)
    except (ValueError, xml.etree.ElementTree.ParseError):
        return False


def main():
    draw = random.Random(seed)
    plan = [(line, draw.random() * life, (signal.SIGINT, signal.SIGTERM)[i % 2], statuses)
            for line, life, statuses in VERBS for i in range(moments)]
    draw.shuffle(plan)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(3 * (os.cpu_count() or 1)) as pool:
        for wrong in pool.map(lambda item: walk(item[0], *item[1]), enumerate(plan)):
            if wrong:
                bad += 1
                print("seed %d: %s" % (seed, wrong))
    print("%d signals, %d verbs: %d wrong" % (len(plan), len(VERBS), bad))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
