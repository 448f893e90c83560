"""ResNet-20 (He et al., CVPR 2016, section 4.2) for 28x28 grey images: any width per stage and inside each block.

Features between blocks have 8 bits and one step a stage, so that a residual sum is one of integers; every convolution reads
3-bit codes of them. A float network of the same shape is what layers.set_quantised(net, False) leaves.
"""
import dataclasses

import torch
import torch.nn as nn

from layers import FEATURE_BITS, Classifier, Unit, quantise_image
from quantizers import FeatureQuantizer, SharedStep

IMAGE_BITS, STREAM_BITS, POOL_BITS = 6, 8, 6
IMAGE_LEVELS = (1 << IMAGE_BITS) - 1
CLASSES = 10


@dataclasses.dataclass
class Widths:
    """Channels of each stage's stream, and of the feature map inside each block."""
    streams: list[int]
    inner: list[list[int]]


FULL = Widths([16, 32, 64], [[16] * 3, [32] * 3, [64] * 3])


class Block(nn.Module):
    """stream + second(first(stream)), or projection(stream) + second(first(stream)) where the shape changes."""

    def __init__(self, inputs: int, inner: int, outputs: int, stride: int, projects: bool):
        super().__init__()
        self.in_quant, self.mid_quant = (FeatureQuantizer(FEATURE_BITS, False) for _ in range(2))
        self.first, self.second = Unit(inputs, inner, 3, stride, 1), Unit(inner, outputs, 3, 1, 1)
        self.shortcut = Unit(inputs, outputs, 1, stride, 0) if projects else None

    def forward(self, stream, out_quant: FeatureQuantizer):
        x = self.in_quant(stream)
        y = self.second(self.mid_quant(self.first(x, self.in_quant.step)), self.mid_quant.step)
        shortcut = self.shortcut(x, self.in_quant.step) if self.shortcut else stream
        if out_quant.active and out_quant.high == 0:
            out_quant(y + shortcut)  # sets the step that the terms share
        shared = SharedStep(STREAM_BITS, out_quant)
        return out_quant(shared(y) + (shared(shortcut) if self.shortcut else shortcut))


class Network(nn.Module):
    """Pixels in 0..1; logits of ten classes."""

    def __init__(self, widths: Widths):
        super().__init__()
        self.widths, self.quantised = widths, False
        self.stem = Unit(1, widths.streams[0], 3, 1, 1, IMAGE_BITS)
        self.stage_quants = nn.ModuleList(FeatureQuantizer(STREAM_BITS, False) for _ in widths.streams)
        blocks, inputs = [], widths.streams[0]
        for stage, outputs in enumerate(widths.streams):
            for i, inner in enumerate(widths.inner[stage]):
                changes = stage > 0 and i == 0
                blocks.append(Block(inputs, inner, outputs, 2 if changes else 1, changes))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.pool_quant = FeatureQuantizer(POOL_BITS, False)
        self.fc = Classifier(inputs, CLASSES, POOL_BITS)

    def stage_of(self, block: int) -> int:
        return block // len(self.widths.inner[0])

    def forward(self, x):
        if self.quantised:
            x = quantise_image(x, IMAGE_BITS)
        stream = self.stage_quants[0](self.stem(x, x.new_tensor(1 / IMAGE_LEVELS)))
        for i, block in enumerate(self.blocks):
            stream = block(stream, self.stage_quants[self.stage_of(i)])
        return self.fc(self.pool_quant(stream.mean((2, 3), keepdim=True)), self.pool_quant.step)


def matrices(widths: Widths) -> list[tuple[int, int]]:
    """(flattened inputs, outputs) of every layer with weights."""
    layers, inputs = [(9, widths.streams[0])], widths.streams[0]
    for stage, outputs in enumerate(widths.streams):
        for i, inner in enumerate(widths.inner[stage]):
            layers += [(9 * inputs, inner), (9 * inner, outputs)]
            if stage > 0 and i == 0:
                layers.append((inputs, outputs))
            inputs = outputs
    return layers + [(inputs, CLASSES)]


def conversions(widths: Widths) -> int:
    """Output features of all convolutions of an image: what the ADCs convert where a layer is one chunk and one digit."""
    pixels = [28 * 28, 14 * 14, 7 * 7]
    return pixels[0] * widths.streams[0] + sum(
        p * (stream * len(inner) + sum(inner) + (stream if stage else 0))
        for stage, (p, stream, inner) in enumerate(zip(pixels, widths.streams, widths.inner)))
