"""Core `ec` behind the same firmware: results, the frame time of ResNet-18, and what it refuses."""
import json
import pathlib
import tempfile
import unittest
import zlib

import program
from program import cairn

ENTRIES, OVERHEAD = 128, 0.226
CLOCK_HZ = 143_000_000
# Every convolution and the classifier of ResNet-18 at 224 x 224: outputs times ceil(operands / 128).
DOTS = 15_357_856


def run(network: str, *options) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        ran = cairn("run", network, "--quiet", "--json", report, *options)
        assert ran.status == 0, ran.err
        return json.loads(report.read_text())


class EntryCountingTest(unittest.TestCase):
    def test_every_plan_and_mapping_computes_the_shipped_network(self):
        seen = set()
        for mapping in ("auto", "activation-stationary", "weight-stationary"):
            report = run("fashion", "--core", "ec", "--count", 20, "--set", f"soc.npu0.ec.mapping={mapping}")
            self.assertEqual((report["core"], report["mismatches"]), ("ec", 0))
            totals = report["totals"]
            self.assertGreater(totals["matches"], totals["searches"])
            self.assertEqual(totals["multiplications"], 0)
            seen.add(totals["loads"])
        self.assertEqual(len(seen), 3)

    def test_both_cores_give_the_same_outputs_with_the_same_firmware(self):
        with tempfile.TemporaryDirectory() as folder:
            outputs = [pathlib.Path(folder) / f"{core}.npy" for core in ("ms", "ec")]
            reports = [run("fashion", "--core", file.stem, "--count", 20, "--outputs", file) for file in outputs]
            self.assertEqual(outputs[0].read_bytes(), outputs[1].read_bytes())
        crc = f"{zlib.crc32(program.firmware('infer').read_bytes()):08x}"
        self.assertEqual([r["firmware"]["crc32"] for r in reports], [crc, crc])

    def test_a_frame_of_resnet18_takes_what_the_macro_predicts(self):
        report = run("resnet18-3b", "--core", "ec", "--no-check")
        predicted = DOTS * (10 + OVERHEAD) / CLOCK_HZ
        self.assertAlmostEqual(predicted, 1.098, places=3)
        self.assertLess(abs(report["inference_seconds"] / predicted - 1), 0.02)
        totals = report["totals"]
        steps = totals["searches"] + totals["accumulations"]
        self.assertLessEqual(steps, 10 * DOTS)
        busy = totals["cycles"] - sum(totals["stall_cycles"].values())
        self.assertGreaterEqual(busy, steps + int(DOTS * OVERHEAD) - len(report["layers"]))

    def test_lower_voltage_takes_less_energy_and_a_lower_clock_more_time(self):
        fast = run("fashion", "--core", "ec", "--count", 1)
        slow = run("fashion", "--core", "ec", "--count", 1, "--set", "soc.npu0.clock_hz=40000000",
                   "--set", "soc.npu0.millivolt=1010")
        ratio = fast["totals"]["energy_pj"]["array"] / slow["totals"]["energy_pj"]["array"]
        self.assertAlmostEqual(ratio, (1.23 / 1.01) ** 2, places=6)
        self.assertGreater(slow["inference_seconds"], 3 * fast["inference_seconds"])

    def test_software_changes_clock_and_voltage_between_inferences(self):
        points = ("--set", "soc.npu0.clock_hz=40000000", "--set", "soc.npu0.millivolt=1010")
        fast, slow = run("fashion", "--core", "ec", "--count", 1), run("fashion", "--core", "ec", "--count", 1, *points)
        both = run("fashion", "--core", "ec", "--count", 2, "--firmware", program.firmware("dvfs"))
        self.assertEqual(both["mismatches"], 0)
        self.assertEqual([(p["clock_hz"], p["millivolt"]) for p in both["operating_points"]],
                         [(143_000_000, 1230), (40_000_000, 1010)])
        one = run("fashion", "--core", "ec", "--count", 2)
        array = both["totals"]["energy_pj"]["array"]
        self.assertLess(array, one["totals"]["energy_pj"]["array"])
        self.assertGreater(array, fast["totals"]["energy_pj"]["array"])
        seconds = fast["inference_seconds"] + slow["inference_seconds"]
        self.assertLess(seconds, both["inference_seconds"])  # the clock settles, the console prints
        self.assertLess(both["inference_seconds"], seconds + 0.03)

    def test_a_plan_that_cannot_count_the_operands_is_refused_with_the_reason(self):
        refused = cairn("run", "resnet18-3b", "--core", "ec", "--set", "soc.npu0.ec.plan=magnitude-pairs")
        self.assertEqual(refused.status, 2)
        for text in ("'conv1'", "features up to a magnitude of 7", "'magnitude-pairs' counts magnitudes up to 4"):
            self.assertIn(text, refused.err)
        refused = cairn("run", "fashion", "--core", "ec", "--set", "soc.npu0.ec.plan=planes")
        self.assertEqual(refused.status, 2)
        self.assertIn("must be one of bitplane, magnitude-pairs, product-classes", refused.err)


if __name__ == "__main__":
    program.main(unittest)
