"""Tests of benchmarks/gpu on a driver that computes on the host."""

import contextlib
import io
import json
import os
import re
import tempfile
import types
import unittest

from gpu_measure import cli, cuda, kernels, nvml, plan, rows, timing, torch_ops
from gpu_measure.backends import Fake, FakeClock
from gpu_measure.session import Session

DRIVER = os.environ["FAKE_GPU_DRIVER"]
ABOUT = {"gpu": "G", "date": "2026-01-02", "driver": "1.2"}


def good_row(**changes):
    row = {
        "family": "gemm", "gpu": "G", "gpus": 1, "precision": "bf16",
        "workload": {"m": 1024, "n": 2048, "k": 4096}, "metric": "latency", "value": 1.0,
        "unit": "ms", "source": "s", "confidence": "high", "date": "2026-01-02",
        "driver": "1", "method": "m", "id": "i",
    }
    row.update(changes)
    return row


class Rows(unittest.TestCase):
    def test_good(self):
        rows.check(good_row())
        rows.check(good_row(value=3))

    def test_bad(self):
        for changes, message in (
            ({"value": 0.0}, "'value'"),
            ({"value": float("nan")}, "'value'"),
            ({"value": True}, "'value'"),
            ({"value": None}, "'value'"),
            ({"unit": "hours"}, "'unit'"),
            ({"family": "cooking"}, "'family'"),
            ({"gpu": ""}, "'gpu'"),
            ({"workload": {"m": 1, "n": 2}}, "workload 'k'"),
            ({"workload": {"m": 1, "n": 2, "k": 0}}, "workload 'k'"),
            ({"workload": {"m": 1, "n": 2, "k": True}}, "workload 'k'"),
        ):
            with self.subTest(changes), self.assertRaisesRegex(rows.BadRow, message):
                rows.check(good_row(**changes))
        row = good_row()
        del row["driver"]
        with self.assertRaisesRegex(rows.BadRow, "'driver'"):
            rows.check(row)

    def test_derived(self):
        # 2 x 1024 x 2048 x 4096 in 1 ms; (1024 + 2048) x 4096 x 2 B read, 4 MiB written.
        self.assertEqual(rows.derived(good_row()),
                         {"tflops": 17.18, "min_traffic_TBps": 0.02936})
        prefill = good_row(family="attention_prefill", workload={
            "batch": 2, "seq": 1000, "heads": 8, "kv_heads": 8, "head_dim": 128,
            "causal": True, "impl": "x"})
        self.assertEqual(rows.derived(prefill), {"tflops_causal": 4.096})
        decode = good_row(family="attention_decode", workload={
            "batch": 4, "kv_len": 1000, "heads": 32, "kv_heads": 8, "head_dim": 128, "impl": "x"})
        self.assertEqual(rows.derived(decode), {"kv_TBps": 0.01638})

    def test_writes_whole_or_not(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "rows.json")
            rows.write(path, [good_row()], "note")
            with open(path) as file:
                self.assertEqual(json.load(file)["entries"], [good_row()])
            with self.assertRaises(rows.BadRow):
                rows.write(path, [good_row(), good_row(value=-1.0)], "note")
            with open(path) as file:
                self.assertEqual(len(json.load(file)["entries"]), 1)
            self.assertEqual(os.listdir(folder), ["rows.json"])


class _Scripted:
    """A device whose calls take the given seconds, one after the other."""

    def __init__(self, seconds, first=0):
        self.seconds, self.first, self.calls = seconds, first, []

    def run(self, step, calls):
        extra = self.first if not self.calls else 0
        self.calls.append(calls)
        each = self.seconds(len(self.calls)) if callable(self.seconds) else self.seconds
        return each * calls + extra


class Timing(unittest.TestCase):
    def test_short_calls_are_batched(self):
        device = _Scripted(1e-6, first=1.0)  # The first loads code.
        result = timing.measure(device, None, budget_s=0.5)
        self.assertAlmostEqual(result.seconds, 1e-6)
        self.assertEqual(result.calls, 20000)
        self.assertEqual(result.samples, 7)

    def test_an_interruption_does_not_count(self):
        device = _Scripted(lambda i: 5e-3 if i == 6 else 1e-3)
        self.assertAlmostEqual(timing.measure(device, None, budget_s=0.5).seconds, 1e-3)

    def test_long_calls_are_few(self):
        device = _Scripted(0.3)
        result = timing.measure(device, None, budget_s=0.5)
        self.assertEqual((result.samples, result.calls), (3, 1))
        self.assertLessEqual(sum(device.calls), 5)

    def test_rotation_passes_the_cache(self):
        for size in (1 << 10, 1 << 20, 40 << 20, 1 << 30):
            copies = timing.copies_past_cache(size, 50 << 20, 80 << 30, limit=1 << 20)
            self.assertGreaterEqual((copies - 1) * size, 3 * (50 << 20))
        self.assertEqual(timing.copies_past_cache(1 << 30, 50 << 20, 1 << 30), 1)


