"""The student of networks/lcard on the machine its bit search was made for: results.toml says what the run must show."""
import json
import pathlib
import tempfile
import tomllib
import unittest

import program
from program import cairn

RESULTS = tomllib.loads((program.ROOT / "networks/lcard/results.toml").read_text())
CAPACITY, STUDENT = RESULTS["run"]["capacity"], RESULTS["student"]


class LcardTest(unittest.TestCase):
    def run_student(self, *arguments) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "r.json"
            result = cairn("run", "lcard-student", "--set", f"soc.npu0.features.bytes={CAPACITY}", "--json", report, "--quiet",
                           *arguments)
            self.assertEqual((result.status, result.err), (0, ""))
            return json.loads(report.read_text())

    def test_every_layer_needs_the_ring_and_the_cycles_that_the_search_counted(self):
        report = self.run_student("--count", 1)
        self.assertEqual(report["mismatches"], 0)
        layers = {layer["name"]: layer for layer in report["layers"]}
        for row in STUDENT["layers"]:
            layer = layers[row["layer"]]
            self.assertEqual(-(-layer["peak_feature_bits"] // 8), row["ring_bytes"], row["layer"])
            self.assertEqual(layer["cycles"] - sum(layer["stall_cycles"].values()), row["array_cycles"], row["layer"])
            self.assertEqual(layer["macs"], row["macs"], row["layer"])
        self.assertEqual(STUDENT["ring_bytes"], max(row["ring_bytes"] for row in STUDENT["layers"]))

    def test_the_accuracy_over_the_test_set_is_the_one_recorded(self):
        report = self.run_student("--count", 10000, "--no-check")
        self.assertAlmostEqual(100 * report["accuracy"], STUDENT["accuracy"], places=2)

    def test_the_student_is_at_most_one_point_below_its_teacher(self):
        self.assertGreaterEqual(STUDENT["accuracy"], RESULTS["teacher"]["accuracy"] - 1.0)


if __name__ == "__main__":
    program.main(unittest)
