#!/usr/bin/env python3
"""Speed of the host CPU beside QEMU's virt board: guest instructions per second of host processor time.

    bench/cpu/bench.py [--program build/release/cairn] [--seconds S] [--rounds N] [--kernel NAME ...]

Every simulator runs the same ELF with a small and a large number of iterations; the difference of the two takes the
start-up out of the figure. The simulators take turns, and the median over the rounds is shown, so that other load on
the machine does little harm. Instructions are those that Cairn counts, for QEMU too.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KERNELS = ("integer_loop", "mix", "memory", "calls", "shared_page")
ENGINES = ("stepwise", "interpreter", "translator")
QEMU_CPU = "rv32,f=false,d=false,s=false,h=false,zba=false,zbb=false,zbc=false,zbs=false"


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.elves, self.counts = {}, {}

    def elf(self, kernel, iterations):
        if (kernel, iterations) not in self.elves:
            out = self.folder / f"{kernel}_{iterations}.elf"
            subprocess.run(["riscv64-unknown-elf-gcc", "-O2", "-march=rv32imac", "-mabi=ilp32", "-ffreestanding", "-nostdlib", "-static",
                            "-fno-pic", "-mcmodel=medany", "-fno-tree-loop-distribute-patterns", f"-DITERATIONS={iterations}u",
                            "-T", str(HERE / "bench.ld"), "-Wl,--build-id=none,--no-warn-rwx-segments", "-o", str(out),
                            str(HERE / "start.c"), str(HERE / f"{kernel}.c"), "-lgcc"], check=True, stderr=subprocess.DEVNULL)
            self.elves[kernel, iterations] = out
        return self.elves[kernel, iterations]

    def run(self, command):
        """Host processor seconds of the command, its status and its standard output."""
        with tempfile.TemporaryFile(dir=self.folder) as out:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            return usage.ru_utime + usage.ru_stime, child.returncode, out.read()

    def cairn(self, elf, *arguments):
        return [str(self.options.program), "boot", str(elf), "--quiet", *arguments]

    def qemu(self, elf):
        return ["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-nographic", "-monitor", "none", "-serial", "stdio",
                "-cpu", QEMU_CPU, "-kernel", str(elf)]

    def accepts(self, *arguments):
        return self.run(self.cairn(self.elf("integer_loop", 1), *arguments))[1] == 0

    def instructions(self, kernel, iterations):
        """Retired by the whole program; iterations differ only by their data, so this runs the program."""
        if (kernel, iterations) not in self.counts:
            report = self.folder / "report.json"
            _, status, _ = self.run(self.cairn(self.elf(kernel, iterations), "--json", str(report)))
            if status != 0:
                sys.exit(f"{kernel} with {iterations} iterations ended with status {status}")
            self.counts[kernel, iterations] = json.loads(report.read_text())["instructions"]
        return self.counts[kernel, iterations]

    def iterations_for(self, kernel, command):
        """So many that the large run takes --seconds on this simulator."""
        few = 4
        while True:
            seconds, _, _ = self.run(command(self.elf(kernel, few)))
            start, _, _ = self.run(command(self.elf(kernel, 1)))
            if seconds - start > 0.1 or few > 1 << 24:
                return max(few, round(few * self.options.seconds / max(seconds - start, 1e-3)))
            few *= 4

    def speed(self, kernel, iterations, command):
        """Million instructions per host processor second."""
        large, status, text = self.run(command(self.elf(kernel, iterations)))
        small, _, _ = self.run(command(self.elf(kernel, 1)))
        if status != 0 or len(text) < 9:
            sys.exit(f"{kernel}: {command(self.elf(kernel, iterations))} ended with status {status}")
        count = self.instructions(kernel, iterations) - self.instructions(kernel, 1)
        return count / max(large - small, 1e-3) / 1e6, text.strip()[-8:]

    def compare(self, kernel, simulators):
        """name -> median speed, and median ratio to the first simulator."""
        iterations = {name: self.iterations_for(kernel, command) for name, command in simulators.items()}
        speeds = {name: [] for name in simulators}
        for _ in range(self.options.rounds):
            for name, command in simulators.items():
                speeds[name].append(self.speed(kernel, iterations[name], command)[0])
        first = next(iter(simulators))
        return {name: (statistics.median(values), statistics.median(v / f for v, f in zip(values, speeds[first])))
                for name, values in speeds.items()}


def table(title, columns, rows):
    print(f"\n{title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def engines_table(bench, kernels, engines):
    def with_engine(arguments):
        return lambda elf: bench.cairn(elf, *arguments)
    simulators = {"QEMU virt": bench.qemu, **{name: with_engine(arguments) for name, arguments in engines.items()}}
    rows = []
    for kernel in kernels:
        result = bench.compare(kernel, simulators)
        rows.append([kernel, *(f"{speed:.0f}" if name == "QEMU virt" else f"{speed:.0f} ({ratio:.2f})"
                               for name, (speed, ratio) in result.items())])
    table("Million guest instructions per host processor second (ratio to QEMU)", ["kernel", *simulators], rows)


def options_table(bench, engine):
    """What else may cost time, on the mixed kernel with the fastest engine: the ratio to a plain run."""
    def command(*arguments):
        return lambda elf: bench.cairn(elf, *engine, *arguments)
    variants = {"plain": command()}
    for quantum in (3, 100, 1_000, 10_000, 1_000_000):
        variants[f"quantum {quantum} ns"] = command("--set", f"soc.cpu0.quantum_ns={quantum}")
    if bench.accepts("--gdb", "0"):
        variants["--gdb, no debugger attached"] = command("--gdb", "0")
    variants["--vcd, everything traced"] = command("--vcd", str(bench.folder / "waves.vcd"))
    result = bench.compare("mix", variants)
    table("The quantum, the debugger and the waves, kernel mix", ["run", "million instructions per second", "ratio to plain"],
          [[name, f"{speed:.0f}", f"{ratio:.3f}"] for name, (speed, ratio) in result.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=HERE.parents[1] / "build/release/cairn")
    parser.add_argument("--seconds", type=float, default=2.0, help="host processor time of one run (default 2)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each simulator (default 5)")
    parser.add_argument("--kernel", action="append", choices=KERNELS, help="only these kernels; may be repeated")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only these engines; may be repeated")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, pathlib.Path(folder))
        engines = {name: ("--set", f"soc.cpu0.engine={name}") for name in options.engine or ENGINES
                   if bench.accepts("--set", f"soc.cpu0.engine={name}")}
        engines = engines or {"cairn": ()}
        engines_table(bench, options.kernel or KERNELS, engines)
        options_table(bench, list(engines.values())[-1])


if __name__ == "__main__":
    main()
