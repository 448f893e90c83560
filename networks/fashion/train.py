#!/usr/bin/python3
"""Train the shipped Fashion-MNIST network and export it as QONNX.

    networks/fashion/train.py --epochs 18 [--out networks/fashion/fashion.onnx]

Six convolutions without residual paths, learned step sizes (LSQ: Esser et al., ICLR 2020), layer-wise bit-widths
(features 4 bits inside, 8 at both ends; weights 8, 4 or 3 bits). Needs Debian's python3-torch, python3-onnx and
dataset-fashion-mnist under the system's Python. About 80 s an epoch on two cores. The network is exported after every
epoch of the second half, so that an interrupted run still leaves one; the test set chooses nothing. The shipped file is the
state after epoch 17 of 18 with seed 1.
"""
import argparse
import gzip
import pathlib
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from export import export_qonnx

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
# output channels, stride, bits of the weights, bits of the output features
LAYERS = [(32, 1, 8, 4), (32, 2, 4, 4), (64, 1, 3, 4), (64, 2, 3, 4), (96, 1, 3, 4), (96, 2, 4, 8)]


def read_idx(name: str, header: int) -> np.ndarray:
    return np.frombuffer(gzip.open(DATA / name).read(), np.uint8, offset=header)


class LearnedStep(torch.autograd.Function):
    """clamp(round(x / step), low, high) * step with LSQ's gradient for the step size."""

    @staticmethod
    def forward(ctx, x, step, low, high):
        v = x / step
        rounded = v.round().clamp_(low, high)
        ctx.save_for_backward(v, rounded)
        ctx.bounds = low, high
        return rounded * step

    @staticmethod
    def backward(ctx, grad):
        v, rounded = ctx.saved_tensors
        low, high = ctx.bounds
        inside = (v >= low) & (v <= high)
        grad_step = (grad * torch.where(inside, rounded - v, rounded)).sum() / np.sqrt(v.numel() * high)
        return grad * inside, grad_step, None, None


class Quantizer(nn.Module):
    """One step size per tensor; the integer range is two's complement or unsigned."""

    def __init__(self, bits: int, signed: bool):
        super().__init__()
        self.bits, self.signed = bits, signed
        self.low = -(1 << (bits - 1)) if signed else 0
        self.high = (1 << (bits - 1)) - 1 if signed else (1 << bits) - 1
        self.raw_step = nn.Parameter(torch.tensor(0.0))
        self.register_buffer("ready", torch.tensor(False))

    @property
    def step(self) -> torch.Tensor:
        return self.raw_step.abs() + 1e-8

    def forward(self, x):
        if not self.ready:
            self.raw_step.data = 2 * x.detach().abs().mean() / np.sqrt(self.high)
            self.ready.fill_(True)
        return LearnedStep.apply(x, self.step, self.low, self.high)


class ConvBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, weight_bits: int, feature_bits: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.weight_quant = Quantizer(weight_bits, signed=True)
        self.norm = nn.BatchNorm2d(outputs)
        self.feature_quant = Quantizer(feature_bits, signed=False)

    def forward(self, x):
        weight = self.weight_quant(self.conv.weight)
        x = F.conv2d(x, weight, None, self.conv.stride, self.conv.padding)
        return self.feature_quant(F.relu(self.norm(x)))


class Network(nn.Module):
    """Pixels in 0..1; logits of ten classes. `layers` as LAYERS."""

    def __init__(self, layers=LAYERS):
        super().__init__()
        blocks, inputs = [], 1
        for outputs, stride, weight_bits, feature_bits in layers:
            blocks.append(ConvBlock(inputs, outputs, stride, weight_bits, feature_bits))
            inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.pool_quant = Quantizer(8, signed=False)
        self.fc = nn.Linear(inputs, 10)
        self.fc_quant = Quantizer(8, signed=True)

    def forward(self, x):
        x = self.pool_quant(self.blocks(x).mean((2, 3)))
        return F.linear(x, self.fc_quant(self.fc.weight), self.fc.bias)


def augment(x: torch.Tensor) -> torch.Tensor:
    if torch.rand(1) < 0.5:
        x = x.flip(3)
    dy, dx = torch.randint(-2, 3, (2,)).tolist()
    return torch.roll(x, (dy, dx), (2, 3))


@torch.no_grad()
def accuracy(net: Network, images: torch.Tensor, labels: torch.Tensor) -> float:
    net.eval()
    right = sum((net(images[i:i + 500].float() / 255).argmax(1) == labels[i:i + 500]).sum().item()
                for i in range(0, len(images), 500))
    return 100 * right / len(images)


def train(net: Network, epochs: int, rate: float, training, test, export) -> None:
    """One-cycle training up to `rate`; `training` and `test` are (images, labels); `export` is called as said above."""
    images, labels = training
    batch = 128
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.AdamW(net.parameters(), rate / 2, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for epoch in range(epochs):
        net.train()
        start, order = time.time(), torch.randperm(len(images))
        for i in range(len(images) // batch):
            pick = order[i * batch:(i + 1) * batch]
            x = augment(images[pick].float() / 255).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(net(x), labels[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        right = accuracy(net, *test)
        print(f"epoch {epoch + 1}/{epochs}: loss {loss.item():.3f}, test {right:.2f}%, {time.time() - start:.0f} s", flush=True)
        if 2 * epoch >= epochs - 2:
            export()


def load(part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, 1, 28, 28] of uint8 and labels [N] of int64; `part` is "train" or "t10k"."""
    images = read_idx(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).copy()
    labels = read_idx(f"{part}-labels-idx1-ubyte.gz", 8).astype(np.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--epochs", type=int, default=18)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).with_name("fashion.onnx"))
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    net = Network().to(memory_format=torch.channels_last)
    train(net, a.epochs, 4e-3, load("train"), load("t10k"), lambda: export_qonnx(net, a.out))


if __name__ == "__main__":
    main()
