"""The macro's conversion in the loop of training: chunk sums through the ADC, with what one instance and one moment add.

Everything is in accumulator units (feature code times weight). docs/networks.md says which imperfections are there; of those
that belong to an instance, each batch draws new ones, so that the network serves any instance.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

import macro

MISMATCH = 0.01                        # of a capacitor, relative, 1 sigma
NOISE = (0.02 ** 2 + 0.10 ** 2) ** 0.5 * macro.FULL_SCALE_LSB  # kT/C and comparator, units: constant in volts
OFFSET = 0.35                          # codes, 1 sigma: what calibration leaves, and the integral non-linearity
POOL = torch.randn(1 << 22, generator=torch.Generator().manual_seed(7))


def gaussian_like(x: torch.Tensor) -> torch.Tensor:
    """Standard normal numbers, laid out as the dense `x`, out of a pool at a random place: training needs many, not fresh ones."""
    if x.numel() > len(POOL):
        return torch.randn_like(x)
    start = int(torch.randint(0, len(POOL) - x.numel() + 1, ()))
    return POOL[start:start + x.numel()].as_strided(x.shape, x.stride())


class Conversion(torch.autograd.Function):
    """clamp(round_half_up(x / lsb + disturbance), -64, 63) * lsb; the gradient passes where nothing clips."""

    @staticmethod
    def forward(ctx, x, lsb, noise, offset):
        v = torch.mul(noise, NOISE / lsb).add_(x, alpha=1 / lsb).add_(offset)
        ctx.save_for_backward(v)
        return (v + 0.5).floor_().clamp_(macro.CODE_LOW, macro.CODE_HIGH).mul_(lsb)

    @staticmethod
    def backward(ctx, grad):
        v, = ctx.saved_tensors
        return torch.ops.aten.hardtanh_backward(grad, v, macro.CODE_LOW, macro.CODE_HIGH), None, None, None


class DacSlices(torch.autograd.Function):
    """Codes of `bits` times `step`, [N, ...], as the converter's digits times `step`, lowest first, [slices * N, ...]."""

    @staticmethod
    def forward(ctx, x, step, bits):
        ctx.slices = macro.dac_slices(bits)
        codes = (x / step).round_()
        digits = [(codes / macro.DAC_LEVELS ** j).floor_().remainder_(macro.DAC_LEVELS) for j in range(ctx.slices)]
        return torch.cat(digits) * step

    @staticmethod
    def backward(ctx, grad):
        """The sum of the digits' products has the gradient of the whole code; each digit brings the same part of it."""
        parts = grad.view(ctx.slices, -1, *grad.shape[1:])
        return sum(part / macro.DAC_LEVELS ** j for j, part in enumerate(parts)) / ctx.slices, None, None


class MacroConvolution(nn.Module):
    """Accumulators of a convolution whose chunk sums are converted (`physical`), or exact ones.

    Inputs are codes >= 0 of `bits` times `step`, weights are integers. `lsb`: units a code, a multiple of 1/16.
    """

    def __init__(self, inputs: int, kernel: int, bits: int):
        super().__init__()
        self.bits, self.physical, self.observed = bits, False, None
        self.register_buffer("lsb", torch.tensor(1.0))
        chunk = torch.from_numpy(macro.flattened_input(inputs, kernel) // macro.COLUMNS)
        chunks = int(chunk.max()) + 1
        self.register_buffer("masks", torch.stack([(chunk == c).float() for c in range(chunks)]), persistent=False)

    def forward(self, x, step, weight, stride: int = 1, padding: int = 0):
        weight = weight / step.detach()
        if not self.physical and self.observed is None:
            return F.conv2d(x, weight, None, stride, padding)
        chunks, outputs = len(self.masks), len(weight)
        if self.physical:
            weight = weight * (1 + MISMATCH * gaussian_like(weight))
        parts = (weight * self.masks[:, None]).flatten(0, 1) if chunks > 1 else weight
        digits = DacSlices.apply(x, step, self.bits) if self.bits > macro.DAC_BITS else x
        sums = F.conv2d(digits, parts, None, stride, padding)
        if self.observed is not None:
            self.observed.append(sums.detach().abs().flatten())
        if self.physical:
            offset = OFFSET * torch.randn(sums.shape[1], 1, 1)
            sums = Conversion.apply(sums, self.lsb.item(), gaussian_like(sums), offset)
        if chunks > 1:
            sums = sums.unflatten(1, (chunks, outputs)).sum(1)
        if self.bits > macro.DAC_BITS:
            parts = sums.unflatten(0, (macro.dac_slices(self.bits), -1))
            sums = sum(part * macro.DAC_LEVELS ** j for j, part in enumerate(parts))
        return sums


def converters(net: nn.Module) -> dict[str, MacroConvolution]:
    return {name: m for name, m in net.named_modules() if isinstance(m, MacroConvolution)}


def set_physical(net: nn.Module, physical: bool) -> None:
    for converter in converters(net).values():
        converter.physical = physical


@torch.no_grad()
def calibrate(net: nn.Module, x: torch.Tensor, clipped: float = 1e-4) -> None:
    """Sets every layer's lsb: the smallest at which at most the part `clipped` of its chunk sums leaves the range."""
    net.eval()
    layers = converters(net).values()
    for layer in layers:
        layer.physical, layer.observed = False, []
    net(x)
    for layer in layers:
        sums = torch.cat(layer.observed)
        edge = sums.kthvalue(max(1, int(len(sums) * (1 - clipped)))).values.item()
        layer.lsb.fill_(macro.lsb_for(edge))
        layer.observed = None
