"""The shipped network through the whole virtual SoC against two judges that share nothing with it."""
import gzip
import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np

import contract
import job_image
import program
import qonnx_float
from program import MODEL, cairn

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
COUNT = 100


def read_idx(name: str, header: int) -> np.ndarray:
    return np.frombuffer(gzip.open(DATA / name).read(), np.uint8, offset=header)


class FashionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        outputs, report, job = folder / "outputs.npy", folder / "report.json", folder / "fashion.job"
        ran = cairn("run", "fashion", "--count", COUNT, "--outputs", outputs, "--json", report, "--quiet")
        made = cairn("compile", MODEL, "--core", "ms", "-o", job)
        assert (ran.status, made.status) == (0, 0), ran.err + made.err
        cls.outputs, cls.report = np.load(outputs), json.loads(report.read_text())
        cls.job = job_image.Job(job.read_bytes())
        cls.images = read_idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)[:COUNT]
        cls.layers = []
        cls.expected = contract.run(cls.job, cls.images, cls.layers)
        cls.labels = read_idx("t10k-labels-idx1-ubyte.gz", 8)[:COUNT]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_npu_computes_what_the_contract_says(self):
        self.assertEqual(self.outputs.shape, self.expected.shape)
        self.assertTrue(np.array_equal(self.outputs, self.expected))

    def test_the_integers_stay_close_to_the_float_semantics_of_the_file(self):
        """Thresholds reproduce the float chain; where a multiplier replaces it, few features are off by one."""
        floats, features = qonnx_float.run(MODEL, self.images.transpose(0, 3, 1, 2))
        commands = sorted(self.job.of_kind(job_image.LAYER), key=lambda c: c["layer"])
        quantised = [f for name, f in features.items() if name != "image.quant"]
        differing = 0
        for command, ours, theirs in zip(commands, self.layers, quantised):
            off = np.abs(ours - theirs.reshape(ours.shape))
            differing += int((off > 0).sum())
            if command["requantisation"] == job_image.THRESHOLDS:
                self.assertLessEqual((off > 0).mean(), 1e-4)
            else:
                self.assertLessEqual(off.max(), 1)
                self.assertLessEqual((off > 0).mean(), 0.05)
        classes = int((floats.argmax(1) != self.outputs.argmax(1)).sum())
        total = sum(f.size for f in quantised)
        print(f"float semantics: {differing} of {total} features and {classes} of {COUNT} classes differ", file=sys.stderr)
        self.assertEqual(len(quantised), len(commands) - 1)
        self.assertLessEqual(classes, 1)

    def test_the_report_says_what_the_outputs_say(self):
        right = (self.outputs.argmax(1) == self.labels).mean()
        self.assertAlmostEqual(self.report["accuracy"], right, places=6)
        self.assertEqual(self.report["mismatches"], 0)
        self.assertEqual(self.report["count"], COUNT)
        self.assertEqual(len(self.report["layers"]), self.job.layer_count)


if __name__ == "__main__":
    program.main(unittest)
