#!/usr/bin/env python3
"""measure.py FILE COMMAND... - runs a command and writes "SECONDS MEBIBYTES" to FILE: how long it took, and the most memory
that was resident at once. Ends as the command does, and ends it after 120 s."""
import os
import signal
import sys
import time

began = time.monotonic()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(120)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    print("%.2f %.1f" % (time.monotonic() - began, usage.ru_maxrss / 1024), file=file)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
