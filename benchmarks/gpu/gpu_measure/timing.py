"""How a time is taken, whatever the device.

A device offers `run(step, calls)`: it executes `calls` of a step one after the
other and returns the seconds that the device itself measured between the
first start and the last end.
"""

import statistics


class Timing:
    """Result: median seconds of one call, and how far the samples spread."""

    def __init__(self, samples, calls):
        self.seconds = statistics.median(samples)
        self.samples = len(samples)
        self.calls = calls
        self.spread = (max(samples) - min(samples)) / self.seconds


def measure(device, step, budget_s, samples=7, sample_s=0.02, warmup_s=0.01):
    """Times `step` within about `budget_s` seconds.

    A sample is a batch of calls that lasts about `sample_s`, so that the
    resolution of the device's clock and the first launch do not matter. The
    median of the samples is the result: interruptions make single ones longer,
    never shorter.
    """
    device.run(step, 1)  # Loads code and fills caches of the library.
    once = max(device.run(step, 1), 1e-7)
    if once * (samples + 2) > budget_s:
        # A long call: fewer samples of a single call.
        count = max(3, min(samples, int(budget_s / once)))
        return Timing([device.run(step, 1) for _ in range(count)], 1)
    device.run(step, max(1, int(warmup_s / once)))
    once = max(device.run(step, 4) / 4, 1e-7)
    sample_s = min(sample_s, budget_s / samples)
    calls = max(1, min(20000, round(sample_s / once)))
    return Timing([device.run(step, calls) / calls for _ in range(samples)], calls)


def copies_past_cache(operand_bytes, cache_bytes, free_bytes, limit=64):
    """How many operand sets to rotate through, so that none is still cached.

    With a total of three times the cache, a set is evicted before its turn.
    """
    if operand_bytes <= 0:
        return 1
    wanted = -(-3 * cache_bytes // operand_bytes) + 1
    fitting = int(free_bytes // 2 // operand_bytes)
    return max(1, min(limit, wanted, fitting))
