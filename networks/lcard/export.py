"""QONNX export: Quant nodes keep widths and zero points, BatchNormalization stays unfolded, residual paths meet in Add.

Input: float [1, 1, 28, 28], pixels 0..255. Output: float [1, 10], logits.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from network import Block, ConvNorm, Network
from quantizers import SignedQuantizer

QUANT_DOMAIN = "qonnx.custom_op.general"


class Pixels:
    """The input: 8-bit pixels as they lie in the file."""
    bits, signed, zero_point = 8, False, 0
    step = np.float32(1)


class Graph:
    """Collects nodes and initializers; every method returns the name of the tensor it made."""

    def __init__(self):
        self.nodes, self.initializers = [], []

    def constant(self, name: str, value) -> str:
        self.initializers.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def quant(self, x: str, output: str, quantizer, narrow: bool = False) -> str:
        inputs = [x, self.constant(output + ".scale", quantizer.step.item()),
                  self.constant(output + ".zeropt", quantizer.zero_point), self.constant(output + ".bits", quantizer.bits)]
        return self.node("Quant", inputs, output, domain=QUANT_DOMAIN, signed=int(quantizer.signed), narrow=int(narrow),
                         rounding_mode="ROUND")

    def weight(self, name: str, tensor, quantizer: SignedQuantizer) -> str:
        """Stores the quantised values (the Quant node maps them to the same integers), which compress well."""
        step = np.float32(quantizer.step.item())
        integers = np.clip(np.round(tensor.detach().numpy() / step), -quantizer.top, quantizer.top)
        return self.quant(self.constant(name, integers * step), name + ".quant", quantizer, narrow=True)

    def conv_norm(self, x: str, name: str, layer: ConvNorm, input_scale: float = 1.0) -> str:
        """The input is `input_scale` times what the layer was trained on: the norm takes that back."""
        conv, bn = layer.conv, layer.norm
        w = self.weight(name + ".weight", conv.weight, layer.weight_quant)
        x = self.node("Conv", [x, w], name, kernel_shape=conv.kernel_size, strides=conv.stride, pads=conv.padding * 2,
                      group=1, dilations=[1, 1])
        mean = bn.running_mean.numpy() * input_scale
        var = (bn.running_var.numpy() + bn.eps) * input_scale ** 2 - bn.eps
        parameters = {"gamma": bn.weight.detach(), "beta": bn.bias.detach(), "mean": mean, "var": var}
        inputs = [x] + [self.constant(f"{name}.{p}", v) for p, v in parameters.items()]
        return self.node("BatchNormalization", inputs, name + ".norm", epsilon=bn.eps)

    def activation(self, x: str, name: str, quantizer) -> str:
        """An asymmetric clip needs no ReLU."""
        if not quantizer.asymmetric:
            x = self.node("Relu", [x], name + ".relu")
        return self.quant(x, name + ".out", quantizer)

    def block(self, x: str, name: str, block: Block, input_quant, residual: bool) -> str:
        first, second = name + ".first", name + ".second"
        y = self.activation(self.conv_norm(x, first, block.first), first, block.first_quant)
        y = self.conv_norm(y, second, block.second)
        if residual:
            y = self.quant(y, second + ".branch", block.branch_quant(input_quant))
            if block.projects:
                shortcut = name + ".shortcut"
                x = self.quant(self.conv_norm(x, shortcut, block.shortcut), shortcut + ".out", block.shortcut_quant)
            y = self.node("Add", [y, x], name + ".add")
        return self.activation(y, second, block.second_quant)


def export_qonnx(net: Network, name: str, path: pathlib.Path) -> None:
    net.eval()
    g = Graph()
    x = g.conv_norm(g.quant("image", "image.quant", Pixels), "stem", net.stem, input_scale=255.0)
    x, quant = g.activation(x, "stem", net.stem_quant), net.stem_quant
    for i, block in enumerate(net.blocks, 1):
        x, quant = g.block(x, f"block{i}", block, quant, net.residual > 0), block.second_quant
    x = g.quant(g.node("GlobalAveragePool", [x], "pool"), "pool.out", net.pool_quant)
    x = g.node("Flatten", [x], "flatten", axis=1)
    w = g.weight("fc.weight", net.fc.weight, net.fc_quant)
    g.node("Gemm", [x, w, g.constant("fc.bias", net.fc.bias.detach())], "logits", alpha=1.0, beta=1.0, transB=1)

    graph = helper.make_graph(
        g.nodes, name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])], g.initializers)
    model = helper.make_model(graph, producer_name="cairn networks/lcard/train.py", opset_imports=[
        helper.make_opsetid("", 13), helper.make_opsetid(QUANT_DOMAIN, 1)])
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
