"""LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998) at any widths, and its pruning.

As there: 5x5 convolutions C1, C3 and C5, fully connected F6 (a 1x1 convolution of one pixel) and ten classes, 28x28 images with
two pixels of padding. Not as there: ReLU, norms, max instead of average pooling, C3 reads all channels.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from layers import FEATURE_BITS, Classifier, Unit, quantise_image
from macro import CELLS, cells, fits
from pruning import Group, copy_unit, prune
from quantizers import FeatureQuantizer

FULL = [6, 16, 120, 84]
CLASSES, SMALLEST = 10, 4
NAMES = ["c1", "c3", "c5", "f6"]
KERNELS = [5, 5, 5, 1]
POOLED = [True, True, False, False]
IMAGE_BITS = FEATURE_BITS
IMAGE_LEVELS = (1 << IMAGE_BITS) - 1


class Network(nn.Module):
    """Pixels in 0..1; logits of ten classes. `widths`: channels of C1, C3, C5, F6."""

    def __init__(self, widths: list[int]):
        super().__init__()
        self.widths, self.quantised = widths, False
        self.units = nn.ModuleList(Unit(i, o, k, 1, 2 if n == 0 else 0)
                                   for n, (i, o, k) in enumerate(zip([1] + widths, widths, KERNELS)))
        self.quants = nn.ModuleList(FeatureQuantizer(FEATURE_BITS, False) for _ in widths)
        self.fc = Classifier(widths[-1], CLASSES, FEATURE_BITS)

    def forward(self, x):
        if self.quantised:
            x = quantise_image(x, IMAGE_BITS)
        step = x.new_tensor(1 / IMAGE_LEVELS)
        for unit, quant, pooled in zip(self.units, self.quants, POOLED):
            x = quant(unit(x, step))
            x, step = F.max_pool2d(x, 2) if pooled else x, quant.step
        return self.fc(x, step)


def matrices(widths: list[int]) -> list[tuple[int, int]]:
    """(flattened inputs, outputs) of every layer with weights."""
    return [(k * k * i, o) for i, o, k in zip([1] + widths, widths + [CLASSES], KERNELS + [1])]


@torch.no_grad()
def pruned(net: Network, margin: float) -> Network:
    """A network that fits the macro with the part `margin` of its cells left; a channel's price are its cells."""
    readers = [u.weight for u in net.units[1:]] + [net.fc.weight]
    groups = [Group([unit], [reader]) for unit, reader in zip(net.units, readers)]

    def widths() -> list[int]:
        return [g.width for g in groups]

    prune(groups, lambda: cells(matrices(widths())) / CELLS, lambda: fits(matrices(widths()), margin), SMALLEST)
    small, inputs = Network(widths()), torch.tensor([0])
    for to, of, group in zip(small.units, net.units, groups):
        copy_unit(to, of, group.kept(), inputs)
        inputs = group.kept()
    small.fc.weight.copy_(net.fc.weight[:, inputs])
    small.fc.bias.copy_(net.fc.bias)
    return small
