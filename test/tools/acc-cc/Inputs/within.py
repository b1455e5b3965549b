"""Runs a command that must fail within SECONDS and MEGABYTES: within.py SECONDS MEGABYTES COMMAND..."""

import resource
import subprocess
import sys
import time

seconds, megabytes, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
begin = time.monotonic()
status = subprocess.run(command, check=False).returncode
took = time.monotonic() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
if status != 1 or took > seconds or used > megabytes:
    sys.exit(f"status {status}, {took:.1f} s, {used:.0f} MB")
