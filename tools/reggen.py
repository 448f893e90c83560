#!/usr/bin/env python3
"""Turn register descriptions (TOML, one per block) into every view of them.

    reggen.py models/dma/dma.toml --cpp dma_regs.hpp --c dma_regs.h
    reggen.py models/*/*.toml --md registers.md --svd cairn.svd --map platform/memory_map.toml

A block has [block] name, desc, size and [[reg]] name, offset, desc, fields; a register array has count and stride.
A field has name, bits = [high, low], access (rw, ro, wo, w1c), reset, desc and, where it helps, named values.
Standard library only. Exit status 1 and one sentence on stderr if a description is wrong.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
from generator import memory_map, register_views, registers, svd  # noqa: E402
from generator.output import run  # noqa: E402


def generate(a: argparse.Namespace) -> dict[pathlib.Path | None, str]:
    blocks = sorted(map(registers.load, a.sources), key=lambda b: b.name)
    views = {}
    if len(blocks) == 1:
        views |= {a.cpp: register_views.cpp(blocks[0]), a.c: register_views.c(blocks[0])}
    views[a.md] = register_views.markdown(blocks)
    if a.svd:
        views[a.svd] = svd.emit(blocks, memory_map.load(a.map))
    return views


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("sources", nargs="+", type=pathlib.Path, metavar="BLOCK_TOML")
    p.add_argument("--map", type=pathlib.Path, metavar="MEMORY_MAP_TOML", help="the devices, for --svd")
    for view in ("cpp", "c", "md", "svd"):
        p.add_argument(f"--{view}", type=pathlib.Path, metavar="FILE")
    p.add_argument("--check", action="store_true", help="report stale files instead of writing them")
    a = p.parse_args()
    if (a.cpp or a.c) and len(a.sources) != 1:
        p.error("--cpp and --c take one description")
    if a.svd and not a.map:
        p.error("--svd needs --map")
    return run("reggen", lambda: generate(a), a.check)


if __name__ == "__main__":
    sys.exit(main())
