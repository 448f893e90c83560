#!/usr/bin/python3
"""Executes an exported network with exact integer accumulators, and counts what it gets right on the test set.

    networks/lcard/integers.py networks/lcard-student/lcard-student.onnx [--outputs logits.npy] [--compare cairn.npy]

As docs/numbers.md has it: outputs of up to 4 bits follow the file's float32 chain of norm, ReLU and quantiser, wider ones are
accumulator plus rounded bias times a 31-bit multiplier, and the logits are accumulators plus the rounded bias. Convolutions
multiply integers in float32, exact because every sum stays below 2^24.
"""
import argparse
import dataclasses
import pathlib

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from data import load

EXACT_BELOW = 1 << 24
THRESHOLD_BITS = 4


@dataclasses.dataclass
class Integers:
    """`values` times `scale`; features and weights have their zero point taken off, floats hold the integers.

    `bits`: the width of quantised features and weights, 0 of sums.
    """
    values: torch.Tensor
    scale: float
    bits: int = 0


@dataclasses.dataclass
class Line:
    """What a norm makes of accumulators: values * scale * factor + offset, one factor and offset a channel, float32."""
    sums: Integers
    factor: torch.Tensor
    offset: torch.Tensor
    relu: bool = False

    def real(self) -> torch.Tensor:
        x = (self.sums.values.double() * self.sums.scale).float() * self.factor + self.offset
        return F.relu(x) if self.relu else x

    def multiplied(self, scale: float) -> torch.Tensor:
        """Values over `scale`, rounded half up, as the requantiser computes them."""
        slope = self.sums.scale * self.factor.double() / scale
        shift = 31 - torch.frexp(slope)[1]
        multiplier = torch.round(torch.ldexp(slope, shift))
        assert 0 < multiplier.abs().min() and multiplier.abs().max() < 1 << 31
        bias = torch.round(torch.ldexp(self.offset.double() / scale, shift) / multiplier)
        sums = (self.sums.values.long() + bias.long()) * multiplier.long() + (1 << (shift.long() - 1))
        return (sums >> shift.long()).float()


def quantise(x: torch.Tensor | Integers | Line, scale: float, zero: float, bits: float, attributes: dict) -> Integers:
    signed, narrow = attributes["signed"], attributes["narrow"]
    low = -(2 ** (bits - 1)) + narrow if signed else 0
    high = 2 ** (bits - 1) - 1 if signed else 2 ** bits - 1 - narrow
    if isinstance(x, Integers):
        x = Line(x, torch.ones(1), torch.zeros(1))
    if isinstance(x, Line) and bits > THRESHOLD_BITS:  # clamping at the zero point is the ReLU
        assert not x.relu or zero == low, "a ReLU inside the quantiser's range"
        return Integers((x.multiplied(scale) + zero).clamp(low, high) - zero, scale, int(bits))
    real = x.real() if isinstance(x, Line) else x
    return Integers((real / scale + zero).clamp(low, high).round() - zero, scale, int(bits))


def product(x: Integers, w: Integers, multiply) -> Integers:
    largest = x.values.abs().max() * w.values.abs().flatten(1).sum(1).max()
    assert largest < EXACT_BELOW, f"an accumulator can reach {largest}"
    return Integers(multiply(x.values, w.values), x.scale * w.scale)


class Executor:
    def __init__(self, path: pathlib.Path):
        self.graph = onnx.load(str(path)).graph
        self.constants = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in self.graph.initializer}

    def run(self, images: torch.Tensor) -> torch.Tensor:
        """Pixels 0..255, [N, 1, 28, 28]. Returns the raw logits, int64 [N, 10]."""
        values = self.constants | {self.graph.input[0].name: images.float()}
        for node in self.graph.node:
            values[node.output[0]] = self.execute(node, [values[i] for i in node.input])
        return values[self.graph.output[0].name].values.long()

    def product(self, layer: str, x: Integers, w: Integers, multiply) -> Integers:
        """Accumulators of a layer; `multiply` takes two tensors."""
        return product(x, w, multiply)

    def execute(self, node, v: list):
        op, attributes = node.op_type, {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if op == "Quant":
            return quantise(v[0], *(p.item() for p in v[1:]), attributes)
        if op == "Conv":
            strides, pads = attributes["strides"], attributes["pads"][:2]
            return self.product(node.name, v[0], v[1], lambda x, w: F.conv2d(x, w, None, strides, pads))
        if op == "BatchNormalization":
            gamma, beta, mean, var = v[1:]
            factor = gamma * (1 / torch.sqrt(var + np.float32(attributes["epsilon"])))
            offset = beta - mean * factor
            return Line(v[0], factor.view(1, -1, 1, 1), offset.view(1, -1, 1, 1))
        if op == "Add":
            assert v[0].scale == v[1].scale, "the terms of a sum have different scales"
            return Integers(v[0].values + v[1].values, v[0].scale)
        if op == "Relu":
            return dataclasses.replace(v[0], relu=True) if isinstance(v[0], Line) else dataclasses.replace(v[0], values=F.relu(v[0].values))
        if op == "MaxPool":  # of features without padding
            return dataclasses.replace(v[0], values=F.max_pool2d(v[0].values, attributes["kernel_shape"], attributes["strides"]))
        if op == "GlobalAveragePool":
            return Integers(v[0].values.sum((2, 3), keepdim=True), v[0].scale / v[0].values[0, 0].numel())
        if op == "Flatten":
            return dataclasses.replace(v[0], values=v[0].values.flatten(1))
        if op == "Gemm":
            sums = self.product(node.name, v[0], v[1], lambda x, w: x @ w.T)
            return Integers(sums.values + torch.round(v[2].double() / sums.scale), sums.scale)
        raise NotImplementedError(op)


@torch.no_grad()
def raw_logits(executor: Executor, images: torch.Tensor) -> torch.Tensor:
    return torch.cat([executor.run(images[i:i + 250]) for i in range(0, len(images), 250)])


def exact_accuracy(path: pathlib.Path, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Percent."""
    return 100 * (raw_logits(Executor(path), images).argmax(1) == labels).double().mean().item()


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("model", type=pathlib.Path)
    ap.add_argument("--outputs", type=pathlib.Path, help="write the raw logits, int64 [N, 10]")
    ap.add_argument("--compare", type=pathlib.Path, help="what `cairn run --outputs` wrote for the first inputs")
    a = ap.parse_args()
    torch.set_num_threads(1)
    images, labels = load("t10k")
    ours = raw_logits(Executor(a.model), images)
    print(f"{a.model.name}: {100 * (ours.argmax(1) == labels).double().mean().item():.2f}% of {len(labels)} images")
    if a.outputs:
        np.save(a.outputs, ours.numpy())
    if a.compare:
        theirs = torch.from_numpy(np.load(a.compare).astype(np.int64))
        ours = ours[:len(theirs)]
        print(f"{(ours != theirs).sum().item()} of {ours.numel()} logits and "
              f"{(ours.argmax(1) != theirs.argmax(1)).sum().item()} of {len(ours)} classes differ from {a.compare.name}")


if __name__ == "__main__":
    main()
