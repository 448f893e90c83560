"""Load a block's register description: what is in the TOML, checked, as plain objects."""
import pathlib
from dataclasses import dataclass, field

from .spec import CPP_KEYWORDS, Table, camel, read

ACCESS = ("rw", "ro", "wo", "w1c")


@dataclass
class Value:
    """A named value of a field."""
    name: str
    value: int
    desc: str


@dataclass
class Field:
    name: str
    lsb: int
    width: int
    access: str
    reset: int
    desc: str
    values: list[Value] = field(default_factory=list)

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.lsb

    @property
    def bits(self) -> str:
        return str(self.lsb) if self.width == 1 else f"{self.lsb + self.width - 1}:{self.lsb}"


@dataclass
class Reg:
    """One register, or `count` equal ones `stride` bytes apart."""
    name: str
    offset: int
    desc: str
    fields: list[Field]
    count: int = 1
    stride: int = 4
    is_array: bool = False

    def mask(self, *access: str) -> int:
        return sum(f.mask for f in self.fields if f.access in access)

    @property
    def reset(self) -> int:
        return sum(f.reset << f.lsb for f in self.fields)

    def elements(self) -> list[tuple[str, int]]:
        """(name, offset) of each register."""
        if not self.is_array:
            return [(self.name, self.offset)]
        return [(f"{self.name}[{i}]", self.offset + i * self.stride) for i in range(self.count)]


@dataclass
class Block:
    path: pathlib.Path
    name: str
    desc: str
    size: int
    regs: list[Reg]
    width: int = 32  # bits of a register; byte registers stand at byte offsets


def _values(table: Table, width: int) -> list[Value]:
    out, names, taken = [], {}, {}
    for v in table.tables("values", "value", []):
        value = Value(v.name(), v.integer("value", high=(1 << width) - 1), v.text("desc", v.values["name"]))
        v.finish()
        v.unique(names, value.name)
        if value.value in taken:
            raise v.error(f"{value.value} is already the value of '{taken[value.value]}'")
        taken[value.value] = value.name
        out.append(value)
    return out


def _field(table: Table) -> Field:
    name = table.name()
    bits = table.array("bits")
    if len(bits) != 2 or not all(isinstance(b, int) and not isinstance(b, bool) for b in bits):
        raise table.error(f"'bits' must be [high, low], not {bits!r}")
    msb, lsb = bits
    if not 0 <= lsb <= msb <= 31:
        raise table.error(f"bits [{msb}, {lsb}] are not [high, low] within 31..0")
    if name in CPP_KEYWORDS:
        raise table.error("the name is a keyword of C or C++")
    width = msb - lsb + 1
    out = Field(name, lsb, width, table.choice("access", ACCESS), table.integer("reset", 0), table.text("desc"),
                _values(table, width))
    if out.reset >> width:
        raise table.error(f"reset value {out.reset:#x} does not fit in {width} bits")
    table.finish()
    return out


def _fields(table: Table) -> list[Field]:
    """The fields; a register with `access` in their place is one 32-bit field `value`."""
    if not table.has("fields"):
        return [Field("value", 0, 32, table.choice("access", ACCESS), table.integer("reset", 0), table.text("desc"))]
    own = ["offset", table.name()] + (["count", "stride"] if table.has("count") else [])  # C++ members beside the fields
    out, names, used = [], {n: f"the register's own {n}" for n in own}, 0
    for t in table.tables("fields", "field"):
        f = _field(t)
        t.unique(names, f.name)
        if used & f.mask:
            other = next(o.name for o in out if o.mask & f.mask)
            raise t.error(f"bits {f.bits} overlap those of field {other}")
        used |= f.mask
        out.append(f)
    if not out:
        raise table.error("has no fields")
    return out


def load(path: pathlib.Path) -> Block:
    root = read(path)
    head = root.table("block")
    block = Block(path, head.name(), head.text("desc"), head.integer("size", low=4), [],
                  head.integer("width", 32))
    if block.width not in (8, 32):
        raise head.error(f"width {block.width} is neither 8 nor 32")
    step = block.width // 8
    head.finish()
    if block.name != path.stem:
        raise head.error(f"block '{block.name}' must be described in a file of its own name, {block.name}.toml")
    taken: dict[int, str] = {}
    names: dict[str, str] = {}
    for table in root.tables("reg", "register"):
        reg = Reg(table.name(), table.integer("offset"), table.text("desc"), _fields(table),
                  table.integer("count", 1, 1, 1 << 16), table.integer("stride", step, step), table.has("count"))
        table.finish()
        table.unique(names, reg.name)
        if reg.offset % step or reg.stride % step:
            raise table.error(f"offset {reg.offset:#x} and stride {reg.stride:#x} must be multiples of {step}")
        if reg.mask(*ACCESS) >> block.width:
            raise table.error(f"a field reaches beyond the block's width of {block.width} bits")
        for name, offset in reg.elements():
            if offset + step > block.size:
                raise table.error(f"{name} at offset {offset:#x} lies outside the block's {block.size:#x} bytes")
            if offset in taken:
                raise table.error(f"offset {offset:#x} already belongs to register {taken[offset]}")
            taken[offset] = name
        block.regs.append(reg)
    root.finish()
    if not block.regs:
        raise root.error("describes no register")
    return block


def cpp_enum(f: Field) -> str:
    """Name of the C++ type that lists the field's values."""
    return camel(f.name) + "Value"
