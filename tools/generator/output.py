"""Write generated files, or check that the files on disk are what would be written."""
import pathlib
import sys
from collections.abc import Callable

from .spec import SpecError


def banner(source: pathlib.Path | str) -> str:
    return f"Generated from {pathlib.Path(source).name}. Do not edit."


def deliver(views: dict[pathlib.Path, str], check: bool) -> int:
    """Exit status: 1 if `check` found a stale file. An unchanged file keeps its time stamp."""
    stale = 0
    for path, text in views.items():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if check and current != text:
            print(f"{path} is stale; build the target 'docs' and commit the result.", file=sys.stderr)
            stale = 1
        elif not check and current != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".part")
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)
    return stale


def run(tool: str, generate: Callable[[], dict[pathlib.Path | None, str]], check: bool) -> int:
    """What every generator's main does: exit status 1 and one sentence on stderr if the description is wrong."""
    try:
        return deliver({path: text for path, text in generate().items() if path}, check)
    except SpecError as e:
        print(f"{tool}: {e}", file=sys.stderr)
        return 1
