"""QONNX export of a quantised ResNet-20."""
import pathlib

from qonnx_layers import LayerGraph, Pixels
from quantizers import SharedStep
from resnet20 import IMAGE_BITS, STREAM_BITS, Network


def export_resnet20(net: Network, name: str, path: pathlib.Path) -> None:
    """Layers: stem, block1 to block9 with .first, .second and .shortcut, logits."""
    net.eval()
    g, image = LayerGraph(), Pixels(IMAGE_BITS)
    stream = g.activation(g.unit(g.quant("image", "image.quant", image), "stem", net.stem, float(image.step)), "stem",
                          net.stage_quants[0])
    for i, block in enumerate(net.blocks):
        block_name, out = f"block{i + 1}", net.stage_quants[net.stage_of(i)]
        shared = SharedStep(STREAM_BITS, out)
        x = g.quant(stream, block_name + ".in", block.in_quant)
        y = g.activation(g.unit(x, block_name + ".first", block.first, block.in_quant.step.item()), block_name + ".first", block.mid_quant)
        y = g.quant(g.unit(y, block_name + ".second", block.second, block.mid_quant.step.item()), block_name + ".second.out", shared)
        if block.shortcut:
            x = g.unit(x, block_name + ".shortcut", block.shortcut, block.in_quant.step.item())
            stream = g.quant(x, block_name + ".shortcut.out", shared)
        stream = g.activation(g.node("Add", [y, stream], block_name + ".add"), block_name, out)
    x = g.quant(g.node("GlobalAveragePool", [stream], "pool"), "pool.out", net.pool_quant)
    g.classifier(x, "fc", net.fc, net.pool_quant.step.item())
    g.save(name, path)
