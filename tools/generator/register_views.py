"""A register description as C++ table, C header and documentation."""
from .output import banner
from .registers import Block, Reg, cpp_enum
from .spec import constant


def _cpp_offset(r: Reg) -> list[str]:
    if not r.is_array:
        return [f"  static constexpr std::uint32_t offset = {r.offset:#04x};"]
    return [f"  static constexpr std::uint32_t count = {r.count};",
            f"  static constexpr std::uint32_t stride = {r.stride:#x};",
            f"  /// Offset of element `i`, which is below `count`.",
            f"  static constexpr std::uint32_t offset(std::uint32_t i) {{ return {r.offset:#04x} + i * stride; }}"]


def cpp(b: Block) -> str:
    out = [f"// Registers of {b.name}. {banner(b.path)}", "#pragma once", "", "#include <cstdint>", "",
           '#include "models/kit/registers.hpp"', "", f"/// {b.desc}.", f"namespace cairn::{b.name}_regs {{", "",
           f"inline constexpr std::uint32_t kBlockBytes = {b.size:#x};", ""]
    for r in b.regs:
        out += [f"/// {r.desc}.", f"struct {r.name} {{", *_cpp_offset(r)]
        for f in r.fields:
            out.append(f"  using {f.name} = kit::Field<{r.name}, {f.lsb}, {f.width}>;  ///< {f.desc}.")
            if f.values:
                out.append(f"  enum {cpp_enum(f)} : std::uint32_t {{  ///< Values of `{f.name}`.")
                out += [f"    {constant(v.name)} = {v.value},  ///< {v.desc}." for v in f.values]
                out.append("  };")
        out += ["};", ""]
    out += ["inline constexpr kit::RegisterSpec kRegisters[] = {",
            "    // name, offset, reset, readable, writable, write-1-to-clear"]
    for r in b.regs:
        for name, offset in r.elements():
            out.append(f'    {{"{name}", {offset:#04x}, {r.reset:#x}u, {r.mask("rw", "ro", "w1c"):#x}u, '
                       f'{r.mask("rw", "wo"):#x}u, {r.mask("w1c"):#x}u}},')
    return "\n".join(out + ["};", "", f"}}  // namespace cairn::{b.name}_regs", ""])


def c(b: Block) -> str:
    up = b.name.upper()
    out = [f"/* Registers of {b.name}: {b.desc}. {banner(b.path)} */", "#pragma once", "",
           f"#define {up}_BLOCK_BYTES {b.size:#x}u", ""]
    for r in b.regs:
        p = f"{up}_{r.name.upper()}"
        if r.is_array:
            out += [f"#define {p}_OFFSET(i) ({r.offset:#04x}u + (i) * {r.stride:#x}u) /* {r.desc} */",
                    f"#define {p}_COUNT {r.count}u", f"#define {p}_STRIDE {r.stride:#x}u"]
        else:
            out.append(f"#define {p}_OFFSET {r.offset:#04x}u /* {r.desc} */")
        for f in r.fields:
            q = f"{p}_{f.name.upper()}"
            out += [f"#define {q}_SHIFT {f.lsb}u", f"#define {q}_MASK {f.mask:#010x}u /* {f.desc} */"]
            out += [f"#define {q}_{v.name.upper()} {v.value}u /* {v.desc} */" for v in f.values]
        out.append("")
    return "\n".join(out)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def markdown(blocks: list[Block]) -> str:
    sources = ", ".join(f"{b.path.parent.name}/{b.path.name}" for b in blocks)
    out = [f"<!-- Generated from {sources}. Do not edit. -->", "# Registers", "",
           "Access: `rw` read and write, `ro` read only, `wo` write only (reads 0), `w1c` write 1 to clear. "
           "Bits not listed read 0 and ignore writes.", ""]
    for b in blocks:
        out += [f"## {b.name}", "", f"{b.desc}. {b.size:#x} bytes of {b.width}-bit registers.", "",
                "| Offset | Register | Bits | Field | Access | Reset | Description |",
                "|-------:|----------|-----:|-------|--------|------:|-------------|"]
        for r in b.regs:
            offset = f"{r.offset:#04x}" + (f" + {r.stride:#x}·i" if r.is_array else "")
            name = f"`{r.name}[{r.count}]`" if r.is_array else f"`{r.name}`"
            for f in r.fields:
                text = f.desc if f.desc == r.desc else f"{r.desc}: {f.desc}"
                text += "".join(f"; {v.value} = `{v.name}`" for v in f.values)
                out.append(f"| {offset} | {name} | {f.bits} | `{f.name}` | {f.access} | {f.reset:#x} | {_cell(text)} |")
        out.append("")
    return "\n".join(out)
