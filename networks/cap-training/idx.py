"""IDX files (the format of MNIST), gzipped: images and labels."""
import gzip
import pathlib

import numpy as np
import torch


def read_images(path: pathlib.Path) -> torch.Tensor:
    """[N, 1, 28, 28] of uint8."""
    return torch.from_numpy(np.frombuffer(gzip.open(path).read(), np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())


def read_labels(path: pathlib.Path) -> torch.Tensor:
    """[N] of int64."""
    return torch.from_numpy(np.frombuffer(gzip.open(path).read(), np.uint8, offset=8).astype(np.int64))


def write(path: pathlib.Path, values: np.ndarray) -> None:
    """Bytes of any shape; the same values give the same file."""
    header = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=path.open("wb"), mtime=0) as file:
        file.write(header + values.astype(np.uint8).tobytes())
