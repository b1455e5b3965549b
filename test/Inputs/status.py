"""Runs a command and checks its exit status: status.py STATUS COMMAND..."""

import subprocess
import sys

expected = int(sys.argv[1])
actual = subprocess.run(sys.argv[2:], check=False).returncode
if actual != expected:
    sys.exit(f"exit status {actual}, expected {expected}")
