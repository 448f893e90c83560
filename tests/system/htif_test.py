"""tohost, fromhost and the signature: programs in the style of the public RISC-V test suites."""
import json
import pathlib
import tempfile
import unittest

import guest
import program
from program import cairn


class HtifTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def test_a_passing_test_program_ends_with_status_0_and_a_failing_one_names_its_case(self):
        passing = guest.build(self.folder, "add_test.S", "-DEXPECTED=5", name="pass")
        self.assertEqual(cairn("boot", passing, "--quiet", "--timeout", "10ms").status, 0)
        failing = guest.build(self.folder, "add_test.S", "-DEXPECTED=6", name="fail")
        result = cairn("boot", failing, "--quiet", "--timeout", "10ms")
        self.assertEqual(result.status, 1)
        self.assertIn("failure code 3", result.err)

    def test_the_run_ends_with_the_store_to_tohost_whatever_the_quantum(self):
        elf = guest.build(self.folder, "add_test.S", "-DEXPECTED=5")
        counts = set()
        for quantum in (1, 100, 1_000_000):
            report = self.folder / "report.json"
            cairn("boot", elf, "--quiet", "--set", f"soc.cpu0.quantum_ns={quantum}", "--json", report)
            run = json.loads(report.read_text())
            counts.add((run["instructions"], run["sim_seconds"]))
        self.assertEqual(len(counts), 1, counts)
        # 11 to the first case, 3 cases of 5 (one constant is two instructions long), 5 for the pass, 4 to the store.
        self.assertIn(counts.pop()[0], range(25, 40))

    def test_the_signature_is_the_memory_between_its_symbols(self):
        elf = guest.build(self.folder, "signature_test.S")
        out = self.folder / "signature"
        self.assertEqual(cairn("boot", elf, "--quiet", "--signature", out).status, 0)
        self.assertEqual(out.read_text(), "12345678\n12345677\ndead5678\ndead78ef\ndeadbeef\n")
        self.assertEqual(cairn("boot", elf, "--quiet", "--signature", out, "--signature-granularity", 16).status, 0)
        self.assertEqual(out.read_text(), "dead78efdead56781234567712345678\n000000000000000000000000deadbeef\n")

    def test_a_signature_without_its_symbols_is_refused(self):
        elf = guest.build(self.folder, "add_test.S", "-DEXPECTED=5")
        result = cairn("boot", elf, "--signature", self.folder / "signature")
        self.assertEqual(result.status, 2)
        self.assertIn("begin_signature", result.err)
        self.assertFalse((self.folder / "signature").exists())

    def test_characters_and_system_calls_print(self):
        elf = guest.build(self.folder, "htif_console.c")
        result = cairn("boot", elf, "--quiet", "--timeout", "10ms")
        self.assertEqual((result.status, result.out), (1, "by character\nby system call\n"))
        self.assertIn("failure code 5", result.err)


if __name__ == "__main__":
    program.main(unittest)
