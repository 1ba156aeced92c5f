#!/usr/bin/env python3
"""run-action.py ACTION [INPUT=VALUE...] - runs a composite action's shell steps as GitHub's runner would.

The working directory is the job's checkout. Expressions are evaluated, defaults of inputs filled in, and a step after a failed
one runs only if its condition is always(). Of a `uses` step only the inputs are evaluated. Prints one JSON document: the exit
status of the job, the outputs, and what each `uses` step was given. $RUNNER_TEMP is a directory of the caller's.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import yaml

action = pathlib.Path(sys.argv[1]).resolve()
spec = yaml.load(action.read_text(), yaml.BaseLoader)
given = dict(word.split("=", 1) for word in sys.argv[2:])
unknown = given.keys() - spec["inputs"].keys()
if unknown:
    sys.exit(f"no such input: {', '.join(unknown)}")
contexts = {
    "inputs": {name: given.get(name, row["default"]) for name, row in spec["inputs"].items()},
    "runner": {"temp": os.environ["RUNNER_TEMP"]},
    "github": {"server_url": "https://github.example", "action_repository": "owner/gpubench", "job": "watch", "run_attempt": "1"},
    "strategy": {"job-index": "2"},
    "steps": {},
}


def look_up(path):
    value = contexts
    for part in path.split("."):
        value = value[part]  # a name that GitHub has and this file lacks is an error here
    return value


def evaluate(text):
    def one(match):
        code = re.sub(r"'[^']*'|[a-z]+(?:\.[\w-]+)+", lambda m: m[0] if m[0][0] == "'" else f"look_up({m[0]!r})", match[1])
        return str(eval(code.replace("||", " or "), {"look_up": look_up, "format": lambda f, *a: f.format(*a)}))

    return re.sub(r"\$\{\{ (.*?) \}\}", one, text)


status, used = 0, []
for step in spec["runs"]["steps"]:
    if status and step.get("if") != "always()":
        continue
    if "uses" in step:
        used.append({"uses": step["uses"], **{name: evaluate(value) for name, value in step["with"].items()}})
        continue
    output = pathlib.Path(os.environ["RUNNER_TEMP"], "output")
    output.write_text("")
    env = {name: evaluate(value) for name, value in step.get("env", {}).items()}
    env |= {"GITHUB_OUTPUT": str(output), "GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(action.parent)}
    ended = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env=os.environ | env,
                           stdout=sys.stderr)
    status = status or ended.returncode
    lines = dict(line.split("=", 1) for line in output.read_text().splitlines())
    contexts["steps"][step.get("id", "")] = {"outputs": lines}


def output_of(text):
    try:
        return evaluate(text)
    except KeyError:  # its step did not run
        return ""


outputs = {name: output_of(row["value"]) for name, row in spec["outputs"].items()}
print(json.dumps({"status": status, "outputs": outputs, "used": used}))
