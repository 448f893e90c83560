"""The dump of a real run, read back: values, not only names; and what other programs make of it."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import program
from program import cairn


def read_vcd(path: pathlib.Path):
    """{name: [(time in ps, value)]}; strings with their escapes resolved."""
    names, changes, scopes, now = {}, {}, [], 0
    for line in path.read_text().splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "$scope":
            scopes.append(words[2])
        elif words[0] == "$upscope":
            scopes.pop()
        elif words[0] == "$var":
            name = ".".join([*scopes, words[4]])
            names.setdefault(words[3], []).append(name)
            changes[name] = []
        elif line[0] == "#":
            assert int(line[1:]) >= now, "time runs backwards"
            now = int(line[1:])
        elif line[0] in "01xz":
            for name in names[line[1:]]:
                changes[name].append((now, line[0]))
        elif line[0] in "br":
            value = words[0][1:]
            for name in names[words[1]]:
                changes[name].append((now, float(value) if line[0] == "r" else int(value, 2) if "x" not in value else None))
        elif line[0] == "s":
            text = re.sub(r"\\x([0-9a-fA-F]{2})|\\([0-7]{3})", lambda m: chr(int(m[1], 16) if m[1] else int(m[2], 8)), words[0][1:])
            for name in names[words[-1]]:
                changes[name].append((now, text))
    return changes


class WavesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.holder.name)
        cls.dump = cls.folder / "run.vcd"
        result = cairn("run", "fashion", "--count", 2, "--quiet", "--vcd", cls.dump, "--json", cls.folder / "r.json")
        assert result.status == 0, result.err
        cls.report = json.loads((cls.folder / "r.json").read_text())
        cls.waves = read_vcd(cls.dump)

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def values(self, name):
        return [value for _, value in self.waves[name]]

    def test_layers_run_in_order_in_every_inference(self):
        layers = [v for v in self.values("soc.npu0.layer") if v]
        self.assertEqual(layers, 2 * [layer["name"] for layer in self.report["layers"]])

    def test_occupancy_peaks_at_what_the_report_says_and_never_passes_the_ring(self):
        peak = max(self.values("soc.npu0.occupancy"))
        self.assertEqual(peak, self.report["totals"]["peak_feature_bits"])
        self.assertLessEqual(peak, self.report["memory"]["features_bits"])

    def test_npu_states_include_waiting_and_computing(self):
        self.assertLessEqual({"idle", "fetch", "wait", "compute", "drain"}, set(self.values("soc.npu0.state")))

    def test_the_bus_shows_each_initiator_and_what_it_addressed(self):
        self.assertIn("npu0.weights", self.values("soc.bus.dma0.target"))
        self.assertIn("dram", self.values("soc.bus.npu0.target"))
        self.assertIn("npu0", self.values("soc.bus.cpu0.target"))
        self.assertLessEqual({"read", "write", "idle"}, set(self.values("soc.bus.dma0.command")))

    def test_interrupts_and_functions_of_the_firmware_are_there(self):
        lines = [name for name in self.waves if name.endswith("npu0.irq.level")]
        self.assertEqual(len(lines), 1)
        self.assertEqual(self.values(lines[0]).count("1"), 2)
        self.assertIn("main", self.values("soc.cpu0.function"))
        addresses = [v for v in self.values("soc.cpu0.pc") if v is not None]
        self.assertTrue(all(0x8000_0000 <= a < 0x8800_0000 for a in addresses))

    def test_vcd2fst_converts_without_a_warning(self):
        done = subprocess.run(["vcd2fst", self.dump, self.folder / "run.fst"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertGreater((self.folder / "run.fst").stat().st_size, 1000)

    def test_the_save_file_names_only_what_the_dump_holds(self):
        for view, rows in [(self.folder / "run.vcd.gtkw", 30), (program.ROOT / "traces/inference.gtkw", 8)]:
            saved = re.findall(r"^(?:\+\{[^}]*\} )?(soc\.\S+)", view.read_text(), re.M)
            self.assertGreater(len(saved), rows)
            self.assertEqual([s for s in saved if re.sub(r"\[[\d:]+\]$", "", s) not in self.waves], [])

    def test_the_same_run_gives_the_same_dump_at_every_quantum(self):
        for quantum in (50, 1_000_000):
            other = self.folder / f"{quantum}.vcd"
            self.assertEqual(cairn("run", "fashion", "--count", 2, "--quiet", "--no-check", "--vcd", other, "--set",
                                   f"soc.cpu0.quantum_ns={quantum}").status, 0)
            self.assertEqual(other.read_bytes(), self.dump.read_bytes())


if __name__ == "__main__":
    program.main(unittest)
