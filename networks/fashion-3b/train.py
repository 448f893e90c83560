#!/usr/bin/python3
"""Fine-tune the shipped network `fashion` with 3-bit features and weights (LSQ) and export it as QONNX.

    networks/fashion-3b/train.py --epochs 1 [--out networks/fashion-3b/fashion-3b.onnx]

The structure, training loop and quantisers are those of networks/fashion; its weights and norms are the start, every step size is
learned anew. As in the LSQ paper (Esser et al., ICLR 2020) both ends keep 8 bits: image and weights of the first convolution,
pooled features and weights of the classifier. Every other feature and weight has 3. Exported after every epoch of the second half.
"""
import argparse
import pathlib
import sys

import onnx
import torch
from onnx import numpy_helper

FASHION = pathlib.Path(__file__).resolve().parent.parent / "fashion"
sys.path[:0] = [str(FASHION), str(FASHION.parent / "lcard")]
import train as fashion  # noqa: E402  (the sibling folder's train.py)
from export import export_qonnx  # noqa: E402
from integers import exact_accuracy  # noqa: E402

WEIGHTS_IN, WEIGHTS, FEATURES = 8, 3, 3  # bits
LAYERS = [(outputs, stride, WEIGHTS if i else WEIGHTS_IN, FEATURES) for i, (outputs, stride, _, _) in enumerate(fashion.LAYERS)]


@torch.no_grad()
def load_parameters(net: fashion.Network, path: pathlib.Path) -> None:
    """Weights, norms and bias of an exported `fashion`; the first norm there expects pixels of 0..255."""
    values = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in onnx.load(str(path)).graph.initializer}
    for i, block in enumerate(net.blocks, 1):
        name, scale = f"conv{i}", 255.0 if i == 1 else 1.0
        block.conv.weight.copy_(values[f"{name}.weight"])
        block.norm.weight.copy_(values[f"{name}.norm.gamma"])
        block.norm.bias.copy_(values[f"{name}.norm.beta"])
        block.norm.running_mean.copy_(values[f"{name}.norm.mean"] / scale)
        block.norm.running_var.copy_((values[f"{name}.norm.var"] + block.norm.eps) / scale ** 2 - block.norm.eps)
    net.fc.weight.copy_(values["fc.weight"])
    net.fc.bias.copy_(values["fc.bias"])


def write_results(path: pathlib.Path, model: pathlib.Path, run: dict, test) -> None:
    """Accuracies of the exported integers over `test`, here and of the network that was the start."""
    lines = ["# What networks/fashion-3b/train.py reached. Accuracies in percent, in the integers of the exported files.", "", "[run]",
             *(f"{name} = {value}" for name, value in run.items()), "", "[test]", f"images = {len(test[1])}",
             f"exact = {exact_accuracy(model, *test):.2f}", f"fashion = {exact_accuracy(FASHION / 'fashion.onnx', *test):.2f}"]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--epochs", type=int, default=1)
    ap.add_argument("--images", type=int, default=60000, help="of the training set")
    ap.add_argument("--rate", type=float, default=1e-3)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).with_name("fashion-3b.onnx"))
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    net = fashion.Network(LAYERS)
    load_parameters(net, FASHION / "fashion.onnx")
    net.to(memory_format=torch.channels_last)
    test = fashion.load("t10k")
    training = [part[:a.images] for part in fashion.load("train")]
    fashion.train(net, a.epochs, a.rate, training, test, lambda: export_qonnx(net, a.out, "fashion-3b"))
    write_results(a.out.with_name("results.toml"), a.out, {"seed": a.seed, "epochs": a.epochs, "training_images": a.images, "rate": a.rate}, test)


if __name__ == "__main__":
    main()
