"""The network of teacher and student: three blocks of two 3x3 convolutions, with or without residual paths."""
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

from quantizers import FeatureQuantizer, SharedStep, SignedQuantizer

STEM = 16
BLOCKS = [(24, 2), (48, 2), (48, 1)]  # output channels, stride
FIXED_BITS = 8                        # features and weights of the teacher, and where the bit search begins


class ConvNorm(nn.Module):
    """Convolution with quantised weights, and BatchNormalization."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.weight_quant = SignedQuantizer(FIXED_BITS)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        weight = self.weight_quant(self.conv.weight)
        return self.norm(F.conv2d(x, weight, None, self.conv.stride, self.conv.padding))


class Block(nn.Module):
    """quantise(second(quantise(first(x))) + shortcut(x)); the shortcut is the identity or a 1x1 convolution.

    Both terms of the sum are quantised with one step size: the shortcut's.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, asymmetric: bool):
        super().__init__()
        self.first, self.second = ConvNorm(inputs, outputs, 3, stride), ConvNorm(outputs, outputs, 3, 1)
        self.first_quant = FeatureQuantizer(FIXED_BITS, asymmetric)
        self.second_quant = FeatureQuantizer(FIXED_BITS, asymmetric)
        self.projects = inputs != outputs or stride != 1
        if self.projects:
            self.shortcut = ConvNorm(inputs, outputs, 1, stride)
            self.shortcut_quant = SignedQuantizer(FIXED_BITS)

    def branch_quant(self, input_quant: FeatureQuantizer) -> SharedStep:
        return SharedStep(FIXED_BITS, self.shortcut_quant if self.projects else input_quant)

    def forward(self, x, input_quant: FeatureQuantizer, residual: float):
        y = self.second(self.first_quant(self.first(x)))
        if residual > 0:
            shortcut = self.shortcut_quant(self.shortcut(x)) if self.projects else x
            y = self.branch_quant(input_quant)(y) + residual * shortcut
        return self.second_quant(y)


class Network(nn.Module):
    """Pixels in 0..1; logits of ten classes. `residual` scales the shortcuts: 1 teacher, 0 student."""

    def __init__(self, asymmetric: bool):
        super().__init__()
        self.asymmetric = asymmetric
        self.stem, self.stem_quant = ConvNorm(1, STEM, 3, 1), FeatureQuantizer(FIXED_BITS, asymmetric)
        blocks, inputs = [], STEM
        for outputs, stride in BLOCKS:
            blocks.append(Block(inputs, outputs, stride, asymmetric))
            inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.pool_quant = FeatureQuantizer(FIXED_BITS, asymmetric)
        self.fc = nn.Linear(inputs, 10)
        self.fc_quant = SignedQuantizer(FIXED_BITS)
        self.residual = 0.0 if asymmetric else 1.0

    def feature_quantizers(self) -> list[FeatureQuantizer]:
        return [m for m in self.modules() if isinstance(m, FeatureQuantizer)]

    def features(self, x) -> list[torch.Tensor]:
        """Outputs of the stem and of every block."""
        maps, quant = [self.stem_quant(self.stem(x))], self.stem_quant
        for block in self.blocks:
            maps.append(block(maps[-1], quant, self.residual))
            quant = block.second_quant
        return maps

    def classify(self, x):
        x = self.pool_quant(x.mean((2, 3)))
        return F.linear(x, self.fc_quant(self.fc.weight), self.fc.bias)

    def forward(self, x):
        return self.classify(self.features(x)[-1])


def set_active(net: Network, active: bool) -> None:
    """Quantisers that are not active pass everything on, those of features as a ReLU."""
    for module in net.modules():
        if isinstance(module, (FeatureQuantizer, SignedQuantizer)):
            module.active = active


def parameter_groups(net: Network, rate: float) -> list[dict]:
    """Clip ranges learn at a fifth of the rate; they, norms and biases do not decay."""
    clips = [p for n, p in net.named_parameters() if n.endswith(("low", "high", "clip")) and p.requires_grad]
    weights = [p for n, p in net.named_parameters() if p.dim() > 1]
    others = [p for n, p in net.named_parameters() if p.dim() == 1]
    return [{"params": weights, "lr": rate, "weight_decay": 1e-3},
            {"params": others, "lr": rate, "weight_decay": 0.0},
            {"params": clips, "lr": rate / 5, "weight_decay": 0.0}]


def bit_widths(net: Network) -> dict[str, int]:
    """Width of every quantiser by its module name."""
    return {name: m.bits for name, m in net.named_modules() if isinstance(m, (FeatureQuantizer, SignedQuantizer))}


def save_state(net: Network, path: pathlib.Path) -> None:
    torch.save({"parameters": net.state_dict(), "bits": bit_widths(net)}, path)


def load_state(path: pathlib.Path, asymmetric: bool) -> Network:
    """A teacher with its residual paths, or (asymmetric) a student without."""
    state, net = torch.load(path), Network(asymmetric).to(memory_format=torch.channels_last)
    net.load_state_dict(state["parameters"])
    for name, bits in state["bits"].items():
        net.get_submodule(name).bits = bits
    return net
