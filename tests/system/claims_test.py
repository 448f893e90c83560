#!/usr/bin/env python3
"""`cairn claims`: the published numbers of the ms core, measured within their tolerances."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import program


class ClaimsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "claims.json"
            cls.result = program.cairn("claims", "--json", path)
            cls.json = json.loads(path.read_text()) if path.exists() else None

    def claim(self, what):
        return next(c for c in self.json["claims"] if c["claim"].startswith(what))

    def beside(self, what, figure):
        return next(f for f in self.claim(what)["beside"] if f["what"].strip().startswith(figure))

    def test_all_claims_are_measured(self):
        self.assertEqual(self.result.status, 0, self.result.out + self.result.err)
        for claim in self.json["claims"]:
            self.assertIsNotNone(claim["simulated"], claim)
            self.assertIn(claim["claim"], self.result.out)

    def test_resnet50_fits_and_wider_networks_are_refused_with_their_need(self):
        fits = "ResNet-50 in 120 kB"
        self.assertAlmostEqual(self.claim(fits)["simulated"] / 99.8, 1, delta=0.005)
        self.assertEqual(self.beside(fits, "differing outputs")["value"], 0)
        self.assertAlmostEqual(self.beside(fits, "with residual paths")["value"] / 490, 1, delta=0.01)
        for figure, least in (("8-bit", 199.6), ("v1.5", 196.1)):
            text = self.beside(fits, figure)["text"]
            self.assertRegex(text, r"layer 'conv\d\.\d\.b' needs \d+ bytes .* has 122880")
            self.assertGreaterEqual(int(text.split(" needs ")[1].split()[0]), least * 1024)

    def test_a_ring_takes_half_of_two_buffers(self):
        ring = self.claim("one ring")["simulated"]
        self.assertLessEqual(ring, -49)
        self.assertGreaterEqual(ring, -50)

    def test_feature_accesses(self):
        for what, expected in (("option A, ResNet-50 v1", -77.6), ("option A, ResNet-50 v1.5", -78.3), ("option B, ResNet-50 v1", -76.4)):
            claim = next(c for c in self.json["claims"] if c["claim"] == "feature accesses, " + what)
            self.assertAlmostEqual(claim["simulated"], expected, delta=0.3, msg=what)
            self.assertEqual(claim["class"], "calibrated")
            own = next(f for f in claim["beside"] if f["what"].startswith("with the compiler's own"))
            self.assertLess(own["value"], 0)

    def test_throughput_of_the_bit_table(self):
        what = "LCARD: throughput"
        self.assertAlmostEqual(self.claim(what)["simulated"], 4.5, delta=0.1)
        self.assertGreater(self.beside(what, "ratio of simulated seconds")["value"], 1)
        self.assertIn("8a/8w: conv1", self.claim(what)["notes"][0])

    def test_utilisation_is_reported_as_open(self):
        self.assertEqual(self.claim("LCARD: on-chip memory")["class"], "open")

    def test_masks(self):
        self.assertAlmostEqual(self.claim("MSG: on-chip")["simulated"], 1.2, delta=0.05)
        self.assertAlmostEqual(self.claim("MSG: throughput")["simulated"], 1.3, delta=0.05)
        self.assertIn("0.875 (56 of 64): conv1", self.claim("MSG: on-chip")["notes"][0])

    def test_calibrated_energy_and_area(self):
        self.assertAlmostEqual(self.claim("peak energy")["simulated"], 8.17, delta=0.05)
        self.assertAlmostEqual(self.claim("peak throughput")["simulated"], 0.63, delta=0.005)

    def test_every_run_is_listed_and_used(self):
        commands = [r["command"] for r in self.json["runs"]]
        self.assertEqual(len(commands), len(set(commands)))
        used = {run for claim in self.json["claims"] for run in claim["runs"]}
        self.assertEqual(used, set(range(len(commands))))

    def test_a_printed_command_gives_the_same_run(self):
        run = next(r for r in self.json["runs"] if "pingpong-ws" in r["command"])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.json"
            again = program.cairn(*run["command"].split()[1:], "--json", path)
            self.assertEqual(again.status, 0, again.err)
            report = json.loads(path.read_text())
        self.assertEqual(report["totals"], run["report"]["totals"])
        self.assertEqual(report["layers"], run["report"]["layers"])


class EntryCountingTest(unittest.TestCase):
    """Core `ec`."""

    def test_the_paper_and_its_assumptions(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "claims.json"
            done = program.cairn("claims", "--core", "ec", "--json", path)
            self.assertEqual(done.status, 0, done.out + done.err)
            claims = {c["claim"]: c for c in json.loads(path.read_text())["claims"]}

        def beside(claim, what):
            return next(f["value"] for f in claims[claim]["beside"] if f["what"].strip().startswith(what))

        ratio = "MACs for each multiplication"
        self.assertEqual((claims[ratio]["simulated"], beside(ratio, "MACs for each step, bitplane")), (12.8, 12.8))
        speed = "throughput at 143 MHz"
        self.assertAlmostEqual(claims[speed]["simulated"], 3.58, delta=0.0358)
        self.assertAlmostEqual(beside(speed, "without the overhead"), 3.66, delta=0.005)
        power = "energy efficiency of the macro at 40 MHz, 1.01 V"
        self.assertEqual(claims[power]["class"], "calibrated")
        self.assertAlmostEqual(claims[power]["simulated"], 11.6, delta=0.1)
        self.assertAlmostEqual(claims["one frame of ResNet-18 on one macro"]["simulated"] / 1.098, 1, delta=0.02)
        zeros = "energy of the macro with 95% zeros"
        self.assertLess(claims[zeros]["simulated"], 0)
        energy = [beside(zeros, f"energy of a dot product, {percent}%") for percent in (0, 50, 80, 95)]
        self.assertEqual(energy, sorted(energy, reverse=True))
        steps = [beside(zeros, f"steps of a dot product, {percent}%") for percent in (0, 50, 80, 95)]
        self.assertEqual(steps, sorted(steps, reverse=True))
        self.assertIsNone(claims["ResNet-18 on ImageNet, top-1"]["simulated"])


class CapRamTest(unittest.TestCase):
    """Core `cap`."""

    def test_the_paper_and_its_assumptions(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "claims.json"
            done = program.cairn("claims", "--core", "cap", "--json", path)
            self.assertEqual(done.status, 0, done.out + done.err)
            claims = {c["claim"]: c for c in json.loads(path.read_text())["claims"]}
        self.assertAlmostEqual(claims["peak throughput"]["simulated"] / 573.4, 1, delta=0.005)
        self.assertAlmostEqual(claims["energy efficiency of the macro"]["simulated"], 49.4, delta=0.05)
        linearity = claims["linearity error after calibration"]
        self.assertLess(linearity["simulated"], 2)
        self.assertEqual(next(f["value"] for f in linearity["beside"] if f["what"] == "evaluations"), 524288)
        lost = next(f["value"] for f in claims["MNIST, LeNet-5"]["beside"] if f["what"].startswith("points lost"))
        self.assertLessEqual(lost, 0.5)
        other_data = claims["CIFAR-10, ResNet-20"]
        self.assertEqual((other_data["class"], other_data["simulated"], other_data["difference"]), ("open", None, None))


class LinearityTest(unittest.TestCase):
    def test_a_worse_chip_measures_worse_and_other_cores_are_refused(self):
        def largest(*options):
            done = program.cairn("linearity", "--evaluations", 20000, *options)
            self.assertEqual(done.status, 0, done.err)
            return float(done.out.split("at most ")[1].split()[0])

        self.assertGreater(largest("--set", "soc.npu0.cap.adc_inl=1500"), largest() + 0.3)
        self.assertEqual(largest("--seed", 3), largest("--seed", 3))
        refused = program.cairn("linearity", "--core", "ms")
        self.assertEqual(refused.status, 2)
        self.assertIn("core 'ms' has no converters", refused.err)


class FailureTest(unittest.TestCase):
    def test_a_claim_whose_runs_fail_says_so(self):
        failed = program.cairn("claims", "--set", "soc.npu0.weights.bytes=64")
        self.assertEqual(failed.status, 1, failed.err)
        self.assertIn("FAILED", failed.out)
        self.assertRegex(failed.out, r"failed: run 1 ended with exit status 2: network .resnet50.: layer .conv1. needs")

    def test_an_interrupt_ends_it_and_its_children(self):
        claims = subprocess.Popen([program.PROGRAM, "claims"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            children = pathlib.Path(f"/proc/{claims.pid}/task/{claims.pid}/children")
            while not (before := children.read_text().split()) and claims.poll() is None:
                pass
            claims.send_signal(2)
            out, _ = claims.communicate(timeout=60)
        finally:
            claims.kill()
        self.assertEqual(claims.returncode, 130)
        self.assertEqual(out, b"")
        for child in before:
            self.assertFalse(pathlib.Path(f"/proc/{child}").exists(), "a child outlived its parent")


if __name__ == "__main__":
    program.main(unittest)
