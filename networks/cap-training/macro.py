"""The charge-domain macro as training must know it: chunks, DAC digits, codes, cells, and whether a network's weights fit.

Numbers and names as in docs: 64 rows x 128 columns x 8 planes of cells; a ternary weight takes one cell in each of two rows.
"""
import dataclasses
import math

import numpy as np

ROWS, COLUMNS, PLANES = 64, 128, 8
CELLS = ROWS * COLUMNS * PLANES
OUTPUTS = ROWS // 2               # of one evaluation: two rows an output
DAC_BITS = 3
DAC_LEVELS = 1 << DAC_BITS
CODE_LOW, CODE_HIGH = -64, 63     # 7 bits
FULL_SCALE_LSB = 2 * (DAC_LEVELS - 1)  # units a code at the full range, -128 * 7 .. 128 * 7
LSB_STEPS = 16                    # the range is set in 1/16 units


def dac_slices(bits: int) -> int:
    return math.ceil(bits / DAC_BITS)


def flattened_input(inputs: int, kernel: int) -> np.ndarray:
    """[Ci, K, K]: (ky * K + kx) * Ci + ci; 128 in a row are a chunk."""
    return np.arange(kernel * kernel * inputs).reshape(kernel, kernel, inputs).transpose(2, 0, 1).copy()


def lsb_for(edge: float) -> float:
    """The smallest range setting whose codes reach chunk sums of +-`edge`, in units."""
    steps = math.ceil(LSB_STEPS * edge / CODE_HIGH)
    return min(max(steps, 1), LSB_STEPS * FULL_SCALE_LSB) / LSB_STEPS


@dataclasses.dataclass(frozen=True)
class Rectangle:
    columns: int
    rows: int


def rectangles(inputs: int, outputs: int) -> list[Rectangle]:
    """Of a layer with `inputs` flattened inputs: one for each chunk and group of at most 32 outputs."""
    return [Rectangle(min(COLUMNS, inputs - i), 2 * min(OUTPUTS, outputs - o))
            for i in range(0, inputs, COLUMNS) for o in range(0, outputs, OUTPUTS)]


def shelves_hold(wanted: list[Rectangle]) -> bool:
    """Shelf packing, first fit, higher rectangles first: a shelf is as high as its first rectangle and lies in one plane."""
    used_rows = [0] * PLANES
    shelves: list[list[int]] = []  # [rows, columns used]
    for r in sorted(wanted, key=lambda r: (-r.rows, -r.columns)):
        shelf = next((s for s in shelves if s[1] + r.columns <= COLUMNS), None)
        if shelf is None:
            plane = next((p for p in range(PLANES) if used_rows[p] + r.rows <= ROWS), None)
            if plane is None:
                return False
            used_rows[plane] += r.rows
            shelves.append(shelf := [r.rows, 0])
        shelf[1] += r.columns
    return True


def cells(layers: list[tuple[int, int]]) -> int:
    """`layers`: (flattened inputs, outputs)."""
    return sum(2 * inputs * outputs for inputs, outputs in layers)


def fits(layers: list[tuple[int, int]], margin: float) -> bool:
    """Whether all rectangles find room and the part `margin` of the cells is left."""
    wanted = [r for layer in layers for r in rectangles(*layer)]
    return cells(layers) <= (1 - margin) * CELLS and shelves_hold(wanted)
