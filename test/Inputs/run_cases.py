"""Runs ONNX test-data cases and compares the results with the stored ones.

run_cases.py CASES SCRATCH [NAME...]: every folder of CASES (or those named) is
a case: model.onnx and test_data_set_0, whose outputs come from onnxruntime and
ONNX's own evaluator. Results of a case with a file `exact` must be equal to
the last bit, those of others within fp32 rounding; NaN equals NaN. A case with
a file `message` must be refused with an error that contains it. The comparison
is our own, so that a fault of the compiler's `--expect` cannot hide one.
"""

import math
import os
import shutil
import subprocess
import sys

import onnx_files

FLOATS = {1: (1e-3, 1e-4), 10: (2e-3, 2e-3), 11: (1e-3, 1e-4), 16: (2e-2, 2e-2)}


def equal(element, ours, reference, exact):
    if not onnx_files.is_float(element):
        return ours == reference
    if math.isnan(reference) or math.isnan(ours):
        return math.isnan(reference) and math.isnan(ours)
    if exact or math.isinf(reference) or math.isinf(ours):
        return ours == reference and math.copysign(1, ours) == math.copysign(1, reference)
    relative, absolute = FLOATS.get(element, (0, 0))
    return abs(ours - reference) <= absolute + relative * abs(reference)


def run(case, scratch):
    """Why the case fails; None if it does not."""
    data = os.path.join(case, "test_data_set_0")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    done = subprocess.run(
        ["acc-cc", os.path.join(case, "model.onnx"), "--target=xpu-tiny",
         "--run=functional", f"--inputs={data}", f"--outputs={scratch}"],
        capture_output=True, text=True, cwd=scratch, timeout=300)
    text = done.stdout + done.stderr
    message = os.path.join(case, "message")
    if os.path.exists(message):
        with open(message) as file:
            expected = file.read().strip()
        if done.returncode in (1, 3) and expected in text:
            return None
        return f"exit {done.returncode}, expected the message '{expected}':\n{text}"
    if done.returncode != 0:
        return f"exit {done.returncode}:\n{text}"
    names = sorted(name for name in os.listdir(data) if name.startswith("output_"))
    if not names:
        return "has no reference"
    exact = os.path.exists(os.path.join(case, "exact"))
    for name in names:
        element, shape, values = onnx_files.read(os.path.join(scratch, name))
        wanted, wanted_shape, reference = onnx_files.read(os.path.join(data, name))
        if (element, shape, len(values)) != (wanted, wanted_shape, len(reference)):
            return f"{name}: type {element} and shape {shape}, expected {wanted} and {wanted_shape}"
        for i, (ours, theirs) in enumerate(zip(values, reference)):
            if not equal(element, ours, theirs, exact):
                return f"{name}: element {i} is {ours!r}, expected {theirs!r}"
    return None


def main():
    cases, scratch = sys.argv[1], sys.argv[2]
    names = sys.argv[3:] or sorted(os.listdir(cases))
    failed = 0
    for name in names:
        why = run(os.path.join(cases, name), os.path.join(scratch, name))
        if why:
            failed += 1
            print(f"{name}: {why}")
    print(f"{len(names)} cases, {failed} failed")
    return 1 if failed or not names else 0


sys.exit(main())
