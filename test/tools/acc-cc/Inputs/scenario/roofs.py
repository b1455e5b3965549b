"""Layers lie under their roofs: roofs.py FILE..."""

import json
import sys


def check_roofs(report):
    """Fails for a layer that is faster than the chips that share it, in the formats that it has."""
    exact = 1 + 1e-9
    roofs = report["peak_products_by"].values()
    layers = report["layers"] + report["prompt_layers"]
    for layer in layers:
        assert 0 <= layer["mxu"] <= 1 and 0 <= layer["hbm"] <= 1, layer
        assert layer["mac"] / layer["time_s"] <= layer["peak_products"] * exact, layer
        assert layer["hbm_bytes"] / layer["time_s"] <= report["peak_bytes"] * exact, layer
        if layer["mac"]:
            # Of one format its roof, of several between theirs.
            assert min(roofs) <= layer["peak_products"] * exact and layer["peak_products"] <= max(roofs) * exact, layer
    return layers


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name) as file:
            assert check_roofs(json.load(file)), name
