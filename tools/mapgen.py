#!/usr/bin/env python3
"""Turn the memory map (TOML) into its C++ and C headers, linker symbols and documentation.

    mapgen.py platform/memory_map.toml --cpp memory_map.hpp --c memory_map.h --ld memory_map.ld --md memory_map.md

Standard library only. Exit status 1 and one sentence on stderr if regions overlap or the description is wrong.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
from generator import map_views, memory_map  # noqa: E402
from generator.output import run  # noqa: E402


def generate(a: argparse.Namespace) -> dict[pathlib.Path | None, str]:
    m = memory_map.load(a.source)
    return {a.cpp: map_views.cpp(m), a.c: map_views.c(m), a.ld: map_views.linker(m), a.md: map_views.markdown(m)}


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("source", type=pathlib.Path, metavar="MEMORY_MAP_TOML")
    for view in ("cpp", "c", "ld", "md"):
        p.add_argument(f"--{view}", type=pathlib.Path, metavar="FILE")
    p.add_argument("--check", action="store_true", help="report stale files instead of writing them")
    a = p.parse_args()
    return run("mapgen", lambda: generate(a), a.check)


if __name__ == "__main__":
    sys.exit(main())