class Plan(unittest.TestCase):
    def test_short_plans_have_every_family(self):
        self.assertEqual({item.family for item in plan.make_plan()[:6]}, set(plan.FAMILIES))
        self.assertEqual({item.family for item in plan.make_plan(["gemm"])}, {"gemm"})

    def test_items_are_distinct(self):
        names = [str(item) for item in plan.make_plan()]
        self.assertEqual(len(names), len(set(names)))


class Sessions(unittest.TestCase):
    def _run(self, budget_s, backend=None, items=None):
        clock = FakeClock()
        session = Session(backend or Fake(clock), ABOUT, budget_s, clock, clock.advance)
        return session.run(items or plan.make_plan()), clock

    def test_whole_plan_in_the_default_budget(self):
        result, clock = self._run(540)
        self.assertEqual(result.missing, [])
        ids = [row["id"] for row in result.rows]
        self.assertEqual(len(ids), len(set(ids)))
        for row in result.rows:
            rows.check(row)
            self.assertEqual((row["date"], row["driver"]), ("2026-01-02", "1.2"))

    def test_values(self):
        result, _ = self._run(540)
        by_family = {}
        for row in result.rows:
            by_family.setdefault((row["family"], row["metric"]), []).append(row)
        self.assertEqual({row["value"] for row in by_family["gemm", "latency"]}, {0.01})
        launch = by_family["launch_latency", "latency"]
        self.assertEqual({(row["value"], row["unit"]) for row in launch}, {(10.0, "us")})
        copy = [row for row in by_family["memory_bandwidth", "bandwidth"]
                if row["workload"] == {"kernel": "copy", "bytes": 1 << 30}]
        self.assertAlmostEqual(copy[0]["value"], 2 * (1 << 30) / 1e-5 / 1e9, delta=10)
        # The fake draws 100 W.
        for row in by_family["energy_kernel", "power"]:
            self.assertAlmostEqual(row["value"], 100, delta=1)
        for row in by_family["energy_kernel", "energy per call"]:
            self.assertAlmostEqual(row["value"], 1e-3, delta=1e-5)

    def test_budget(self):
        result, clock = self._run(30)
        self.assertLess(clock.now, 30)
        self.assertTrue(result.missing)
        self.assertEqual({reason for _, reason in result.missing}, {"time ran out (--budget-s)"})

    def test_reasons(self):
        class Poor(Fake):
            def make_step(self, item):
                raise nvml.Unavailable("needs PyTorch")

            def counter(self):
                raise nvml.Unavailable("no NVML")
        result, _ = self._run(540, Poor())
        self.assertEqual(result.rows, [])
        self.assertEqual({reason for _, reason in result.missing}, {"needs PyTorch", "no NVML"})

    def test_an_interruption_keeps_the_rows(self):
        class Interrupted(Fake):
            made = 0

            def make_step(self, item):
                self.made += 1
                if self.made == 3:
                    raise KeyboardInterrupt
                return super().make_step(item)
        result, _ = self._run(540, Interrupted(), plan.make_plan(["gemm"]))
        self.assertEqual(len(result.rows), 2)
        self.assertEqual({reason for _, reason in result.missing}, {"interrupted"})


