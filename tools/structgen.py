#!/usr/bin/env python3
"""Turn fixed-layout little-endian structs (TOML) into their C++ and C headers and documentation.

    structgen.py models/npu/job.toml --out-dir build/structs      writes <format name>.hpp and <format name>.h
    structgen.py models/npu/job.toml --md docs/job_format.md

The TOML has [format] name, namespace, version, desc; [[constant]] name, value, desc; [[enum]] name, type,
values = [{name, value, desc}]; [[struct]] name, bytes, desc, fields = [{name, type, count, desc}].
Standard library only. Exit status 1 and one sentence on stderr if a description is wrong.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
from generator import struct_views, structs  # noqa: E402
from generator.output import run  # noqa: E402


def generate(a: argparse.Namespace) -> dict[pathlib.Path | None, str]:
    f = structs.load(a.source)
    views = {a.md: struct_views.markdown(f)}
    if a.out_dir:
        views |= {a.out_dir / f"{f.name}.hpp": struct_views.cpp(f), a.out_dir / f"{f.name}.h": struct_views.c(f)}
    return views


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("source", type=pathlib.Path, metavar="STRUCTS_TOML")
    p.add_argument("--out-dir", type=pathlib.Path, metavar="DIR", help="where the two headers go")
    p.add_argument("--md", type=pathlib.Path, metavar="FILE")
    p.add_argument("--check", action="store_true", help="report stale files instead of writing them")
    a = p.parse_args()
    return run("structgen", lambda: generate(a), a.check)


if __name__ == "__main__":
    sys.exit(main())
