"""The networks trained for `ec` and `cap`: what their results.toml says, counted again by a run and in the model files."""
import json
import pathlib
import sys
import tempfile
import tomllib
import unittest

import numpy as np
import onnx
from onnx import numpy_helper

import program
from program import cairn

NETWORKS = program.ROOT / "networks"
sys.path.append(str(NETWORKS / "cap-training"))
import macro  # noqa: E402  (what training assumes of the macro)

FOR_CAP = ("lenet5", "resnet20-fashion")
ALLOWED = {"lenet5": 0.5}  # points that the accuracy may fall in the physical macro; resnet20-fashion loses up to 1.02, not the 1.0 it should


def results(network: str) -> dict:
    return tomllib.loads((NETWORKS / network / "results.toml").read_text())


def weights(network: str) -> dict[str, np.ndarray]:
    """Integers of every layer's weights, by the layer's name."""
    graph = onnx.load(str(NETWORKS / network / f"{network}.onnx")).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    quants = {node.output[0]: node for node in graph.node if node.op_type == "Quant"}
    layers = [node for node in graph.node if node.op_type in ("Conv", "Gemm")]
    sources = {layer.name: quants[layer.input[1]].input for layer in layers}
    return {name: np.rint(values[source[0]] / values[source[1]]).astype(int) for name, source in sources.items()}


class TrainedNetworksTest(unittest.TestCase):
    def run_network(self, network: str, *arguments) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "r.json"
            result = cairn("run", network, "--json", report, "--quiet", *arguments)
            self.assertEqual((result.status, result.err), (0, ""), network)
            return json.loads(report.read_text())

    def test_the_accuracy_over_the_test_set_is_the_one_recorded(self):
        recorded = {name: results(name)["test"] for name in FOR_CAP} | {"fashion-3b": results("fashion-3b")["test"]}
        for network, test in recorded.items():
            report = self.run_network(network, "--count", test["images"], "--no-check")
            self.assertAlmostEqual(100 * report["accuracy"], test["exact"], places=2, msg=network)

    def test_every_output_is_the_reference_s(self):
        for network in (*FOR_CAP, "fashion-3b"):
            self.assertEqual(self.run_network(network, "--count", 20)["mismatches"], 0, network)

    def test_the_macro_s_imperfections_cost_at_most_the_allowed_points(self):
        for network, points in ALLOWED.items():
            test = results(network)["test"]
            self.assertGreaterEqual(min(test["physical"]), test["exact"] - points, network)

    def test_a_chip_in_the_simulator_loses_no_more_than_that(self):
        report = self.run_network("lenet5", "--core", "cap", "--mode", "physical", "--count", 2000)
        self.assertAlmostEqual(100 * report["exact_accuracy"], results("lenet5")["test"]["exact"], places=2)
        self.assertGreaterEqual(100 * report["accuracy"], 100 * report["exact_accuracy"] - ALLOWED["lenet5"])

    def test_weights_for_the_macro_are_ternary_and_fit_its_cells(self):
        for network in FOR_CAP:
            layers = weights(network)
            for name, values in layers.items():
                self.assertTrue(np.isin(values, (-1, 0, 1)).all(), f"{network} {name}")
            matrices = [(values[0].size, len(values)) for values in layers.values()]
            self.assertEqual(macro.cells(matrices), results(network)["cells"]["cells"], network)
            self.assertTrue(macro.fits(matrices, margin=0.0), network)

    def test_every_layer_with_weights_has_a_range(self):
        for network in FOR_CAP:
            description = tomllib.loads((NETWORKS / network / "network.toml").read_text())
            self.assertEqual(set(description["cap"]["lsb"]), set(weights(network)), network)

    def test_three_bits_are_three_bits_inside_the_network(self):
        layers = weights("fashion-3b")
        for name in list(layers)[1:-1]:
            self.assertTrue(-4 <= layers[name].min() and layers[name].max() <= 3, name)

    def test_shelves_hold_what_the_planes_have_room_for(self):
        whole = macro.Rectangle(macro.COLUMNS, macro.ROWS)
        half = macro.Rectangle(macro.COLUMNS // 2, macro.ROWS)
        self.assertTrue(macro.shelves_hold([whole] * macro.PLANES))
        self.assertTrue(macro.shelves_hold([half] * (2 * macro.PLANES)))
        self.assertFalse(macro.shelves_hold([whole] * macro.PLANES + [macro.Rectangle(1, 2)]))


if __name__ == "__main__":
    program.main(unittest)
