"""Fake quantisers whose clip range is learned: asymmetric for features, symmetric for weights.

The gradient is that of LSQ (Esser et al., ICLR 2020) and LSQ+ (Bhalgat et al., CVPRW 2020), written for the two ends of the
clip range instead of step and offset: an end moves with what it clips, and the rounding error inside pulls at both.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class ClippedRounding(torch.autograd.Function):
    """(clamp(round(x / step + zero), 0, levels) - zero) * step with step = (high - low) / levels, zero = round(-low / step)."""

    @staticmethod
    def forward(ctx, x, low, high, levels):
        step = ((high - low) / levels).item()
        zero = round(-low.item() / step)
        v = torch.add(x.new_tensor(zero), x, alpha=1 / step)
        q = v.round().clamp_(0, levels)
        ctx.save_for_backward(torch.sub(q, v, out=v))
        ctx.levels = levels
        return (q.sub_(zero) if zero else q).mul_(step)

    @staticmethod
    def backward(ctx, grad):
        error, = ctx.saved_tensors  # in steps; beyond half a step it comes from clipping
        pass_between = torch.ops.aten.hardtanh_backward
        inside = pass_between(grad, error, -0.5, 0.5)
        not_above = pass_between(grad, error, -0.5, float("inf")).sum()
        rounding = (inside * error).sum() / ctx.levels
        return inside, not_above - inside.sum() - rounding, grad.sum() - not_above + rounding, None


class FeatureQuantizer(nn.Module):
    """Unsigned features whose integer 0 stands for `low` and 2^bits - 1 for `high`; low <= 0 <= high, so that 0 is exact.

    Symmetric, low stays 0 and the quantiser is a ReLU clipped at `high`. Asymmetric, both ends are learned and the clip is
    the layer's only non-linearity.
    """
    signed = False

    def __init__(self, bits: int, asymmetric: bool):
        super().__init__()
        self.bits, self.asymmetric, self.active = bits, asymmetric, True
        self.low = nn.Parameter(torch.tensor(0.0), requires_grad=asymmetric)
        self.high = nn.Parameter(torch.tensor(0.0))

    @property
    def levels(self) -> int:
        return (1 << self.bits) - 1

    @property
    def step(self) -> torch.Tensor:
        return (self.high - self.low) / self.levels

    @property
    def zero_point(self) -> int:
        return round(-self.low.item() / self.step.item())

    def forward(self, x):
        if not self.active:
            return F.relu(x)
        with torch.no_grad():
            if self.high == 0:
                self.high.fill_(10 * x.clamp(min=0).mean())
            self.low.clamp_(max=0)
            self.high.clamp_(min=1e-3)
        return ClippedRounding.apply(x, self.low, self.high, self.levels)


class SignedQuantizer(nn.Module):
    """Two's complement without the lowest integer: [-top, top] * step, top = 2^(bits - 1) - 1, step = clip / top."""
    signed, zero_point = True, 0

    def __init__(self, bits: int):
        super().__init__()
        self.bits, self.active = bits, True
        self.clip = nn.Parameter(torch.tensor(0.0))

    @property
    def top(self) -> int:
        return (1 << (self.bits - 1)) - 1

    @property
    def step(self) -> torch.Tensor:
        return self.clip / self.top

    def forward(self, x):
        if not self.active:
            return x
        with torch.no_grad():
            if self.clip == 0:
                self.clip.fill_(max(4 * x.abs().mean(), 1e-3))
            self.clip.clamp_(min=1e-3)
        return ClippedRounding.apply(x, -self.clip, self.clip, 2 * self.top)


class SharedStep:
    """A signed quantiser with the step of another, so that their sum is a sum of integers."""
    signed, zero_point = True, 0

    def __init__(self, bits: int, other: FeatureQuantizer | SignedQuantizer):
        self.bits, self.other = bits, other

    @property
    def step(self) -> torch.Tensor:
        return self.other.step

    def __call__(self, x):
        if not self.other.active:
            return x
        top = (1 << (self.bits - 1)) - 1
        clip = self.step * top
        return ClippedRounding.apply(x, -clip, clip, 2 * top)
