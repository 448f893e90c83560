"""Networks that others trained, on 10,000 digits: the accuracy an independent executor measured, through the whole SoC."""
import gzip
import json
import pathlib
import tempfile
import unittest

import numpy as np

import program
from program import cairn

DATA = program.ROOT.parent / "shared/data"


@unittest.skipUnless((DATA / "qonnx").is_dir(), "the data folder of the developers is not here: public networks not tried")
class PublicNetworksTest(unittest.TestCase):
    def accuracy(self, model: str) -> float:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            pixels = np.frombuffer(gzip.open(DATA / "mnist/t10k-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
            np.save(folder / "digits.npy", (pixels.reshape(-1, 1, 28, 28) / 255).astype(np.float32))
            result = cairn("run", DATA / "qonnx" / model, "--input", folder / "digits.npy", "--labels",
                           DATA / "mnist/t10k-labels-idx1-ubyte.gz", "--count", 10000, "--json", folder / "r.json", "--quiet")
            self.assertEqual(result.status, 0, result.err)
            report = json.loads((folder / "r.json").read_text())
            self.assertEqual(report["mismatches"], 0)
            return report["accuracy"]

    def test_the_binary_mlp_reaches_its_reference_accuracy(self):
        self.assertAlmostEqual(self.accuracy("TFC_1W1A.onnx"), 0.9296, places=4)

    def test_the_2_bit_mlp_reaches_its_reference_accuracy(self):
        self.assertAlmostEqual(self.accuracy("TFC_2W2A.onnx"), 0.9660, places=4)

    def test_the_keyword_mlp_runs_without_a_mismatch(self):
        result = cairn("run", DATA / "qonnx/kwsmlp_w3a3.onnx", "--count", 20, "--quiet")
        self.assertEqual((result.status, result.err), (0, ""))


if __name__ == "__main__":
    program.main(unittest)
