"""QONNX export of a quantised LeNet-5."""
import pathlib

from lenet5 import IMAGE_BITS, NAMES, POOLED, Network
from qonnx_layers import LayerGraph, Pixels


def export_lenet5(net: Network, name: str, path: pathlib.Path) -> None:
    """Layers: c1, c3, c5, f6, logits; pooling behind the first two."""
    net.eval()
    g, image = LayerGraph(), Pixels(IMAGE_BITS)
    x, step = g.quant("image", "image.quant", image), float(image.step)
    for layer, unit, quant, pooled in zip(NAMES, net.units, net.quants, POOLED):
        x, step = g.activation(g.unit(x, layer, unit, step), layer, quant), quant.step.item()
        if pooled:
            x = g.node("MaxPool", [x], layer + ".pool", kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
    g.classifier(x, "fc", net.fc, step)
    g.save(name, path)
