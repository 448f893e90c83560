"""Programs that go wrong: exit status 3 and a post-mortem that names the function."""
import pathlib
import tempfile
import unittest

import guest
import program
from program import cairn


class FailureTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def check(self, elf: pathlib.Path, *texts: str):
        result = cairn("boot", elf, "--timeout", "5ms")
        self.assertEqual(result.status, 3, result.err)
        for text in texts:
            self.assertIn(text, result.err)

    def bare(self, what: str, *texts: str):
        """A program without a trap handler."""
        self.check(guest.build(self.folder, "failure.c", "-DBARE", f"-DFAIL={what}"), *texts)

    def booted(self, what: str, *texts: str):
        """A program with the firmware's start code and trap handler."""
        self.check(guest.build_with_firmware(self.folder, "failure.c", f"-DFAIL={what}"), *texts)

    def test_an_illegal_instruction(self):
        self.bare("illegal", "illegal instruction", "illegal+")
        self.booted("illegal", "illegal instruction", "illegal+")

    def test_a_load_from_nowhere(self):
        self.bare("load_from_nowhere", "load access fault", "0x90000000", "load_from_nowhere+")
        self.booted("load_from_nowhere", "load access fault", "0x90000000", "load_from_nowhere+")

    def test_a_jump_into_a_device(self):
        self.bare("jump_into_device", "0x02000000, which is clint", "jump_into_device+")
        self.booted("jump_into_device", "0x02000000", "jump_into_device+")

    def test_a_stack_overflow(self):
        self.booted("stack_overflow", "stack overflow", "recurse")

    def test_an_endless_loop_with_a_timeout(self):
        self.bare("endless_loop", "did not finish within 5 ms (--timeout)", "endless_loop+")
        self.booted("endless_loop", "did not finish within 5 ms (--timeout)", "endless_loop+")


if __name__ == "__main__":
    program.main(unittest)
