// Serial port, an ns16550a. Registers: models/uart/uart.toml.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "models/kit/irq.hpp"
#include "models/kit/peripheral.hpp"

namespace cairn {

/// Behaves as the serial port of QEMU's virt board: a byte is sent in no time, so the transmitter
/// is always empty; the line speed (divisor and line control) only sets how long a receive FIFO
/// below its trigger level waits before it interrupts (four characters), and how fast the bytes
/// of an attached source arrive.
class Uart : public kit::Peripheral {
 public:
  static constexpr unsigned kFifoBytes = 16;

  kit::IrqOut irq{"irq"};

  SC_HAS_PROCESS(Uart);
  explicit Uart(sc_core::sc_module_name name);

  /// `sink` gets every byte sent, in the process of the bus access. Without one they are dropped.
  void on_transmit(std::function<void(char)> sink) { sink_ = std::move(sink); }

  /// A byte arrives from outside. False, and an overrun, if there is no room; also false, and no
  /// effect, in loopback. Call from a SystemC process or while the simulation is stopped.
  [[nodiscard]] bool receive(std::uint8_t byte);
  /// Bytes that can arrive without an overrun.
  [[nodiscard]] unsigned room() const;

  /// Gives the next byte that waits at the far end of the line, or nothing.
  using Source = std::function<std::optional<std::uint8_t>()>;
  /// Bytes are taken from `source` one character time apart and only while there is room for them,
  /// as a sender with flow control does. The first one is taken once the program receives: it has
  /// enabled the receive interrupt or read the line status. None is taken in loopback.
  void attach_source(Source source) { source_ = std::move(source); }
  /// The source has bytes again after it had none. As receive().
  void source_ready();
  /// Input can interrupt: the receive interrupt is enabled.
  [[nodiscard]] bool receive_interrupt_enabled() const;

 private:
  /// Values of bits 3..0 of the identification register, by falling priority.
  enum Cause : std::uint8_t { kLine = 6, kTimeout = 12, kData = 4, kTransmit = 2, kNone = 1 };

  void connect_registers();
  std::uint32_t read_data() const;
  void take_data();
  void write_data();
  void write_ier();
  void write_fcr();
  void take_cause();
  void take_line_status();
  std::uint32_t modem_status() const;

  bool accept(std::uint8_t byte);
  void transmit(std::uint8_t byte);
  void restart_timeout();
  void on_timeout();  // method: received data have waited for too long
  void start_receiving();
  void continue_arrivals();
  void on_arrival();  // method: the line is free for the next byte of the source
  Cause cause() const;
  void update() { irq.set(cause() != kNone); }
  sc_core::sc_time character_time() const;
  bool divisor_selected() const;
  bool loopback() const;

  std::function<void(char)> sink_;
  std::deque<std::uint8_t> received_;
  std::uint8_t last_read_ = 0;  ///< what the data register reads when nothing is there
  std::uint16_t divisor_ = 12;
  std::uint8_t ier_ = 0;
  std::uint8_t fcr_ = 0;
  bool transmit_pending_ = false;
  bool timeout_pending_ = false;
  sc_core::sc_event timeout_{"timeout"};
  Source source_;
  bool receiving_ = false;         // the program has looked for input
  sc_core::sc_time next_arrival_;  // when the line is free again
  sc_core::sc_event arrival_{"arrival"};
  std::string line_so_far_;
  kit::trace::Text line_{"line"};  ///< the last complete line sent
};

}  // namespace cairn
