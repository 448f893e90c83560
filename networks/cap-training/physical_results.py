"""What is written of a finished network: its ranges into network.toml, accuracies and cells into results.toml."""
import pathlib

import torch
import torch.nn as nn

import macro
from converter import converters
from integers import exact_accuracy
from physical import physical_accuracy

SEEDS = (1, 2, 3)
TABLE = "[cap.lsb]"


def ranges(net: nn.Module, layer_names: dict[str, str]) -> dict[str, int]:
    """Each layer's lsb in 1/16 units; `layer_names`: of the network's modules in the exported file."""
    return {layer_names[name]: round(c.lsb.item() * macro.LSB_STEPS) for name, c in converters(net).items()}


def write_ranges(description: pathlib.Path, lsb: dict[str, int]) -> None:
    """Replaces the table at the end of network.toml."""
    text = description.read_text().partition(TABLE)[0]
    lines = [TABLE + "  # range of each layer's converters: 1/16 accumulator units a code"]
    lines += [f'"{layer}" = {value}' for layer, value in lsb.items()]
    description.write_text(text + "\n".join(lines) + "\n")


def cell_lines(matrices: list[tuple[int, int]]) -> list[str]:
    used = macro.cells(matrices)
    return [f"weights = {used // 2}", f"cells = {used}", f"cells_of_macro = {macro.CELLS}", f"cells_left = {1 - used / macro.CELLS:.3f}"]


@torch.no_grad()
def accuracy_lines(model: pathlib.Path, lsb: dict[str, int], images: torch.Tensor, labels: torch.Tensor) -> list[str]:
    """Of the exported integers, percent."""
    physical = [physical_accuracy(model, lsb, images, labels, seed) for seed in SEEDS]
    return [f"images = {len(labels)}", f"exact = {exact_accuracy(model, images, labels):.2f}",
            f"physical = [{', '.join(f'{p:.2f}' for p in physical)}]  # instances and noise of seeds {SEEDS[0]} to {SEEDS[-1]}"]


def argument_lines(arguments) -> list[str]:
    return [f"{name} = {str(value).lower() if isinstance(value, bool) else value}" for name, value in vars(arguments).items() if not isinstance(value, (pathlib.Path, type(None)))]
