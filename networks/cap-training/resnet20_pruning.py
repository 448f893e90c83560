"""Which channels of a trained full-width ResNet-20 stay, and the network of those that do."""
import torch

from macro import CELLS, cells, fits
from pruning import Group, copy_unit, prune
from resnet20 import Network, Widths, conversions, matrices

SMALLEST = 6     # channels of a group
CONVERSIONS = 3  # how much a share of the conversions weighs against one of the cells


class Groups:
    """Channels of each stage's stream, and of the map inside each block."""

    def __init__(self, net: Network):
        per_stage = len(net.widths.inner[0])
        stages = [list(net.blocks[i:i + per_stage]) for i in range(0, len(net.blocks), per_stage)]
        self.inner = [[Group([b.first], [b.second.weight]) for b in stage] for stage in stages]
        self.streams = []
        for s, stage in enumerate(stages):
            readers = [b.first.weight for b in (stage if s == 0 else stage[1:])]
            if s + 1 < len(stages):
                readers += [u.weight for u in (stages[s + 1][0].first, stages[s + 1][0].shortcut)]
            else:
                readers.append(net.fc.weight)
            self.streams.append(Group([b.second for b in stage] + [net.stem if s == 0 else stage[0].shortcut], readers))

    def widths(self) -> Widths:
        return Widths([g.width for g in self.streams], [[g.width for g in stage] for stage in self.inner])

    def prune(self, margin: float) -> None:
        """A channel's price: what it takes of the macro's cells and of the full network's conversions."""
        full = conversions(self.widths())

        def price() -> float:
            widths = self.widths()
            return cells(matrices(widths)) / CELLS + CONVERSIONS * conversions(widths) / full

        prune(self.streams + [g for stage in self.inner for g in stage], price,
              lambda: fits(matrices(self.widths()), margin), SMALLEST)


@torch.no_grad()
def pruned(net: Network, margin: float) -> Network:
    """A network that fits the macro with the part `margin` of its cells left."""
    groups = Groups(net)
    groups.prune(margin)
    small = Network(groups.widths())
    inputs = groups.streams[0].kept()
    copy_unit(small.stem, net.stem, inputs, torch.tensor([0]))
    for i, (to, of) in enumerate(zip(small.blocks, net.blocks)):
        stage, number = divmod(i, len(groups.inner[0]))
        inner, outputs = groups.inner[stage][number].kept(), groups.streams[stage].kept()
        copy_unit(to.first, of.first, inner, inputs)
        copy_unit(to.second, of.second, outputs, inner)
        if to.shortcut:
            copy_unit(to.shortcut, of.shortcut, outputs, inputs)
        inputs = outputs
    small.fc.weight.copy_(net.fc.weight[:, inputs])
    small.fc.bias.copy_(net.fc.bias)
    return small
