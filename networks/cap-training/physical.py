#!/usr/bin/python3
"""Executes an exported network on a numerical model of the charge-domain macro: the check of what training reached.

    networks/cap-training/physical.py networks/lenet5 --images I --labels L [--seeds 3]

One seed is one instance: capacitors, what calibration leaves of the converters' offset and gain, their integral non-linearity;
noise is drawn anew for every conversion. Outputs of a layer lie in the rows from 0, inputs of a chunk in the columns from 0. The
simulator's own model, with placement and simulated calibration, is the reference; the two share no code.
"""
import argparse
import pathlib
import sys
import tomllib

import torch

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "lcard"))
import macro  # noqa: E402
from integers import Executor, Integers, raw_logits  # noqa: E402

MISMATCH, NOISE = 0.01, (0.02 ** 2 + 0.10 ** 2) ** 0.5  # of a capacitor; LSB at full range
OFFSET_TRIM, GAIN_TRIM, INL = 1 / 8, 1 / 512, 0.5       # LSB, relative, LSB


class Instance:
    """One macro. Tables [32 slices, ...]."""

    def __init__(self, seed: int):
        self.random = torch.Generator().manual_seed(seed)
        capacitors = 1 + MISMATCH * torch.randn(macro.ROWS, macro.COLUMNS, generator=self.random)
        self.weights = capacitors * macro.COLUMNS / capacitors.sum(1, keepdim=True)
        self.offset, self.gain = (trim * (torch.rand(macro.OUTPUTS, generator=self.random) - 0.5) for trim in (OFFSET_TRIM, GAIN_TRIM))
        position = torch.linspace(0, 2 * torch.pi, macro.CODE_HIGH - macro.CODE_LOW + 1)
        waves = sum(torch.randn(macro.OUTPUTS, 1, generator=self.random) / k *
                    torch.sin(k * position + 2 * torch.pi * torch.rand(macro.OUTPUTS, 1, generator=self.random)) for k in (1, 2, 3))
        self.inl = INL * waves / waves.abs().amax(1, keepdim=True)

    def effective(self, w: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        """Ternary weights [Co, ...] as the capacitors make them; `column` [...]: each input's."""
        row = 2 * (torch.arange(len(w)) % macro.OUTPUTS)
        return torch.where(w > 0, self.weights[row][:, column], self.weights[row + 1][:, column]) * w

    def convert(self, sums: torch.Tensor, lsb: float) -> torch.Tensor:
        """Codes of chunk sums [N, Co, ...], in units."""
        slice_of = torch.arange(sums.shape[1]) % macro.OUTPUTS
        shape = (-1, *[1] * (sums.dim() - 2))
        v = sums * ((1 + self.gain[slice_of]) / lsb).view(shape) + self.offset[slice_of].view(shape)
        place = v.floor().clamp_(macro.CODE_LOW, macro.CODE_HIGH).long() - macro.CODE_LOW
        inl = self.inl.flatten()[place + (slice_of * self.inl.shape[1]).view(shape)]
        noise = torch.randn(sums.shape, generator=self.random) * (NOISE * macro.FULL_SCALE_LSB / lsb)
        return (v + inl + noise + 0.5).floor_().clamp_(macro.CODE_LOW, macro.CODE_HIGH)


class PhysicalExecutor(Executor):
    """`steps`: each layer's lsb in 1/16 units."""

    def __init__(self, path: pathlib.Path, steps: dict[str, int], instance: Instance):
        super().__init__(path)
        self.steps, self.instance = steps, instance

    def product(self, layer: str, x: Integers, w: Integers, multiply) -> Integers:
        assert x.values.min() >= 0, "features are unsigned codes without zero point"
        inputs, kernel = w.values.shape[1], w.values.shape[2] if w.values.dim() > 2 else 1
        flat = torch.from_numpy(macro.flattened_input(inputs, kernel)).view(w.values.shape[1:])
        weight, step = self.instance.effective(w.values, flat % macro.COLUMNS), self.steps[layer]
        total = 0
        for chunk in range(int(flat.max()) // macro.COLUMNS + 1):
            part = weight * (flat // macro.COLUMNS == chunk)
            for j in range(macro.dac_slices(x.bits)):
                digit = torch.div(x.values, macro.DAC_LEVELS ** j, rounding_mode="floor").remainder_(macro.DAC_LEVELS)
                codes = self.instance.convert(multiply(digit, part), step / macro.LSB_STEPS)
                total = total + codes * (step * macro.DAC_LEVELS ** j)
        return Integers(torch.floor((total + macro.LSB_STEPS / 2) / macro.LSB_STEPS), x.scale * w.scale)


def physical_accuracy(path: pathlib.Path, steps: dict[str, int], images, labels, seed: int) -> float:
    """Percent."""
    executor = PhysicalExecutor(path, steps, Instance(seed))
    return 100 * (raw_logits(executor, images).argmax(1) == labels).double().mean().item()


def main() -> None:
    from idx import read_images, read_labels
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("network", type=pathlib.Path, help="folder with network.toml")
    ap.add_argument("--images", type=pathlib.Path, required=True)
    ap.add_argument("--labels", type=pathlib.Path, required=True)
    ap.add_argument("--seeds", type=int, default=3)
    a = ap.parse_args()
    torch.set_num_threads(1)
    description = tomllib.loads((a.network / "network.toml").read_text())
    images, labels = read_images(a.images), read_labels(a.labels)
    path = a.network / description["model"]
    exact = 100 * (raw_logits(Executor(path), images).argmax(1) == labels).double().mean().item()
    print(f"exact {exact:.2f}% of {len(labels)} images", flush=True)
    for seed in range(1, a.seeds + 1):
        print(f"physical, seed {seed}: {physical_accuracy(path, description['cap']['lsb'], images, labels, seed):.2f}%", flush=True)


if __name__ == "__main__":
    main()
