#!/usr/bin/env python3
"""House rules a compiler cannot check: who may include whom, and how a file begins and ends.

    lint.py [ROOT]      one line "file:line: reason" for each violation; exit status 1 if there are any
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from layering import check_layers  # noqa: E402

CODE_FOLDERS = ("bench", "cmake", "compiler", "firmware", "models", "networks", "platform", "tests", "tools", "traces")
COMMENT = {".cpp": "//", ".hpp": "//", ".c": ("//", "/*"), ".h": ("//", "/*"), ".S": ("//", "/*", "#"), ".ld": "/*",
           ".py": ('"""', "#"), ".cmake": "#", ".toml": ("#", "[block]"), ".sh": "#"}
MAX_LINES = 400
VAGUE_NAMES = {"util", "utils", "common", "helper", "helpers", "manager", "misc"}
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def check_file(rel: str, lines: list[str]) -> list[tuple[int, str]]:
    """(line number, reason) of what is wrong with one file, taken alone."""
    path = pathlib.PurePosixPath(rel)
    found = []
    first = 1 if lines and lines[0].startswith("#!") else 0
    opening = lines[first] if len(lines) > first else ""
    # A source that begins by including a header of its own folder is described there, registers by their block's desc.
    spoken_for = path.suffix in (".cpp", ".c") and re.fullmatch(rf'#include "{re.escape(str(path.parent))}/[^/]+\.(hpp|h)"', opening)
    if not spoken_for and not opening.startswith(COMMENT[path.suffix]):
        found.append((first + 1, "does not begin with a comment that says what the file is"))
    if len(lines) > MAX_LINES:
        found.append((MAX_LINES + 1, f"has {len(lines)} lines; at most {MAX_LINES} are allowed"))
    guarded = path.suffix == ".h" and any(line.startswith("#ifndef ") for line in lines)
    if path.suffix in (".hpp", ".h") and "#pragma once" not in lines and not guarded:
        found.append((1, "has no '#pragma once'"))
    if words := VAGUE_NAMES.intersection(re.split(r"[_.\-]", path.name)):
        found.append((1, f"'{words.pop()}' in a file's name says nothing about what is in it"))
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*#\s*include\s*[<\"]systemc\.h[>\"]", line):
            found.append((number, "includes systemc.h, which opens its namespaces; include <systemc>"))
        if rel != "tools/lint.py" and (mark := MARKS.search(line)):
            found.append((number, f"leaves a {mark[0]} behind"))
    return found


def sources(root: pathlib.Path) -> list[pathlib.Path]:
    files = (p for folder in CODE_FOLDERS for p in (root / folder).rglob("*") if p.is_file())
    return sorted(p for p in files if p.suffix in COMMENT and "__pycache__" not in p.parts)


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    texts = {p.relative_to(root).as_posix(): p.read_text(encoding="utf-8").splitlines() for p in sources(root)}
    found = [(rel, *problem) for rel, lines in texts.items() for problem in check_file(rel, lines)]
    found += check_layers(texts)
    for rel, number, reason in sorted(found):
        print(f"{rel}:{number}: {reason}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
