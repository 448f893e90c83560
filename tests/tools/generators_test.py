"""The generators: what they make compiles and says what the description says; every mistake is one clear sentence."""
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]

BLOCK = """
[block]
name = "dma"
desc = "Copies"
size = 0x100
[[reg]]
name = "ctrl"
offset = 0x0
desc = "Control"
fields = [
  { name = "start", bits = [0, 0], access = "wo", desc = "Go" },
  { name = "mode", bits = [5, 4], access = "rw", reset = 2, desc = "Mode", values = [{ name = "fast", value = 1, desc = "No waits" }] },
  { name = "done", bits = [8, 8], access = "w1c", desc = "Done" },
  { name = "busy", bits = [9, 9], access = "ro", desc = "Busy" },
]
[[reg]]
name = "source"
offset = 0x40
count = 3
stride = 8
desc = "Source address"
access = "rw"
reset = 0xffff_ffff
"""
MAP = """
[[device]]
name = "dma0"
block = "dma"
base = 0x4100_0000
size = 0x1000
irq = 7
desc = "DMA"
[[device]]
name = "npu{}.features"
block = "memory"
base = 0x5000_0000
size = 0x100
stride = 0x1000
instances = 2
desc = "SRAM"
"""
STRUCTS = """
[format]
name = "entry_format"
namespace = "cairn::entry"
version = 3
desc = "Entries"
[[constant]]
name = "magic"
value = 0x1234
desc = "Magic"
[[enum]]
name = "Kind"
type = "u8"
values = [{ name = "small_one", value = 1, desc = "Small" }]
[[struct]]
name = "Row"
bytes = 8
desc = "One row"
fields = [
  { name = "kind", type = "u8", desc = "Kind" },
  { name = "reserved", type = "u8", desc = "Zero" },
  { name = "sizes", type = "i16", count = 3, desc = "Sizes" },
]
"""


class GeneratorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, text: str) -> pathlib.Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def run_tool(self, tool: str, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, ROOT / "tools" / tool, *map(str, arguments)], capture_output=True, text=True,
                              cwd=self.folder)

    def make(self, tool: str, *arguments) -> None:
        done = self.run_tool(tool, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def refuses(self, tool: str, name: str, text: str, reason: str, *arguments) -> None:
        self.write(name, text)
        done = self.run_tool(tool, name, *arguments)
        self.assertEqual((done.returncode, done.stderr), (1, f"{tool[:-3]}: {name}: {reason}.\n"))

    def compile(self, compiler: str, language: str, *flags: str, text: str) -> None:
        done = subprocess.run([compiler, "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I.", f"-I{ROOT}",
                               *flags, "-"], input=text, capture_output=True, text=True, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    # Registers

    def test_the_register_headers_hold_offsets_masks_and_access_rules(self):
        self.write("dma.toml", BLOCK)
        self.make("reggen.py", "dma.toml", "--cpp", "dma_regs.hpp", "--c", "dma_regs.h")
        self.compile("g++", "c++", "-std=c++20", text="""#include "dma_regs.hpp"
            using namespace cairn::dma_regs;
            static_assert(ctrl::offset == 0 && ctrl::mode::lsb == 4 && ctrl::mode::mask == 0x30 && ctrl::kFast == 1);
            static_assert(source::offset(2) == 0x50 && source::count == 3 && source::value::mask == 0xffffffff);
            static_assert(std::size(kRegisters) == 4);
            static_assert(kRegisters[0].reset == 0x20 && kRegisters[0].readable == 0x330 && kRegisters[0].writable == 0x31);
            static_assert(kRegisters[0].write_one_clears == 0x100);
            static_assert(kRegisters[3].offset == 0x50 && kRegisters[3].reset == 0xffffffff);
            static_assert(std::string_view(kRegisters[3].name) == "source[2]");""".replace("#include", "#include <iterator>\n#include <string_view>\n#include", 1))
        self.compile("gcc", "c", "-std=c11", text="""#include "dma_regs.h"
            _Static_assert(DMA_CTRL_OFFSET == 0 && DMA_CTRL_MODE_SHIFT == 4 && DMA_CTRL_MODE_MASK == 0x30 && DMA_CTRL_MODE_FAST == 1, "");
            _Static_assert(DMA_SOURCE_OFFSET(2) == 0x50 && DMA_SOURCE_COUNT == 3, "");""")

    def test_the_svd_places_every_register_of_every_device(self):
        self.write("dma.toml", BLOCK)
        self.write("map.toml", MAP)
        self.make("reggen.py", "dma.toml", "--svd", "cairn.svd", "--map", "map.toml", "--md", "registers.md")
        (device,) = xml.parse(self.folder / "cairn.svd").getroot().findall("peripherals/peripheral")
        self.assertEqual(device.findtext("name"), "DMA0")
        self.assertEqual(int(device.findtext("baseAddress"), 16), 0x4100_0000)
        self.assertEqual(device.findtext("interrupt/value"), "7")
        array = device.findall("registers/register")[1]
        self.assertEqual((array.findtext("name"), array.findtext("dim"), array.findtext("dimIncrement")), ("SOURCE[%s]", "3", "0x8"))
        self.assertIn("| 0x40 + 0x8·i | `source[3]` |", (self.folder / "registers.md").read_text())

    def test_mistakes_in_registers_name_file_register_and_field(self):
        for old, new, reason in [
            ('access = "wo"', 'access = "w0"', "register ctrl: field start: unknown access 'w0', expected one of rw, ro, wo, w1c"),
            ("bits = [5, 4]", "bits = [5, 0]", "register ctrl: field mode: bits 5:0 overlap those of field start"),
            ("bits = [5, 4]", "bits = [4, 5]", "register ctrl: field mode: bits [4, 5] are not [high, low] within 31..0"),
            ("bits = [5, 4]", "bits = [32, 4]", "register ctrl: field mode: bits [32, 4] are not [high, low] within 31..0"),
            ("bits = [5, 4]", 'bits = "5:4"', "register ctrl: field mode: 'bits' must be an array, not '5:4'"),
            ("reset = 2", "reset = 4", "register ctrl: field mode: reset value 0x4 does not fit in 2 bits"),
            ("reset = 2", "rest = 2", "register ctrl: field mode: unknown key 'rest', expected some of access, bits, desc, name, reset, values"),
            ('name = "done"', 'name = "busy"', "register ctrl: field busy: the name 'busy' is already taken"),
            ('name = "done"', 'name = "union"', "register ctrl: field union: the name is a keyword of C or C++"),
            ("value = 1", "value = 9", "register ctrl: field mode: value fast: 'value' is 0x9, outside 0x0..0x3"),
            ("offset = 0x40", "offset = 0x42", "register source: offset 0x42 and stride 0x8 must be multiples of 4"),
            ("offset = 0x40", "offset = 0xf8", "register source: source[1] at offset 0x100 lies outside the block's 0x100 bytes"),
            ("offset = 0x40", "offset = 0x0", "register source: offset 0x0 already belongs to register ctrl"),
            ("offset = 0x40", "", "register source: 'offset' is missing"),
            ('name = "source"', 'name = "ctrl"', "register ctrl: the name 'ctrl' is already taken"),
            ('name = "dma"', 'name = "dna"', "[block]: block 'dna' must be described in a file of its own name, dna.toml"),
            ("size = 0x100", 'size = "big"', "[block]: 'size' must be an integer, not 'big'"),
        ]:
            with self.subTest(reason):
                self.assertIn(old, BLOCK)
                self.refuses("reggen.py", "dma.toml", BLOCK.replace(old, new, 1), reason, "--cpp", "dma_regs.hpp")
                self.assertFalse((self.folder / "dma_regs.hpp").exists())

    def test_a_missing_or_malformed_file_is_one_sentence(self):
        done = self.run_tool("reggen.py", "none.toml")
        self.assertEqual((done.returncode, done.stderr), (1, "reggen: none.toml: cannot be read: No such file or directory.\n"))
        self.refuses("reggen.py", "dma.toml", "[block", "not valid TOML: Expected ']' at the end of a table declaration (at end of document)")

    # Memory map

    def test_the_map_headers_hold_bases_sizes_and_interrupts(self):
        self.write("map.toml", MAP)
        self.make("mapgen.py", "map.toml", "--cpp", "memory_map.hpp", "--c", "memory_map.h", "--ld", "memory_map.ld")
        self.compile("g++", "c++", "-std=c++20", text="""#include "memory_map.hpp"
            namespace map = cairn::memory_map;
            static_assert(map::dma0.base == 0x41000000 && map::dma0.size == 0x1000 && map::dma0.irq == 7);
            static_assert(map::npu_features.base(1) == 0x50001000 && map::npu_features.irq(1) == 0);
            static_assert(map::kRegions[2].name == "npu1.features" && map::kRegions[2].base == 0x50001000);""")
        self.compile("gcc", "c", "-std=c11", text="""#include "memory_map.h"
            _Static_assert(CAIRN_DMA0_BASE == 0x41000000 && CAIRN_DMA0_IRQ == 7 && CAIRN_NPU_FEATURES_BASE(1) == 0x50001000, "");""")
        self.assertIn("__dma0_base = 0x41000000;", (self.folder / "memory_map.ld").read_text())

    def test_mistakes_in_the_map_name_both_sides(self):
        inside = "device npu1.features: starts at 0x50001000, inside dma0 (0x50000f00..0x50001eff)"
        for old, new, reason in [
            ("base = 0x4100_0000", "base = 0x5000_0f00", inside),
            ("base = 0x5000_0000", "base = 0xffff_f000", "device npu1.features: 0x100000000 + 0x100 leaves the 32-bit address space"),
            ("stride = 0x1000", "stride = 0x80",
             "device npu{}.features: stride 0x80 is smaller than the size 0x100: its instances overlap"),
            ("instances = 2", "instances = 2\nirq = 6", "device npu1.features: interrupt 7 already belongs to dma0"),
            ("irq = 7", "irq = 96", "device dma0: 'irq' is 0x60, outside 0x0..0x5f"),
            ('name = "dma0"', 'name = "Dma"', "device Dma: 'Dma' is not a valid name (wanted: [a-z][a-z0-9_]*)"),
        ]:
            with self.subTest(reason):
                self.assertIn(old, MAP)
                self.refuses("mapgen.py", "map.toml", MAP.replace(old, new, 1), reason)

    # Structs

    def test_the_struct_headers_have_the_same_layout_on_every_compiler(self):
        self.write("entry.toml", STRUCTS)
        self.make("structgen.py", "entry.toml", "--out-dir", ".")
        self.compile("g++", "c++", "-std=c++20", text="""#include "entry_format.hpp"
            using namespace cairn::entry;
            static_assert(sizeof(Row) == 8 && offsetof(Row, sizes) == 2 && kMagic == 0x1234 && kVersion == 3);
            static_assert(name_of(Kind::kSmallOne) == "small_one" && name_of(Kind{9}) == "?");""")
        c = """#include "entry_format.h"
            _Static_assert(sizeof(entry_row_t) == 8 && ENTRY_MAGIC == 0x1234 && ENTRY_VERSION == 3 && ENTRY_KIND_SMALL_ONE == 1, "");"""
        self.compile("gcc", "c", "-std=c11", text=c)
        self.compile("riscv64-unknown-elf-gcc", "c", "-std=c11", "-march=rv32imac", "-mabi=ilp32", "-ffreestanding", text=c)

    def test_mistakes_in_structs_name_struct_and_field(self):
        for old, new, reason in [
            ('{ name = "reserved", type = "u8", desc = "Zero" },', "",
             "struct Row: field sizes: type i16 cannot lie at offset 1; 1 bytes named 'reserved...' must come before it"),
            ('name = "reserved"', 'name = "padding0"', "struct Row: field padding0: padding must be named 'reserved...'"),
            ("bytes = 8", "bytes = 12", "struct Row: its fields take 8 bytes, not 12"),
            ('type = "i16"', 'type = "f16"',
             "struct Row: field sizes: unknown type 'f16', expected one of u8, u16, u32, u64, i8, i16, i32, i64"),
            ("value = 1", "value = 256", "enum Kind: value small_one: 'value' is 0x100, outside 0x0..0xff"),
            ('name = "Row"', 'name = "Kind"', "struct Kind: the name 'Kind' is already taken by enum Kind"),
            ('name = "magic"', 'name = "version"', "constant version: the name 'version' is already taken by the version in [format]"),
            ('desc = "Magic"', "", "constant magic: 'desc' is missing"),
        ]:
            with self.subTest(reason):
                self.assertIn(old, STRUCTS)
                self.refuses("structgen.py", "entry.toml", STRUCTS.replace(old, new, 1), reason)

    # Output

    def test_an_unchanged_file_keeps_its_time_and_a_stale_one_is_reported(self):
        self.write("map.toml", MAP)
        self.make("mapgen.py", "map.toml", "--md", "map.md")
        before = (self.folder / "map.md").stat().st_mtime_ns
        self.make("mapgen.py", "map.toml", "--md", "map.md")
        self.assertEqual((self.folder / "map.md").stat().st_mtime_ns, before)
        self.make("mapgen.py", "map.toml", "--md", "map.md", "--check")
        self.write("map.toml", MAP.replace("irq = 7", "irq = 8"))
        done = self.run_tool("mapgen.py", "map.toml", "--md", "map.md", "--check")
        self.assertEqual((done.returncode, done.stderr), (1, "map.md is stale; build the target 'docs' and commit the result.\n"))
        self.assertEqual((self.folder / "map.md").stat().st_mtime_ns, before)


if __name__ == "__main__":
    unittest.main()
