"""Load a description of fixed-layout little-endian structs: constants, enumerations, structs."""
import pathlib
import re
from dataclasses import dataclass

from .spec import CPP_KEYWORDS, Table, read

TYPES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i8": 1, "i16": 2, "i32": 4, "i64": 8}
NAME = r"[A-Za-z][A-Za-z0-9_]*"


@dataclass
class Constant:
    name: str
    value: int
    desc: str


@dataclass
class Enumeration:
    name: str
    type: str
    values: list[Constant]


@dataclass
class Member:
    name: str
    type: str
    count: int
    offset: int
    desc: str

    @property
    def bytes(self) -> int:
        return TYPES[self.type] * self.count


@dataclass
class Struct:
    name: str
    bytes: int
    desc: str
    members: list[Member]

    @property
    def alignment(self) -> int:
        return max(TYPES[m.type] for m in self.members)


@dataclass
class Format:
    path: pathlib.Path
    name: str
    namespace: str
    version: int
    desc: str
    constants: list[Constant]
    enums: list[Enumeration]
    structs: list[Struct]

    @property
    def prefix(self) -> str:
        """What every C name starts with: the innermost namespace."""
        return self.namespace.rsplit("::", 1)[-1]


def _member(t: Table, offset: int) -> Member:
    m = Member(t.name(), t.choice("type", TYPES), t.integer("count", 1, 1), offset, t.text("desc"))
    t.finish()
    if m.name in CPP_KEYWORDS:
        raise t.error("the name is a keyword of C or C++")
    if re.fullmatch(r"(pad|padding|unused|filler|spare)_?\d*", m.name):
        raise t.error("padding must be named 'reserved...'")
    if offset % TYPES[m.type]:
        gap = TYPES[m.type] - offset % TYPES[m.type]
        raise t.error(f"type {m.type} cannot lie at offset {offset}; {gap} bytes named 'reserved...' must come before it")
    return m


def _struct(t: Table) -> Struct:
    s = Struct(t.name(pattern=NAME), t.integer("bytes", low=1), t.text("desc"), [])
    names: dict[str, str] = {}
    offset = 0
    for ft in t.tables("fields", "field"):
        m = _member(ft, offset)
        ft.unique(names, m.name)
        offset += m.bytes
        s.members.append(m)
    t.finish()
    if offset != s.bytes:
        raise t.error(f"its fields take {offset} bytes, not {s.bytes}")
    if s.bytes % s.alignment:
        raise t.error(f"{s.bytes} bytes are not a multiple of its alignment {s.alignment}; add a field named 'reserved...'")
    return s


def _enum(t: Table) -> Enumeration:
    e = Enumeration(t.name(pattern=NAME), t.choice("type", TYPES), [])
    names: dict[str, str] = {}
    taken: dict[int, str] = {}
    bits = TYPES[e.type] * 8
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if e.type[0] == "i" else (0, (1 << bits) - 1)
    for vt in t.tables("values", "value"):
        v = Constant(vt.name(), vt.integer("value", low=low, high=high), vt.text("desc"))
        vt.finish()
        vt.unique(names, v.name)
        if v.value in taken:
            raise vt.error(f"{v.value} is already the value of '{taken[v.value]}'")
        taken[v.value] = v.name
        e.values.append(v)
    t.finish()
    return e


def load(path: pathlib.Path) -> Format:
    root = read(path)
    head = root.table("format")
    f = Format(path, head.name(), head.name("namespace", r"[a-z][a-z0-9_]*(::[a-z][a-z0-9_]*)*"),
               head.integer("version"), head.text("desc"), [], [], [])
    head.finish()
    constants = {"version": "the version in [format]"}
    for t in root.tables("constant", "constant", []):
        c = Constant(t.name(), t.integer("value"), t.text("desc"))
        t.finish()
        t.unique(constants, c.name)
        f.constants.append(c)
    types: dict[str, str] = {}
    for t in root.tables("enum", "enum", []):
        f.enums.append(_enum(t))
        t.unique(types, f.enums[-1].name, "enum " + f.enums[-1].name)
    for t in root.tables("struct", "struct", []):
        f.structs.append(_struct(t))
        t.unique(types, f.structs[-1].name, "struct " + f.structs[-1].name)
    root.finish()
    return f
