"""--profile: exact totals, known numbers of calls, and a file that callgrind_annotate reads."""
import collections
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import guest
import program
from program import cairn


class Profile:
    """A callgrind file, read by the rules of its format."""

    def __init__(self, path: pathlib.Path):
        self.own = collections.defaultdict(lambda: [0, 0])  # by function: cycles, instructions
        self.files = {}
        self.calls = collections.Counter()  # by (caller, callee)
        self.inclusive = collections.Counter()  # cycles by (caller, callee)
        self.totals = []
        names = {"fl": {}, "fn": {}}
        function = callee = file = None

        def name(kind: str, text: str) -> str:
            number, _, rest = text.partition(" ")
            if rest:
                names[kind][number] = rest
            return names[kind][number]

        for line in path.read_text().splitlines():
            key, _, value = line.partition("=")
            if key in ("fl", "fi", "fe", "cfi", "cfl"):
                file = name("fl", value) if key in ("fl", "fi", "fe") else (name("fl", value), file)[1]
            elif key == "fn":
                function = name("fn", value)
                self.files.setdefault(function, file)
            elif key == "cfn":
                callee = name("fn", value)
            elif key == "calls":
                self.calls[function, callee] += int(value.split()[0])
            elif line.startswith("totals:"):
                self.totals = [int(n) for n in line.split()[1:]]
            elif re.match(r"0x[0-9a-f]+ ", line):
                cost = [int(n) for n in line.split()[2:]]
                if callee is not None:
                    self.inclusive[function, callee] += cost[0]
                    callee = None
                else:
                    self.own[function] = [a + b for a, b in zip(self.own[function], cost)]


class ProfileTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.elf = guest.build_with_firmware(self.folder, "work.c")

    def run_it(self, *arguments):
        path = self.folder / "profile.out"
        result = cairn("boot", self.elf, "--profile", path, "--json", self.folder / "run.json", *arguments)
        self.assertEqual(result.status, 0, result.err)
        return path, json.loads((self.folder / "run.json").read_text()), result

    def test_the_costs_add_up_to_the_run(self):
        path, run, _ = self.run_it()
        profile = Profile(path)
        sums = [sum(cost[i] for cost in profile.own.values()) for i in (0, 1)]
        self.assertEqual(sums, [run["cpu_cycles"], run["instructions"]])
        self.assertEqual(profile.totals, sums)
        self.assertGreater(profile.own["(sleeping)"][0], 3 * 1000)
        self.assertEqual(profile.own["(sleeping)"][1], 0)

    def test_the_run_is_the_same_with_and_without_a_profile_and_at_every_quantum(self):
        plain = cairn("boot", self.elf, "--quiet", "--json", self.folder / "plain.json")
        self.assertEqual(plain.status, 0)
        expected = json.loads((self.folder / "plain.json").read_text())
        texts = set()
        for quantum in (1, 1_000, 10_000_000):
            path, run, _ = self.run_it("--set", f"soc.cpu0.quantum_ns={quantum}")
            texts.add(path.read_text())
            for key in ("instructions", "cpu_cycles", "sim_seconds"):
                self.assertEqual(run[key], expected[key])
        self.assertEqual(len(texts), 1)

    def test_calls_tail_calls_sleeps_and_handlers_are_counted(self):
        profile = Profile(self.run_it()[0])
        self.assertEqual(profile.calls["main", "ticks"], 1)
        self.assertEqual(profile.calls["ticks", "(sleeping)"], 3)
        self.assertEqual(profile.calls["on_timer", "acknowledge"], 3)
        calls_of = collections.Counter()
        for (_, callee), count in profile.calls.items():
            calls_of[callee] += count
        self.assertEqual(calls_of["fibonacci"], self.calls_by_log("fibonacci"))
        self.assertEqual(calls_of["even"], 1)  # from main; then both jump to each other
        self.assertNotIn("trap_entry", calls_of)  # a root: nobody calls it
        # What main and the handlers cost with all they call is everything but the start code's own cost.
        everything = sum(cost[0] for cost in profile.own.values())
        handlers = profile.own["trap_entry"][0] + sum(
            cycles for (caller, _), cycles in profile.inclusive.items() if caller == "trap_entry")
        started = profile.own["_start"][0] + sum(
            cycles for (caller, _), cycles in profile.inclusive.items() if caller == "_start")
        self.assertEqual(handlers + started, everything)

    def calls_by_log(self, function: str) -> int:
        """How often a call or a jump from elsewhere reached the function, counted in the instruction log."""
        symbols = subprocess.run(["riscv64-unknown-elf-nm", self.elf], capture_output=True, text=True, check=True).stdout
        start = next(line.split()[0] for line in symbols.splitlines() if line.endswith(f" {function}"))
        log = self.folder / "log.txt"
        self.assertEqual(cairn("boot", self.elf, "--quiet", "--log-instructions", log).status, 0)
        lines = log.read_text().splitlines()
        links = re.compile(r" x1  ")  # a call leaves its return address in ra
        return sum(after.split()[3] == f"0x{start}" and bool(links.search(before)) for before, after in zip(lines, lines[1:]))

    def test_tasks_that_switch_stacks_do_not_pay_for_each_other(self):
        self.elf = guest.build(self.folder, "tasks.S", "-march=rv32imac_zicsr")
        path, run, _ = self.run_it()
        profile = Profile(path)
        self.assertEqual(profile.totals, [run["cpu_cycles"], run["instructions"]])
        for task, work in (("task_a", "work_a"), ("task_b", "work_b")):
            self.assertEqual(profile.calls[task, work], 1)
            self.assertEqual(profile.inclusive[task, work], profile.own[work][0])
        self.assertGreater(profile.own["work_b"][0], 4 * profile.own["work_a"][0])
        self.assertEqual({callee for _, callee in profile.calls}, {"task_a", "work_a", "work_b"})  # the others are roots

    def test_tasks_that_the_timer_switches_are_told_apart(self):
        self.elf = program.PROGRAM.parent / "firmware/tasks.elf"
        path, run, _ = self.run_it()
        profile = Profile(path)
        self.assertEqual(profile.totals, [run["cpu_cycles"], run["instructions"]])
        for work in ("count_primes", "longest_collatz"):  # neither calls anything; both are interrupted and switched
            self.assertEqual(profile.calls["run_current", work], 1)
            self.assertEqual(profile.inclusive["run_current", work], profile.own[work][0])

    def test_lines_come_from_the_source(self):
        path, _, _ = self.run_it()
        profile = Profile(path)
        self.assertTrue(profile.files["fibonacci"].endswith("tests/system/guests/work.c"), profile.files["fibonacci"])
        self.assertTrue(profile.files["trap_handle"].endswith("firmware/boot/trap.c"))
        source = (guest.GUESTS / "work.c").read_text().splitlines()
        number = next(i for i, line in enumerate(source, 1) if "return n < 2" in line)
        self.assertRegex(path.read_text(), rf"(?m)^0x[0-9a-f]+ {number} \d+ \d+$")

    def test_callgrind_annotate_shows_the_functions_and_the_same_total(self):
        path, run, _ = self.run_it()
        shown = subprocess.run(["callgrind_annotate", path], capture_output=True, text=True, check=True).stdout
        self.assertRegex(shown, rf"{run['cpu_cycles']:,} \(100\.0%\) +{run['instructions']:,} \(100\.0%\) +PROGRAM TOTALS")
        self.assertRegex(shown, r"work\.c:fibonacci ")

    def test_the_table_ends_with_the_total_and_quiet_leaves_it_out(self):
        _, run, result = self.run_it()
        rows = result.err.splitlines()
        header = next(i for i, row in enumerate(rows) if "own cycles" in row)
        self.assertEqual(rows[-1].split(), [str(run["cpu_cycles"]), "100.0%", str(run["instructions"]), "total"])
        self.assertEqual(max(rows[header + 1:-1], key=lambda row: int(row.split()[0])), rows[header + 1])
        self.assertEqual(self.run_it("--quiet")[2].err, "")

    def test_the_driver_firmware_is_profiled_during_a_network(self):
        path = self.folder / "network.out"
        result = cairn("run", "fashion", "--count", 1, "--no-check", "--profile", path, "--json", self.folder / "run.json")
        self.assertEqual(result.status, 0, result.err)
        run = json.loads((self.folder / "run.json").read_text())
        self.assertEqual(Profile(path).totals, [run["cpu_cycles"], run["instructions"]])
        self.assertIn("crc32_update", result.out)


if __name__ == "__main__":
    program.main(unittest)
