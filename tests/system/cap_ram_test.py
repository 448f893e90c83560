"""Core `cap` behind the same firmware: results, cells that are loaded once or tile by tile."""
import hashlib
import json
import pathlib
import re
import tempfile
import unittest

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper

import program
from program import cairn

CELLS = 64 * 128 * 8
RELOAD = ("--set", "soc.npu0.reload=true")


def run(network, *options) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        ran = cairn("run", network, "--core", "cap", "--quiet", "--json", report, *options)
        assert ran.status == 0, ran.err
        return json.loads(report.read_text())


def small_network(folder: str) -> pathlib.Path:
    """Two 8-bit convolutions, 72 operands to 8 outputs each: 2 * 72 * 64 cells."""
    random = numpy.random.default_rng(7)
    constants, nodes = [], []

    def constant(name, value):
        constants.append(onnx.numpy_helper.from_array(numpy.array(value, numpy.float32), name))
        return name

    def quant(source, result, scale, signed):
        inputs = [source, constant(f"{result}_scale", scale), constant(f"{result}_zero", 0), constant(f"{result}_bits", 8)]
        nodes.append(onnx.helper.make_node("Quant", inputs, [result], name=result, domain="qonnx.custom_op.general",
                                           signed=signed, narrow=0, rounding_mode="ROUND"))
        return result

    features = quant("x", "input", 1.0, 0)
    for name in ("first", "second"):
        weights = constant(f"{name}_floats", random.integers(-127, 128, (8, 8, 3, 3)))
        nodes.append(onnx.helper.make_node("Conv", [features, quant(weights, f"{name}_weights", 1.0, 1)], [name], name=name, pads=[1, 1, 1, 1]))
        nodes.append(onnx.helper.make_node("Relu", [name], [f"{name}_relu"]))
        features = quant(f"{name}_relu", f"{name}_features", 500.0, 0)
    shape = [1, 8, 10, 10]
    graph = onnx.helper.make_graph(nodes, "small", [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
                                   [onnx.helper.make_tensor_value_info(features, onnx.TensorProto.FLOAT, shape)], constants)
    opsets = [onnx.helper.make_opsetid("", 13), onnx.helper.make_opsetid("qonnx.custom_op.general", 1)]
    file = pathlib.Path(folder) / "small.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), file)
    return file


class CapRamTest(unittest.TestCase):
    def test_a_network_that_does_not_fit_is_refused_with_the_bytes_and_the_option(self):
        refused = cairn("run", "fashion", "--core", "cap")
        self.assertEqual(refused.status, 2)
        found = re.search(r"layer '(\w+)' finds no room in the cells of core 'cap'.* need (\d+) bytes, (\d+) are available", refused.err)
        self.assertIsNotNone(found, refused.err)
        self.assertEqual(found[3], "8192")
        self.assertGreater(int(found[2]), 8192)
        self.assertIn("soc.npu0.reload=true", refused.err)

    def test_reloading_computes_the_shipped_network_and_writes_its_cells_every_time(self):
        one, five = (run("fashion", *RELOAD, "--count", n) for n in (1, 5))
        for report in (one, five):
            self.assertEqual((report["core"], report["mismatches"]), ("cap", 0))
            self.assertNotIn("setup", report)
        self.assertGreater(one["totals"]["cell_writes"], CELLS)
        self.assertEqual(five["totals"]["cell_writes"], 5 * one["totals"]["cell_writes"])
        self.assertGreater(one["totals"]["stall_cycles"]["cells"], 0)

    def test_every_core_runs_the_same_firmware_with_the_same_outputs(self):
        firmware = pathlib.Path(program.PROGRAM).parent / "firmware" / "infer.elf"
        before = hashlib.sha256(firmware.read_bytes()).hexdigest()
        with tempfile.TemporaryDirectory() as folder:
            outputs = []
            for core in ("ms", "cap"):
                file = pathlib.Path(folder) / f"{core}.npy"
                ran = cairn("run", "fashion", "--core", core, *RELOAD, "--count", 10, "--quiet", "--firmware", firmware, "--outputs", file)
                self.assertEqual(ran.status, 0, ran.err)
                outputs.append(file.read_bytes())
            self.assertEqual(outputs[0], outputs[1])
        self.assertEqual(hashlib.sha256(firmware.read_bytes()).hexdigest(), before)

    def test_resident_weights_are_loaded_once(self):
        with tempfile.TemporaryDirectory() as folder:
            small = small_network(folder)
            one, four, reloaded = run(small, "--count", 1), run(small, "--count", 4), run(small, *RELOAD, "--count", 4)
        for report in (one, four, reloaded):
            self.assertEqual(report["mismatches"], 0)
        self.assertEqual(one["setup"], four["setup"])
        self.assertEqual(one["setup"]["cell_writes"], 2 * 72 * 64)
        for report in (one, four):
            self.assertEqual(report["totals"]["cell_writes"], 2 * 72 * 64)
            self.assertEqual(report["per_inference"]["cell_writes"], 0)
            self.assertEqual(report["totals"]["stall_cycles"]["cells"], 2 * 64)
        self.assertEqual(four["totals"]["evaluations"], 4 * 2 * 100 * 3)
        self.assertEqual(reloaded["totals"]["evaluations"], four["totals"]["evaluations"])
        self.assertEqual(reloaded["totals"]["cell_writes"], 4 * 2 * 72 * 64)

    def test_a_full_evaluation_has_the_published_efficiency(self):
        with tempfile.TemporaryDirectory() as folder:
            report = run(small_network(folder))
        for layer in report["layers"]:
            self.assertEqual(layer["rows"], 64 * layer["evaluations"])
            operations = 2 * 64 * 128 * layer["evaluations"]
            self.assertAlmostEqual(operations / layer["energy_pj"]["array"], 49.4, places=3)
            self.assertEqual(layer["conversions"], layer["rows"])

    def test_physical_mode_is_a_function_of_its_seed_and_close_to_exact_mode(self):
        with tempfile.TemporaryDirectory() as folder:
            outputs = []
            for number, seed in enumerate((1, 1, 2)):
                file = pathlib.Path(folder) / f"{number}.npy"
                report = run("lenet5", "--count", 200, "--mode", "physical", "--seed", seed, "--outputs", file)
                outputs.append(file.read_bytes())
        self.assertEqual((report["mode"], report["seed"]), ("physical", 2))
        self.assertGreater(report["mismatches"], 0)
        self.assertLess(abs(report["accuracy"] - report["exact_accuracy"]), 0.03)
        self.assertEqual(outputs[0], outputs[1])
        self.assertNotEqual(outputs[1], outputs[2])

    def test_a_chip_without_errors_and_with_fine_converters_is_exact(self):
        """72 inputs of three bits add up to at most 504: nine bits, a code a unit (64 sixteenths at 7 bits)."""
        errors = ("capacitor_mismatch", "ktc_noise", "comparator_noise", "adc_offset", "adc_gain", "adc_inl")
        settings = [f"soc.npu0.cap.{key}=0" for key in errors] + ["soc.npu0.cap.adc_bits=9"]
        options = [word for setting in settings for word in ("--set", setting)]
        with tempfile.TemporaryDirectory() as folder:
            small_network(folder)
            described = pathlib.Path(folder) / "small.toml"
            described.write_text('description = "two layers"\nmodel = "small.onnx"\n[cap.lsb]\nfirst = 64\nsecond = 64\n')
            report = run(described, "--count", 2, "--mode", "physical", *options)
        self.assertEqual(report["mismatches"], 0)

    def test_physical_mode_is_refused_where_there_is_none(self):
        refused = cairn("run", "fashion", "--core", "ms", "--mode", "physical")
        self.assertEqual(refused.status, 2)
        self.assertIn("cores with a physical mode: cap", refused.err)
        refused = cairn("run", "lenet5", "--core", "cap", "--mode", "physical", "--set", "soc.npu0.cap.rows=32", *RELOAD)
        self.assertEqual(refused.status, 2)
        self.assertIn("64 rows and 128 columns", refused.err)


if __name__ == "__main__":
    program.main(unittest)
