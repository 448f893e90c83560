"""Ternary weights: integers in {-1, 0, 1} of a trained float weight, one scale a channel."""
import torch

THRESHOLD = 0.7  # times the channel's mean magnitude: below it a weight is 0 (Li and Liu, "Ternary weight networks", 2016)


class Ternary(torch.autograd.Function):
    """Integers of weights [Co, ...]. The gradient passes through, divided by the channel's scale, which counts as fixed."""

    @staticmethod
    def forward(ctx, weight):
        mean = weight.abs().flatten(1).mean(1).clamp_(min=1e-12)
        scale = (2 * THRESHOLD * mean).view(-1, *[1] * (weight.dim() - 1))
        ctx.save_for_backward(scale)
        return (weight / scale).round_().clamp_(-1, 1)

    @staticmethod
    def backward(ctx, grad):
        scale, = ctx.saved_tensors
        return grad / scale


ternary = Ternary.apply
