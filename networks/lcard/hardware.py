"""What a residual-free network costs on the `ms` core: bytes of the feature ring, and array cycles.

Both follow the core's schedule (models/npu/cores/ms/mapping.cpp) with its default geometry: tiles of 4 pixels x 16 output
channels, 8 input lanes, 16 one-bit products a lane and cycle.
"""
import dataclasses

from network import ConvNorm, Network
from quantizers import FeatureQuantizer

SIDE, PIXEL_BITS = 28, 8
TILE_PIXELS, TILE_CHANNELS, LANES, PRODUCTS = 4, 16, 8, 16


def ceil_div(a: int, b: int) -> int:
    return -(-a // b)


@dataclasses.dataclass
class Layer:
    """One 3x3 convolution of the chain, padded by 1."""
    name: str
    unit: ConvNorm
    source: FeatureQuantizer | None  # None: the pixels
    target: FeatureQuantizer
    in_side: int

    @property
    def stride(self) -> int:
        return self.unit.conv.stride[0]

    @property
    def out_side(self) -> int:
        return ceil_div(self.in_side, self.stride)

    @property
    def in_bits(self) -> int:
        return self.source.bits if self.source else PIXEL_BITS

    @property
    def macs(self) -> int:
        return self.out_side ** 2 * self.unit.conv.weight.numel()

    def array_cycles(self) -> int:
        """Cycles in which the array is busy; stalls and the pipeline's drain come on top."""
        conv = self.unit.conv
        operands = self.in_bits * self.unit.weight_quant.bits
        tile = ceil_div(ceil_div(conv.weight[0].numel(), LANES) * operands, PRODUCTS)
        tiles = self.out_side * ceil_div(self.out_side, TILE_PIXELS) * ceil_div(conv.out_channels, TILE_CHANNELS)
        return tiles * tile

    def ring_bytes(self) -> int:
        """Most bytes alive at once: inputs that a later window needs, and outputs written so far, in raster order.

        An output pixel is written before the inputs that only it needed are freed.
        """
        in_pixel = self.unit.conv.in_channels * self.in_bits
        out_pixel = self.unit.conv.out_channels * self.target.bits
        peak = 0
        for o in range(self.out_side ** 2):
            live = self.in_side ** 2 - self.oldest_needed(o)
            peak = max(peak, live * in_pixel + (o + 1) * out_pixel)
        return ceil_div(peak, 8)

    def oldest_needed(self, first_output: int) -> int:
        """The first input pixel that output pixel `first_output` or a later one reads."""
        row, column = divmod(first_output, self.out_side)
        here = max(row * self.stride - 1, 0) * self.in_side + max(column * self.stride - 1, 0)
        next_row = max((row + 1) * self.stride - 1, 0) * self.in_side
        return min(here, next_row) if row + 1 < self.out_side else here


def chain(net: Network) -> list[Layer]:
    """The convolutions in their order; their quantisers are the network's own."""
    layers = [Layer("stem", net.stem, None, net.stem_quant, SIDE)]
    for i, block in enumerate(net.blocks, 1):
        for name, unit, target in (("first", block.first, block.first_quant), ("second", block.second, block.second_quant)):
            layers.append(Layer(f"block{i}.{name}", unit, layers[-1].target, target, layers[-1].out_side))
    return layers


def array_cycles(layers: list[Layer]) -> int:
    return sum(layer.array_cycles() for layer in layers)


def ring_bytes(layers: list[Layer]) -> int:
    return max(layer.ring_bytes() for layer in layers)
