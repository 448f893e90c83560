"""Neither the quantum nor the engine changes anything a program, its user or the waves can see."""
import itertools
import json
import pathlib
import tempfile
import unittest

import guest
import program
from debugged import compile_debuggee
from program import cairn

ENGINES = ("translator", "interpreter", "stepwise")
QUANTA_NS = (1, 25, 1_000, 33_333, 1_000_000)  # from less than one instruction to more than the whole run


class ExactTimeTest(unittest.TestCase):
    def test_thousands_of_interrupts_are_taken_at_the_same_instructions_at_every_quantum_on_every_engine(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            elf = guest.build(folder, "interrupts.c")
            expected = None
            for engine, quantum in itertools.product(ENGINES, QUANTA_NS):
                with self.subTest(engine=engine, quantum_ns=quantum):
                    report, waves = folder / "report.json", folder / "waves.vcd"
                    result = cairn("boot", elf, "--quiet", "--json", report, "--vcd", waves, "--timeout", "100ms", "--set",
                                   f"soc.cpu0.quantum_ns={quantum}", "--set", f"soc.cpu0.engine={engine}")
                    self.assertEqual((result.status, result.err), (0, ""))
                    self.assertRegex(result.out, r"\Asent by interrupt\n[0-9a-f]{8} [0-9a-f]{8}\n\Z")
                    seen = json.loads(report.read_text())
                    seen = (result.out, seen["instructions"], seen["sim_seconds"], waves.read_bytes())
                    expected = expected or seen
                    self.assertTrue(seen == expected, f"{seen[:3]} is not {expected[:3]}, or the waves differ")

    def test_a_timeout_ends_a_busy_program_at_the_same_instruction_at_every_quantum(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            elf, report = compile_debuggee(folder, "-DMODE=SPIN"), folder / "report.json"
            instructions = set()
            for quantum in (*QUANTA_NS, 50_000_000):
                result = cairn("boot", elf, "--quiet", "--json", report, "--timeout", "1500us", "--set", f"soc.cpu0.quantum_ns={quantum}")
                self.assertEqual(result.status, 3, result.err)
                instructions.add(json.loads(report.read_text())["instructions"])
            self.assertEqual(len(instructions), 1, instructions)

    def test_a_timeout_ahead_does_not_hide_a_deadlock(self):
        with tempfile.TemporaryDirectory() as name:
            result = cairn("boot", compile_debuggee(pathlib.Path(name), "-DMODE=SLEEP"), "--timeout", "50us")
            self.assertEqual(result.status, 3)
            self.assertIn("deadlock", result.err)


if __name__ == "__main__":
    program.main(unittest)
