"""Compares the events of reports of one graph: on one slice, divided over slices, and done by every slice.

    compare_reports.py ONE DIVIDED ALL
"""

import json
import sys

one, divided, everywhere = (json.load(open(path)) for path in sys.argv[1:])


def times(report):
    """Products of the model, in those of one slice."""
    return report["ops"]["mac"] / one["ops"]["mac"]


print(f"products: {times(divided):g} and {times(everywhere):g} times those of one slice")
sums = 0
for report in one, divided, everywhere:
    for total, key in (report["ops"]["mac"], "mac"), (report["bytes"]["hbm_read"], "hbm_read"):
        layers = sum(layer[key] for layer in report["layers"])
        if layers != total:
            sys.exit(f"{key}: layers add up to {layers}, the report says {total}")
    sums += 1
print(f"layers: products and bytes of HBM add up in {sums} reports")
