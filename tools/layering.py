"""Who may include whom: the layers of ARCHITECTURE's folder list, checked on the text of all sources.

A generated header is included by its bare name and belongs to the folder of its description: `dma_regs.hpp` to models/dma.
Struct formats and the memory map are what blocks share, so anybody may include those.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
SYSTEMC = re.compile(r"(systemc|tlm)(\.h)?$|(sysc|tlm_core|tlm_utils)/")
SHARED = re.compile(r"(memory_map|[a-z0-9_]+_format)\.(h|hpp)$")
FREE = ("models/kit/input_error.hpp",)   # plain C++, for every layer of the host program


@dataclass
class Layer:
    """Files under `folder` may include their own block, and what `may` (patterns of paths) allows."""
    folder: str
    own: str
    may: tuple[str, ...]
    systemc: bool = True


# The first match wins. \1 in `may` stands for what `own` captured.
LAYERS = [
    Layer("models/kit/", r"models/kit/", ()),
    Layer("models/npu/numbers/", r"models/npu/numbers/", (), systemc=False),
    # A core sees the core interface (headers straight under models/npu) and the numbers, never another core.
    Layer("models/npu/cores/", r"models/npu/cores/[^/]+/", (r"models/npu/[^/]+$", r"models/npu/numbers/")),
    # No block includes another, except an NPU the SRAMs it owns.
    Layer("models/npu/", r"models/npu/", (r"models/kit/", r"models/memory/banked_sram\.hpp$")),
    Layer("models/", r"models/[^/]+/", (r"models/kit/",)),
    Layer("compiler/", r"compiler/", (r"models/npu/[^/]+$", r"models/npu/numbers/", r"models/npu/cores/"), systemc=False),
    Layer("platform/", r"platform/", (r"models/", r"compiler/")),
    Layer("firmware/", r"firmware/", (r"generated:",), systemc=False),
]
EVERYTHING = ("tests/", "bench/")


def includes(lines: list[str]) -> Iterator[tuple[int, str, bool]]:
    """(line number, what is included, in quotes?)"""
    for number, line in enumerate(lines, 1):
        if m := INCLUDE.match(line):
            yield number, m[2], m[1] == '"'


def layer_of(rel: str) -> Layer | None:
    return next((layer for layer in LAYERS if rel.startswith(layer.folder)), None)


def home_of(header: str, texts: dict[str, list[str]]) -> str | None:
    """Where an include belongs: a path of the repository, "shared", the block of a generated header, or None."""
    if "/" in header:
        return header
    if SHARED.match(header):
        return "shared"
    if m := re.match(r"([a-z0-9_]+)_regs\.(h|hpp)$", header):
        suffix = f"/{m[1]}.toml"
        return next((rel for rel in texts if rel.startswith("models/") and rel.endswith(suffix)), None)
    return None


def _allowed(rel: str, header: str, home: str, layer: Layer) -> bool:
    own = re.match(layer.own, rel)
    if home == "shared" or header in FREE or (own and home.startswith(own[0])):
        return True
    if "generated:" in layer.may and "/" not in header:
        return True
    return any(re.match(pattern, home) for pattern in layer.may)


def systemc_chain(rel: str, texts: dict[str, list[str]], known: dict[str, list[str] | None]) -> list[str] | None:
    """The includes that lead from a file to SystemC, the last being SystemC's header; None if it never gets there."""
    if rel not in known:
        known[rel] = None   # a cycle of includes ends here
        for _, header, quoted in includes(texts.get(rel, [])):
            if SYSTEMC.match(header):
                known[rel] = [header]
                break
            if quoted and (rest := systemc_chain(header, texts, known)):
                known[rel] = [header, *rest]
                break
    return known[rel]


def check_layers(texts: dict[str, list[str]]) -> list[tuple[str, int, str]]:
    """(file, line, reason) of every forbidden include. `texts`: the lines of each source, by path from the root."""
    found = []
    known: dict[str, list[str] | None] = {}
    for rel, lines in texts.items():
        layer = layer_of(rel)
        if layer is None or rel.startswith(EVERYTHING):
            continue
        for number, header, quoted in includes(lines):
            if not layer.systemc and SYSTEMC.match(header):
                found.append((rel, number, f"{layer.folder} must not use SystemC, but includes {header}"))
            if not quoted:
                continue
            home = home_of(header, texts)
            if home is None:
                found.append((rel, number, f"{header} is neither a path from the repository's root nor a generated header"))
            elif not _allowed(rel, header, home, layer):
                found.append((rel, number, f"{layer.folder} may not include {header}"))
            elif not layer.systemc and (chain := systemc_chain(header, texts, known)):
                via = " -> ".join([header, *chain])
                found.append((rel, number, f"{layer.folder} must not use SystemC, but reaches it through {via}"))
    return found
