"""The debugger's socket with clients that are broken, hostile or gone."""
import pathlib
import random
import signal
import subprocess
import unittest

import program
from debugged import SPIN, RawDebugger, Simulation, DebuggedTest
from program import cairn

PACKET_BYTES = 0x4000


class GdbProtocolTest(DebuggedTest):
    def attach(self, simulation: Simulation) -> RawDebugger:
        debugger = RawDebugger(simulation.port)
        self.addCleanup(debugger.close)
        return debugger

    def address(self, name: str) -> int:
        lines = subprocess.run(["riscv64-unknown-elf-nm", self.elf], capture_output=True, text=True, check=True).stdout.splitlines()
        return next(int(line.split()[0], 16) for line in lines if line.split()[2] == name)

    def set_mode(self, debugger: RawDebugger, mode: int) -> None:
        self.assertEqual(debugger.ask(b"M%x,4:%02x000000" % (self.address("mode"), mode)), b"OK")

    def expect_end(self, simulation: Simulation, debugger: RawDebugger) -> None:
        """Continues to the end of the program."""
        self.assertEqual(debugger.ask(b"c"), b"W00")
        self.assertEqual(simulation.finish(), 0)
        self.assertEqual(simulation.out, b"Y\n")

    def test_garbage_between_packets_is_ignored(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        debugger.send(bytes(b for b in range(256) if b not in b"$-\x03") * 20)
        self.assertTrue(debugger.ask(b"?").startswith(b"T"))
        self.expect_end(simulation, debugger)

    def test_a_packet_may_come_in_pieces(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        for byte in RawDebugger.frame(b"qC"):
            debugger.send(bytes([byte]))
        self.assertEqual(debugger.packet(), b"QC1")
        self.expect_end(simulation, debugger)

    def test_a_wrong_checksum_is_refused_and_a_resend_request_answered(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        for damaged in (b"$qC#00", b"$qC#zz", b"$qD#b4"):
            debugger.send(damaged)
            self.assertEqual(debugger.receive(1), b"-")
            self.assertEqual(debugger.ask(b"qC"), b"QC1")
        debugger.send(b"-")
        self.assertEqual(debugger.packet(), b"QC1")
        self.expect_end(simulation, debugger)

    def test_an_oversized_packet_is_refused_and_the_largest_is_not(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertTrue(debugger.ask(b"?").startswith(b"T"))
        debugger.send(RawDebugger.frame(b"m" + b"0" * 1_000_000))
        self.assertEqual(debugger.receive(1), b"-")
        data = b"00" * ((PACKET_BYTES - 20) // 2)
        packet = b"M80010000,%x:" % (len(data) // 2) + data
        self.assertLessEqual(len(packet), PACKET_BYTES)
        self.assertEqual(debugger.ask(packet), b"OK")
        self.expect_end(simulation, debugger)

    def test_packets_that_make_no_sense_are_answered(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        for packet in (b"m", b"m,", b"mxyz,4", b"m80000000", b"m80000000,4,4", b"M80000000,4:00", b"M80000000,2:zz00", b"X80000000,5:ab",
                       b"p", b"pzz", b"P0", b"P0=123", b"G00", b"Z0,80000000", b"Z2,80000000,0", b"Z2,ffffffff,2", b"Hg7", b"T7",
                       b"vCont;x", b"vCont;", b"vCont;r80000000", b"qRcmd,zz", b"qXfer:features:read:target.xml:0",
                       b"qXfer:features:read:other.xml:0,10", b"szz", b"m70000000,4", b"M70000000,1:00", b"p1fff", b"P1fff=00000000"):
            self.assertRegex(debugger.ask(packet), rb"^E[0-9a-f]{2}$", packet)
        for packet in (b"", b"R00", b"Z9,80000000,4", b"vMustReplyEmpty", b"qUnknown", b"!", b"\x00\xff", b"vRun;a"):
            self.assertEqual(debugger.ask(packet), b"", packet)
        self.expect_end(simulation, debugger)

    def test_a_huge_length_is_answered_with_what_fits(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertEqual(len(debugger.ask(b"m80000000,ffffffff")), PACKET_BYTES)
        self.assertEqual(len(debugger.ask(b"m87fffffc,100")), 2 * 4)  # to the end of the memory
        self.assertRegex(debugger.ask(b"mfffffffe,8"), b"^E")
        self.expect_end(simulation, debugger)

    def test_registers_travel_together(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        registers = debugger.ask(b"g")
        self.assertEqual(len(registers), 33 * 8)
        changed = b"".join(b"%02x000000" % n for n in range(32)) + registers[32 * 8:]
        self.assertEqual(debugger.ask(b"G" + changed), b"OK")
        self.assertEqual(debugger.ask(b"g"), changed)  # x0 was 0
        self.assertEqual(debugger.ask(b"P0=ffffffff"), b"OK")
        self.assertEqual(debugger.ask(b"p0"), b"00000000")
        self.assertEqual(debugger.ask(b"G" + registers), b"OK")
        self.expect_end(simulation, debugger)

    def test_binary_writes_are_unescaped(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertEqual(debugger.ask(b"X80010000,4:}\x03}\x04}\x5d\x01"), b"OK")  # each byte after } has bit 5 flipped
        self.assertEqual(debugger.ask(b"m80010000,4"), b"23247d01")
        self.expect_end(simulation, debugger)

    def test_acknowledgements_can_be_switched_off(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertEqual(debugger.ask(b"QStartNoAckMode"), b"OK")
        debugger.send(RawDebugger.frame(b"qC"))
        self.assertEqual(debugger.receive(1), b"$")
        self.assertEqual(debugger.receive(6), b"QC1#c5")
        self.expect_end(simulation, debugger)

    def test_an_interrupt_that_arrives_with_the_resumption_is_not_lost(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.set_mode(debugger, SPIN)
        debugger.send(RawDebugger.frame(b"c") + b"\x03")
        self.assertEqual(debugger.packet(), b"T02thread:1;")
        self.assertEqual(debugger.ask(b"vKill;1"), b"OK")
        self.assertEqual(simulation.finish(), 130)

    def test_ctrl_c_at_the_terminal_ends_a_halted_simulation(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertEqual(debugger.ask(b"qC"), b"QC1")
        simulation.process.send_signal(signal.SIGINT)
        self.assertEqual(simulation.finish(), 130)
        self.assertTrue(debugger.is_closed())

    def test_a_client_that_vanishes_while_the_program_runs_lets_it_run(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        self.assertEqual(debugger.ask(b"Z0,%x,2" % self.address("accumulate")), b"OK")
        self.assertTrue(debugger.ask(b"c").startswith(b"T05"))
        self.set_mode(debugger, SPIN)
        debugger.send(RawDebugger.frame(b"c"))
        debugger.close()
        self.assertEqual(simulation.finish(), 0)  # though there was a breakpoint ahead
        self.assertEqual(simulation.out, b"Y\n")

    def test_a_client_that_vanishes_while_the_program_is_halted_leaves_it_halted(self):
        simulation = self.simulation()
        first = self.attach(simulation)
        self.assertEqual(first.ask(b"Z0,%x,2" % self.address("accumulate")), b"OK")
        self.assertTrue(first.ask(b"c").startswith(b"T05"))
        pc = first.ask(b"p20")
        first.send(b"$m80000000,4")  # and goes in the middle of a packet
        first.close()
        second = self.attach(simulation)
        self.assertEqual(second.ask(b"p20"), pc)
        self.expect_end(simulation, second)  # its breakpoints went with the first
        self.assertIn(b"the debugger is gone", simulation.err)

    def test_noise_neither_halts_a_running_program_nor_ends_the_wait_for_a_debugger(self):
        simulation = self.simulation()
        for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x03\x03\x03", b"$c#00", b"$$$$", b"-" * 100):
            client = RawDebugger(simulation.port)
            client.send(noise)
            client.close()
        debugger = self.attach(simulation)
        self.assertEqual(debugger.ask(b"p20"), debugger.ask(b"p20"))
        self.expect_end(simulation, debugger)

        running = self.simulation("boot", self.elf, "--timeout", "50ms")
        debugger = self.attach(running)
        self.set_mode(debugger, SPIN)
        self.assertEqual(debugger.ask(b"D"), b"OK")
        client = self.attach(running)
        client.send(b"GET / HTTP/1.1\r\n\r\n")
        self.assertEqual(running.finish(), 3)  # the time is over: it was not halted
        self.assertTrue(client.is_closed())

    def test_a_second_client_is_refused_and_the_first_not_disturbed(self):
        simulation = self.simulation()
        first = self.attach(simulation)
        self.assertEqual(first.ask(b"qC"), b"QC1")
        second = self.attach(simulation)
        self.assertEqual(second.packet(), b"E.another debugger is attached")
        self.assertTrue(second.is_closed())
        self.expect_end(simulation, first)

    def test_a_debugger_that_never_reads_is_dropped(self):
        simulation = self.simulation()
        debugger = self.attach(simulation)
        question = RawDebugger.frame(b"m80000000,2000")
        debugger.socket.settimeout(1)
        try:
            for _ in range(20_000):
                debugger.send(question)
        except OSError:
            pass  # dropped, or all buffers full
        debugger.close()
        second = self.attach(simulation)
        self.expect_end(simulation, second)

    def test_thousand_random_streams_do_no_harm(self):
        seed = 20261122
        print(f"seed {seed}")
        choice = random.Random(seed)
        simulation = self.simulation()
        debugger = self.attach(simulation)
        heads = [b"m", b"M", b"X", b"p", b"P", b"G", b"Z", b"z", b"H", b"T", b"q", b"Q", b"vCont?", b"qXfer:", b"qRcmd,", b"v"]
        for _ in range(1000):
            body = bytes(choice.choice(b"0123456789abcdef,:;=-$#}*xyz\x00\xff") for _ in range(choice.randrange(12)))
            data = choice.choice(heads) + body.replace(b"$", b"").replace(b"#", b"")
            debugger.send(choice.choice([RawDebugger.frame(data), data, RawDebugger.frame(data)[:-1]]))
        debugger.close()
        second = self.attach(simulation)
        self.assertTrue(second.ask(b"?").startswith(b"T"))
        self.assertEqual(second.ask(b"vKill;1"), b"OK")
        self.assertEqual(simulation.finish(), 130)

    def test_a_port_that_is_taken_or_no_port_is_refused(self):
        simulation = self.simulation()
        taken = cairn("boot", self.elf, "--gdb", simulation.port)
        self.assertEqual((taken.status, taken.out), (2, ""))
        self.assertRegex(taken.err, rf"^cairn: --gdb {simulation.port}: cannot listen on 127.0.0.1:{simulation.port}: .*\n$")
        for text in ("65536", "-1", "one", "1234;wait", "1234,", ",wait", "wait:1234"):
            result = cairn("boot", self.elf, f"--gdb={text}")
            self.assertEqual(result.status, 2, text)
            self.assertRegex(result.err, rf"^cairn: --gdb {text}: write a port from 0 to 65535.*\n$")


if __name__ == "__main__":
    program.main(unittest)
