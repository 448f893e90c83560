"""Channel pruning by magnitude until the macro holds the network.

A channel's strength is the energy of its norm's gain times that of the weights that read it. Its loss is its share of the
strength that is left in its group, times a power of the number of layers that read it; its price what the caller says that it costs. One after
the other, the channel with the least loss for its price goes.
"""
from collections.abc import Callable

import torch

READERS = 0.8  # below 1: what several layers read is not lost to each of them in full


def squares(weight: torch.Tensor, dim: int) -> torch.Tensor:
    """Sum of squares of every channel of dimension `dim`."""
    return weight.detach().square().transpose(0, dim).flatten(1).sum(1)


class Group:
    """Channels that go together: those written by the units `writers` (added up) and read by the weights `readers`."""

    def __init__(self, writers, readers: list[torch.Tensor]):
        strength = sum(w.norm.weight.detach().square() for w in writers) * sum(squares(r, 1) for r in readers)
        self.order = strength.argsort(descending=True)
        self.strength = strength[self.order]
        self.width, self.readers = len(strength), len(readers)

    def kept(self) -> torch.Tensor:
        """Channels that stay, ascending."""
        return self.order[:self.width].sort().values

    def loss(self) -> float:
        """Of the weakest channel that is left."""
        left = self.strength[:self.width]
        return (left[-1] / left.sum()).item() * self.readers ** READERS


def prune(groups: list[Group], price: Callable[[], float], fits: Callable[[], bool], smallest: int) -> None:
    """Narrows the groups, none below `smallest`, until `fits`; `price` is that of the network at the present widths."""
    def saved(group: Group) -> float:
        before = price()
        group.width -= 1
        after = price()
        group.width += 1
        return before - after

    while not fits():
        candidates = [g for g in groups if g.width > smallest]
        if not candidates:
            raise ValueError("the smallest widths do not fit the macro")
        min(candidates, key=lambda g: g.loss() / saved(g)).width -= 1


@torch.no_grad()
def copy_unit(to, of, outputs: torch.Tensor, inputs: torch.Tensor) -> None:
    """Weights and norm of the channels named."""
    to.weight.copy_(of.weight[outputs][:, inputs])
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(to.norm, name).copy_(getattr(of.norm, name)[outputs])
