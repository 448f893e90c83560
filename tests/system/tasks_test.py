"""The RTOS example: two tasks switched by the timer interrupt finish with the right results at any quantum."""
import unittest

import program
from program import cairn


def primes_below(end: int) -> int:
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, end))


def collatz_steps(n: int) -> int:
    steps = 0
    while n != 1:
        n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps


class TasksTest(unittest.TestCase):
    def test_both_tasks_finish_and_take_turns_at_any_quantum(self):
        longest = max(range(1, 500), key=lambda n: (collatz_steps(n), -n))
        expected = (f"primes below 3000: {primes_below(3000)}\nlongest Collatz start below 500: {longest}\n"
                    "The tasks took turns: yes.\n")
        elf = program.PROGRAM.parent / "firmware/tasks.elf"
        for quantum in (10, 10_000, 1_000_000):
            result = cairn("boot", elf, "--quiet", "--timeout", "1s", "--set", f"soc.cpu0.quantum_ns={quantum}")
            self.assertEqual((result.status, result.out), (0, expected))


if __name__ == "__main__":
    program.main(unittest)
