"""QONNX export of units and classifiers. Weights are integers of scale 1, so that the norm sees accumulators times the features' step."""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

from export import QUANT_DOMAIN, Graph  # networks/lcard
from layers import Classifier, Unit
from ternary import ternary


class Pixels:
    """The input: pixels 0..255 in `bits`."""
    signed, zero_point = False, 0

    def __init__(self, bits: int):
        self.bits, self.step = bits, np.float32(255 / ((1 << bits) - 1))


class LayerGraph(Graph):
    """As Graph; every method returns the name of the tensor it made."""

    def ternary(self, name: str, integers, scale: float) -> str:
        inputs = [self.constant(name, integers * scale), self.constant(name + ".quant.scale", scale),
                  self.constant(name + ".quant.zeropt", 0), self.constant(name + ".quant.bits", 2)]
        return self.node("Quant", inputs, name + ".quant", domain=QUANT_DOMAIN, signed=1, narrow=1, rounding_mode="ROUND")

    def unit(self, x: str, name: str, unit: Unit, step: float) -> str:
        """`step`: what the file's integer 1 stands for in x."""
        w, bn = self.ternary(name + ".weight", ternary(unit.weight).detach(), 1.0), unit.norm
        x = self.node("Conv", [x, w], name, kernel_shape=list(unit.weight.shape[2:]), strides=[unit.stride] * 2,
                      pads=[unit.padding] * 4, group=1, dilations=[1, 1])
        parameters = {"gamma": bn.weight.detach(), "beta": bn.bias.detach(), "mean": bn.running_mean.numpy() * step,
                      "var": (bn.running_var.numpy() + bn.eps) * step ** 2 - bn.eps}
        inputs = [x] + [self.constant(f"{name}.{p}", v) for p, v in parameters.items()]
        return self.node("BatchNormalization", inputs, name + ".norm", epsilon=bn.eps)

    def activation(self, x: str, name: str, quantizer) -> str:
        return self.quant(self.node("Relu", [x], name + ".relu"), name + ".out", quantizer)

    def classifier(self, x: str, name: str, fc: Classifier, step: float) -> str:
        x = self.node("Flatten", [x], "flatten", axis=1)
        w = self.ternary(name + ".weight", ternary(fc.weight).detach().flatten(1), fc.scale.item() / step)
        return self.node("Gemm", [x, w, self.constant(name + ".bias", fc.bias.detach())], "logits", alpha=1.0, beta=1.0, transB=1)

    def save(self, name: str, path: pathlib.Path) -> None:
        """Input: float [1, 1, 28, 28], pixels 0..255. Output: float [1, 10], logits."""
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 28, 28])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])], self.initializers)
        model = helper.make_model(graph, producer_name=f"cairn networks/{name}/train.py", opset_imports=[
            helper.make_opsetid("", 13), helper.make_opsetid(QUANT_DOMAIN, 1)])
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, str(path))
