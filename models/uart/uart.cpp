#include "models/uart/uart.hpp"

#include <algorithm>
#include <array>

#include "models/kit/clock.hpp"
#include "uart_regs.hpp"

namespace cairn {

using namespace uart_regs;

namespace {

constexpr std::uint64_t kBaudBase = 399'193;  // bits per second at divisor 1, as on QEMU's virt
constexpr unsigned kTimeoutCharacters = 4;
constexpr std::array<unsigned, 4> kTriggerLevels{1, 4, 8, 14};
constexpr std::uint8_t kIerMask = 0x0f;
constexpr std::uint8_t kFcrKept = 0xc9;  // trigger, DMA mode, enable
constexpr std::uint8_t kFifosInUse = 0xc0;
constexpr std::uint8_t kFcrEnable = iir_fcr::enable::mask;

}  // namespace

Uart::Uart(sc_core::sc_module_name name)
    : Peripheral(name, kRegisters, {.register_bytes = 1, .min_bytes = 1, .max_bytes = 8}) {
  connect_registers();
  SC_METHOD(on_timeout);
  sensitive << timeout_;
  dont_initialize();
  SC_METHOD(on_arrival);
  sensitive << arrival_;
  dont_initialize();
}

void Uart::connect_registers() {
  regs.computed<data>([this] { return read_data(); });
  regs.after_read<data>([this] { take_data(); });
  regs.after_write<data>([this] { write_data(); });
  regs.computed<ier>(
      [this]() -> std::uint32_t { return divisor_selected() ? divisor_ >> 8 : ier_; });
  regs.after_write<ier>([this] { write_ier(); });
  regs.computed<iir_fcr>(
      [this]() -> std::uint32_t { return cause() | (fcr_ & kFcrEnable ? kFifosInUse : 0); });
  regs.after_read<iir_fcr>([this] { take_cause(); });
  regs.after_write<iir_fcr>([this] { write_fcr(); });
  regs.after_read<lsr>([this] { take_line_status(); });
  regs.computed<msr>([this] { return modem_status(); });
  regs.after_write<mcr>([this] { continue_arrivals(); });
}

std::uint32_t Uart::read_data() const {
  if (divisor_selected()) return divisor_ & 0xff;
  return received_.empty() ? last_read_ : received_.front();
}

void Uart::take_data() {
  if (divisor_selected() || received_.empty()) return;
  last_read_ = received_.front();
  received_.pop_front();
  timeout_pending_ = false;
  regs.set<lsr::data_ready>(!received_.empty());
  restart_timeout();
  update();
  continue_arrivals();
}

void Uart::write_data() {
  const auto byte = static_cast<std::uint8_t>(regs.get<data::byte>());
  if (divisor_selected()) {
    divisor_ = static_cast<std::uint16_t>((divisor_ & 0xff00) | byte);
    return;
  }
  transmit(byte);
  transmit_pending_ = true;  // the byte has left at once: empty again
  update();
}

void Uart::write_ier() {
  const std::uint32_t value = regs.word<ier>();
  if (divisor_selected()) {
    divisor_ = static_cast<std::uint16_t>((divisor_ & 0xff) | value << 8);
    return;
  }
  const std::uint32_t changed = ier_ ^ value;
  ier_ = static_cast<std::uint8_t>(value & kIerMask);
  // Switching the interrupt on raises it, since the transmitter is empty.
  if (changed & ier::transmit_empty::mask) transmit_pending_ = ier_ & ier::transmit_empty::mask;
  update();
  if (receive_interrupt_enabled()) start_receiving();
}

void Uart::write_fcr() {
  const bool enable = regs.get<iir_fcr::enable>() != 0;
  const bool switched = enable != ((fcr_ & kFcrEnable) != 0);
  if (switched || regs.get<iir_fcr::clear_receive>()) {
    received_.clear();
    regs.set<lsr::data_ready>(0);
    timeout_.cancel();
    timeout_pending_ = false;
  }
  if (switched || regs.get<iir_fcr::clear_transmit>()) transmit_pending_ = true;
  fcr_ = static_cast<std::uint8_t>(regs.word<iir_fcr>() & kFcrKept);
  update();
  continue_arrivals();
}

void Uart::take_cause() {
  if (cause() != kTransmit) return;
  transmit_pending_ = false;
  update();
}

void Uart::take_line_status() {
  regs.set<lsr::overrun>(0);
  update();
  start_receiving();
}

std::uint32_t Uart::modem_status() const {
  if (!loopback()) return msr::cts::mask | msr::dsr::mask | msr::dcd::mask;
  return regs.get<mcr::rts>() << msr::cts::lsb | regs.get<mcr::dtr>() << msr::dsr::lsb |
         regs.get<mcr::out1>() << msr::ri::lsb | regs.get<mcr::out2>() << msr::dcd::lsb;
}

void Uart::transmit(std::uint8_t byte) {
  if (loopback()) {
    accept(byte);
    return;
  }
  const char c = static_cast<char>(byte);
  if (sink_) sink_(c);
  if (!line_.on()) return;
  if (c == '\n') {
    line_.set(line_so_far_);
    line_so_far_.clear();
  } else if (c != '\r') {
    line_so_far_ += c;
  }
}

bool Uart::receive(std::uint8_t byte) {
  return !loopback() && accept(byte);
}

unsigned Uart::room() const {
  const unsigned capacity = fcr_ & kFcrEnable ? kFifoBytes : 1;
  return capacity - static_cast<unsigned>(received_.size());
}

bool Uart::accept(std::uint8_t byte) {
  const bool fits = room() > 0;
  if (fits)
    received_.push_back(byte);
  else if (!(fcr_ & kFcrEnable))
    received_.back() = byte;  // without FIFOs the newest byte stays, with them the oldest do
  regs.set<lsr::data_ready>(1);
  if (!fits) regs.set<lsr::overrun>(1);
  restart_timeout();
  update();
  return fits;
}

void Uart::restart_timeout() {
  timeout_.cancel();
  if ((fcr_ & kFcrEnable) && !received_.empty())
    timeout_.notify(character_time() * kTimeoutCharacters);
}

void Uart::on_timeout() {
  timeout_pending_ = !received_.empty();
  update();
}

void Uart::source_ready() {
  continue_arrivals();
}

bool Uart::receive_interrupt_enabled() const {
  return (ier_ & ier::received::mask) != 0;
}

void Uart::start_receiving() {
  if (receiving_) return;
  receiving_ = true;
  continue_arrivals();
}

/// A second notification does no harm: the earlier one counts, and none comes before the line is
/// free.
void Uart::continue_arrivals() {
  if (!source_ || !receiving_ || loopback() || room() == 0) return;
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  arrival_.notify(std::max(next_arrival_, now) - now);
}

void Uart::on_arrival() {
  if (loopback() || room() == 0) return;
  const std::optional<std::uint8_t> byte = source_();
  if (!byte) return;
  next_arrival_ = sc_core::sc_time_stamp() + character_time();
  accept(*byte);
  continue_arrivals();
}

Uart::Cause Uart::cause() const {
  const bool fifos = fcr_ & kFcrEnable;
  if ((ier_ & ier::line_status::mask) && regs.get<lsr::overrun>()) return kLine;
  if ((ier_ & ier::received::mask) && timeout_pending_) return kTimeout;
  if ((ier_ & ier::received::mask) && !received_.empty() &&
      (!fifos || received_.size() >= kTriggerLevels[fcr_ >> iir_fcr::trigger::lsb]))
    return kData;
  if ((ier_ & ier::transmit_empty::mask) && transmit_pending_) return kTransmit;
  return kNone;
}

sc_core::sc_time Uart::character_time() const {
  const std::uint64_t bits = 1 + (regs.get<lcr::word_length>() + 5) + regs.get<lcr::parity>() +
                             (regs.get<lcr::two_stops>() ? 2 : 1);
  return kit::Clock(kBaudBase).time_of(bits * (divisor_ == 0 ? 1 : divisor_));
}

bool Uart::divisor_selected() const {
  return regs.get<lcr::dlab>() != 0;
}
bool Uart::loopback() const {
  return regs.get<mcr::loopback>() != 0;
}

}  // namespace cairn
