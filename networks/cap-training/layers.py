"""Layers of networks for the charge-domain macro: convolution with norm, and classifier, in float32 or as the macro computes them."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from converter import MacroConvolution
from quantizers import FeatureQuantizer
from ternary import ternary

FEATURE_BITS = 3  # one digit of the converters


class Unit(nn.Module):
    """Convolution and BatchNormalization. Quantised, the norm sees accumulators in units of feature code times weight."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, padding: int, bits: int = FEATURE_BITS):
        super().__init__()
        self.stride, self.padding, self.quantised = stride, padding, False
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, mode="fan_out")
        self.macro = MacroConvolution(inputs, kernel, bits)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x, step):
        """`step`: of the quantiser of x."""
        if not self.quantised:
            return self.norm(F.conv2d(x, self.weight, None, self.stride, self.padding))
        return self.norm(self.macro(x, step, ternary(self.weight), self.stride, self.padding))


class Classifier(nn.Module):
    """Fully connected; all classes share one scale, so that the largest accumulator is the largest logit."""

    def __init__(self, inputs: int, classes: int, bits: int):
        super().__init__()
        self.quantised = False
        self.weight = nn.Parameter(torch.empty(classes, inputs, 1, 1))
        nn.init.kaiming_uniform_(self.weight, a=5 ** 0.5)
        self.bias, self.raw_scale = nn.Parameter(torch.zeros(classes)), nn.Parameter(torch.full((1,), 0.02))
        self.macro = MacroConvolution(inputs, 1, bits)

    @property
    def scale(self) -> torch.Tensor:
        """Logits a unit of the accumulator."""
        return self.raw_scale.abs() + 1e-6

    def forward(self, x, step):
        """x: [N, inputs, 1, 1]."""
        if not self.quantised:
            return F.conv2d(x, self.weight).flatten(1) + self.bias
        return self.macro(x, step, ternary(self.weight)).flatten(1) * self.scale + self.bias


def quantise_image(x: torch.Tensor, bits: int) -> torch.Tensor:
    levels = (1 << bits) - 1
    return (x * levels).round_() / levels


def set_quantised(net: nn.Module, quantised: bool) -> None:
    """The network in float32, or with ternary weights and quantised features."""
    net.quantised = quantised
    for m in net.modules():
        if isinstance(m, (Unit, Classifier)):
            m.quantised = quantised
        if isinstance(m, FeatureQuantizer):
            m.active = quantised
