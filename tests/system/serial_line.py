"""The monitor shell of the built program, and a line to its serial port that waits for what is expected."""
import os
import pathlib
import select
import subprocess
import tempfile
import time
import unittest

import program

PROMPT = b"\r\n> "
DEADLINE = 30  # seconds until a test that waits for something gives up


def shell_elf():
    return program.PROGRAM.parent / "firmware/shell.elf"


class Line:
    """Reads and writes bytes of one file descriptor, waiting for what is expected."""

    def __init__(self, reader, writer=None):
        self.reader, self.writer, self.seen = reader, writer if writer is not None else reader, b""

    def send(self, data: bytes):
        while data:
            data = data[os.write(self.writer, data):]

    def until(self, expected: bytes) -> bytes:
        """What came up to and with `expected`."""
        end = time.monotonic() + DEADLINE
        while expected not in self.seen:
            ready, _, _ = select.select([self.reader], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"{expected!r} did not come in {DEADLINE} s; this did: {self.seen!r}")
            try:
                more = os.read(self.reader, 65536)
            except OSError as error:
                raise AssertionError(f"the line is gone ({error}) before {expected!r}; this came: {self.seen!r}") from error
            if not more:
                raise AssertionError(f"the line ended before {expected!r}; this came: {self.seen!r}")
            self.seen += more
        at = self.seen.index(expected) + len(expected)
        found, self.seen = self.seen[:at], self.seen[at:]
        return found

    def command(self, text: bytes) -> str:
        """Types a command at the shell's prompt; what it printed."""
        self.send(text + b"\r")
        self.until(text)
        self.until(b"\n")
        return self.until(b"> ").decode().replace("\r", "").removesuffix("> ")


class ConsoleTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def start(self, *arguments, **options) -> subprocess.Popen:
        run = subprocess.Popen([program.PROGRAM, *map(str, arguments)], **options)
        self.addCleanup(self.stop, run)
        return run

    @staticmethod
    def stop(run: subprocess.Popen):
        for stream in (run.stdin, run.stdout, run.stderr):
            if stream:
                stream.close()
        if run.poll() is None:
            run.kill()
        run.wait()

    def boot(self, where: str, *more) -> subprocess.Popen:
        """The shell with its serial port on `where`, which the program prints on stderr."""
        return self.start("boot", shell_elf(), "--uart", where, *more, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)

    def ends(self, run: subprocess.Popen, status: int) -> str:
        out, err = run.communicate(timeout=DEADLINE)
        text = (err or b"").decode()
        self.assertEqual(run.returncode, status, text)
        return text

    def assemble(self, text: str) -> pathlib.Path:
        source = self.folder / "program.S"
        source.write_text(text)
        subprocess.run(["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-nostdlib",
                        "-Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000", source, "-o", source.with_suffix(".elf")], check=True)
        return source.with_suffix(".elf")
