"""Fixed-layout structs as C++ header, C header and documentation.

Every member lies at a multiple of its size, so the natural layout is the fixed one: the static assertions prove it,
and nothing needs a packed attribute (references to members stay legal).
"""
from .output import banner
from .spec import camel, constant, snake
from .structs import Enumeration, Format, Struct

TYPE = {t: f"{'u' if t[0] == 'u' else ''}int{t[1:]}_t" for t in ("u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64")}


def _cpp_enum(e: Enumeration) -> list[str]:
    name = camel(e.name)
    out = [f"enum class {name} : std::{TYPE[e.type]} {{"]
    out += [f"  {constant(v.name)} = {v.value},  ///< {v.desc}." for v in e.values]
    out += ["};", f'/// The name of `value` in the description, or "?" for a value it does not list.',
            f"constexpr std::string_view name_of({name} value) {{", "  switch (value) {"]
    out += [f'    case {name}::{constant(v.name)}: return "{v.name}";' for v in e.values]
    return out + ["  }", '  return "?";', "}", ""]


def _cpp_struct(s: Struct) -> list[str]:
    name = camel(s.name)
    out = [f"/// {s.desc}.", f"struct {name} {{"]
    for m in s.members:
        array = f"[{m.count}]" if m.count > 1 else ""
        out.append(f"  std::{TYPE[m.type]} {m.name}{array};  ///< Offset {m.offset}. {m.desc}.")
    out += ["};", f"static_assert(sizeof({name}) == {s.bytes} && std::is_trivial_v<{name}> && std::is_standard_layout_v<{name}>);"]
    out += [f"static_assert(offsetof({name}, {m.name}) == {m.offset});" for m in s.members]
    return out + [""]


def cpp(f: Format) -> str:
    out = [f"// {f.desc}. {banner(f.path)}", "#pragma once", "", "#include <bit>", "#include <cstddef>", "#include <cstdint>",
           "#include <string_view>", "#include <type_traits>", "", f"namespace {f.namespace} {{", "",
           'static_assert(std::endian::native == std::endian::little, "these structs are stored little-endian");', "",
           f"inline constexpr std::uint32_t kVersion = {f.version};  ///< Version of this format."]
    out += [f"inline constexpr std::uint32_t {constant(c.name)} = {c.value:#x};  ///< {c.desc}." for c in f.constants]
    out.append("")
    for e in f.enums:
        out += _cpp_enum(e)
    for s in f.structs:
        out += _cpp_struct(s)
    return "\n".join(out + [f"}}  // namespace {f.namespace}", ""])


def c_type(f: Format, s: Struct) -> str:
    """job, Header -> job_header_t; bootinfo, Bootinfo -> bootinfo_t."""
    name = snake(s.name)
    return f"{name if name == f.prefix else f'{f.prefix}_{name}'}_t"


def c(f: Format) -> str:
    up = f.prefix.upper()
    out = [f"/* {f.desc}. {banner(f.path)} */", "#pragma once", "", "#include <stddef.h>", "#include <stdint.h>", "",
           f"#define {up}_VERSION {f.version}u /* Version of this format */"]
    out += [f"#define {up}_{c.name.upper()} {c.value:#x}u /* {c.desc} */" for c in f.constants]
    for e in f.enums:
        suffix = "" if e.type[0] == "i" else "u"
        out += ["", f"/* {camel(e.name)}, stored as {TYPE[e.type]}. */"]
        out += [f"#define {up}_{snake(e.name).upper()}_{v.name.upper()} {v.value}{suffix} /* {v.desc} */" for v in e.values]
    for s in f.structs:
        name = c_type(f, s)
        out += ["", f"/* {s.desc}. */", f"typedef struct {name[:-2]} {{"]
        for m in s.members:
            array = f"[{m.count}]" if m.count > 1 else ""
            out.append(f"    {TYPE[m.type]} {m.name}{array}; /* Offset {m.offset}. {m.desc}. */")
        out += [f"}} {name};", f'_Static_assert(sizeof({name}) == {s.bytes}, "{name} has {s.bytes} bytes");']
        out += [f'_Static_assert(offsetof({name}, {m.name}) == {m.offset}, "{m.name} at {m.offset}");' for m in s.members]
    return "\n".join(out + [""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def markdown(f: Format) -> str:
    out = [f"<!-- {banner(f.path)} -->", f"# {f.desc}", "",
           f"Version {f.version}. Little-endian, no implicit padding. C++: `{f.name}.hpp`, namespace `{f.namespace}`; C: `{f.name}.h`.", ""]
    if f.constants:
        out += ["| Constant | Value | Description |", "|----------|------:|-------------|"]
        out += [f"| `{c.name}` | {c.value:#x} | {_cell(c.desc)} |" for c in f.constants] + [""]
    for e in f.enums:
        out += [f"## {camel(e.name)} ({e.type})", "", "| Value | Name | Description |", "|------:|------|-------------|"]
        out += [f"| {v.value} | `{v.name}` | {_cell(v.desc)} |" for v in e.values] + [""]
    for s in f.structs:
        out += [f"## {camel(s.name)} ({s.bytes} bytes)", "", f"{s.desc}.", "", "| Offset | Type | Field | Description |",
                "|-------:|------|-------|-------------|"]
        for m in s.members:
            array = f"[{m.count}]" if m.count > 1 else ""
            out.append(f"| {m.offset} | {m.type}{array} | `{m.name}` | {_cell(m.desc)} |")
        out.append("")
    return "\n".join(out)
