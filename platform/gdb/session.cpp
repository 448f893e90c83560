#include "platform/gdb/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "platform/gdb/target_description.hpp"

namespace cairn::platform::gdb {
namespace {

// Answers to what cannot be done; the numbers are those of errno.
constexpr std::string_view kOk = "OK", kNoRegister = "E02", kBadAddress = "E0e", kBadPacket = "E16";

/// There is one thread, number 1; 0 stands for any, -1 for all.
bool is_our_thread(std::string_view id) {
  return id == "1" || id == "0" || id == "-1";
}

Answer text(std::string_view words) {
  return {std::string(words), Request::kNothing};
}

std::span<const std::uint8_t> as_bytes(std::string_view data) {
  return {reinterpret_cast<const std::uint8_t*>(data.data()), data.size()};
}

}  // namespace

Answer Session::answer(std::string_view packet) {
  if (packet.empty()) return text("");
  const std::string_view rest = packet.substr(1);
  switch (packet.front()) {
    case '?':
      return text(describe_stop());
    case 'g':
      return text(read_registers());
    case 'G':
      return text(write_registers(rest));
    case 'p':
      return text(read_register(rest));
    case 'P':
      return text(write_register(rest));
    case 'm':
      return text(read_memory(rest));
    case 'M':
      return text(write_memory(rest, false));
    case 'X':
      return text(write_memory(rest, true));
    case 'Z':
      return text(set_point(rest, true));
    case 'z':
      return text(set_point(rest, false));
    case 'c':
      return resume_at(rest, false);
    case 's':
      return resume_at(rest, true);
    case 'C':  // with a signal, of which there are none
    case 'S': {
      Parser parser(rest);
      (void)parser.until(';');
      return resume_at(parser.rest(), packet.front() == 'S');
    }
    case 'D':
      return {std::string(kOk), Request::kDetach};
    case 'k':
      return {std::nullopt, Request::kKill};
    case 'H':
      return text(!rest.empty() && is_our_thread(rest.substr(1)) ? kOk : kBadPacket);
    case 'T':
      return text(is_our_thread(rest) ? kOk : kBadPacket);
    case 'q':
    case 'Q':
      return query(packet);
    case 'v':
      return verbose(packet);
    default:
      return text("");
  }
}

std::string Session::describe_stop() const {
  const HoldReason reason = target_.reason();
  std::string out =
      fmt::format("T{:02x}thread:1;", static_cast<unsigned>(signal_.value_or(reason.signal)));
  if (reason.is_breakpoint && knows_breaks_) out += "swbreak:;";
  if (reason.watch)
    out += fmt::format("{}:{:x};",
                       *reason.watch == Watch::kWrite  ? "watch"
                       : *reason.watch == Watch::kRead ? "rwatch"
                                                       : "awatch",
                       reason.watch_addr);
  return out;
}

std::optional<std::string> Session::stop_reply() {
  if (stepping_ && target_.reason().is_step && stepping_->contains(target_.pc())) {
    target_.release(true);
    return std::nullopt;
  }
  stepping_.reset();
  return describe_stop();
}

Answer Session::query(std::string_view packet) {
  Parser parser(packet);
  if (parser.try_skip("qSupported")) {
    knows_breaks_ = packet.find("swbreak+") != std::string_view::npos;
    return text(
        fmt::format("PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+;"
                    "swbreak+;hwbreak+",
                    kPacketBytes));
  }
  if (parser.try_skip("qXfer:features:read:")) return transfer_features(parser.rest());
  if (parser.try_skip("qRcmd,")) return run_command(parser.rest());
  if (packet == "QStartNoAckMode") {
    sends_acks_ = false;
    return text(kOk);
  }
  if (packet == "qC") return text("QC1");
  if (packet == "qfThreadInfo") return text("m1");
  if (packet == "qsThreadInfo") return text("l");
  if (parser.try_skip("qThreadExtraInfo,"))
    return text(to_hex(target_.waits_for_interrupt() ? "cpu0: waits for an interrupt" : "cpu0"));
  if (packet.starts_with("qAttached")) return text("1");  // quitting detaches, and does not kill
  return text("");
}

Answer Session::transfer_features(std::string_view arguments) const {
  Parser parser(arguments);
  if (parser.until(':') != "target.xml") return text("E00");
  const std::uint32_t offset = parser.number();
  parser.skip(',');
  const std::uint32_t length = parser.number();
  if (!parser.done()) return text(kBadPacket);
  const std::string xml = target_description(target_);
  if (offset >= xml.size()) return text("l");
  const std::string part =
      xml.substr(offset, std::min<std::size_t>(length, kPacketBytes / 2));  // escapes may double it
  return text((offset + part.size() < xml.size() ? "m" : "l") + part);
}

/// The text goes out as the answer. It may be longer than a packet: GDB takes any length here.
Answer Session::run_command(std::string_view hex) {
  Parser parser(hex);
  const std::string command = parser.bytes();
  if (!parser.ok()) return text(kBadPacket);
  const std::string said = monitor_(command);
  return text(said.empty() ? std::string(kOk) : to_hex(said));
}

Answer Session::verbose(std::string_view packet) {
  Parser parser(packet);
  if (packet == "vCont?") return text("vCont;c;C;s;S;r");
  if (parser.try_skip("vKill")) return {std::string(kOk), Request::kKill};
  if (!parser.try_skip("vCont;")) return text("");
  // The first action that names our thread, or none, is ours.
  while (!parser.rest().empty()) {
    Parser part(parser.until(';'));
    const std::string_view action = part.until(':');
    if (part.rest().empty() || is_our_thread(part.rest())) return resume(action);
  }
  return text(kBadPacket);
}

Answer Session::resume(std::string_view action) {
  Parser parser(action);
  if (parser.try_skip("r")) {
    Range range;
    range.first = parser.number();
    parser.skip(',');
    range.end = parser.number();
    if (!parser.done()) return text(kBadPacket);
    stepping_ = range;
    return resume_at("", true);
  }
  if (action.starts_with('c') || action.starts_with('C')) return resume_at("", false);
  if (action.starts_with('s') || action.starts_with('S')) return resume_at("", true);
  return text(kBadPacket);
}

Answer Session::resume_at(std::string_view address, bool step) {
  if (!address.empty()) {
    Parser parser(address);
    const std::uint32_t pc = parser.number();
    if (!parser.done()) return text(kBadPacket);
    target_.write_register(kPc, pc);
  }
  signal_.reset();
  target_.release(step);
  return {std::nullopt, Request::kResume};
}

std::string Session::read_registers() const {
  std::string out;
  for (unsigned n = 0; n <= kPc; ++n)
    out += to_hex(target_.read_register(n).value_or(0));
  return out;
}

std::string Session::write_registers(std::string_view hex) {
  Parser parser(hex);
  std::vector<std::uint32_t> values;
  while (parser.ok() && !parser.rest().empty() && values.size() <= kPc)
    values.push_back(parser.register_value());
  if (!parser.ok() || values.size() != kPc + 1) return std::string(kBadPacket);
  for (unsigned n = 0; n <= kPc; ++n)
    target_.write_register(n, values[n]);
  return std::string(kOk);
}

std::string Session::read_register(std::string_view number) const {
  Parser parser(number);
  const unsigned n = parser.number();
  if (!parser.done()) return std::string(kBadPacket);
  const auto value = target_.read_register(n);
  return value ? to_hex(*value) : std::string(kNoRegister);
}

std::string Session::write_register(std::string_view assignment) {
  Parser parser(assignment);
  const unsigned n = parser.number();
  parser.skip('=');
  const std::uint32_t value = parser.register_value();
  if (!parser.done()) return std::string(kBadPacket);
  return std::string(target_.write_register(n, value) ? kOk : kNoRegister);
}

std::string Session::read_memory(std::string_view range) const {
  Parser parser(range);
  const std::uint32_t addr = parser.number();
  parser.skip(',');
  const std::uint32_t length = parser.number();
  if (!parser.done()) return std::string(kBadPacket);
  std::vector<std::uint8_t> bytes(std::min<std::size_t>(length, kPacketBytes / 2));
  bytes.resize(target_.read_memory(addr, bytes));
  return bytes.empty() && length != 0 ? std::string(kBadAddress) : to_hex(bytes);
}

std::string Session::write_memory(std::string_view text, bool binary) {
  Parser parser(text);
  const std::uint32_t addr = parser.number();
  parser.skip(',');
  const std::uint32_t length = parser.number();
  parser.skip(':');
  const std::string data = binary ? std::string(parser.rest()) : parser.bytes();
  if (!parser.ok() || data.size() != length) return std::string(kBadPacket);
  return std::string(target_.write_memory(addr, as_bytes(data)) ? kOk : kBadAddress);
}

/// Software and hardware breakpoints are the same here: neither changes memory.
std::string Session::set_point(std::string_view point, bool on) {
  Parser parser(point);
  const std::uint32_t type = parser.number();
  parser.skip(',');
  const std::uint32_t addr = parser.number();
  parser.skip(',');
  const std::uint32_t length = parser.number();
  if (!parser.done()) return std::string(kBadPacket);
  switch (type) {
    case 0:
    case 1:
      target_.set_breakpoint(addr, on);
      return std::string(kOk);
    case 2:
    case 3:
    case 4:
      if (length == 0 || std::uint64_t{addr} + length > std::uint64_t{1} << 32)
        return std::string(kBadAddress);
      target_.set_watchpoint(addr, length,
                             type == 2   ? Watch::kWrite
                             : type == 3 ? Watch::kRead
                                         : Watch::kAccess,
                             on);
      return std::string(kOk);
    default:
      return {};
  }
}

}  // namespace cairn::platform::gdb
