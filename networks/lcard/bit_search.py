"""Greedy search of layer-wise bit-widths: first the feature ring must fit, then cycles are bought where they cost least.

The price of a bit is the divergence of the classes from those of the fixed-width network, on training images.
"""
import contextlib
from collections.abc import Callable, Iterable, Iterator

import torch

from data import pixels
from distillation import logit_loss
from hardware import Layer, array_cycles, chain, ring_bytes
from network import Network
from quantizers import ClippedRounding, FeatureQuantizer, SignedQuantizer

LEAST_BITS, MOST_BITS = 2, 8
LEAST_CHANGE = 1e-6  # of the divergence, that counts
CLIP_RATIOS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]

Quantizer = FeatureQuantizer | SignedQuantizer


def rounded(q: Quantizer, x: torch.Tensor, bits: int, low: float, high: float) -> torch.Tensor:
    levels = (1 << bits) - (2 if q.signed else 1)
    return ClippedRounding.apply(x, torch.tensor(low), torch.tensor(high), levels)


class Widths:
    """Clip range of every quantiser at every width: the one with the least squared error, measured at full width."""

    def __init__(self, net: Network, quantizers: dict[str, Quantizer], x: torch.Tensor):
        inputs = {}
        hooks = [q.register_forward_hook(lambda _, args, out, name=name: inputs.update({name: (args[0], out)}))
                 for name, q in quantizers.items()]
        net(x)
        for hook in hooks:
            hook.remove()
        self.quantizers = quantizers
        self.ranges = {name: self.measure(q, *inputs[name]) for name, q in quantizers.items()}

    @staticmethod
    def measure(q: Quantizer, x: torch.Tensor, target: torch.Tensor) -> dict[int, tuple[float, float]]:
        low, high = (-q.clip.item(), q.clip.item()) if q.signed else (q.low.item(), q.high.item())
        best = {}
        for bits in range(LEAST_BITS, MOST_BITS):
            best[bits] = min(((r * low, r * high) for r in CLIP_RATIOS),
                             key=lambda clip: (rounded(q, x, bits, *clip) - target).square().sum().item())
        return best | {MOST_BITS: (low, high)}

    def set(self, name: str, bits: int) -> None:
        q = self.quantizers[name]
        low, high = self.ranges[name][bits]
        q.bits = bits
        if q.signed:
            q.clip.fill_(high)
        else:
            q.low.fill_(low)
            q.high.fill_(high)

    @contextlib.contextmanager
    def tried(self, name: str, bits: int) -> Iterator[None]:
        before = self.quantizers[name].bits
        self.set(name, bits)
        yield
        self.set(name, before)


class BitSearch:
    """`images`: uint8, from the training set. The network changes in place."""

    def __init__(self, net: Network, images: torch.Tensor):
        self.net, self.layers, self.x = net, chain(net), pixels(images)
        quantizers: dict[str, Quantizer] = {}
        for layer in self.layers:
            quantizers[layer.name + ".weights"] = layer.unit.weight_quant
            quantizers[layer.name + ".features"] = layer.target
        self.widths = Widths(net, quantizers, self.x)
        self.reference = net(self.x)
        self.advance()

    def advance(self) -> None:
        """Keeps every layer's input at the present widths: a change is felt from its layer on."""
        self.inputs = [self.x]
        for layer in self.layers[:-1]:
            self.inputs.append(layer.target(layer.unit(self.inputs[-1])))
        self.divergence = self.divergence_from(len(self.layers) - 1)

    def divergence_from(self, first: int) -> float:
        """Of the classes, if nothing has changed before layer `first`."""
        x = self.inputs[first]
        for layer in self.layers[first:]:
            x = layer.target(layer.unit(x))
        return logit_loss(self.net.classify(x), self.reference, 1.0).item()

    def change(self, name: str) -> float:
        """Of the divergence, now that the width of `name` is another."""
        first = next(i for i, layer in enumerate(self.layers) if name.startswith(layer.name + "."))
        return self.divergence_from(first) - self.divergence

    def narrow(self, names: Iterable[str], cost: Callable[[], int]) -> str:
        """Takes one bit where the divergence grows least for what it lowers `cost`."""
        before, prices = cost(), {}
        for name in names:
            bits = self.widths.quantizers[name].bits
            if bits == LEAST_BITS:
                continue
            with self.widths.tried(name, bits - 1):
                if (gain := before - cost()) > 0:
                    # A narrower network may diverge less, by chance: then the larger gain wins.
                    prices[name] = max(self.change(name), LEAST_CHANGE) / gain
        if not prices:
            raise SystemExit("bit search: no bit is left to take away; relax --capacity or --speedup")
        best = min(prices, key=prices.get)
        self.widths.set(best, self.widths.quantizers[best].bits - 1)
        self.advance()
        return best

    def widen(self, capacity: int, cycles: int) -> str | None:
        """Gives one bit where it lowers the divergence most, if ring and cycles still fit."""
        best, least = None, 0.0
        for name, q in self.widths.quantizers.items():
            if q.bits == MOST_BITS:
                continue
            with self.widths.tried(name, q.bits + 1):
                fits = ring_bytes(self.layers) <= capacity and array_cycles(self.layers) <= cycles
                if fits and (change := self.change(name)) < least:
                    best, least = name, change
        if best:
            self.widths.set(best, self.widths.quantizers[best].bits + 1)
            self.advance()
        return best

    def say(self, phase: str, name: str) -> None:
        print(f"{phase}: {name} to {self.widths.quantizers[name].bits} bits, ring {ring_bytes(self.layers)} B, "
              f"{array_cycles(self.layers)} cycles, divergence {self.divergence:.4f}", flush=True)


@torch.no_grad()
def search_bits(net: Network, images: torch.Tensor, capacity: int, cycles: int) -> None:
    """`capacity`: bytes of the feature ring; `cycles`: of the array, for one image."""
    net.eval()
    search = BitSearch(net, images)
    while ring_bytes(search.layers) > capacity:
        worst: Layer = max(search.layers, key=Layer.ring_bytes)
        names = [n for n, q in search.widths.quantizers.items() if q is worst.source or q is worst.target]
        search.say("ring", search.narrow(names, worst.ring_bytes))
    while array_cycles(search.layers) > cycles:
        search.say("cycles", search.narrow(search.widths.quantizers, lambda: array_cycles(search.layers)))
    while name := search.widen(capacity, cycles):
        search.say("spare", name)
