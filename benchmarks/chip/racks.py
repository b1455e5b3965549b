"""racks.py [--build DIRECTORY] [--chips N] [--tests N]

Decoder layers of whole models over the chips of a tray of jx1 (exact SystemC, times only, every slice simulated), which the compiler divides
by itself: cycles of the layer, those in which the last slice to end is in collectives over chips, and what a scenario counts for the
exchange of tensor parallelism, two all-reduces of the tokens' hidden values in fp32 (acc-collective). Then random graphs on random racks
(graphs.py --racks), if --tests says how many. Run by hand; a layer takes about a minute.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

LAYERS = [
    ("llama-3.1-70b", ["--decode=64", "--context=8192"], 64),
    ("llama-3.1-8b", ["--decode=64", "--context=8192"], 64),
    ("gpt-oss-120b", ["--decode=64", "--context=8192"], 64),
]


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def far_words(listing):
    """Words of collectives over chips."""
    return {int(m.group(1)) for m in re.finditer(r"net\.collective .*chips=.*// (\d+)$", listing, re.MULTILINE)}


def measure(bin, root, folder, target, name, step, tokens, chips, clock):
    config = root / f"test/Inputs/configs/{name}.json"
    graph, program, result = folder / "layer.mlir", folder / "layer.o", folder / "layer.json"
    graph.write_text(run(sys.executable, root / "benchmarks/chip/layers.py", config, *step))
    run(bin / "acc-cc", graph, f"--target={target}", "--loop-body=128", "-o", program)
    run(bin / "acc-sim", program, "--no-values", f"--result={result}")
    far = far_words(run(bin / "acc-objdump", program))
    slices = json.loads(result.read_text())["slices"]
    last = max(slices, key=lambda s: s["cycles"])
    spent = sum(end - start + 1 for engine, pc, start, end in last["commands"] if engine == "Net" and pc in far)
    bytes = tokens * json.loads(config.read_text())["hidden_size"] * 4
    price = json.loads(run(bin / "acc-collective", "--target=jx1-rack", "--kind=all-reduce", f"--chips={chips}", f"--bytes={bytes}"))
    priced = 2 * price["seconds"] * clock
    print(
        f"{name} {' '.join(step)}: {last['cycles']} cycles on {chips} chips, {spent} of them in collectives over chips; "
        f"two all-reduces of {bytes} bytes are priced {priced:.0f} ({100 * (priced / max(spent, 1) - 1):+.0f} %)",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--chips", type=int, default=8)
    parser.add_argument("--tests", type=int, default=0)
    options = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2]
    bin = pathlib.Path(options.build).resolve() / "bin"
    rack = (root / "targets/jx1-rack.yaml").read_text()
    clock = float(re.search(r"^clock_hz: (\S+)", (root / "targets/jx1-slice.yaml").read_text(), re.MULTILINE).group(1))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        target = folder / "tray.yaml"
        target.write_text(rack.replace("count: 16, chips: 8", f"count: 1, chips: {options.chips}"))
        for name, step, tokens in LAYERS:
            measure(bin, root, folder, target, name, step, tokens, options.chips, clock)
    if options.tests:
        graphs = root / "benchmarks/chip/graphs.py"
        print(run(sys.executable, graphs, f"--acc-cc={bin / 'acc-cc'}", f"--count={options.tests}", "--racks"), end="")


if __name__ == "__main__":
    main()
