"""The training loop of all stages: AdamW, one-cycle rate, augmented batches."""
import time
from collections.abc import Callable

import torch

from data import augment, batches, pixels
from network import Network, parameter_groups

BATCH = 64


def train(name: str, net: Network, images, labels, epochs: int, rate: float, loss_of: Callable,
          before_epoch: Callable[[int], None] = lambda epoch: None,
          before_step: Callable[[float], None] = lambda progress: None, augmented: Callable = augment) -> None:
    """`loss_of(x, y)` is minimised; `before_step` hears the finished part, 0 to 1, of the training."""
    optimizer = torch.optim.AdamW(parameter_groups(net, rate))
    total = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [g["lr"] for g in optimizer.param_groups], total_steps=total)
    step = 0
    for epoch in range(epochs):
        start, mean = time.time(), 0.0
        before_epoch(epoch)
        net.train()
        for x, y in batches(images, labels, BATCH, augmented):
            before_step(step / total)
            loss = loss_of(x, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            mean += (loss.item() - mean) * 0.02
            step += 1
        print(f"{name} {epoch + 1}/{epochs}: loss {mean:.3f}, {time.time() - start:.0f} s", flush=True)


@torch.no_grad()
def accuracy(net: Network, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Percent."""
    net.eval()
    right = sum((net(pixels(images[i:i + 500])).argmax(1) == labels[i:i + 500]).sum().item()
                for i in range(0, len(images), 500))
    return 100 * right / len(images)
