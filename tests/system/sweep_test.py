"""`cairn sweep`: table, CSV and plot of real runs, and what it refuses."""
import csv
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import program
from program import cairn

SVG = "{http://www.w3.org/2000/svg}"


class SweepTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_a_curve_is_that_of_the_runs(self):
        table, plot = self.folder / "dram.csv", self.folder / "dram.svg"
        key = "soc.dram.bytes_per_second"
        swept = cairn("sweep", "fashion", "--count", 2, "--over", f"{key}=200M,400M,64", "--measure", "inference_seconds",
                      "--measure", "accuracy", "--csv", table, "--plot", plot)
        self.assertEqual(swept.status, 0, swept.err)
        rows = list(csv.DictReader(table.read_text().splitlines()))
        self.assertEqual([row[key] for row in rows], ["200M", "400M", "64"])
        self.assertGreater(float(rows[0]["inference_seconds"]), 1.5 * float(rows[1]["inference_seconds"]))
        self.assertEqual((rows[2]["exit_status"], rows[2]["accuracy"]), ("2", ""))
        self.assertIn(key, rows[2]["message"])
        drawing = xml.etree.ElementTree.parse(plot).getroot()
        self.assertEqual(len(drawing.findall(f"{SVG}circle")), 2)
        self.assertIn(rows[0]["inference_seconds"][:6], swept.out)

    def test_keys_and_places_are_checked_before_anything_runs(self):
        unknown = cairn("sweep", "fashion", "--over", "soc.dram.bytes_per_secnd=1,2")
        self.assertEqual(unknown.status, 2)
        self.assertIn("soc.dram.bytes_per_second", unknown.err)
        nowhere = cairn("sweep", "fashion", "--over", "soc.cpu0.clock_hz=1M,2M", "--csv", self.folder / "no/folder.csv")
        self.assertEqual(nowhere.status, 2)
        self.assertIn("no/folder.csv", nowhere.err)

    def test_a_sweep_of_which_nothing_runs_fails_like_its_runs(self):
        swept = cairn("sweep", "fashion", "--count", 1, "--over", "soc.npu0.weights.bytes=64,128")
        self.assertEqual(swept.status, 2)
        self.assertIn("layer 'conv1' needs", swept.out)


if __name__ == "__main__":
    program.main(unittest)
