"""Fashion-MNIST from Debian's dataset-fashion-mnist, and the augmentation of the training images."""
import gzip
import pathlib

import numpy as np
import torch

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


def read_idx(name: str, header: int) -> np.ndarray:
    return np.frombuffer(gzip.open(DATA / name).read(), np.uint8, offset=header)


def load(part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [N, 1, 28, 28] of uint8 and labels [N] of int64; `part` is "train" or "t10k"."""
    images = read_idx(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).copy()
    labels = read_idx(f"{part}-labels-idx1-ubyte.gz", 8).astype(np.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


def pixels(images: torch.Tensor) -> torch.Tensor:
    """What the networks are trained on: 0..1, channels last."""
    return (images.float() / 255).contiguous(memory_format=torch.channels_last)


def augment(x: torch.Tensor) -> torch.Tensor:
    """One flip and one shift by up to 2 pixels for the whole batch."""
    if torch.rand(1) < 0.5:
        x = x.flip(3)
    dy, dx = torch.randint(-2, 3, (2,)).tolist()
    return torch.roll(x, (dy, dx), (2, 3))


def batches(images: torch.Tensor, labels: torch.Tensor, size: int, augmented=augment):
    """One epoch of batches in random order; `augmented` gets and returns pixels in 0..1."""
    order = torch.randperm(len(images))
    for i in range(len(images) // size):
        pick = order[i * size:(i + 1) * size]
        yield augmented(pixels(images[pick])), labels[pick]