class Driver(unittest.TestCase):
    """ctypes against functions with the driver's signatures."""

    def setUp(self):
        self.cuda = cuda.Cuda(library=DRIVER)

    def test_properties(self):
        self.assertEqual(self.cuda.name(), "Fake GPU")
        self.assertEqual(self.cuda.multiprocessors, 4)
        self.assertEqual(self.cuda.l2_bytes, 1 << 20)
        self.assertEqual(self.cuda.capability, (9, 0))

    def test_kernels_get_their_arguments(self):
        import ctypes
        arrays = [self.cuda.allocate(64), self.cuda.allocate(64)]
        view = [(ctypes.c_uint32 * 16).from_address(a.value) for a in arrays]
        self.assertEqual(list(view[1]), [1] * 16)
        view[1][5] = 77
        self.cuda.launch("copy", *arrays, ctypes.c_uint64(3))
        self.assertEqual(view[0][5], 77)
        self.assertEqual(view[0][15], 1)
        self.cuda.launch("write", *arrays, ctypes.c_uint64(2))
        self.assertEqual(list(view[0]), [0] * 8 + [1] * 8)

    def test_time(self):
        step = cuda.traffic_step(self.cuda, "copy", 1 << 16)
        self.assertAlmostEqual(self.cuda.run(step, 10), 10e-6, places=9)
        step.close()
        self.assertAlmostEqual(
            timing.measure(self.cuda, cuda.empty_step(self.cuda, "queued"), 0.1).seconds, 1e-6,
            places=9)

    def test_graphs_count_their_calls(self):
        step = cuda.empty_step(self.cuda, "queued")
        step.calls = 4  # As if one launch were four calls.
        self.assertAlmostEqual(self.cuda.run(step, 4), 1e-6, places=9)
        self.assertAlmostEqual(self.cuda.run(step, 6), 1.5e-6, places=9)

    def test_too_large(self):
        with self.assertRaisesRegex(nvml.Unavailable, "do not fit"):
            cuda.traffic_step(self.cuda, "copy", 1 << 30)

    def test_missing_driver(self):
        with self.assertRaisesRegex(nvml.Unavailable, "CUDA driver"):
            cuda.Cuda(library="libnosuchcuda.so")
        with self.assertRaisesRegex(nvml.Unavailable, "this machine has 1 GPUs"):
            cuda.Cuda(ordinal=3, library=DRIVER)

    def test_nvml(self):
        card = nvml.Nvml(self.cuda.pci_bus_id(), library=DRIVER)
        self.assertEqual(card.driver(), "999.1")
        self.assertEqual(card.name(), "NVIDIA Fake")
        self.assertEqual(card.power_limit_w(), 500)
        self.assertEqual(card.sm_clock_mhz(), 1500)
        self.assertEqual(card.temperature_c(), 40)
        self.assertEqual(card.busy_percent(), 0)
        with self.assertRaisesRegex(nvml.Unavailable, "nvmlDeviceGetPowerUsage"):
            card.power_w()


class Kernels(unittest.TestCase):
    def test_every_kernel_is_there_once(self):
        names = re.findall(r"\.entry (\w+)\(", kernels.ptx())
        self.assertEqual(sorted(names), sorted([*kernels.TRAFFIC, "empty"]))

    def test_registers_are_declared(self):
        text = kernels.ptx()
        for kind, count in re.findall(r"\.reg \.\w+ %(\w)<(\d+)>;", text):
            for number in re.findall(rf"%{kind}(\d+)", text):
                self.assertLess(int(number), int(count))


class Torch(unittest.TestCase):
    """Formats that a GPU or a PyTorch lacks are reasons, not crashes."""

    def _ops(self, capability, **attributes):
        ops = torch_ops.TorchOps.__new__(torch_ops.TorchOps)
        ops._torch = types.SimpleNamespace(**attributes)
        ops._cuda = types.SimpleNamespace(capability=capability, l2_bytes=1, free_bytes=lambda: 1)
        ops.version = "0"
        return ops

    def test_formats(self):
        with self.assertRaisesRegex(nvml.Unavailable, "this GPU has no fp8"):
            self._ops((8, 0)).gemm("fp8", 16, 16, 16)
        with self.assertRaisesRegex(nvml.Unavailable, "PyTorch 0 has no fp8"):
            self._ops((9, 0)).gemm("fp8", 16, 16, 16)
        with self.assertRaisesRegex(nvml.Unavailable, "this GPU has no fp4"):
            self._ops((9, 0)).gemm("nvfp4", 16, 16, 16)
        with self.assertRaisesRegex(nvml.Unavailable, "do not fit"):
            self._ops((9, 0), bfloat16=None).gemm("bf16", 16, 16, 16)


class CommandLine(unittest.TestCase):
    def _run(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                status = cli.main(arguments)
            except SystemExit as stop:
                status = stop.code
        return status, output.getvalue()

    def test_dry_run(self):
        status, text = self._run("--dry-run")
        self.assertEqual(status, 0)
        self.assertIn("gemm fp8 m=2048 n=8192 k=8192\n", text)
        self.assertIn("nothing was measured or written", text)

    def test_wrong_options(self):
        for arguments, message in (
            ((), "expects -o FILE.json, or --dry-run"),
            (("-o", "/nonexistent/x.json"), "cannot be written"),
            (("--dry-run", "--budget-s", "0"), "--budget-s=0"),
            (("--dry-run", "--family", "tea"), "tea"),
        ):
            with self.subTest(arguments):
                status, text = self._run(*arguments)
                self.assertNotEqual(status, 0)
                self.assertIn(message, text)


if __name__ == "__main__":
    unittest.main()
