#include "platform/gdb/soc_target.hpp"

#include <algorithm>

#include "models/cpu/hart_csr_names.hpp"
#include "platform/debug_transport.hpp"

namespace cairn::platform::gdb {
namespace {

hart::WatchKind kind_of(Watch watch) {
  switch (watch) {
    case Watch::kRead:
      return hart::WatchKind::kRead;
    case Watch::kWrite:
      return hart::WatchKind::kWrite;
    case Watch::kAccess:
      break;
  }
  return hart::WatchKind::kAccess;
}

Watch watch_of(hart::WatchKind kind) {
  switch (kind) {
    case hart::WatchKind::kRead:
      return Watch::kRead;
    case hart::WatchKind::kWrite:
      return Watch::kWrite;
    case hart::WatchKind::kAccess:
      break;
  }
  return Watch::kAccess;
}

/// As a POSIX system would signal it.
Signal signal_of(hart::Cause cause) {
  switch (cause) {
    case hart::Cause::kIllegalInstruction:
      return Signal::kIllegalInstruction;
    case hart::Cause::kFetchAccessFault:
    case hart::Cause::kLoadAccessFault:
    case hart::Cause::kStoreAccessFault:
      return Signal::kSegmentationFault;
    case hart::Cause::kLoadMisaligned:
    case hart::Cause::kStoreMisaligned:
      return Signal::kBusError;
    default:
      return Signal::kTrap;
  }
}

}  // namespace

void SocTarget::hold_now() {
  hold();
  const sc_core::sc_time slice(100, sc_core::SC_US);
  while (!is_held() && sc_core::sc_get_status() != sc_core::SC_STOPPED)
    sc_core::sc_start(slice);
}

void SocTarget::restart() {
  release(false);
  soc_.cpu0.reset(entry_, 0, a1_);
  hold_now();
}

HoldReason SocTarget::reason() const {
  HoldReason out;
  if (const hart::Halt& halt = soc_.cpu0.halted_reason()) {
    out.signal = signal_of(static_cast<hart::Cause>(halt.mcause));
    return out;
  }
  const hart::DebugStop& stop = hart().debug_stop();
  switch (stop.reason) {
    case hart::DebugReason::kBreakpoint:
      out.is_breakpoint = true;
      break;
    case hart::DebugReason::kWatchpoint:
      out.watch = watch_of(stop.watch);
      out.watch_addr = stop.addr;
      break;
    case hart::DebugReason::kStep:
      out.is_step = true;
      break;
    case hart::DebugReason::kRequest:
      out.signal = Signal::kInterrupt;
      break;
    case hart::DebugReason::kNone:
      break;
  }
  return out;
}

std::optional<std::uint32_t> SocTarget::read_register(unsigned number) const {
  if (number < kPc) return hart().x(number);
  if (number == kPc) return hart().pc();
  if (number == kPrivilege) return static_cast<std::uint32_t>(hart().privilege());
  if (number > kLastCsr) return std::nullopt;
  const bool has_float = hart().extensions().has_float;
  if (number < kFirstCsr)
    return has_float ? std::optional(hart().f(number - kFirstFloat)) : std::nullopt;
  const std::uint32_t csr = number - kFirstCsr;
  if (!hart::CsrFile::exists(csr) || (hart::FloatUnit::has_csr(csr) && !has_float))
    return std::nullopt;
  const auto mtime = [&] { return soc_.clint.mtime(sc_core::sc_time_stamp()); };
  if (csr == hart::csr::kTime) return static_cast<std::uint32_t>(mtime());
  if (csr == hart::csr::kTimeh) return static_cast<std::uint32_t>(mtime() >> 32);
  return hart().csr(csr);
}

bool SocTarget::write_register(unsigned number, std::uint32_t value) {
  if (!read_register(number) || number == kPrivilege) return false;
  if (number < kPc)
    hart().set_x(number, value);
  else if (number == kPc)
    hart().set_pc(value);
  else if (number < kFirstCsr)
    hart().set_f(number - kFirstFloat, value);
  else
    hart().set_csr(number - kFirstCsr, value);
  return true;
}

std::vector<RegisterName> SocTarget::csrs() const {
  std::vector<RegisterName> out;
  for (std::uint32_t number = 0; number <= kLastCsr - kFirstCsr; ++number)
    if (read_register(kFirstCsr + number))
      if (std::string name = hart::csr_name(number); !name.empty())
        out.push_back({kFirstCsr + number, std::move(name)});
  return out;
}

std::size_t SocTarget::transport(tlm::tlm_command command, std::uint32_t addr, std::uint8_t* data,
                                 std::size_t bytes) const {
  return debug_transport(soc_.cpu0, command, addr, data, bytes);
}

std::size_t SocTarget::read_memory(std::uint32_t addr, std::span<std::uint8_t> bytes) const {
  // The bus answers a range that lies in one target; at a target's end, bytes are read one by one.
  if (transport(tlm::TLM_READ_COMMAND, addr, bytes.data(), bytes.size()) == bytes.size())
    return bytes.size();
  std::size_t done = 0;
  while (done < bytes.size() &&
         transport(tlm::TLM_READ_COMMAND, addr + static_cast<std::uint32_t>(done), &bytes[done], 1))
    ++done;
  return done;
}

bool SocTarget::write_memory(std::uint32_t addr, std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
  std::size_t done = transport(tlm::TLM_WRITE_COMMAND, addr, data.data(), data.size());
  while (done < data.size() &&
         transport(tlm::TLM_WRITE_COMMAND, addr + static_cast<std::uint32_t>(done), &data[done], 1))
    ++done;
  soc_.cpu0.invalidate(addr, done);
  return done == data.size();
}

void SocTarget::set_breakpoint(std::uint32_t addr, bool on) {
  std::erase(breakpoints_, addr);
  if (on) {
    breakpoints_.push_back(addr);
    hart().set_breakpoint(addr);
  } else {
    hart().clear_breakpoint(addr);
  }
}

void SocTarget::set_watchpoint(std::uint32_t addr, std::uint32_t bytes, Watch watch, bool on) {
  const hart::Watchpoint watchpoint{addr, bytes, kind_of(watch)};
  hart().clear_watchpoint(watchpoint);
  std::erase(watchpoints_, watchpoint);
  if (!on) return;
  watchpoints_.push_back(watchpoint);
  hart().set_watchpoint(watchpoint);
}

void SocTarget::clear_points() {
  for (const std::uint32_t addr : breakpoints_)
    hart().clear_breakpoint(addr);
  for (const hart::Watchpoint& watchpoint : watchpoints_)
    hart().clear_watchpoint(watchpoint);
  breakpoints_.clear();
  watchpoints_.clear();
}

}  // namespace cairn::platform::gdb
