"""Two runs that need the same model: two_at_once.py FOLDER ACC_SIM OBJECT

The compiler writes a line into a file, waits, and copies a model that is there.
"""

import glob
import os
import subprocess
import sys

folder, simulator, program = sys.argv[1:]
model, = glob.glob(os.path.join(folder, "cache", "llvmcache-*.so"))
kept = os.path.join(folder, "model.so")
os.link(model, kept)
calls = os.path.join(folder, "calls")
compiler = os.path.join(folder, "cxx")
with open(compiler, "w") as file:
    file.write(f"""#!/bin/sh
echo call >> {calls}
sleep 1
while [ "$1" != -o ]; do shift; done
cp {kept} "$2"
""")
os.chmod(compiler, 0o755)
environment = dict(os.environ, ACC_CACHE_DIR=os.path.join(folder, "cache"), CXX=compiler)
runs = [subprocess.Popen([simulator, program, "--model=rtl"], env=environment) for _ in range(2)]
assert [run.wait() for run in runs] == [0, 0]
with open(calls) as file:
    print(f"{len(runs)} runs, compiled {len(file.readlines())} times")
