"""The form of a row, the same as in targets/systems/measurements."""

import json
import math
import os
import tempfile

# Sizes that a workload of each family has: name -> type.
_INT, _STR, _BOOL = int, str, bool
WORKLOADS = {
    "gemm": {"m": _INT, "n": _INT, "k": _INT},
    "attention_prefill": {
        "batch": _INT, "seq": _INT, "heads": _INT, "kv_heads": _INT,
        "head_dim": _INT, "causal": _BOOL, "impl": _STR,
    },
    "attention_decode": {
        "batch": _INT, "kv_len": _INT, "heads": _INT, "kv_heads": _INT,
        "head_dim": _INT, "impl": _STR,
    },
    "memory_bandwidth": {"kernel": _STR, "bytes": _INT},
    "launch_latency": {"kernel": _STR, "mode": _STR},
    "energy_kernel": {"kernel": _STR},
}
UNITS = {"ms", "us", "GB/s", "J", "W"}
REQUIRED = {
    "family": str, "gpu": str, "gpus": int, "precision": str, "workload": dict,
    "metric": str, "value": float, "unit": str, "source": str,
    "confidence": str, "date": str, "driver": str, "method": str, "id": str,
}


class BadRow(ValueError):
    """A row that readers of the measurements would not understand."""


def check(row):
    """Raises BadRow unless `row` has the form that the fit reads."""
    for key, kind in REQUIRED.items():
        value = row.get(key)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadRow(f"'{key}' is {value!r}; expects {kind.__name__}")
        if kind is str and key != "precision" and not value:
            raise BadRow(f"'{key}' is empty")
    if not math.isfinite(row["value"]) or row["value"] <= 0:
        raise BadRow(f"'value' is {row['value']!r}; expects more than 0")
    if row["unit"] not in UNITS:
        raise BadRow(f"'unit' is {row['unit']!r}; expects one of {sorted(UNITS)}")
    sizes = WORKLOADS.get(row["family"])
    if sizes is None:
        raise BadRow(f"'family' is {row['family']!r}; expects one of {sorted(WORKLOADS)}")
    for name, kind in sizes.items():
        value = row["workload"].get(name)
        if not isinstance(value, kind) or (kind is int and (isinstance(value, bool) or value <= 0)):
            raise BadRow(f"workload '{name}' is {value!r}; expects {kind.__name__}")


def derived(row):
    """Rates that readers want beside a time: of products and of least traffic."""
    work = row["workload"]
    if row["metric"] != "latency":
        return {}
    seconds = row["value"] * {"ms": 1e-3, "us": 1e-6}[row["unit"]]
    if row["family"] == "gemm":
        m, n, k = work["m"], work["n"], work["k"]
        bits = OPERAND_BITS[row["precision"]]
        traffic = (m * k + k * n) * bits / 8 + 2 * m * n
        return {
            "tflops": _digits(2 * m * n * k / seconds / 1e12),
            "min_traffic_TBps": _digits(traffic / seconds / 1e12),
        }
    if row["family"] == "attention_prefill":
        pairs = work["seq"] ** 2 * (0.5 if work["causal"] else 1)
        flop = 4 * work["batch"] * work["heads"] * pairs * work["head_dim"]
        name = "tflops_causal" if work["causal"] else "tflops"
        return {name: _digits(flop / seconds / 1e12)}
    if row["family"] == "attention_decode":
        cache = 2 * work["batch"] * work["kv_len"] * work["kv_heads"] * work["head_dim"]
        return {"kv_TBps": _digits(2 * cache / seconds / 1e12)}
    return {}


# Bits of an operand in memory, with the block scales of nvfp4 (one e4m3 for 16).
OPERAND_BITS = {"fp32": 32, "tf32": 32, "bf16": 16, "fp16": 16, "fp8": 8, "nvfp4": 4.5}


def _digits(value):
    return float(f"{value:.4g}")


def write(path, rows, note):
    """Writes a file of rows whole or not at all."""
    for row in rows:
        check(row)
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".json")
    try:
        with os.fdopen(handle, "w") as file:
            head = {"title": f"Measurements of {rows[0]['gpu']}", "note": note}
            file.write("{\n")
            for key, value in head.items():
                file.write(f" {json.dumps(key)}: {json.dumps(value)},\n")
            file.write(' "entries": [\n')
            file.write(",\n".join("  " + json.dumps(row) for row in rows))
            file.write("\n ]\n}\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
