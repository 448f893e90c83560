"""Every device's registers as one CMSIS-SVD file, which debuggers read."""
from xml.sax.saxutils import escape

from .memory_map import MemoryMap
from .registers import Block, Field, Reg
from .spec import SpecError

ACCESS = {"rw": "read-write", "ro": "read-only", "wo": "write-only", "w1c": "read-write"}


def _field(f: Field) -> str:
    extra = "<modifiedWriteValues>oneToClear</modifiedWriteValues>" if f.access == "w1c" else ""
    if f.values:
        rows = "".join(f"<enumeratedValue><name>{v.name}</name><description>{escape(v.desc)}</description>"
                       f"<value>{v.value}</value></enumeratedValue>" for v in f.values)
        extra += f"<enumeratedValues>{rows}</enumeratedValues>"
    return (f"          <field><name>{f.name.upper()}</name><description>{escape(f.desc)}</description>"
            f"<bitOffset>{f.lsb}</bitOffset><bitWidth>{f.width}</bitWidth><access>{ACCESS[f.access]}</access>{extra}</field>")


def _register(r: Reg) -> list[str]:
    array = f"<dim>{r.count}</dim><dimIncrement>{r.stride:#x}</dimIncrement>" if r.is_array else ""
    name = r.name.upper() + ("[%s]" if r.is_array else "")
    return [f"        <register>{array}<name>{name}</name><description>{escape(r.desc)}</description>"
            f"<addressOffset>{r.offset:#x}</addressOffset><resetValue>{r.reset:#x}</resetValue><fields>",
            *map(_field, r.fields), "        </fields></register>"]


def emit(blocks: list[Block], m: MemoryMap) -> str:
    by_name = {b.name: b for b in blocks}
    used = {d.block for d in m.devices}
    for b in blocks:
        if b.name not in used:
            raise SpecError(f"{b.path}: no device of {m.path} is a '{b.name}'.")
    out = ['<?xml version="1.0" encoding="utf-8"?>', "<!-- Generated from the register descriptions. Do not edit. -->",
           '<device schemaVersion="1.3" xmlns:xs="http://www.w3.org/2001/XMLSchema-instance">',
           "  <name>cairn</name><version>1.0</version><description>Cairn virtual SoC</description>",
           "  <addressUnitBits>8</addressUnitBits><width>32</width><size>32</size>", "  <peripherals>"]
    for d in m.devices:
        if not (b := by_name.get(d.block)):
            continue  # plain memory has no registers
        if b.size > d.size:
            raise SpecError(f"{b.path}: block {b.name} needs {b.size:#x} bytes but {m.path} gives {d.name} {d.size:#x}.")
        for name, base, _, irq in d.regions():
            up = name.upper().replace(".", "_")
            derived = f' derivedFrom="{d.name_of(0).upper()}"' if name != d.name_of(0) else ""
            out += [f"    <peripheral{derived}>", f"      <name>{up}</name><description>{escape(d.desc)}</description>",
                    f"      <baseAddress>{base:#x}</baseAddress><size>{b.width}</size>"]
            if not derived:
                out.append(f"      <addressBlock><offset>0</offset><size>{d.size:#x}</size><usage>registers</usage></addressBlock>")
            if irq:
                out.append(f"      <interrupt><name>{up}</name><value>{irq}</value></interrupt>")
            if not derived:
                out += ["      <registers>", *(line for r in b.regs for line in _register(r)), "      </registers>"]
            out.append("    </peripheral>")
    return "\n".join(out + ["  </peripherals>", "</device>", ""])
