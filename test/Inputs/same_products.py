"""Fails unless a report's systems compute the products that our program does."""

import json
import sys

with open(sys.argv[1]) as file:
    report = json.load(file)
ours = report["ops"]["mac"]
alone = [system for system in report["comparison"] if system["count"] == 1]
if ours == 0 or not alone:
    sys.exit("nothing to compare: no products, or no system of one device")
for system in alone:
    theirs = system["mac_per_device"]
    print(f"{system['system']}: {theirs:.0f} MAC, our program {ours}")
    if theirs != ours:
        sys.exit(1)
