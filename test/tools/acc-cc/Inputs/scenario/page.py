"""page.py FILE.html TRACE.json TARGET: fails unless the page is one file of less than a megabyte that loads nothing, has the sections, draws the
target, and shows the same steps as the timeline for Perfetto."""

import json
import math
import re
import sys

html = open(sys.argv[1], encoding="utf-8").read()
assert len(html.encode()) < 1e6, len(html)
# Of the library's own text the addresses of its makers are left.
own = re.sub(r"<script>.*?</script>", "", html, flags=re.S)
for loads in (" src=", "<link", "<iframe", "@import", "url(", "http://", "https://"):
    assert loads not in own, loads
for heading in ("Systems", "Energy and money", "Throughput against interactivity", "Power and price", "Where the time goes",
                "Layers under the roofs", "Layers of a step of generation", "Steps over time", "The machine", "Methods"):
    assert f"<h2>{heading}</h2>" in html, heading
for text in (sys.argv[3] + ", a rack", ", a chip", ", a slice", "scratchpad", "a slice by block"):
    assert text in own, text


def embedded(name):
    return json.loads(re.search(f'<script type="application/json" id="{name}">(.*?)</script>', html, re.S).group(1))


timeline, events = embedded("timeline-data"), json.load(open(sys.argv[2]))["traceEvents"]
names = {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"}
tracks = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
assert [s["name"] for s in timeline["systems"]] == list(names.values())
for process, system in zip(names, timeline["systems"]):
    bars = [e for e in events if e["pid"] == process and e["ph"] == "X"]
    shown = []
    for step in system["steps"]:
        shown.append(("steps", step["title"], step["seconds"]))
        shown += [(timeline["tracks"][t], system["titles"][title], seconds) for t, title, seconds in step["parts"]]
        assert math.isclose(sum(p[2] for p in step["parts"]), step["seconds"], rel_tol=1e-4), step
    assert len(system["steps"]) > 10
    for (track, title, seconds), bar in zip(shown, bars):
        assert (track, title) == (tracks[bar["tid"]], bar["name"]), (track, title, bar)
        assert math.isclose(seconds, 1e-6 * bar["dur"], rel_tol=1e-5), (seconds, bar)
    counters = [e for e in events if e["pid"] == process and e["ph"] == "C"]
    values = [(name, v) for step in system["steps"] for name, v in zip(system["counters"], step["values"])]
    for (name, value), counter in zip(values, counters):
        assert name == counter["name"] and math.isclose(value, counter["args"]["value"], rel_tol=1e-3, abs_tol=1e-9), (name, value, counter)
