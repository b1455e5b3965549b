"""The table of layers is that of the report for scripts: check_csv.py FILE.csv FILE.json."""

import csv
import json
import sys

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
layers = json.load(open(sys.argv[2]))["layers"]
assert [row["layer"] for row in rows] == [layer["name"] for layer in layers] and rows
for row, layer in zip(rows, layers):
    for key in ("cycles", "first_cycle", "last_cycle", "commands", "mac", "hbm_read", "hbm_write"):
        assert int(row[key]) == layer[key], key
    for key in ("energy_j", "roofline", "elapsed_cycles"):
        assert float(row[key]) == layer[key], key
    assert row["bound"] == layer["bound"] and row["dominant_engine"] == layer["dominant_engine"]
