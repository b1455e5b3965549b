"""Fails unless a report's systems compute the products that our program does."""

import json
import sys

with open(sys.argv[1]) as file:
    report = json.load(file)
ours = report["ops"]["mac"]
for system in report["comparison"]:
    theirs = system["mac_per_device"]
    print(f"{system['system']}: {theirs:.0f} MAC, our program {ours}")
    if system["count"] == 1 and theirs != ours:
        sys.exit(1)
