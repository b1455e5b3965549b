"""timeline.py FILE SYSTEM...: fails unless each system has steps one after the other, whose parts add up, and its counters."""

import json
import sys

events = json.load(open(sys.argv[1]))["traceEvents"]
names = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
assert len(names) == len(sys.argv) - 2, names
for system in sys.argv[2:]:
    (process,) = (pid for pid, name in names.items() if name.startswith(system + ","))
    own = [e for e in events if e["pid"] == process]
    steps, parts = ([e for e in own if e["ph"] == "X" and e["tid"] == track] for track in (1, 2))
    assert len(steps) > 10, system
    for step, following in zip(steps, steps[1:]):
        end = step["ts"] + step["dur"]
        assert abs(end - following["ts"]) < 1e-6 * max(end, 1), (system, step, following)
    total, whole = sum(e["dur"] for e in parts), sum(e["dur"] for e in steps)
    assert abs(total - whole) < 1e-6 * whole, (system, total, whole)
    assert any("sequences" in e["name"] for e in steps) and any("prompts" in e["name"] for e in steps), system
    counters = {e["name"] for e in own if e["ph"] == "C"}
    assert counters == {"sequences", "requests with prompts", "power of the packages, W"}, counters
    assert all(e["args"]["value"] > 0 for e in own if e["name"].startswith("power")), system
