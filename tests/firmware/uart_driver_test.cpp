// The serial port's C driver, compiled natively, on the real UART.
#include "firmware/drivers/uart.h"

#include <string>

#include "models/uart/uart.hpp"
#include "tests/firmware/hosted_mmio.hpp"

namespace cairn {
namespace {

class UartDriverTest : public test::Bench {
 protected:
  Uart model{"uart0"};
  sc_core::sc_signal<bool> irq{"irq_line"};
  std::string sent;
  uart_t uart{};

  UartDriverTest() {
    host.bus.bind(model.bus);
    model.irq.pin(irq);
    model.on_transmit([this](char c) { sent += c; });
    test::connect_mmio(*this);
  }

  std::string received() {
    std::string out;
    for (std::uint8_t byte = 0; uart_read(&uart, &byte) == STATUS_OK;)
      out += static_cast<char>(byte);
    return out;
  }
};

TEST_F(UartDriverTest, SendsWhatIsWritten) {
  const std::string text = "a line that is longer than the FIFO of sixteen bytes\n";
  run([&] {
    uart_init(&uart, 0);
    EXPECT_EQ(uart_write(&uart, text.data(), text.size()), text.size());
    EXPECT_TRUE(uart_idle(&uart));
    EXPECT_EQ(sent, text);
  });
}

TEST_F(UartDriverTest, TakesAtMostAQueueFull) {
  const std::string text(UART_QUEUE_BYTES + 10, 'x');
  run([&] {
    uart_init(&uart, 0);
    EXPECT_EQ(uart_write(&uart, text.data(), text.size()), UART_QUEUE_BYTES);
    EXPECT_EQ(sent.size(), UART_QUEUE_BYTES);
  });
}

TEST_F(UartDriverTest, ReceivesThroughItsInterrupt) {
  run([&] {
    uart_init(&uart, 0);
    EXPECT_EQ(received(), "");
    for (const char c : std::string("12345678"))
      EXPECT_TRUE(model.receive(static_cast<std::uint8_t>(c)));
    if (!irq.read()) sc_core::wait(irq.posedge_event());
    uart_on_irq(&uart);
    EXPECT_EQ(received(), "12345678");
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_FALSE(irq.read());
  });
}

TEST_F(UartDriverTest, ASingleByteInterruptsAfterAWhile) {
  run(
      [&] {
        uart_init(&uart, 0);
        EXPECT_TRUE(model.receive('!'));
        if (!irq.read()) sc_core::wait(irq.posedge_event());
        uart_on_irq(&uart);
        EXPECT_EQ(received(), "!");
      },
      sc_core::sc_time(100, sc_core::SC_MS));
}

TEST_F(UartDriverTest, CountsBytesThatWereLost) {
  run([&] {
    uart_init(&uart, 0);
    for (unsigned i = 0; i < Uart::kFifoBytes; ++i)
      EXPECT_TRUE(model.receive(static_cast<std::uint8_t>('a' + i)));
    EXPECT_FALSE(model.receive('z'));
    uart_on_irq(&uart);
    EXPECT_EQ(received(), "abcdefghijklmnop");
    EXPECT_EQ(uart.dropped, 1u);
  });
}

}  // namespace
}  // namespace cairn
