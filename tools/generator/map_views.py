"""The memory map as C++ and C headers, linker symbols and documentation."""
from .memory_map import Device, MemoryMap
from .output import banner


def _hex(value: int) -> str:
    text = f"{value:08x}"
    return f"0x{text[:4]}_{text[4:]}"


def _cpp_region(name: str, d: Device, base: int, irq: int) -> str:
    return f'{{"{name}", "{d.block}", {base:#010x}, {d.size:#x}, {irq}, "{d.desc}"}}'


def cpp(m: MemoryMap) -> str:
    out = [f"// Where every device lives. {banner(m.path)}", "#pragma once", "", "#include <cstdint>",
           "#include <string_view>", "", "namespace cairn::memory_map {", "",
           "struct Region {",
           "  std::string_view name;   ///< Hierarchy name below soc: uart0, npu0.features.",
           "  std::string_view block;  ///< Folder of the model under models/.",
           "  std::uint32_t base;      ///< Byte address.",
           "  std::uint32_t size;      ///< Bytes.",
           "  std::uint32_t irq;       ///< PLIC source; 0: none.",
           "  std::string_view desc;", "};", "",
           "/// Equal regions, one per instance n below `instances`.",
           "struct Window {",
           "  Region first;",
           "  std::uint32_t stride;  ///< Bytes from one instance to the next.",
           "  std::uint32_t instances;",
           "  constexpr std::uint32_t base(std::uint32_t n) const { return first.base + n * stride; }",
           "  constexpr std::uint32_t size() const { return first.size; }",
           "  constexpr std::uint32_t irq(std::uint32_t n) const { return first.irq ? first.irq + n : 0; }",
           "};", ""]
    for d in m.devices:
        region = _cpp_region(d.name_of(0), d, d.base, d.irq)
        if d.is_array:
            out.append(f"inline constexpr Window {d.identifier}{{{region}, {d.stride:#x}, {d.instances}}};")
        else:
            out.append(f"inline constexpr Region {d.identifier}{region};")
    out += ["", "/// Every region, each instance of a window on its own, by rising address.",
            "inline constexpr Region kRegions[] = {"]
    rows = sorted((base, name, irq, d) for d in m.devices for name, base, _, irq in d.regions())
    out += [f"    {_cpp_region(name, d, base, irq)}," for base, name, irq, d in rows]
    return "\n".join(out + ["};", "", "}  // namespace cairn::memory_map", ""])


def c(m: MemoryMap) -> str:
    out = [f"/* Where every device lives. {banner(m.path)} */", "#pragma once", ""]
    for d in m.devices:
        p = f"CAIRN_{d.identifier.upper()}"
        out.append(f"/* {d.name}: {d.desc}. */")
        if d.is_array:
            out += [f"#define {p}_BASE(n) ({d.base:#010x}u + (n) * {d.stride:#x}u)", f"#define {p}_SIZE {d.size:#x}u",
                    f"#define {p}_INSTANCES {d.instances}u"]
            out += [f"#define {p}_IRQ(n) ({d.irq}u + (n))"] if d.irq else []
        else:
            out += [f"#define {p}_BASE {d.base:#010x}u", f"#define {p}_SIZE {d.size:#x}u"]
            out += [f"#define {p}_IRQ {d.irq}u"] if d.irq else []
    return "\n".join(out + [""])


def linker(m: MemoryMap) -> str:
    out = [f"/* Linker symbols of every device. {banner(m.path)} */"]
    for d in m.devices:
        out += [f"__{d.identifier}_base = {d.base:#010x};", f"__{d.identifier}_size = {d.size:#x};"]
        out += [f"__{d.identifier}_stride = {d.stride:#x};"] if d.is_array else []
    return "\n".join(out + [""])


def markdown(m: MemoryMap) -> str:
    out = [f"<!-- {banner(m.path)} -->", "# Memory map", "",
           "| Base | End | Size | Device | Interrupt | Description |",
           "|-----:|----:|-----:|--------|----------:|-------------|"]
    for d in sorted(m.devices, key=lambda d: d.base):
        name = d.name.replace("{}", "N")
        step = f" + N·{d.stride:#x}" if d.is_array else ""
        irq = f"{d.irq}{' + N' if d.is_array else ''}" if d.irq else ""
        desc = d.desc + (f" (N below {d.instances})" if d.is_array else "")
        out.append(f"| `{_hex(d.base)}`{step} | `{_hex(d.base + d.size - 1)}`{step} | {d.size:#x} | `{name}` "
                   f"| {irq} | {desc} |")
    return "\n".join(out + [""])
