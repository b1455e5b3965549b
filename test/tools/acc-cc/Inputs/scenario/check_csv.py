"""The table has the report's points: check_csv.py FILE.csv FILE.json."""

import csv
import json
import sys

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
report = json.load(open(sys.argv[2]))
answers = [report] + report["comparison"]
assert len(rows) == sum(1 + len(a["frontier"]) + len(a["other_placements"]) for a in answers)
for a in answers:
    best, = (r for r in rows if r["system"] == a["system"] and r["point"] == "best")
    assert best["title"] == a["title"] and int(best["chips"]) == a["count"]
    for suffix, key in (("", "value"), ("_low", "low"), ("_high", "high")):
        assert float(best["tokens_per_s_per_chip" + suffix]) == a["throughput"]["tokens_per_s_per_chip"][key]
        assert float(best["joules_per_token" + suffix]) == a["joules_per_output_token"][key]
    points = [r for r in rows if r["system"] == a["system"] and r["point"] == "frontier"]
    for row, point in zip(points, a["frontier"]):
        assert float(row["tokens_per_s_per_user"]) == point["tokens_per_s_per_user"]
        assert row["usd_per_chip_hour"] == ""
