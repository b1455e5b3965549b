"""overlap.py RESULT.json: what acc-sim --result wrote. Prints for how many cycles the network of slice 0 was busy, and the share of them, in per cent, in which the matrix
unit or LOAD worked beside it: that much of the exchanges is hidden."""

import json
import sys


def spans(commands, engines):
    """Cycles in which one of the engines is busy, as disjoint spans in order."""
    merged = []
    for begin, end in sorted((c[2], c[3] + 1) for c in commands if c[0] in engines):
        if merged and begin <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return merged


def shared(a, b):
    """Cycles that are in spans of both."""
    total = i = j = 0
    while i < len(a) and j < len(b):
        total += max(0, min(a[i][1], b[j][1]) - max(a[i][0], b[j][0]))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return total


with open(sys.argv[1]) as file:
    commands = json.load(file)["slices"][0]["commands"]
network = spans(commands, {"Net"})
busy = sum(end - begin for begin, end in network)
hidden = shared(network, spans(commands, {"Mxu", "Load"}))
print(f"{busy} {100 * hidden / max(1, busy):.1f}")
