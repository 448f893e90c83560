// Serial port.
#include "models/uart/uart.hpp"

#include "tests/support/bench.hpp"
#include "uart_regs.hpp"

namespace cairn {
namespace {

using namespace uart_regs;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

class UartTest : public test::Bench {
 protected:
  Uart uart{"uart0"};
  sc_core::sc_signal<bool> irq{"irq"};
  std::string sent;

  UartTest() {
    host.bus.bind(uart.bus);
    uart.irq.pin(irq);
    uart.on_transmit([this](char c) { sent += c; });
  }

  std::uint8_t get(std::uint32_t offset) {
    std::uint8_t v = 0;
    EXPECT_TLM_OK(host.read(offset, &v, 1));
    return v;
  }
  void put(std::uint32_t offset, std::uint32_t value) {
    const auto byte = static_cast<std::uint8_t>(value);
    EXPECT_TLM_OK(host.write(offset, &byte, 1));
  }
  bool interrupted() {
    wait(sc_time(1, SC_NS));
    return irq.read();
  }
  void use_fifos(std::uint32_t trigger) {
    put(iir_fcr::offset, iir_fcr::enable::mask | trigger << iir_fcr::trigger::lsb);
  }
};

// The values were read from QEMU 7.2's virt board.
TEST_F(UartTest, StartsWithTheResetValuesOfThePart) {
  run([&] {
    EXPECT_EQ(get(ier::offset), 0x00);
    EXPECT_EQ(get(iir_fcr::offset), 0x01);
    EXPECT_EQ(get(lcr::offset), 0x00);
    EXPECT_EQ(get(mcr::offset), 0x08);
    EXPECT_EQ(get(lsr::offset), 0x60);
    EXPECT_EQ(get(msr::offset), 0xb0);
    EXPECT_EQ(get(scr::offset), 0x00);
  });
}

TEST_F(UartTest, RegistersKeepOnlyTheBitsThatExist) {
  run([&] {
    for (const std::uint32_t offset :
         {ier::offset, mcr::offset, lsr::offset, msr::offset, scr::offset})
      put(offset, 0xef);
    EXPECT_EQ(get(ier::offset), 0x0f);
    EXPECT_EQ(get(mcr::offset), 0x0f);
    EXPECT_EQ(get(lsr::offset), 0x60);
    EXPECT_EQ(get(msr::offset), 0xb0);
    EXPECT_EQ(get(scr::offset), 0xef);
  });
}

TEST_F(UartTest, SendsEachByteAtOnceAndStaysEmpty) {
  run([&] {
    for (const char c : std::string("cairn\n")) {
      EXPECT_TRUE(get(lsr::offset) & lsr::thre::mask);
      put(data::offset, static_cast<std::uint8_t>(c));
    }
    EXPECT_EQ(sent, "cairn\n");
  });
}

TEST_F(UartTest, TheDivisorHidesBehindDlab) {
  run([&] {
    put(ier::offset, ier::received::mask);
    put(lcr::offset, lcr::dlab::mask | 3);
    put(data::offset, 0x34);
    put(ier::offset, 0xf2);
    EXPECT_EQ(get(data::offset), 0x34);
    EXPECT_EQ(get(ier::offset), 0xf2);
    put(lcr::offset, 3);
    EXPECT_EQ(get(ier::offset), ier::received::mask);
    EXPECT_EQ(get(data::offset), 0);
    EXPECT_EQ(sent, "");
  });
}

TEST_F(UartTest, AReceivedByteInterruptsUntilItIsRead) {
  run([&] {
    put(ier::offset, ier::received::mask);
    EXPECT_TRUE(uart.receive('a'));
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(get(iir_fcr::offset), 0x04);
    EXPECT_EQ(get(lsr::offset), 0x61);
    EXPECT_EQ(get(data::offset), 'a');
    EXPECT_FALSE(interrupted());
    EXPECT_EQ(get(lsr::offset), 0x60);
    EXPECT_EQ(get(iir_fcr::offset), 0x01);
  });
}

TEST_F(UartTest, TheTransmitInterruptComesWhenEnabledAndGoesWhenIdentified) {
  run([&] {
    EXPECT_FALSE(interrupted());
    put(ier::offset, ier::transmit_empty::mask);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(get(iir_fcr::offset), 0x02);
    EXPECT_FALSE(interrupted());
    EXPECT_EQ(get(iir_fcr::offset), 0x01);
    put(data::offset, 'x');
    EXPECT_TRUE(interrupted()) << "sent, so empty again";
    put(ier::offset, 0);
    EXPECT_FALSE(interrupted());
  });
}

TEST_F(UartTest, TheFifoInterruptsAtItsTriggerLevel) {
  run([&] {
    use_fifos(2);  // 8 bytes
    put(ier::offset, ier::received::mask);
    for (std::uint8_t i = 0; i < 7; ++i)
      EXPECT_TRUE(uart.receive(i));
    EXPECT_FALSE(interrupted());
    EXPECT_EQ(get(iir_fcr::offset), 0xc1);
    EXPECT_TRUE(uart.receive(7));
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(get(iir_fcr::offset), 0xc4);
    EXPECT_EQ(get(data::offset), 0);
    EXPECT_FALSE(interrupted());
  });
}

TEST_F(UartTest, DataBelowTheTriggerInterruptAfterFourCharacterTimes) {
  run([&] {
    put(lcr::offset, lcr::dlab::mask | 3);  // 8 data bits: 10 bits a character
    put(data::offset, 1);
    put(lcr::offset, 3);
    use_fifos(3);
    put(ier::offset, ier::received::mask);
    EXPECT_TRUE(uart.receive('a'));
    wait(sc_time(100, SC_US));  // 40 bits at 399,193 per second: 100.2 us
    EXPECT_FALSE(irq.read());
    wait(sc_time(1, SC_US));
    EXPECT_TRUE(irq.read());
    EXPECT_EQ(get(iir_fcr::offset), 0xcc);
    EXPECT_EQ(get(data::offset), 'a');
    EXPECT_FALSE(interrupted());
  });
}

TEST_F(UartTest, AFullFifoDropsTheNewestByteAndReportsAnOverrun) {
  run([&] {
    use_fifos(0);
    EXPECT_EQ(uart.room(), 16u);
    for (std::uint8_t i = 0; i < 16; ++i)
      EXPECT_TRUE(uart.receive(i));
    EXPECT_EQ(uart.room(), 0u);
    EXPECT_FALSE(uart.receive(99));
    put(ier::offset, ier::line_status::mask | ier::received::mask);
    EXPECT_EQ(get(iir_fcr::offset), 0xc6) << "the line status comes first";
    EXPECT_EQ(get(lsr::offset), 0x63);
    EXPECT_EQ(get(lsr::offset), 0x61) << "reading cleared the overrun";
    for (std::uint8_t i = 0; i < 16; ++i)
      EXPECT_EQ(get(data::offset), i);
    EXPECT_EQ(get(lsr::offset), 0x60);
  });
}

TEST_F(UartTest, WithoutFifosTheNewestByteReplacesTheOldest) {
  run([&] {
    EXPECT_TRUE(uart.receive('a'));
    EXPECT_FALSE(uart.receive('b'));
    EXPECT_EQ(get(lsr::offset), 0x63);
    EXPECT_EQ(get(data::offset), 'b');
    EXPECT_EQ(get(lsr::offset), 0x60);
  });
}

TEST_F(UartTest, ClearingTheReceiveFifoForgetsItsBytes) {
  run(
      [&] {
        use_fifos(0);
        put(ier::offset, ier::received::mask);
        EXPECT_TRUE(uart.receive('a'));
        put(iir_fcr::offset, iir_fcr::enable::mask | iir_fcr::clear_receive::mask);
        EXPECT_FALSE(interrupted());
        EXPECT_EQ(get(lsr::offset), 0x60);
        wait(sc_time(5, SC_MS));
        EXPECT_FALSE(irq.read()) << "the timeout went with them";
      },
      sc_time(10, SC_MS));
}

TEST_F(UartTest, InLoopbackWhatIsSentIsReceived) {
  run([&] {
    put(mcr::offset, mcr::loopback::mask | mcr::rts::mask | mcr::out2::mask);
    put(data::offset, 'l');
    EXPECT_EQ(sent, "");
    EXPECT_FALSE(uart.receive('x')) << "the line is disconnected";
    EXPECT_EQ(get(data::offset), 'l');
    EXPECT_EQ(get(msr::offset), 0x90) << "dcd is out2, cts is rts";
  });
}

TEST_F(UartTest, AWiderAccessSeesOneRegister) {
  run([&] {
    EXPECT_EQ(read32(mcr::offset), 0x08u);
    std::uint16_t half = 0;
    EXPECT_TLM_OK(host.read(iir_fcr::offset, &half, 2));
    EXPECT_EQ(half, 1u);
    write32(data::offset, 0xffff'ff41);
    EXPECT_EQ(sent, "A");
    EXPECT_TLM_ADDRESS_ERROR(host.read(8, &half, 1));
    EXPECT_TLM_ADDRESS_ERROR(host.read(ier::offset, &half, 2)) << "misaligned";
  });
}

TEST_F(UartTest, DebugAccessTakesNoByteAndSendsNone) {
  run([&] {
    EXPECT_TRUE(uart.receive('a'));
    std::array<std::uint8_t, 8> all{};
    EXPECT_EQ(host.debug_read(0, all.data(), 8), 8u);
    EXPECT_EQ(all[0], 'a');
    EXPECT_EQ(all[5], 0x61);
    EXPECT_EQ(host.debug_write(0, all.data(), 1), 1u);
    EXPECT_EQ(sent, "");
    EXPECT_EQ(get(data::offset), 'a');
    EXPECT_EQ(host.debug_read(7, all.data(), 8), 1u) << "the block ends there";
  });
}

/// A sender whose text arrives by itself.
class UartSourceTest : public UartTest {
 protected:
  std::string waiting = "abcdefghijklmnopqrstuvwxyz";
  const sc_time character{25'051, SC_NS};  // 10 bits at 399,193 per second, rounded up

  UartSourceTest() {
    uart.attach_source([this]() -> std::optional<std::uint8_t> {
      if (waiting.empty()) return std::nullopt;
      const auto byte = static_cast<std::uint8_t>(waiting.front());
      waiting.erase(0, 1);
      return byte;
    });
  }
  void run_for_long(std::function<void()> body) { run(std::move(body), sc_time(100, SC_MS)); }
  void use_fastest_line() {
    put(lcr::offset, lcr::dlab::mask | 3);
    put(data::offset, 1);
    put(ier::offset, 0);
    put(lcr::offset, 3);
  }
};

TEST_F(UartSourceTest, NothingArrivesBeforeTheProgramReceives) {
  run_for_long([&] {
    use_fastest_line();
    wait(sc_time(1, SC_MS));
    EXPECT_EQ(waiting.size(), 26u);
    use_fifos(0);  // switching the FIFOs on empties them
    put(ier::offset, ier::received::mask);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(get(data::offset), 'a');
  });
}

TEST_F(UartSourceTest, BytesComeOneCharacterTimeApart) {
  run_for_long([&] {
    use_fastest_line();
    use_fifos(0);
    (void)get(lsr::offset);
    wait(character * 9.5);
    EXPECT_EQ(waiting.size(), 26u - 10);
    EXPECT_EQ(get(data::offset), 'a');
    EXPECT_EQ(get(data::offset), 'b');
  });
}

TEST_F(UartSourceTest, AFullFifoHoldsTheSenderBackWithoutAnOverrun) {
  run_for_long([&] {
    use_fastest_line();
    use_fifos(0);
    put(ier::offset, ier::received::mask);
    wait(sc_time(2, SC_MS));
    EXPECT_EQ(waiting.size(), 10u);
    EXPECT_FALSE(get(lsr::offset) & lsr::overrun::mask);
    std::string text;
    for (int i = 0; i < 26; ++i) {
      wait(character * 1.5);
      text += static_cast<char>(get(data::offset));
    }
    EXPECT_EQ(text, "abcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(get(lsr::offset), 0x60);
  });
}

TEST_F(UartSourceTest, ASourceThatWasEmptyGoesOnWhenItSaysSo) {
  waiting.clear();
  run_for_long([&] {
    use_fastest_line();
    use_fifos(0);
    put(ier::offset, ier::received::mask);
    wait(sc_time(1, SC_MS));
    waiting = "!";
    wait(sc_time(1, SC_MS));
    EXPECT_EQ(get(lsr::offset), 0x60);
    uart.source_ready();
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(get(data::offset), '!');
  });
}

TEST_F(UartSourceTest, LoopbackHoldsTheSenderBack) {
  run_for_long([&] {
    use_fastest_line();
    use_fifos(0);
    put(mcr::offset, mcr::loopback::mask);
    put(ier::offset, ier::received::mask);
    wait(sc_time(1, SC_MS));
    EXPECT_EQ(waiting.size(), 26u);
    put(mcr::offset, 0);
    wait(sc_time(1, SC_US));
    EXPECT_EQ(get(data::offset), 'a');
  });
}

}  // namespace
}  // namespace cairn
