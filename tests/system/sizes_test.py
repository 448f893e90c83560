"""Cores of any size: a network runs without a mismatch or is refused in one sentence; nothing crashes or hangs."""
import json
import pathlib
import random
import tempfile
import unittest

import program
from program import cairn

SIZES = {  # key: values from useless to ample
    "soc.npu0.features.bytes": [64, 6_000, 12_576, 16_384, 40_000, 122_880],
    "soc.npu0.weights.bytes": [64, 512, 2_048, 4_096, 20_000, 32_768],
    "soc.npu0.ms.line_buffer_bytes": [8, 64, 1_001, 16_384],
    "soc.npu0.ms.wide_buffer_bytes": [1, 64, 100, 4_096],
    "soc.npu0.ms.accumulator_bytes": [64, 256, 1_024, 8_192],
    "soc.npu0.ms.table_buffer_bytes": [8, 64, 8_192],
    "soc.npu0.ms.tile_pixels": [1, 2, 3, 4, 16],
    "soc.npu0.ms.tile_channels": [1, 3, 16, 64],
    "soc.npu0.ms.input_lanes": [1, 7, 8, 64],
    "soc.npu0.ms.bit_products": [1, 16, 64],
    "soc.npu0.ms.ws_tile": [16, 64, 100],
    "soc.npu0.ms.tco": [1, 16, 128],
}


class SizesTest(unittest.TestCase):
    def test_random_sizes_run_or_are_refused(self):
        seed = 20258
        chance, ran, refused = random.Random(seed), 0, 0
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "r.json"
            for case in range(40):
                options = ["--schedule", chance.choice(["ms", "ms-fused", "pingpong-ws", "pingpong-os"]), "--set",
                           "compiler.loop_order=" + chance.choice(["auto", "pixel-outer", "channel-outer"])]
                for key in chance.sample(sorted(SIZES), chance.randint(1, 3)):
                    options += ["--set", f"{key}={chance.choice(SIZES[key])}"]
                with self.subTest(f"seed {seed}, case {case}: {' '.join(options)}"):
                    result = cairn("run", "fashion", "--count", 1, "--quiet", "--json", report, *options)
                    self.assertIn(result.status, (0, 2), result.err)
                    if result.status == 0:
                        ran += 1
                        self.assertEqual(json.loads(report.read_text())["mismatches"], 0)
                    else:
                        refused += 1
                        self.assertEqual(len(result.err.strip().splitlines()), 1, result.err)
        self.assertGreater(ran, 15)
        self.assertGreater(refused, 2)


if __name__ == "__main__":
    program.main(unittest)
