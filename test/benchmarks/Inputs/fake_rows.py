"""Rows of the harness's form from a device that takes 10 µs for everything."""

import os
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "..", "benchmarks", "gpu"))

from gpu_measure import plan, rows  # noqa: E402
from gpu_measure.backends import Fake, FakeClock  # noqa: E402
from gpu_measure.session import Session  # noqa: E402

clock = FakeClock()
about = {"gpu": "NVIDIA H200", "date": "2026-01-02", "driver": "1"}
result = Session(Fake(clock), about, 540, clock, clock.advance).run(plan.make_plan())
rows.write(sys.argv[1], result.rows, "not measured: a test")
