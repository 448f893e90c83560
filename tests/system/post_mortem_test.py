"""A system that fails: exit status 3, one sentence that names the function, a backtrace, the last transactions."""
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

import guest
import program
from program import cairn


class PostMortemTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def build(self, fault: str, *flags: str) -> pathlib.Path:
        return guest.build_with_firmware(self.folder, "faults.c", f"-DFAULT={fault}", *flags)

    def fails(self, fault: str, *flags: str, timeout: str = "20ms"):
        """Runs guests/faults.c; returns the message, the text below it and the JSON's `failure`."""
        report = self.folder / "run.json"
        result = cairn("boot", self.build(fault, *flags), "--quiet", "--timeout", timeout, "--json", report)
        self.assertEqual(result.status, 3, result.err)
        message, _, rest = result.err.partition("\n")
        return message, rest, json.loads(report.read_text())["failure"]

    def functions(self, failure) -> list[str]:
        return [frame["function"] for frame in failure["backtrace"]]

    def test_faults_name_the_function_the_line_and_the_address(self):
        source = (guest.GUESTS / "faults.c").read_text().splitlines()
        for function, cause, says in [("load_nowhere", 5, "it read 0x60000000, where nothing is"),
                                      ("store_nowhere", 7, "it wrote 0x60000000, where nothing is"),
                                      ("call_nowhere", 1, "the program jumped to 0x60000000, where nothing is"),
                                      ("illegal_instruction", 2, "illegal instruction in")]:
            with self.subTest(function):
                message, text, failure = self.fails(f"{function}()")
                self.assertIn(says, message)
                self.assertIn(f" in {function} (", message)
                self.assertEqual((failure["reason"], failure["function"], failure["mcause"]), ("trap", function, cause))
                file, line = failure["source"].rsplit(":", 1)
                self.assertTrue(file.endswith("guests/faults.c"))
                body = next(i for i, text in enumerate(source, 1) if f"void {function}(void) {{" in text)
                self.assertIn(int(line), range(body, body + 4))
                self.assertEqual(self.functions(failure)[-3:], [function, "main", "_start"])
                self.assertRegex(text, rf"#\d +0x[0-9a-f]+ in main\+0x[0-9a-f]+ at .*faults\.c:\d+")
                self.assertRegex(text, r"pc    [0-9a-f]{8}  ra    [0-9a-f]{8}  sp    [0-9a-f]{8}")

    def test_a_jump_into_a_device_names_the_device_and_who_jumped(self):
        message, _, failure = self.fails("jump_to_device()")
        self.assertIn("jump_to_device", message)
        self.assertIn("0x10000000, which is uart0", message)
        self.assertEqual(self.functions(failure)[1:], ["jump_to_device", "main", "_start"])

    def test_a_runaway_recursion_is_a_stack_overflow_in_its_function(self):
        message, text, failure = self.fails("recurse(0)")
        self.assertRegex(message, r"stack overflow in recurse \(")
        self.assertEqual(failure["reason"], "stack overflow")
        self.assertRegex(text, r"\.\.\. \d+ more \.\.\.")
        self.assertRegex(text, r"in recurse\+[^\n]*\n[^\n]*in main\+[^\n]*\n[^\n]*in _start\+")

    def test_a_frame_larger_than_the_stack_is_a_stack_overflow_too(self):
        message, _, failure = self.fails("large_frame()")
        self.assertRegex(message, r"stack overflow in large_frame \(")
        self.assertEqual(failure["reason"], "stack overflow")

    def test_an_endless_loop_names_its_function_when_the_time_is_up(self):
        message, _, failure = self.fails("loop_for_ever()", timeout="2ms")
        self.assertIn("did not finish within 2 ms (--timeout); cpu0 is in loop_for_ever (", message)
        self.assertEqual(failure["reason"], "timeout")
        self.assertEqual(self.functions(failure), ["loop_for_ever", "main", "_start"])
        self.assertNotIn("mcause", failure)

    def test_a_sleep_without_end_is_a_deadlock_that_says_who_waits(self):
        message, text, failure = self.fails("sleep_for_ever()")
        self.assertIn("deadlock", message)
        self.assertIn("sleep_for_ever", message)
        self.assertIn("cpu0 waits for an interrupt", text)
        self.assertEqual(failure["reason"], "deadlock")

    def test_a_fault_in_an_interrupt_handler_shows_what_was_interrupted(self):
        _, text, failure = self.fails("fault_in_interrupt()")
        self.assertEqual(self.functions(failure), ["load_nowhere", "on_timer", "interrupts_dispatch", "trap_handle", "trap_entry",
                                                   "fault_in_interrupt", "main", "_start"])
        self.assertEqual(failure["backtrace"][5]["trap"], "machine timer interrupt")
        self.assertIn("(here came: machine timer interrupt)", text)

    def test_without_debug_information_the_functions_are_still_named(self):
        elf = self.build("load_nowhere()")
        subprocess.run(["riscv64-unknown-elf-strip", "--strip-debug", elf], check=True)
        result = cairn("boot", elf, "--quiet", "--json", self.folder / "run.json")
        self.assertEqual(result.status, 3)
        self.assertIn("load access fault in load_nowhere: it read", result.err)
        failure = json.loads((self.folder / "run.json").read_text())["failure"]
        self.assertEqual(self.functions(failure)[:2], ["load_nowhere", "main"])
        self.assertNotIn("source", failure)

    def test_transactions_show_devices_and_registers(self):
        _, text, _ = self.fails("sleep_for_ever()")
        self.assertRegex(text, r"cpu0 +write +1 B at 0x10000001 uart0\.ier +ok")
        self.assertRegex(text, r"cpu0 +write +4 B at 0x0c000028 plic\.priority\[10\] +ok")

    def test_a_parked_hart_waits_for_no_input(self):
        elf = self.build("load_nowhere()")
        with subprocess.Popen([program.PROGRAM, "boot", elf, "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as run:  # the input stays open
            self.assertEqual(run.wait(timeout=30), 3)
            self.assertIn("load access fault in load_nowhere", run.stderr.read())

    def test_ctrl_c_ends_with_a_post_mortem(self):
        elf = self.build("loop_for_ever()")
        with subprocess.Popen([program.PROGRAM, "boot", elf, "--quiet"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as run:
            while run.stdout.readline().strip() != "looping":
                self.assertIsNone(run.poll())
            run.send_signal(signal.SIGINT)
            _, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 130)
        self.assertIn("cpu0 is in loop_for_ever (", err)
        self.assertRegex(err, r"#1 +0x[0-9a-f]+ in main\+")


if __name__ == "__main__":
    program.main(unittest)
