"""damage.py FILE SCRATCH COUNT: compiles damaged copies of FILE. Whatever is left of
it is compiled or refused with one of the statuses of the command line, and a refusal
leaves no object."""

import os
import random
import subprocess
import sys

path, scratch, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, "rb") as file:
    good = file.read()
rng = random.Random(1)
damaged = os.path.join(scratch, "damaged" + os.path.splitext(path)[1])
made = os.path.join(scratch, "damaged.o")
statuses = {}
for i in range(count):
    data = bytearray(good)
    if rng.random() < 0.2:
        del data[rng.randrange(len(data)):]
    for _ in range(rng.randrange(1, 4)):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    with open(damaged, "wb") as file:
        file.write(data)
    if os.path.exists(made):
        os.remove(made)
    done = subprocess.run(["acc-cc", damaged, "-o", made], capture_output=True, text=True,
                          errors="replace", timeout=100)
    statuses[done.returncode] = statuses.get(done.returncode, 0) + 1
    told = done.returncode == 0 or done.stderr.startswith(("acc-cc: error: ", "unsupported: "))
    if done.returncode not in (0, 1, 3) or not told or (done.returncode == 0) != os.path.exists(made):
        print(f"copy {i}: status {done.returncode}, {done.stderr}")
        os.rename(damaged, os.path.join(scratch, f"bad_{i}.mlirbc"))
        sys.exit(1)
print(f"{count} copies, of them refused: {count - statuses.get(0, 0)}")
