"""A simulation that serves debuggers, the real GDB at it, and a debugger of raw bytes."""
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import guest
import program

SOURCE = guest.GUESTS / "debuggee.c"
COMPUTE, SPIN, SLEEP, CRASH = range(4)


def compile_debuggee(folder: pathlib.Path, *flags: str) -> pathlib.Path:
    elf = folder / "debuggee.elf"
    subprocess.run(["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-O1", "-g", "-ffreestanding", "-nostdlib",
                    "-Wl,-Ttext-segment=0x80000000", *flags, SOURCE, "-o", elf], check=True)
    return elf


class Simulation:
    """`cairn ... --gdb 0`; with `wait` nothing is executed before a debugger says so."""

    def __init__(self, *arguments, wait: bool = True):
        self.process = subprocess.Popen([program.PROGRAM, *map(str, arguments), "--gdb", "0,wait" if wait else "0"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.port = 0
        for line in self.process.stderr:
            if found := re.fullmatch(rb"gdb: listening on 127\.0\.0\.1:(\d+)\n", line):
                self.port = int(found[1])
                break
        assert self.port, "it does not listen"
        self.status, self.out, self.err = None, b"", b""
        self.bytes_out = threading.Semaphore(0)  # one for each byte that the firmware sent
        self.readers = [threading.Thread(target=self._read, args=a) for a in (("out", self.process.stdout), ("err", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def _read(self, name: str, stream) -> None:
        while byte := stream.read(1):
            setattr(self, name, getattr(self, name) + byte)
            if name == "out":
                self.bytes_out.release()

    def wait_for_output(self) -> None:
        assert self.bytes_out.acquire(timeout=20), "the firmware sent nothing"

    def finish(self) -> int:
        """Waits for the end; the exit status."""
        self.status = self.process.wait(timeout=40)
        self.close()
        return self.status

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


class Gdb:
    """GDB in batch mode: attaches, and executes the commands one after the other."""

    def __init__(self, port: int, elf: pathlib.Path, *commands: str):
        start = ["set confirm off", "set width 0", "set height 0", "set style enabled off", f"target remote 127.0.0.1:{port}"]
        self.process = subprocess.Popen(["gdb-multiarch", "-nx", "-batch", *(w for c in (*start, *commands) for w in ("-ex", c)), elf],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        start_new_session=True)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def output(self) -> str:
        text, _ = self.process.communicate(timeout=40)
        return text


class RawDebugger:
    """Speaks the protocol byte by byte, and wrongly if it has to."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.received = b""

    @staticmethod
    def frame(data: bytes) -> bytes:
        return b"$" + data + b"#%02x" % (sum(data) & 0xff)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self, count: int) -> bytes:
        while len(self.received) < count:
            more = self.socket.recv(4096)
            if not more:
                raise EOFError(f"closed after {self.received!r}")
            self.received += more
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def packet(self) -> bytes:
        """The data of the next packet, which must be well formed."""
        while (c := self.receive(1)) == b"+":
            pass
        assert c == b"$", c
        data = b""
        while (c := self.receive(1)) != b"#":
            data += c
        assert int(self.receive(2), 16) == sum(data) & 0xff
        return data

    def ask(self, data: bytes) -> bytes:
        self.send(self.frame(data))
        answer = self.packet()
        self.send(b"+")
        return answer

    def is_closed(self) -> bool:
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.socket.close()


class DebuggedTest(unittest.TestCase):
    """Simulations of one small program, ended with their test."""
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.elf = compile_debuggee(cls.folder)

    def simulation(self, *arguments, wait: bool = True) -> Simulation:
        simulation = Simulation(*(arguments or ("boot", self.elf)), wait=wait)
        self.addCleanup(simulation.close)
        return simulation
