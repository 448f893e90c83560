"""Training with the macro's conversion in the loop, and what the log says of it."""
import dataclasses
import itertools
import math
import pathlib
import time
from collections.abc import Callable

import torch
import torch.nn as nn
import torch.nn.functional as F

from converter import calibrate, set_physical
from data import augment, batches, pixels
from layers import set_quantised
from network import parameter_groups
from training import BATCH, accuracy

SETTLING = 40                                     # batches that set norms and step sizes before anything is learned
CALIBRATIONS = (0.0, 0.01, 0.03, 0.1, 0.25, 0.5)  # parts of the training after which the ranges are set anew, then never again
SAMPLES = 500                                     # training images that they are calibrated on


PHYSICAL = 0.6                                    # part of the batches; without exact ones, norms come to need the noise
STATISTICS = 60                                   # batches whose norms are kept while polishing
RISING = 0.1                                      # part of the training in which the rate rises


@dataclasses.dataclass
class Length:
    """Of a training: `epochs`, or `minutes` of the clock if they are not 0: what a busy machine leaves of them."""
    epochs: float
    minutes: float = 0

    def progress(self, epochs: float, seconds: float) -> float:
        return seconds / 60 / self.minutes if self.minutes else epochs / self.epochs


@torch.no_grad()
def settle(net: nn.Module, images, labels, augmented: Callable) -> None:
    """Norms and step sizes of a network that was in float32 before."""
    set_physical(net, False)
    net.train()
    for (x, _), _ in zip(batches(images, labels, BATCH, augmented), range(SETTLING)):
        net(x)


def one_cycle(progress: float) -> float:
    """Part of the highest rate after the part `progress` of the training: up for a tenth of it, then down."""
    def between(low: float, high: float, part: float) -> float:
        return high + (low - high) * (1 + math.cos(math.pi * part)) / 2

    return between(0.1, 1, progress / RISING) if progress < RISING else between(1, 1e-4, (progress - RISING) / (1 - RISING))


def fit(name: str, net: nn.Module, images, labels, length: Length, rate: float, save_state: Callable[[], None],
        augmented: Callable = augment) -> int:
    """Trains the quantised network, physical in most batches and exact in the others. Returns the number of steps.

    `save_state` is called now and then; `augmented` as in data.batches.
    """
    optimizer = torch.optim.AdamW(parameter_groups(net, rate))
    rates = [group["lr"] for group in optimizer.param_groups]
    start, step, mean, done, saved = time.time(), 0, 0.0, 0, 0.0
    set_quantised(net, True)
    for x, y in itertools.chain.from_iterable(batches(images, labels, BATCH, augmented) for _ in itertools.count()):
        progress = length.progress(step * BATCH / len(images), time.time() - start)
        if progress >= 1:
            break
        if done < len(CALIBRATIONS) and progress >= CALIBRATIONS[done]:
            calibrate(net, pixels(images[torch.randperm(len(images))[:SAMPLES]]))
            net.train()
            done += 1
        if progress >= saved + 0.05:
            save_state()
            print(f"{name}: {progress:.0%}, {step} steps, loss {mean:.3f}, {time.time() - start:.0f} s", flush=True)
            saved = progress
        for group, highest in zip(optimizer.param_groups, rates):
            group["lr"] = highest * one_cycle(progress)
        set_physical(net, torch.rand(()).item() < PHYSICAL)
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean += (loss.item() - mean) * 0.02
        step += 1
    save_state()
    return step


def polish(net: nn.Module, images, labels, steps: int, rate: float, augmented: Callable = augment) -> None:
    """Trains physical batches only, at a falling rate, with the norms of physical batches kept as they are: they end as
    thresholds that no longer move, so the exact network does not drift away, and the physical one comes closer to it."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    set_physical(net, True)
    net.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
    with torch.no_grad():
        for x, _ in itertools.islice(batches(images, labels, BATCH, augmented), STATISTICS):
            net(x)
    for norm in norms:
        norm.eval()
    optimizer = torch.optim.AdamW(parameter_groups(net, rate))
    rates = [group["lr"] for group in optimizer.param_groups]
    endless = itertools.chain.from_iterable(batches(images, labels, BATCH, augmented) for _ in itertools.count())
    for step, (x, y) in enumerate(itertools.islice(endless, steps)):
        for group, highest in zip(optimizer.param_groups, rates):
            group["lr"] = highest * (1 + math.cos(math.pi * step / steps)) / 2
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()


def both_accuracies(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> str:
    """For the log: of the network in training, not of the exported integers."""
    set_physical(net, False)
    exact = accuracy(net, images, labels)
    set_physical(net, True)
    return f"exact {exact:.2f}%, physical {accuracy(net, images, labels):.2f}%"


def save(net: nn.Module, path: pathlib.Path) -> None:
    """Written beside and moved, so that a cut leaves the state before."""
    part = path.with_suffix(".part")
    torch.save(net.state_dict(), part)
    part.replace(path)
