"""Load the memory map: devices, windows with one instance per NPU, and the check that nothing overlaps."""
import pathlib
from dataclasses import dataclass

from .spec import SpecError, Table, read

INTERRUPT_SOURCES = 96


@dataclass
class Device:
    """One device, or `instances` equal ones `stride` bytes (and one interrupt) apart."""
    name: str
    block: str
    base: int
    size: int
    irq: int
    desc: str
    stride: int
    instances: int
    is_array: bool

    def name_of(self, n: int) -> str:
        """`{}` in the name stands for the instance number: npu{}.features -> npu0.features."""
        return self.name.replace("{}", str(n))

    @property
    def identifier(self) -> str:
        """The name in code: npu{}.features -> npu_features."""
        return self.name.replace("{}", "").replace(".", "_")

    def regions(self) -> list[tuple[str, int, int, int]]:
        """(name, base, size, irq) of each instance."""
        return [(self.name_of(n), self.base + n * self.stride, self.size, self.irq + n if self.irq else 0)
                for n in range(self.instances)]


@dataclass
class MemoryMap:
    path: pathlib.Path
    devices: list[Device]


def _device(t: Table) -> Device:
    is_array = t.has("stride")
    pattern = r"[a-z]+\{\}(\.[a-z]+)?" if is_array else r"[a-z][a-z0-9_]*"
    d = Device(t.name(pattern=pattern), t.name("block"), t.integer("base"), t.integer("size", low=4),
               t.integer("irq", 0, 0, INTERRUPT_SOURCES - 1), t.text("desc"), t.integer("stride", 0),
               t.integer("instances", None if is_array else 1, 1, 256), is_array)
    t.finish()
    if is_array and d.stride < d.size:
        raise t.error(f"stride {d.stride:#x} is smaller than the size {d.size:#x}: its instances overlap")
    if d.base % 4 or d.size % 4 or d.stride % 4:
        raise t.error("base, size and stride must be multiples of 4")
    return d


def load(path: pathlib.Path) -> MemoryMap:
    root = read(path)
    devices, names = [], {}
    for t in root.tables("device", "device"):
        d = _device(t)
        t.unique(names, d.identifier)
        devices.append(d)
    root.finish()
    _check(path, devices)
    return MemoryMap(path, devices)


def _check(path: pathlib.Path, devices: list[Device]) -> None:
    regions = sorted((r for d in devices for r in d.regions()), key=lambda r: r[1])
    for name, base, size, _ in regions:
        if base + size > 1 << 32:
            raise SpecError(f"{path}: device {name}: {base:#x} + {size:#x} leaves the 32-bit address space.")
    for (a, a_base, a_size, _), (b, b_base, *_) in zip(regions, regions[1:]):
        if a_base + a_size > b_base:
            raise SpecError(f"{path}: device {b}: starts at {b_base:#x}, inside {a} "
                            f"({a_base:#x}..{a_base + a_size - 1:#x}).")
    owner: dict[int, str] = {}
    for name, _, _, irq in regions:
        if irq >= INTERRUPT_SOURCES:
            raise SpecError(f"{path}: device {name}: interrupt {irq} is not below {INTERRUPT_SOURCES}.")
        if irq and irq in owner:
            raise SpecError(f"{path}: device {name}: interrupt {irq} already belongs to {owner[irq]}.")
        owner[irq] = name
