"""Wrong files and options: one sentence that names the place, exit status 2, and nothing half-written."""
import pathlib
import tempfile
import unittest

import onnx

import program
from program import MODEL, cairn


class RefusalTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def refused(self, *arguments, says: list[str], status: int = 2):
        """Runs, and expects one line on stderr with all of `says`, the status, and no new file."""
        before = sorted(p.name for p in self.folder.iterdir())
        result = cairn(*arguments, cwd=self.folder)
        self.assertEqual(result.status, status, result.err)
        self.assertEqual(result.out, "")
        lines = result.err.strip().splitlines()
        self.assertEqual(len(lines), 1, result.err)
        for text in says:
            self.assertIn(text, lines[0])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), before)

    def write(self, name: str, data: bytes) -> pathlib.Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def test_a_ring_of_exactly_what_the_network_needs_runs_and_one_row_less_is_refused(self):
        # Bytes, conv1: 28 x 28 8-bit pixels make room for 32 4-bit channels as they die: 12574 in whole words.
        needed = 12576
        fits = cairn("run", "fashion", "--count", 1, "--quiet", "--set", f"soc.npu0.features.bytes={needed}")
        self.assertEqual((fits.status, fits.err), (0, ""))
        row = 28
        self.refused("run", "fashion", "--set", f"soc.npu0.features.bytes={(needed - row) // 8 * 8}", "--json", "r.json",
                     "--outputs", "o.npy", "--vcd", "w.vcd", says=["'conv1'", str(needed), "12544"])

    def test_a_weight_memory_too_small_for_one_channel_is_refused_with_the_layer(self):
        self.refused("run", "fashion", "--set", "soc.npu0.weights.bytes=64", says=["'conv1'", "80 bytes", "64"])

    def test_a_job_for_another_configuration_is_refused_by_the_firmware(self):
        job = self.folder / "other.job"
        made = cairn("compile", MODEL, "--core", "ms", "--set", "soc.npu0.ms.tile_channels=32", "-o", job)
        self.assertEqual(made.status, 0, made.err)
        result = cairn("run", job, "--count", 1)
        self.assertEqual(result.status, 1, result.err)
        self.assertIn("built for another configuration of this core", result.err)

    def test_truncated_and_damaged_jobs_are_refused(self):
        job = self.folder / "fashion.job"
        self.assertEqual(cairn("compile", MODEL, "--core", "ms", "-o", job).status, 0)
        image = bytearray(job.read_bytes())
        self.refused("run", self.write("short.job", image[:5000]), says=["short.job"])
        self.refused("run", self.write("tiny.job", image[:10]), says=["tiny.job"])
        image[-1] ^= 1
        self.refused("run", self.write("damaged.job", image), says=["damaged.job", "CRC"])

    def test_an_unknown_node_is_refused_by_name(self):
        model = onnx.load(str(MODEL))
        next(n for n in model.graph.node if n.op_type == "Relu").op_type = "Softplus"
        onnx.save(model, str(self.folder / "odd.onnx"))
        self.refused("run", "odd.onnx", says=["odd.onnx", "conv1.relu", "Softplus"])
        self.refused("compile", "odd.onnx", "--core", "ms", "-o", "odd.job", says=["odd.onnx", "Softplus"])

    def test_files_that_are_missing_empty_or_no_model_are_refused(self):
        self.refused("run", "missing.onnx", says=["missing.onnx"])
        self.refused("run", self.write("empty.onnx", b""), says=["empty.onnx"])
        self.refused("run", self.write("text.onnx", b"hello " * 100), says=["text.onnx"])
        self.refused("run", self.write("half.onnx", MODEL.read_bytes()[:300_000]), says=["half.onnx"])
        self.refused("run", "fashion", "--input", "missing.npy", says=["missing.npy"])
        self.refused("run", "fashion", "--input", self.write("bad.npy", b"\x93NUMPY\x01\x00\xff\xff{"), says=["bad.npy"])
        self.refused("boot", "missing.elf", says=["missing.elf"])
        self.refused("boot", self.write("short.elf", b"\x7fELF\x01\x01\x01"), says=["short.elf"])

    def test_bad_options_are_refused(self):
        self.refused("run", "nosuch", says=["nosuch", "fashion"])
        self.refused("run", "fashion", "--bogus", says=["--bogus"])
        self.refused("run", "fashion", "--core", "abacus", says=["abacus"])
        self.refused("run", "fashion", "--set", "soc.npu0.clock=1", says=["soc.npu0.clock", "soc.npu0.clock_hz"])
        self.refused("run", "fashion", "--set", "soc.npu0.clock_hz=fast", says=["soc.npu0.clock_hz", "fast"])
        self.refused("run", "fashion", "--vcd", "/nowhere/w.vcd", says=["/nowhere/w.vcd"])
        self.refused("run", "fashion", "--json", "/nowhere/r.json", says=["/nowhere/r.json"])
        self.refused("frobnicate", says=["frobnicate"])

    def test_an_elf_that_does_not_fit_is_refused_with_the_map(self):
        elf = bytearray((program.PROGRAM.parent / "firmware/hello.elf").read_bytes())
        first_header = int.from_bytes(elf[28:32], "little")
        elf[24:28] = (0x6000_0000).to_bytes(4, "little")  # the entry goes with them
        for i in range(int.from_bytes(elf[44:46], "little")):  # every segment to where nothing is
            at = first_header + 32 * i
            for field in (8, 12):
                elf[at + field:at + field + 4] = (0x6000_0000 + 0x10_0000 * i).to_bytes(4, "little")
        result = cairn("boot", self.write("far.elf", elf))
        self.assertEqual(result.status, 2)
        self.assertIn("far.elf", result.err)
        self.assertIn("0x60", result.err)
        self.assertIn("dram", result.err)


class FailureTest(unittest.TestCase):
    """The simulated system fails: exit status 3, and who waits for what."""

    def test_a_run_out_of_simulated_time_says_where_it_stood(self):
        result = cairn("run", "fashion", "--count", 1, "--timeout", "100us")
        self.assertEqual(result.status, 3, result.err)
        self.assertIn("100", result.err)
        self.assertRegex(result.err, "npu0")

    def test_a_program_that_traps_without_a_handler_names_the_trap(self):
        # a0 = 0; lw a0, 0(zero): nothing lies at address 0, and mtvec was never set
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        code = (0x00002503).to_bytes(4, "little")
        header = bytearray(52 + 32)
        header[:7] = b"\x7fELF\x01\x01\x01"
        for offset, size, value in [(16, 2, 2), (18, 2, 243), (20, 4, 1), (24, 4, 0x8000_0000), (28, 4, 52), (40, 2, 52),
                                    (42, 2, 32), (44, 2, 1), (46, 2, 40)]:
            header[offset:offset + size] = value.to_bytes(size, "little")
        for offset, value in [(0, 1), (4, 84), (8, 0x8000_0000), (12, 0x8000_0000), (16, 4), (20, 4), (24, 5), (28, 4)]:
            header[52 + offset:56 + offset] = value.to_bytes(4, "little")
        elf = pathlib.Path(holder.name) / "trap.elf"
        elf.write_bytes(bytes(header) + code)
        result = cairn("boot", elf)
        self.assertEqual(result.status, 3, result.err)
        self.assertIn("load access fault", result.err)


if __name__ == "__main__":
    program.main(unittest)
