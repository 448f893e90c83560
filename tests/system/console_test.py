"""The serial port on pipes, a pty, a TCP port and files, with the monitor shell at the other end."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest

import program
from program import cairn
from serial_line import DEADLINE, PROMPT, ConsoleTest, Line, shell_elf


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class PipeTest(ConsoleTest):
    def test_without_a_standard_input_nothing_is_received(self):
        result = subprocess.run(["sh", "-c", 'exec "$0" boot "$1" <&-', program.PROGRAM, shell_elf()], capture_output=True,
                                text=True, timeout=DEADLINE)
        self.assertEqual((result.returncode, result.stdout), (3, "Cairn monitor; help lists the commands.\n> "), result.stderr)

    def test_a_script_on_a_pipe_is_typed_into_the_shell(self):
        result = cairn("boot", shell_elf(), input="echo first\necho  second  word\nnonsense\npoke 3 1\npeek\nexit\n")
        self.assertEqual(result.status, 0, result.err)
        for text in ("> echo first\nfirst\n", "second  word\n", "no command 'nonsense'", "00000003 is no multiple of 4",
                     "usage: peek ADDR"):
            self.assertIn(text, result.out)

    def test_memory_is_looked_at_and_changed_and_a_fault_does_not_end_the_shell(self):
        result = cairn("boot", shell_elf(), input="poke 0x80400000 0x6e726961\npeek 0x80400000\ndump 0x80400000 20\n"
                       "peek 0x60000000\npoke 0x60000000 1\npeek 4294967296\nexit 9\n")
        self.assertEqual(result.status, 1, result.err)
        self.assertIn("failure code 9", result.err)
        self.assertIn("80400000: 6e726961\n", result.out)
        self.assertIn("80400000: 61 69 72 6e 00 00 00 00 00 00 00 00 00 00 00 00  airn............\n", result.out)
        self.assertEqual(result.out.count("60000000: access fault\n"), 2)
        self.assertIn("'4294967296' is no number", result.out)

    def test_the_end_of_the_input_ends_nothing_but_a_program_that_waits_for_more(self):
        result = cairn("boot", shell_elf(), input="echo done\n")
        self.assertEqual(result.status, 3)
        self.assertIn("\ndone\n", result.out)
        self.assertIn("deadlock", result.err)
        self.assertIn("uart0 waits for input, and none can come any more", result.err)
        hello = cairn("boot", program.PROGRAM.parent / "firmware/hello.elf", input="")
        self.assertEqual((hello.status, hello.out.count("The timer woke me")), (0, 1), hello.err)

    def test_a_shell_that_waits_burns_no_time_of_the_host_and_none_simulated(self):
        run = self.start("boot", shell_elf(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = Line(run.stdout.fileno(), run.stdin.fileno())
        line.until(PROMPT)
        before = line.command(b"time")
        used, began = cpu_seconds(run.pid), time.monotonic()
        time.sleep(0.5)  # what is measured: this long with nothing to do
        self.assertLess(cpu_seconds(run.pid) - used, 0.25 * (time.monotonic() - began))
        after = line.command(b"time")
        passed = [int(re.match(r"(\d+) us", text)[1]) for text in (before, after)]
        self.assertLess(passed[1] - passed[0], 20_000)
        run.stdin.write(b"exit 0\r")
        run.stdin.close()
        run.stdin = None
        self.ends(run, 0)

    def test_an_interrupt_ends_a_shell_that_waits(self):
        run = self.start("boot", shell_elf(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        Line(run.stdout.fileno()).until(PROMPT)
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(DEADLINE), 130)

    def test_a_program_that_no_input_could_wake_is_a_deadlock_even_at_an_open_pipe(self):
        elf = self.assemble(".globl _start\n_start: wfi\n j _start\n")
        run = self.start("boot", elf, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(run.wait(DEADLINE), 3)
        self.assertIn(b"deadlock", run.stderr.read())

    def test_the_same_script_gives_the_same_text_on_qemu(self):
        script = b"help\recho twice\rpeek 0x10000004\rpoke 0x80400000 77\rdump 0x80400000 16\rpeek 0xf0000000\rexit 0\r"
        here = subprocess.run([program.PROGRAM, "boot", shell_elf(), "--quiet"], input=script, capture_output=True, timeout=DEADLINE)
        self.assertEqual(here.returncode, 0, here.stderr)
        qemu = self.start_program("qemu-system-riscv32", "-M", "virt", "-bios", "none", "-display", "none", "-serial", "stdio",
                                  "-kernel", shell_elf())
        there = Line(qemu.stdout.fileno(), qemu.stdin.fileno())
        text = there.until(PROMPT)
        for command in script.split(b"\r")[:-2]:  # QEMU does not wait for the FIFO: a line at a time
            there.send(command + b"\r")
            text += there.until(PROMPT)
        there.send(b"exit 0\r")
        text += there.until(b"exit 0\r\n")
        self.assertEqual(here.stdout, text)

    def start_program(self, *command) -> subprocess.Popen:
        run = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.stop, run)
        return run


class PtyTest(ConsoleTest):
    def name_of_device(self, run: subprocess.Popen) -> str:
        name = Line(run.stderr.fileno()).until(b"\n").decode().strip().removeprefix("uart: ")
        self.assertTrue(name.startswith("/dev/pts/"), name)
        return name

    def open_device(self, name: str):
        device = open(name, "r+b", buffering=0, opener=lambda path, flags: os.open(path, flags | os.O_NOCTTY))
        self.addCleanup(device.close)
        return device

    def test_the_device_is_a_serial_line_to_the_shell(self):
        run = self.boot("pty")
        device = self.open_device(self.name_of_device(run))
        line = Line(device.fileno())
        line.until(b"Cairn monitor")
        line.until(PROMPT)
        self.assertEqual(line.command(b"echo through the pty"), "through the pty\n")
        line.send(b"exit 0\r")
        line.until(b"exit 0\r\n")
        self.ends(run, 0)

    def test_what_is_sent_while_nobody_has_the_device_open_is_kept(self):
        run = self.boot("pty")
        name = self.name_of_device(run)
        with self.open_device(name) as device:
            line = Line(device.fileno())
            line.until(PROMPT)
            line.send(b"echo kept\r")
        device = self.open_device(name)
        again = Line(device.fileno())
        again.until(b"kept\r\n> ")
        again.send(b"exit 4\r")
        again.until(b"exit 4\r\n")
        self.assertIn("failure code 4", self.ends(run, 1))


class TcpTest(ConsoleTest):
    def port_of(self, run: subprocess.Popen) -> int:
        text = Line(run.stderr.fileno()).until(b"\n").decode()
        self.assertRegex(text, r"^uart: listening on 127\.0\.0\.1:\d+\n$")
        return int(text.rpartition(":")[2])

    def connect(self, port: int) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.addCleanup(client.close)
        return client

    def test_clients_come_and_go_one_at_a_time(self):
        run = self.boot("tcp:0")
        port = self.port_of(run)
        first = self.connect(port)
        line = Line(first.fileno())
        line.until(PROMPT)
        self.assertEqual(line.command(b"echo one"), "one\n")
        second = self.connect(port)
        self.assertIn(b"another client", second.recv(1000))
        self.assertEqual(second.recv(1000), b"")
        self.assertEqual(line.command(b"echo still here"), "still here\n")
        first.close()
        third = Line(self.connect(port).fileno())
        third.send(b"echo two\r")
        third.until(b"two\r\n> ")
        third.send(b"exit 3\r")
        third.until(b"exit 3\r\n")
        self.assertIn("failure code 3", self.ends(run, 1))

    def test_with_wait_nothing_runs_before_the_first_client(self):
        run = self.start("boot", program.PROGRAM.parent / "firmware/hello.elf", "--uart", "tcp:0,wait", stdin=subprocess.DEVNULL,
                         stderr=subprocess.PIPE)
        port = self.port_of(run)
        self.assertIsNone(run.poll())
        client = self.connect(port)
        text = b""
        while more := client.recv(4096):
            text += more
        self.assertEqual(text, b"Hello from Cairn.\r\nThe timer woke me after 100 us.\r\n")
        self.ends(run, 0)

    def test_an_interrupt_ends_the_wait_for_a_client(self):
        run = self.boot("tcp:0,wait")
        self.port_of(run)
        run.send_signal(signal.SIGINT)
        self.ends(run, 130)


class FileTest(ConsoleTest):
    def test_input_from_a_file_gives_the_same_run_every_time_and_at_every_quantum(self):
        script = self.folder / "in.txt"
        script.write_text("help\ntime\n" + "echo 0123456789012345678901234567890123456789\n" * 20 + "time\nexit 0\n")
        runs = []
        for number, quantum in enumerate((10_000, 10_000, 70, 1_000_000)):
            out, report = self.folder / f"{number}.txt", self.folder / f"{number}.json"
            result = cairn("boot", shell_elf(), "--uart", f"file:{out},{script}", "--json", report, "--set",
                           f"soc.cpu0.quantum_ns={quantum}", stdin=subprocess.DEVNULL)
            self.assertEqual((result.status, result.out.count("echo")), (0, 0), result.err)
            counts = json.loads(report.read_text())
            runs.append((out.read_bytes(), counts["instructions"], counts["sim_seconds"]))
        self.assertEqual(runs[0][0].count(b"\n0123456789012345678901234567890123456789\r\n"), 20)
        self.assertEqual(runs.count(runs[0]), len(runs))

    def test_a_file_as_standard_input_gives_that_run_too(self):
        script = self.folder / "in.txt"
        script.write_text("time\nexit 0\n")
        texts = set()
        for _ in range(2):
            with script.open() as file:
                result = cairn("boot", shell_elf(), stdin=file)
            self.assertEqual(result.status, 0, result.err)
            texts.add(result.out)
        by_option = cairn("boot", shell_elf(), "--uart", f"file:{self.folder / 'out.txt'},{script}", stdin=subprocess.DEVNULL)
        self.assertEqual(by_option.status, 0, by_option.err)
        texts.add((self.folder / "out.txt").read_bytes().decode().replace("\r\n", "\n"))
        self.assertEqual(len(texts), 1, texts)

    def test_none_neither_prints_nor_reads(self):
        result = cairn("boot", program.PROGRAM.parent / "firmware/hello.elf", "--uart", "none", "--quiet", input="ignored")
        self.assertEqual((result.status, result.out, result.err), (0, "", ""))

    def test_run_takes_the_option_too(self):
        out = self.folder / "uart.txt"
        result = cairn("run", "fashion", "--count", 1, "--firmware", program.PROGRAM.parent / "firmware/hello.elf", "--no-check",
                       "--uart", f"file:{out}", stdin=subprocess.DEVNULL)
        self.assertEqual(out.read_bytes(), b"Hello from Cairn.\r\nThe timer woke me after 100 us.\r\n", result.err)
        self.assertNotIn("Hello", result.out + result.err)


class RefusalTest(ConsoleTest):
    def refused(self, where: str, *says: str):
        result = cairn("boot", shell_elf(), "--uart", where, cwd=self.folder, stdin=subprocess.DEVNULL)
        self.assertEqual((result.status, result.out), (2, ""), result.err)
        self.assertEqual(len(result.err.splitlines()), 1, result.err)
        for text in says:
            self.assertIn(text, result.err)

    def test_a_wrong_value_is_one_sentence_and_status_2(self):
        for where in ("tty", "tcp:70000", "tcp:1,later", "file:"):
            self.refused(where, f"--uart {where}:")
        self.refused("file:out.txt,absent.txt", "absent.txt", "No such file")
        self.assertFalse((self.folder / "out.txt").exists())
        self.refused("file:out.txt,.", "directory")
        self.refused("file:absent/out.txt", "absent/out.txt")
        (self.folder / "same.txt").write_text("kept")
        self.refused("file:same.txt,same.txt", "the same file")
        self.assertEqual((self.folder / "same.txt").read_text(), "kept")

    def test_a_port_that_is_taken_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.refused(f"tcp:{port}", f"127.0.0.1:{port}", "in use")


if __name__ == "__main__":
    program.main(unittest)
