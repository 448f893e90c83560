"""QONNX export of the trained network: Quant nodes keep the bit-widths, BatchNormalization stays unfolded."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QUANT_DOMAIN = "qonnx.custom_op.general"


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

    def quant(self, x: str, output: str, quantizer, step: float | None = None) -> str:
        """QONNX Quant with the trained step size, or with `step` where the caller fixes it."""
        step = float(quantizer.step) if step is None else step
        inputs = [x, self.constant(output + ".scale", step), self.constant(output + ".zeropt", 0.0),
                  self.constant(output + ".bits", float(quantizer.bits))]
        return self.node("Quant", inputs, output, domain=QUANT_DOMAIN, signed=int(quantizer.signed), narrow=0,
                         rounding_mode="ROUND")

    def weight(self, name: str, tensor, quantizer) -> str:
        """Stores the quantised values (the Quant node maps them to the same integers), which compress well."""
        step = np.float32(quantizer.step.item())
        integers = np.clip(np.round(tensor.detach().numpy() / step), quantizer.low, quantizer.high)
        return self.quant(self.constant(name, integers * step), name + ".quant", quantizer)


class Pixels:
    """The input: 8-bit pixels as they lie in the file."""
    bits, signed = 8, False


def norm(graph: Graph, x: str, name: str, layer, input_scale: float) -> str:
    """BatchNormalization of a convolution whose input is `input_scale` times what the layer was trained on."""
    mean = layer.running_mean.numpy() * input_scale
    var = (layer.running_var.numpy() + layer.eps) * input_scale ** 2 - layer.eps
    parameters = [("gamma", layer.weight.detach().numpy()), ("beta", layer.bias.detach().numpy()),
                  ("mean", mean), ("var", var)]
    inputs = [x] + [graph.constant(f"{name}.{p}", v) for p, v in parameters]
    return graph.node("BatchNormalization", inputs, name, epsilon=layer.eps)


def export_qonnx(net, path, name: str = "fashion") -> None:
    """Input: float [1, 1, 28, 28], pixels 0..255. Output: float [1, 10], logits."""
    net.eval()
    g = Graph()
    x = g.quant("image", "image.quant", Pixels, step=1.0)
    for i, block in enumerate(net.blocks, 1):
        name, stride = f"conv{i}", block.conv.stride[0]
        w = g.weight(name + ".weight", block.conv.weight, block.weight_quant)
        x = g.node("Conv", [x, w], name, kernel_shape=[3, 3], strides=[stride] * 2, pads=[1] * 4, group=1, dilations=[1, 1])
        x = norm(g, x, f"{name}.norm", block.norm, 255.0 if i == 1 else 1.0)
        x = g.quant(g.node("Relu", [x], f"{name}.relu"), f"{name}.out", block.feature_quant)
    x = g.quant(g.node("GlobalAveragePool", [x], "pool"), "pool.out", net.pool_quant)
    x = g.node("Flatten", [x], "flatten", axis=1)
    w = g.weight("fc.weight", net.fc.weight, net.fc_quant)
    bias = g.constant("fc.bias", net.fc.bias.detach().numpy())
    g.node("Gemm", [x, w, bias], "logits", alpha=1.0, beta=1.0, transB=1)

    graph = helper.make_graph(
        g.nodes, name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])], g.initializers)
    model = helper.make_model(graph, producer_name=f"cairn networks/{name}/train.py", opset_imports=[
        helper.make_opsetid("", 13), helper.make_opsetid(QUANT_DOMAIN, 1)])
    onnx.save(model, str(path))
