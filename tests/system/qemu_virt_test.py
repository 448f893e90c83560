"""An ELF built for QEMU's virt board prints the same text on it and here."""
import pathlib
import tempfile
import unittest

import guest
import program
from program import cairn


class QemuVirtTest(unittest.TestCase):
    def test_devices_interrupts_and_faults_print_the_same_text(self):
        with tempfile.TemporaryDirectory() as holder:
            elf = guest.build(pathlib.Path(holder), "virt.c")
            expected = guest.run_on_qemu(elf)
            for quantum in (100, 10_000, 1_000_000):
                ours = cairn("boot", elf, "--quiet", "--timeout", "1s", "--set", f"soc.cpu0.quantum_ns={quantum}")
                self.assertEqual(ours.out, expected.stdout)
                self.assertIn("by interrupt through the PLIC\n", ours.out)
                self.assertTrue(ours.out.endswith("end\n"))
                self.assertEqual((ours.status, expected.returncode), (1, 7))
                self.assertIn("failure code 7", ours.err)


if __name__ == "__main__":
    program.main(unittest)
