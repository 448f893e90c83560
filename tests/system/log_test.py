"""--log-instructions: Spike's format to the letter, its windows, and QEMU's own order of instructions."""
import gzip
import pathlib
import re
import subprocess
import tempfile
import unittest

import guest
import program
from program import cairn

# By hand, from the assembler's listing of guests/logged.S and the printf formats of Spike's commit log.
# After mret, mstatus.MPP is the least privileged mode: user mode if there is one (privileged ISA, 3.1.6.1).
GOLDEN = """\
core   0: 3 0x80000000 (0x00000517) x10 0x80000000
core   0: 3 0x80000004 (0x07050513) x10 0x80000070
core   0: 3 0x80000008 (0x55f5) x11 0xfffffffd
core   0: 3 0x8000000a (0x00b500a3) mem 0x80000071 0xfd
core   0: 3 0x8000000e (0x00b51123) mem 0x80000072 0xfffd
core   0: 3 0x80000012 (0xc14c) mem 0x80000074 0xfffffffd
core   0: 3 0x80000014 (0x00154603) x12 0x000000fd mem 0x80000071
core   0: 3 0x80000018 (0x00452003) mem 0x80000074
core   0: 3 0x8000001c (0x00158013)
core   0: 3 0x80000020 (0x00b526af) x13 0xfffdfd0a mem 0x80000070 mem 0x80000070 0xfffdfd07
core   0: 3 0x80000024 (0x1005272f) x14 0xfffdfd07 mem 0x80000070
core   0: 3 0x80000028 (0x18b527af) x15 0x00000000 mem 0x80000070 0xfffffffd
core   0: 3 0x8000002c (0x18b527af) x15 0x00000001
core   0: 3 0x80000030 (0x3402d073) c832_mscratch 0x00000005
core   0: 3 0x80000034 (0x3405a873) x16 0x00000005 c832_mscratch 0xfffffffd
core   0: 3 0x80000038 (0x340028f3) x17 0xfffffffd
core   0: 3 0x8000003c (0x00000297) x5  0x8000003c
core   0: 3 0x80000040 (0x02428293) x5  0x80000060
core   0: 3 0x80000044 (0x30529073) c773_mtvec 0x80000060
core   0: 3 0x80000060 (0x00000297) x5  0x80000060
core   0: 3 0x80000064 (0xfec28293) x5  0x8000004c
core   0: 3 0x80000068 (0x34129073) c833_mepc 0x8000004c
core   0: 3 0x8000006c (0x30200073) c768_mstatus {mstatus}
core   0: 3 0x8000004c (0x301024f3) x9  {misa}
core   0: 3 0x80000050 (0x00100337) x6  0x00100000
core   0: 3 0x80000054 (0x6395) x7  0x00005000
core   0: 3 0x80000056 (0x55538393) x7  0x00005555
core   0: 3 0x8000005a (0x00732023) mem 0x00100000 0x00005555
"""
USER_MODE = 1 << 20  # in misa


class LogTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def log(self, elf: pathlib.Path, *arguments, name: str = "log.txt") -> str:
        path = self.folder / name
        result = cairn("boot", elf, "--quiet", "--log-instructions", path, *arguments)
        self.assertEqual((result.status, result.err), (0, ""))
        return gzip.decompress(path.read_bytes()).decode() if name.endswith(".gz") else path.read_text()

    def golden(self, log: str) -> str:
        misa = re.search(r" x9  (0x[0-9a-f]{8})", log)[1]
        return GOLDEN.format(misa=misa, mstatus="0x00000080" if int(misa, 16) & USER_MODE else "0x00001880")

    def test_every_kind_of_instruction_is_written_as_spike_writes_it(self):
        elf = guest.build(self.folder, "logged.S", "-march=rv32imac_zicsr", "-Wl,--no-relax")
        log = self.log(elf)
        self.assertEqual(log, self.golden(log))

    def test_the_order_of_instructions_is_that_of_qemu(self):
        elf = guest.build_with_firmware(self.folder, "work.c", "-DNO_TIMER")
        ours = re.findall(r"^core   0: 3 0x([0-9a-f]{8}) ", self.log(elf), re.M)
        trace = self.folder / "qemu.txt"
        qemu = guest.run_on_qemu(elf, "-singlestep", "-d", "exec,nochain", "-D", str(trace))
        self.assertEqual(qemu.returncode, 0, qemu.stderr)
        theirs = re.findall(r"^Trace 0: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/", trace.read_text(), re.M)
        theirs = theirs[theirs.index("80000000") + 1:]  # QEMU starts at the first byte, which jumps to the entry
        self.assertGreater(len(ours), 2000)
        self.assertEqual(ours, theirs)

    def test_windows_of_time_fit_together_at_every_quantum(self):
        elf = guest.build_with_firmware(self.folder, "work.c")
        whole = self.log(elf)
        for quantum in (1, 10_000_000):
            setting = ("--set", f"soc.cpu0.quantum_ns={quantum}")
            parts = [self.log(elf, "--log-to", "30us", *setting), self.log(elf, "--log-from", "30us", *setting)]
            self.assertEqual("".join(parts), whole)
            self.assertGreater(min(map(len, parts)), 1000)

    def test_a_window_of_a_function_holds_what_it_calls_and_ends_with_its_return(self):
        elf = guest.build_with_firmware(self.folder, "work.c")
        lines = self.log(elf, "--log-function", "ticks").splitlines()
        symbols = subprocess.run(["riscv64-unknown-elf-nm", elf], capture_output=True, text=True, check=True).stdout
        address = {name: value for value, _, name in (line.split() for line in symbols.splitlines())}
        pcs = [line.split()[3][2:] for line in lines]
        self.assertEqual(pcs[0], address["ticks"])
        self.assertEqual(pcs.count(address["ticks"]), 1)
        self.assertEqual(pcs.count(address["acknowledge"]), 3)  # in the interrupts on the way
        self.assertIn("(0x8082)", lines[-1])  # ret
        self.assertNotIn(address["fibonacci"], pcs)

    def test_a_name_in_gz_is_compressed_and_a_dash_is_the_standard_error(self):
        elf = guest.build(self.folder, "logged.S", "-march=rv32imac_zicsr", "-Wl,--no-relax")
        plain = self.log(elf)
        self.assertEqual(self.log(elf, name="log.gz"), plain)
        result = cairn("boot", elf, "--quiet", "--log-instructions", "-")
        self.assertEqual(result.err, plain)

    def test_mistakes_are_refused_in_one_sentence(self):
        hello = program.PROGRAM.parent / "firmware/hello.elf"
        for arguments, says in [(("--log-instructions", "/nowhere/log"), "/nowhere"),
                                (("--log-instructions", "-", "--log-function", "nix"), "nix"),
                                (("--log-function", "main"), "--log-instructions"),
                                (("--log-instructions", "-", "--log-from", "soon"), "--log-from soon")]:
            result = cairn("boot", hello, *arguments)
            self.assertEqual((result.status, result.out), (2, ""), result.err)
            self.assertEqual(len(result.err.splitlines()), 1, result.err)
            self.assertIn(says, result.err)


if __name__ == "__main__":
    program.main(unittest)
