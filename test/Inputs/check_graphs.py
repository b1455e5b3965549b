"""check_graphs.py ACC_CC GRAPHS OPTION...: runs every data set of every graph against its reference outputs."""

import pathlib
import subprocess
import sys

compiler, graphs, *options = sys.argv[1:]
agreed = 0
for data in sorted(pathlib.Path(graphs).glob("*/test_data_set_*")):
    command = [compiler, str(data.parent / "model.onnx"), f"--inputs={data}", f"--expect={data}", *options]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0 or "against the reference" not in result.stdout:
        sys.exit(f"{data}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    agreed += 1
print(f"{agreed} data sets agree")
