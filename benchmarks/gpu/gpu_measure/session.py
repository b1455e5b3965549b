"""Runs a plan on a device and makes rows of what comes out."""

import time

from gpu_measure import kernels, rows, timing
from gpu_measure.nvml import Unavailable

_ITEM_S = 0.5  # at most, for one time
_POWER_WARMUP_S = 1.0  # until clocks and power have settled
_POWER_S = 2.0  # the energy counter moves in steps of up to 0.1 s


class Result:
    """Rows, and what there is no row for and why."""

    def __init__(self):
        self.rows = []
        self.missing = []  # (item, reason)


class Session:
    """`backend` makes steps and runs them; `about` has gpu, driver and date."""

    def __init__(self, backend, about, budget_s, clock=time.monotonic, sleep=time.sleep,
                 progress=lambda text: None):
        self._backend, self._about = backend, about
        self._clock, self._sleep, self._progress = clock, sleep, progress
        self._end = clock() + budget_s

    def run(self, plan):
        result = Result()
        for i, item in enumerate(plan):
            needed = _POWER_WARMUP_S + _POWER_S if item.family == "energy_kernel" else _ITEM_S
            if self._clock() + needed > self._end:
                result.missing += [(rest, "time ran out (--budget-s)") for rest in plan[i:]]
                break
            self._progress(f"{i + 1}/{len(plan)} {item}")
            try:
                made = self._measure(item)
                for row in made:
                    rows.check(row)
                result.rows += made
            except (Unavailable, rows.BadRow) as error:
                result.missing.append((item, str(error)))
            except KeyboardInterrupt:
                result.missing += [(rest, "interrupted") for rest in plan[i:]]
                break
        return result

    def _measure(self, item):
        if item.family == "energy_kernel":
            return self._power(item)
        step = self._backend.make_step(item)
        try:
            time_ = timing.measure(self._backend, step, _ITEM_S)
        finally:
            step.close()
        method = (f"{step.method}; median of {time_.samples} samples of {time_.calls} calls, "
                  f"spread {100 * time_.spread:.1f} %")
        if item.family == "memory_bandwidth":
            moved = item.workload["bytes"] * kernels.TRAFFIC[item.workload["kernel"]]
            return [self._row(item, "bandwidth", moved / time_.seconds / 1e9, "GB/s", method)]
        unit, scale = ("us", 1e6) if item.family == "launch_latency" else ("ms", 1e3)
        return [self._row(item, "latency", time_.seconds * scale, unit, method)]

    def _power(self, item):
        """Mean power of a sustained load, by the card's energy counter."""
        counter = self._backend.counter()
        if item.workload["kernel"] == "idle":
            self._sleep(_POWER_WARMUP_S)
            start, begin = counter.energy_j(), self._clock()
            self._sleep(_POWER_S)
            joules, seconds = counter.energy_j() - start, self._clock() - begin
            return [self._row(item, "power", joules / seconds, "W",
                              "NVML energy counter over a pause", counter)]
        step = self._backend.make_step(item)
        try:
            self._sustain(step, _POWER_WARMUP_S)
            start = counter.energy_j()
            calls, seconds = self._sustain(step, _POWER_S)
            joules = counter.energy_j() - start
            method = f"{step.method}; NVML energy counter over {calls} calls"
            return [self._row(item, "power", joules / seconds, "W", method, counter),
                    self._row(item, "energy per call", joules / calls, "J", method, counter)]
        finally:
            step.close()

    def _sustain(self, step, duration_s):
        once = max(self._backend.run(step, step.calls) / step.calls, 1e-7)
        batch = max(1, int(0.05 / once))
        begin, calls = self._clock(), 0
        while self._clock() - begin < duration_s:
            self._backend.run(step, batch)
            calls += batch
        return calls, self._clock() - begin

    def _row(self, item, metric, value, unit, method, counter=None):
        row = {
            "family": item.family, "gpu": self._about["gpu"], "gpus": 1,
            "precision": item.precision, "workload": dict(item.workload),
            "metric": metric, "value": float(f"{value:.5g}"), "unit": unit,
            "source": "benchmarks/gpu/measure", "confidence": "high",
            "date": self._about["date"], "driver": self._about["driver"], "method": method,
        }
        if item.family.startswith("attention"):
            row["workload"]["impl"] = self._backend.implementation
        if counter is not None:
            row["sm_clock_MHz"] = counter.sm_clock_mhz()
            row["temperature_C"] = counter.temperature_c()
            row["power_limit_W"] = counter.power_limit_w()
        row.update(rows.derived(row))
        sizes = "-".join(str(v) for v in item.workload.values())
        row["id"] = "-".join(filter(None, (item.family, item.precision, sizes, metric))).replace(
            " ", "_")
        return row
