"""The serial port at a terminal: raw mode, the escape key, and the terminal as it was on every way out."""
import os
import pty
import signal
import subprocess
import termios
import unittest

import program
from serial_line import DEADLINE, ConsoleTest, Line, shell_elf


class TerminalTest(ConsoleTest):
    """The program in the foreground of a terminal of its own."""

    def setUp(self):
        super().setUp()
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.line = Line(self.master)
        self.before = termios.tcgetattr(self.slave)

    def boot_here(self, elf=None) -> subprocess.Popen:
        def take_terminal():
            os.setsid()
            os.close(os.open(os.ttyname(0), os.O_RDWR))  # the first one opened is the controlling terminal
        return self.start("boot", elf or shell_elf(), stdin=self.slave, stdout=self.slave, stderr=self.slave,
                          preexec_fn=take_terminal)

    def is_raw(self) -> bool:
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)

    def ends_cooked(self, run: subprocess.Popen, status: int):
        self.assertEqual(run.wait(DEADLINE), status)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def shell_here(self) -> subprocess.Popen:
        run = self.boot_here()
        self.line.until(b"Ctrl-a x ends the run")
        self.line.until(b"> ")
        self.assertTrue(self.is_raw())
        return run

    def test_control_a_x_ends_the_run(self):
        run = self.shell_here()
        self.assertEqual(self.line.command(b"echo typed"), "typed\n")
        self.line.send(b"\x01h")
        self.line.until(b"sends Ctrl-a to the program")
        self.line.send(b"\x01\x01x\r")  # the program's: an x
        self.line.until(b"no command 'x'")
        self.line.send(b"\x01x")
        self.ends_cooked(run, 130)

    def test_control_c_belongs_to_the_program(self):
        run = self.shell_here()
        self.line.send(b"echo never\x03")
        self.line.until(b"^C")
        self.line.send(b"exit 0\r")
        self.ends_cooked(run, 0)

    def test_control_a_x_ends_a_program_that_never_listens(self):
        elf = self.assemble(".globl _start\n_start: j _start\n")
        run = self.boot_here(elf)
        self.line.until(b"Ctrl-a x ends the run")
        self.line.send(b"x" * 3000 + b"\x01x")
        self.ends_cooked(run, 130)

    def test_the_terminal_is_itself_again_after_every_signal(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP),
                               (signal.SIGSEGV, -signal.SIGSEGV), (signal.SIGABRT, -signal.SIGABRT), (signal.SIGPIPE, -signal.SIGPIPE)):
            with self.subTest(signal=number.name):
                run = self.shell_here()
                run.send_signal(number)
                self.ends_cooked(run, status)

    def test_in_the_background_the_terminal_is_left_alone(self):
        run = self.start("boot", program.PROGRAM.parent / "firmware/hello.elf", stdin=self.slave, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, start_new_session=True)
        out, _ = run.communicate(timeout=DEADLINE)
        self.assertIn(b"The timer woke me", out)
        self.ends_cooked(run, 0)


if __name__ == "__main__":
    program.main(unittest)
