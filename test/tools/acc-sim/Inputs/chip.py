"""Inputs of chip.s for each slice, and what NumPy makes of them."""
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
rng = np.random.default_rng(1)
x = (rng.standard_normal((4, 3, 4)) * 10.0 ** rng.integers(-3, 4, (4, 3, 4))).astype(np.float32)
total = (x[0] + x[1]) + (x[2] + x[3])  # rows of slices first
assert (total != ((x[0] + x[1]) + x[2]) + x[3]).any()
for i in range(4):
    inputs, expected = folder / "in" / f"slice_{i}", folder / "expected" / f"slice_{i}"
    inputs.mkdir(parents=True)
    expected.mkdir(parents=True)
    first = i // 2 * 2
    np.save(inputs / "x.npy", x[i])
    for name, value in (("y", total), ("z", np.concatenate([x[first], x[first + 1]], axis=1)),
                        ("who", np.array([i], np.int32))):
        np.save(expected / f"{name}.npy", value)
if len(sys.argv) > 2:  # the outputs of a run are the same in every bit
    for i in range(4):
        for k, name in enumerate(("y", "z", "who")):
            proto = pathlib.Path(f"{sys.argv[2]}/slice_{i}/output_{k}.pb").read_bytes()
            reference = np.load(folder / "expected" / f"slice_{i}" / f"{name}.npy")
            assert reference.tobytes() in proto, (i, name)  # as the raw data of the tensor
    print("equal in every bit")
