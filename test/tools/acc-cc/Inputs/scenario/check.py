"""Sums of a scenario's report, by nothing but the report: check.py FILE WATTS GRAMS OUT,
with OUT tokens (or images) of a request."""

import json
import math
import sys

from roofs import check_roofs


def close(a, b, what):
    assert math.isclose(a, b, rel_tol=1e-6), f"{what}: {a} is not {b}"


def ordered(value, what):
    assert value["low"] <= value["value"] <= value["high"], f"{what}: {value}"


report = json.load(open(sys.argv[1]))
watts, grams, out = map(float, sys.argv[2:5])
assert len(report["comparison"]) == 2
for a in [report] + report["comparison"]:
    name = a["system"]
    energy = a["energy_j"]
    close(sum(energy["by"].values()), energy["total"], name + " parts of energy")
    ordered({**energy, "value": energy["total"]}, name + " energy")
    # Tokens a second times joules a token is power.
    power = a["throughput"]["tokens_per_s"] / a["throughput"]["tokens_per_j"]
    close(power / a["count"], a["power_w"]["package"]["value"], name + " power")
    close(sum(a["seconds_by"].values()), a["time_s"], name + " parts of time")
    assert 0 < a["bound_s"] <= a["time_s"], name + " is faster than its peaks"
    w = a["power_w"]
    for key in ("package", "rack_it", "facility"):
        ordered(w[key], name + " " + key)
    assert w["package"]["value"] < w["rack_it"]["value"] < w["facility"]["value"]
    # Little's law: requests in flight are their rate times their time.
    in_flight = a["throughput"]["tokens_per_s"] / out * a["throughput"]["latency_s"]
    assert abs(in_flight / a["concurrency"] - 1) < 0.1, f"{name}: {in_flight} requests in flight"
    rising = [p["tokens_per_s_per_user"] for p in a["frontier"]]
    falling = [p["output_tokens_per_s_per_chip"] for p in a["frontier"]]
    assert rising == sorted(rising) and falling == sorted(falling, reverse=True)
    fleet = a["fleet"]
    close(fleet["chips"]["value"] * w["facility"]["value"], watts, name + " site")
    close(fleet["twh_per_year"]["value"], watts * 8766e-12, name + " energy of a year")
    close(fleet["t_co2_per_year"]["value"], watts * 8766e-6 * grams * 1e-3, name + " carbon")
    for key in ("chips", "output_tokens_per_s", "t_co2_per_year"):
        ordered(fleet[key], name + " fleet " + key)
check_roofs(report)
