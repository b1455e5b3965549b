"""timeline.py FILE SYSTEM...: fails unless each system has steps one after the other, whose parts add up, and its counters."""

import json
import sys

events = json.load(open(sys.argv[1]))["traceEvents"]
names = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
assert len(names) == len(sys.argv) - 2, names
for system in sys.argv[2:]:
    (process,) = (pid for pid, name in names.items() if name.startswith(system + ","))
    own = [e for e in events if e["pid"] == process]
    bars = [e for e in own if e["ph"] == "X"]
    steps, parts = ([e for e in bars if (e["tid"] == 1) == is_step] for is_step in (True, False))
    assert len(steps) > 10, system
    for step, following in zip(steps, steps[1:]):
        end = step["ts"] + step["dur"]
        assert abs(end - following["ts"]) < 1e-6 * max(end, 1), (system, step, following)
    total, whole = sum(e["dur"] for e in parts), sum(e["dur"] for e in steps)
    assert abs(total - whole) < 1e-6 * whole, (system, total, whole)
    assert any("sequences" in e["name"] for e in steps) and any("prompts" in e["name"] for e in steps), system
    counters = {e["name"] for e in own if e["ph"] == "C"}
    units = {f"use of {unit}, %" for unit in ("matrix units", "vector units", "HBM")} if system.startswith("jx1") else set()
    assert counters == {"sequences", "requests with prompts", "power of the packages, W"} | units, counters
    assert all(0 <= e["args"]["value"] <= 100 for e in own if e["name"].startswith("use of")), system
    assert all(e["args"]["value"] > 0 for e in own if e["name"].startswith("power")), system
