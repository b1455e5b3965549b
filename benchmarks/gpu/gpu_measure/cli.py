"""Command line of benchmarks/gpu/measure."""

import argparse
import collections
import datetime
import os
import sys

from gpu_measure import plan, rows
from gpu_measure.backends import Fake, FakeClock, Gpu
from gpu_measure.nvml import Unavailable
from gpu_measure.session import Session

_DESCRIPTION = """
Measures matrix products by format, attention, memory bandwidth by size, launch
latency, power and energy of an NVIDIA GPU, and writes rows of the form of
targets/systems/measurements. Needs the CUDA driver; PyTorch for products and
attention; NVML for power. Reads the card's settings and changes none.
"""


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="measure", description=_DESCRIPTION)
    parser.add_argument("-o", metavar="FILE.json", dest="output", help="rows; required without --dry-run")
    parser.add_argument("--budget-s", type=float, default=540, metavar="S",
                        help="seconds that the measurement may take; default 540")
    parser.add_argument("--device", type=int, default=0, metavar="N", help="which GPU; default 0")
    parser.add_argument("--gpu", metavar="NAME",
                        help="name in the rows; default what the driver says. A system file lists "
                        "such names under measured_as")
    parser.add_argument("--family", action="append", choices=plan.FAMILIES,
                        help="only these; may be given several times")
    parser.add_argument("--force", action="store_true",
                        help="measure although others keep the GPU busy")
    parser.add_argument("--dry-run", action="store_true",
                        help="print the plan and check the form of its rows, without a GPU")
    options = parser.parse_args(arguments)
    if options.budget_s <= 0:
        parser.error(f"--budget-s={options.budget_s:g}: expects more than 0")
    if options.device < 0:
        parser.error(f"--device={options.device}: expects 0 or more")
    if not options.dry_run and not options.output:
        parser.error("expects -o FILE.json, or --dry-run")
    return options


def _fail(message):
    print(f"measure: error: {message}", file=sys.stderr)
    return 1


def _print_missing(missing):
    reasons = collections.Counter((item.family, item.precision or "-", reason)
                                  for item, reason in missing)
    for (family, precision, reason), count in reasons.items():
        print(f"not measured: {count} x {family} {precision}: {reason}")


def _dry_run(items, options):
    for item in items:
        print(item)
    clock = FakeClock()
    about = {"gpu": "dry run", "date": "2000-01-01", "driver": "none"}
    result = Session(Fake(clock), about, options.budget_s, clock, clock.advance).run(items)
    _print_missing(result.missing)
    print(f"dry run: {len(items)} items, {len(result.rows)} rows of the right form; "
          "nothing was measured or written")
    return 1 if any("time ran out" not in reason for _, reason in result.missing) else 0


def main(arguments):
    """Returns the exit status."""
    options = _parse(arguments)
    items = plan.make_plan(options.family)
    if options.dry_run:
        return _dry_run(items, options)
    folder = os.path.dirname(os.path.abspath(options.output))
    if not os.access(folder, os.W_OK) or os.path.isdir(options.output):
        return _fail(f"{options.output}: cannot be written; expects a file in a folder that exists")
    try:
        gpu = Gpu(options.device)
        busy = gpu.busy_percent()
    except Unavailable as error:
        return _fail(f"{error}; expects an NVIDIA GPU with its driver, or --dry-run")
    if busy > 5 and not options.force:
        return _fail(f"the GPU is {busy} % busy with other work; expects an idle one, or --force")
    for reason in gpu.missing:
        print(f"without {reason}")
    about = {
        "gpu": options.gpu or gpu.name(),
        "driver": gpu.driver_version(),
        "date": datetime.date.today().isoformat(),
    }
    session = Session(gpu, about, options.budget_s,
                      progress=lambda text: print(text, file=sys.stderr))
    result = session.run(items)
    _print_missing(result.missing)
    if not result.rows:
        return _fail("nothing could be measured; the lines above say why")
    try:
        rows.write(options.output, result.rows,
                   f"By benchmarks/gpu/measure on {about['date']}, driver {about['driver']}.")
    except OSError as error:
        return _fail(f"{options.output}: cannot be written: {error.strerror}")
    print(f"{len(result.rows)} rows in {options.output}")
    return 0
