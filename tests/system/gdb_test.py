"""Debugging the firmware with the real GDB."""
import json
import pathlib
import re
import unittest

import program
from debugged import COMPUTE, CRASH, SLEEP, SPIN, Gdb, Simulation, DebuggedTest
from program import cairn


class GdbTest(DebuggedTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firmware = program.PROGRAM.parent / "firmware"

    def gdb(self, simulation: Simulation, elf: pathlib.Path, *commands: str) -> Gdb:
        gdb = Gdb(simulation.port, elf, *commands)
        self.addCleanup(gdb.close)
        return gdb

    def debug(self, *commands: str) -> str:
        """Boots the debuggee, executes the commands; the simulation ends after them with a pass. What GDB printed."""
        simulation = self.simulation()
        said = self.gdb(simulation, self.elf, *commands).output()
        self.assertEqual(simulation.finish(), 0, said + simulation.err.decode())
        self.assertEqual(simulation.out, b"Y\n", said)
        return said

    def assert_says(self, said: str, *expected: str):
        """`expected` are regular expressions that match in this order."""
        at = 0
        for text in expected:
            found = re.compile(text).search(said, at)
            self.assertTrue(found, f"{text!r} is missing after position {at} of\n{said}")
            at = found.end()

    def test_breakpoint_backtrace_step_and_finish(self):
        said = self.debug("break factorial if n == 1", "continue", "backtrace", "finish", "delete", "tbreak accumulate",
                          "continue", "info args", "next", "stepi", "up", "info locals", "continue")
        self.assert_says(said, r"Breakpoint 1, factorial \(n=n@entry=1\)", r"#0 +factorial \(n=n@entry=1\)", r"#1 .* main \(\)",
                         r"Value returned is \$1 = 1", r"breakpoint 2, accumulate \(value=1\)", "value = 1",
                         r"\+\+rounds", r"main \(\)", "i = 1", r"exited normally")

    def test_recursion_shows_in_the_backtrace(self):
        said = self.debug("break factorial if n == 1", "ignore 1 3", "continue", "backtrace", "delete", "continue")
        self.assert_says(said, *(rf"#{n - 1} .*factorial \(n=n@entry={n}\)" for n in (1, 2, 3, 4)), "#4 .* main")

    def test_hardware_and_software_breakpoints_and_those_removed(self):
        said = self.debug("hbreak accumulate", "continue", "print rounds", "continue", "print rounds", "delete", "break main.c:1",
                          "tbreak factorial", "continue", "delete", "continue")
        self.assert_says(said, "Hardware assisted breakpoint 1", "Breakpoint 1, accumulate", r"\$1 = 0", "Breakpoint 1, accumulate",
                         r"\$2 = 1", "emporary breakpoint 2, factorial", "exited normally")

    def test_watchpoints(self):
        said = self.debug("watch total", "continue", "continue", "delete", "rwatch mode", "continue", "delete", "continue")
        self.assert_says(said, "Hardware watchpoint 1: total", "Old value = 0", "New value = 1", "accumulate", "Old value = 1",
                         "New value = 3", "Hardware read watchpoint 2: mode")
        said = self.debug("awatch mode", "continue", "delete", "watch rounds if rounds == 3", "continue", "print total", "delete",
                          "continue")
        self.assert_says(said, "access .* 1: mode", "Value = 0", "Old value = 2", "New value = 3", r"\$1 = 9")

    def test_registers_memory_and_code_can_be_read_and_written(self):
        said = self.debug("break accumulate", "continue", "print $a0", "print $pc == &accumulate", "info registers ra",
                          "set var table[2] = 0x12345678", "x/4xb &table[2]", "set var total = 100", "set $a0 = 7", "delete",
                          "finish", "print total", "set var total = 1", "print total",
                          "print $sp > (void*)&stack",
                          # In the place of `rounds += 1` a no-operation: the code that is executed changes.
                          "find /h1 &accumulate, +40, 0x0785", "set *(short*)$_ = 1", "print rounds", "tbreak accumulate",
                          "continue", "finish", "print rounds", "continue")
        self.assert_says(said, r"\$1 = 1", r"\$2 = 1", r"ra .* <main\+\d+>", "0x78\t0x56\t0x34\t0x12", r"\$3 = 107", r"\$4 = 1\n",
                         r"\$5 = 1", "1 pattern found", r"\$6 = 1", r"\$7 = 1\n", "exited normally")

    def test_csrs_by_name(self):
        said = self.debug("break main", "continue", "print/x $misa", "set $mscratch = 0x1234", "print/x $mscratch",
                          "set $mepc = 0x80000003", "print/x $mepc", "print $minstret", "print $mcycle > 0", "set $mstatus = -1",
                          "print $mstatus != -1", "set $misa = 0", "print $misa != 0", "set $mstatus = 0", "info registers mtvec",
                          "print $priv", "delete", "continue")
        self.assert_says(said, r"\$1 = 0x40\w+05\n", r"\$2 = 0x1234", r"\$3 = 0x80000002", r"\$4 = \d+", r"\$5 = 1", r"\$6 = 1",
                         r"\$7 = 1", r"mtvec +0x0", r"\$8 = 3")

    def test_floating_point_registers_where_the_hart_has_them(self):
        simulation = self.simulation("boot", self.elf, "--set", "soc.cpu0.float=true")
        said = self.gdb(simulation, self.elf, "set $f1 = 1.5", "print $f1", "print/x $fcsr", "info registers float", "continue").output()
        self.assert_says(said, r"\$1 = 1\.5", r"\$2 = 0x0", "ft1 +1.5", "exited normally")
        self.assertEqual(simulation.finish(), 0)
        self.assertIn("exited normally", self.debug("info registers csr", "continue"))

    def test_device_registers_are_read_without_side_effects(self):
        said = self.debug("break factorial", "continue", "set $priority = (unsigned*)0x0c000028", "print *$priority",
                          "x/xb 0x10000005", "x/xw 0x70000000", "delete", "continue")
        self.assert_says(said, r"\$1 = 5", "0x10000005:\t0x", "Cannot access memory at address 0x70000000")

    def test_time_stands_still_while_halted(self):
        said = self.debug("break factorial", "continue", "monitor time", "x/64xw $sp", "monitor irq", "monitor time", "delete",
                          "continue")
        times = re.findall(r"simulated time +(\d+) ps.*\ninstructions +(\d+)\ncycles +(\d+)", said)
        self.assertEqual(len(times), 2, said)
        self.assertEqual(times[0], times[1])
        self.assertGreater(int(times[0][1]), 0)

    def test_monitor_commands(self):
        said = self.debug("monitor help", "monitor map", "monitor registers npu0", "monitor registers plic priority",
                          "monitor registers", "monitor registers npu9", "monitor registers npu0 nothing", "monitor fly",
                          "break factorial", "continue", "monitor registers plic", "monitor irq", "delete", "continue")
        self.assert_says(said, "registers DEVICE", "0x80000000 .*dram", r"npu0 at 0x40000000", r"id +0x\w+ .*magic=0xca17",
                         r"status .*busy=0x0", r"priority\[95\]", "devices with registers: .*npu0", "no device 'npu9'",
                         "npu0 has no register 'nothing'", "no monitor command 'fly'", r"priority\[10\] +0x0+5",
                         "interrupts off", "mtimecmp", r"source 10 +uart0 +priority 5, disabled")

    def test_monitor_reset_starts_again(self):
        simulation = self.simulation()
        said = self.gdb(simulation, self.elf, "break accumulate", "continue", "continue", "print rounds", "monitor reset",
                   "maintenance flush register-cache", "print $pc == &_start", "set var rounds = 0", "set var total = 0", "delete",
                   "tbreak accumulate", "continue", "print rounds", "continue").output()
        self.assert_says(said, r"\$1 = 1", "memory and devices are as they were", r"\$2 = 1", "accumulate", r"\$3 = 0",
                         "exited normally")
        self.assertEqual(simulation.finish(), 0)
        self.assertEqual(simulation.out, b"Y\n")

    def test_a_function_can_be_called(self):
        said = self.debug("break main", "continue", "print factorial(5)", "delete", "continue")
        self.assert_says(said, r"\$1 = 120", "exited normally")

    def test_ctrl_c_detach_attach_again_and_kill(self):
        simulation = self.simulation()
        gdb = self.gdb(simulation, self.elf, f"set var mode = {SPIN}", "continue", "backtrace", "print $seen = rounds", "break spin",
                  "watch total", "detach")
        simulation.wait_for_output()  # it spins: GDB has resumed it
        gdb.interrupt()
        said = gdb.output()
        self.assert_says(said, "received signal SIGINT", r"#0 .*spin \(\)", "#1 .*main", r"\$1 = \d+", "detached")
        seen = int(re.search(r"\$1 = (\d+)", said)[1])
        said = self.gdb(simulation, self.elf, "info breakpoints", "backtrace", "print rounds", "kill").output()
        self.assert_says(said, r"spin \(\)", "No breakpoints", r"\$1 = \d+", "killed")
        self.assertGreater(int(re.search(r"\$1 = (\d+)", said)[1]), seen)  # it ran on in between
        self.assertEqual(simulation.finish(), 130)

    def test_a_sleeping_hart_can_be_interrupted_and_a_deadlock_looked_at(self):
        simulation = self.simulation()
        said = self.gdb(simulation, self.elf, f"set var mode = {SLEEP}", "continue", "info threads", "backtrace", "monitor irq",
                   "continue").output()
        self.assert_says(said, "cairn: deadlock", "SIGTRAP", "cpu0: waits for an interrupt", r"main \(\)",
                         "waits for an interrupt", r"exited with code 03")
        self.assertEqual(simulation.finish(), 3)
        self.assertIn(b"deadlock", simulation.err)

    def test_firmware_that_waits_for_input_can_be_halted(self):
        shell = self.firmware / "shell.elf"
        simulation = self.simulation("boot", shell, "--uart", "tcp:0")
        gdb = self.gdb(simulation, shell, "break board_init", "continue", "detach")
        self.assertIn("Breakpoint 1, board_init", gdb.output())
        said = self.gdb(simulation, shell, "monitor irq", "kill").output()
        self.assert_says(said, "plic ", "killed")
        self.assertEqual(simulation.finish(), 130)

    def test_an_unhandled_trap_can_be_looked_at(self):
        simulation = self.simulation()
        said = self.gdb(simulation, self.elf, f"set var mode = {CRASH}", "continue", "backtrace", "print/x $a5", "stepi",
                   ).output()
        self.assert_says(said, "load access fault .*70000000", "SIGSEGV", r"#0 .*load_from_nowhere", "#1 .*main", r"\$1 = 0x70000000",
                         r"exited with code 03")
        self.assertEqual(simulation.finish(), 3)
        self.assertIn(b"load access fault", simulation.err)

    def test_a_deadlock_can_be_left_by_a_reset(self):
        simulation = self.simulation()
        said = self.gdb(simulation, self.elf, f"set var mode = {SLEEP}", "continue", "monitor reset", f"set var mode = {COMPUTE}",
                   "maintenance flush register-cache", "continue").output()
        self.assert_says(said, "deadlock", "exited normally")
        self.assertEqual(simulation.finish(), 0)

    def test_the_timeout_holds_the_program_too(self):
        simulation = self.simulation("boot", self.elf, "--timeout", "1ms")
        said = self.gdb(simulation, self.elf, f"set var mode = {SPIN}", "continue", "backtrace", "continue").output()
        self.assert_says(said, "--timeout is over", "SIGTRAP", r"spin \(\)", "exited with code 03")
        self.assertEqual(simulation.finish(), 3)
        self.assertIn(b"did not finish within 1 ms", simulation.err)

    def test_a_running_program_can_be_attached_to(self):
        simulation = self.simulation()
        gdb = self.gdb(simulation, self.elf, f"set var mode = {SPIN}", "detach")
        self.assertIn("detached", gdb.output())
        simulation.wait_for_output()
        said = self.gdb(simulation, self.elf, "backtrace", "set var mode = 0", "set $pc = &_start", "continue").output()
        self.assert_says(said, r"spin \(\)", "exited normally")
        self.assertEqual(simulation.finish(), 0)

    def test_the_walk_through_of_the_documentation(self):
        text = (program.ROOT / "docs/debugging.md").read_text()
        commands = re.findall(r"^\(gdb\) (.*)$", text, re.MULTILINE)
        self.assertEqual(commands[0], "target remote :1234")  # Gdb does that, at the port it got
        hello = self.firmware / "hello.elf"
        simulation = self.simulation("boot", hello)
        said = self.gdb(simulation, hello, *commands[1:]).output()
        self.assert_says(said, "Breakpoint 1, on_timer", "trap_handle|interrupts_dispatch", r"clint .*\(reached\)",
                         r"mcause +0x80000007", "Old value = 0", "New value = 1", "simulated time", r"0x10000005:\t0x\d\d",
                         "exited normally")
        self.assertEqual(simulation.finish(), 0)
        self.assertIn(b"The timer woke me after 100 us.", simulation.out)

    def test_the_configurations_for_editors_name_what_is_there(self):
        def read(name: str) -> dict:
            lines = (program.ROOT / ".vscode" / name).read_text().splitlines()
            return json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))

        tasks = {task["label"]: task for task in read("tasks.json")["tasks"]}
        listening = "gdb: listening on 127.0.0.1:1234"
        for configuration in read("launch.json")["configurations"]:
            task = tasks[configuration["preLaunchTask"]]
            self.assertEqual(task["args"][-2:], ["--gdb", "1234,wait"])
            self.assertEqual(configuration["miDebuggerServerAddress"], "127.0.0.1:1234")
            self.assertRegex(listening, task["problemMatcher"]["background"]["endsPattern"])
            self.assertTrue(pathlib.Path(configuration["miDebuggerPath"]).exists())
            self.assertTrue((self.firmware / pathlib.Path(configuration["program"]).name).exists())
            self.assertTrue((program.ROOT / configuration["svdPath"].removeprefix("${workspaceFolder}/")).exists())

    def test_a_run_with_breakpoints_hit_gives_the_results_of_one_without(self):
        def report(path: pathlib.Path) -> dict:
            found = json.loads(path.read_text())
            for key in [k for k in found if k.startswith("host_") or k == "mips"]:
                del found[key]
            return found

        plain = cairn("run", "fashion", "--count", 2, "--json", self.folder / "plain.json", "--outputs", self.folder / "plain.npy")
        self.assertEqual(plain.status, 0, plain.err)
        infer = self.firmware / "infer.elf"
        simulation = self.simulation("run", "fashion", "--count", 2, "--json", self.folder / "debugged.json", "--outputs",
                                     self.folder / "debugged.npy")
        said = self.gdb(simulation, infer, "break on_event", "watch finished", "rwatch npu_events", "continue", "stepi 5", "continue",
                   "next", "monitor time", "continue", "stepi", "stepi 20", "continue", "delete", "continue").output()
        self.assert_says(said, r"Breakpoint 1(\.1)?, on_event", "read watchpoint 3: npu_events", "exited normally")
        self.assertEqual(simulation.finish(), 0, simulation.err.decode() + said)
        self.assertEqual(report(self.folder / "debugged.json"), report(self.folder / "plain.json"))
        self.assertEqual((self.folder / "debugged.npy").read_bytes(), (self.folder / "plain.npy").read_bytes())
        lines = [line for line in plain.err.splitlines() if line.startswith("npu0:")]
        self.assertTrue(lines)
        self.assertIn(lines[0], simulation.err.decode())

    def test_the_waves_of_a_debugged_run_are_those_of_one_without(self):
        hello = self.firmware / "hello.elf"
        self.assertEqual(cairn("boot", hello, "--vcd", self.folder / "plain.vcd").status, 0)
        simulation = self.simulation("boot", hello, "--vcd", self.folder / "debugged.vcd")
        said = self.gdb(simulation, hello, "break on_timer", "watch woken", "break uart_write", "continue", "stepi 10", "continue",
                        "monitor irq", "stepi", "continue", "delete", "continue").output()
        self.assert_says(said, "Breakpoint 3, uart_write", "exited normally")
        self.assertEqual(simulation.finish(), 0)
        plain, debugged = ((self.folder / f"{name}.vcd").read_text().split("$enddefinitions", 1) for name in ("plain", "debugged"))
        self.assertEqual(debugged[1], plain[1])

    def test_a_second_debugger_is_refused_in_words(self):
        simulation = self.simulation()
        gdb = self.gdb(simulation, self.elf, f"set var mode = {SPIN}", "continue", "kill")
        simulation.wait_for_output()
        self.assertIn("another debugger is attached", self.gdb(simulation, self.elf).output())
        gdb.interrupt()
        self.assertIn("killed", gdb.output())
        self.assertEqual(simulation.finish(), 130)


if __name__ == "__main__":
    program.main(unittest)
