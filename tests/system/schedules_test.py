"""All schedules of a core give the same outputs, those of an independent executor; what does not fit is refused with figures."""
import json
import pathlib
import re
import tempfile
import unittest

import numpy as np

import contract
import job_image
import program
from program import cairn

SCHEDULES = ["ms", "ms-fused", "pingpong-ws", "pingpong-os"]
LARGE = 1 << 20  # bytes of feature memory, for the baselines

# Shortcuts and projections; and a stem with pooling before bottlenecks: all that a schedule can fuse.
RESIDUAL = """
[generate]
family = "resnet"
depth = 18
size = "cifar"
resolution = 16
feature_bits = 4
weight_bits = 3
"""
BOTTLENECKS = """
[generate]
family = "resnet"
depth = 50
residual = {residual}
size = "imagenet"
resolution = 32
feature_bits = 4
weight_bits = 4
[[masks]]
layers = ["conv2.*.a", "conv3.*.b"]
keep = 0.75
"""


class SchedulesTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def describe(self, text: str) -> pathlib.Path:
        (self.folder / "network.toml").write_text('description = "of a test"\n[input]\ndescription = "pixels"\n' + text)
        return self.folder / "network.toml"

    def pixels(self, size: int) -> np.ndarray:
        """Saves one picture for --input, and returns it as the network's integers, [1, h, w, c]."""
        x = np.random.default_rng(5).integers(0, 256, (1, 3, size, size))
        np.save(self.folder / "x.npy", x.astype(np.float32))
        return x.transpose(0, 2, 3, 1)

    def outputs(self, network, schedule: str, *options) -> np.ndarray:
        files = self.folder / "out.npy", self.folder / "r.json"
        ran = cairn("run", network, "--schedule", schedule, "--quiet", "--count", 1, "--input", self.folder / "x.npy", "--outputs",
                    files[0], "--json", files[1], *options)
        self.assertEqual((ran.status, ran.err), (0, ""))
        report = json.loads(files[1].read_text())
        self.assertEqual((report["mismatches"], report["schedule"]), (0, schedule))
        return np.load(files[0])

    def job(self, network, schedule: str, *options) -> job_image.Job:
        made = cairn("compile", network, "--schedule", schedule, "-o", self.folder / "x.job", *options)
        self.assertEqual((made.status, made.err), (0, ""))
        return job_image.Job((self.folder / "x.job").read_bytes())

    def agree(self, text: str, size: int, schedules: list[str], *options, feature_bytes: int = LARGE) -> None:
        network, x = self.describe(text), self.pixels(size)
        options = [*options, "--set", f"soc.npu0.features.bytes={feature_bytes}"]
        first = None
        for schedule in schedules:
            with self.subTest(schedule):
                ran = self.outputs(network, schedule, *options)
                expected = contract.run(self.job(network, schedule, *options), x, feature_bytes=feature_bytes)
                self.assertTrue(np.array_equal(ran.reshape(expected.shape), expected))
                first = expected if first is None else first
                self.assertTrue(np.array_equal(first, expected))
                self.assertGreater(len(np.unique(expected)), 5)

    def test_shortcuts_and_projections(self):
        self.agree(RESIDUAL, 16, SCHEDULES)

    def test_streams_and_bottlenecks_with_channel_masks(self):
        self.agree(BOTTLENECKS.format(residual="false"), 32, SCHEDULES)

    def test_streams_bottlenecks_and_shortcuts(self):
        self.agree(BOTTLENECKS.format(residual="true"), 32, ["ms-fused", "ms"])

    def test_a_requested_loop_order_changes_the_traffic_and_not_the_outputs(self):
        network, _ = self.describe(RESIDUAL), self.pixels(16)
        outputs, weights = [], []
        for order in ("auto", "pixel-outer", "channel-outer"):
            outputs.append(self.outputs(network, "ms", "--set", f"compiler.loop_order={order}"))
            weights.append(json.loads((self.folder / "r.json").read_text())["totals"]["dram_bytes"])
        self.assertTrue(np.array_equal(outputs[0], outputs[1]) and np.array_equal(outputs[0], outputs[2]))
        self.assertGreater(weights[1], 2 * weights[2])  # weights again for every pixel tile

    def test_a_channel_mask_skips_macs(self):
        network, _ = self.describe(BOTTLENECKS.format(residual="false")), self.pixels(32)
        self.outputs(network, "ms-fused")
        report = json.loads((self.folder / "r.json").read_text())
        layers = {layer["name"]: layer for layer in report["layers"]}
        skipped = layers["conv2.1.a"]["macs_skipped"]
        self.assertEqual(skipped * 3, layers["conv2.1.a"]["macs"])  # 48 of 64 channels
        self.assertEqual(layers["conv1"]["macs_skipped"], 0)

    def refused(self, *arguments) -> str:
        result = cairn(*arguments)
        self.assertEqual((result.status, result.out), (2, ""))
        self.assertEqual(len(result.err.strip().splitlines()), 1, result.err)
        return result.err

    def test_networks_too_large_are_refused_with_layer_need_and_capacity(self):
        for network, schedule, kib in [("resnet50-8b", "ms-fused", 199.6), ("resnet50-v1.5", "ms-fused", 196.3),
                                       ("resnet50-residual", "ms", 494.4), ("resnet50", "ms", 394.6)]:
            error = self.refused("run", network, "--schedule", schedule, "--count", 1)
            found = re.search(r"layer '(\S+)' needs (\d+) bytes of feature memory.* but core 'ms' has 122880", error)
            self.assertIsNotNone(found, error)
            self.assertAlmostEqual(int(found[2]) / 1024, kib, delta=0.2)

    def test_an_unknown_schedule_or_loop_order_is_refused(self):
        error = self.refused("run", "fashion", "--schedule", "spiral")
        for name in ["spiral", *SCHEDULES]:
            self.assertIn(name, error)
        self.assertIn("pixel-outer", self.refused("run", "fashion", "--set", "compiler.loop_order=best"))

    def test_explain_says_for_each_layer_how_it_runs_and_why(self):
        made = cairn("compile", "resnet50", "--schedule", "ms-fused", "--explain", "-o", self.folder / "x.job")
        self.assertEqual((made.status, made.err), (0, ""))
        for text in ["streamed into 'pool1'", "fused into 'conv2.2.a'", "B of features alive", "cycles of the array",
                     "schedule ms-fused"]:
            self.assertIn(text, made.out)
        names = re.findall(r"^(\S+) +(?:resident|pixel-outer|rows|channel-outer): ", made.out, re.M)
        self.assertEqual(len(names), 52)

    def test_a_network_says_what_a_user_should_know_about_it(self):
        note = "the weights are random (seed 1), not trained"
        report = self.folder / "report.json"
        ran = cairn("run", "resnet50", "--no-check", "--json", report)
        self.assertIn(f"note: {note}", ran.out)
        self.assertEqual(json.loads(report.read_text())["notes"], [note])
        made = cairn("compile", "resnet50", "--schedule", "ms-fused", "-o", self.folder / "x.job")
        self.assertIn(f"note: {note}", made.out)

    def test_the_shipped_networks_are_listed(self):
        listed = cairn("networks").out
        for folder in (file.parent for file in (program.ROOT / "networks").glob("*/network.toml")):
            self.assertRegex(listed, rf"(?m)^{re.escape(folder.name)} ")


if __name__ == "__main__":
    program.main(unittest)
