#include "models/clint/clint.hpp"

#include <limits>

#include "clint_regs.hpp"

namespace cairn {

using namespace clint_regs;
using sc_core::sc_time;
using sc_core::sc_time_stamp;

namespace {

constexpr std::uint64_t kLowWord = 0xffff'ffff;

}  // namespace

Clint::Clint(sc_core::sc_module_name name, sc_time tick)
    : Peripheral(name, kRegisters, {.min_bytes = 4, .max_bytes = 8, .holes_read_zero = true}),
      tick_(tick) {
  regs.after_write<msip>([this] { software.set(regs.get<msip::pending>() != 0); });
  regs.after_write<mtimecmp_lo>([this] { update(); });
  regs.after_write<mtimecmp_hi>([this] { update(); });
  regs.computed<mtime_lo>([this] { return static_cast<std::uint32_t>(now()); });
  regs.computed<mtime_hi>([this] { return static_cast<std::uint32_t>(now() >> 32); });
  regs.after_write<mtime_lo>(
      [this] { set_mtime((now() & ~kLowWord) | regs.get<mtime_lo::value>()); });
  regs.after_write<mtime_hi>(
      [this] { set_mtime((now() & kLowWord) | std::uint64_t{regs.get<mtime_hi::value>()} << 32); });

  SC_METHOD(update);
  sensitive << match_;
}

std::uint64_t Clint::mtimecmp() const {
  return std::uint64_t{regs.get<mtimecmp_hi::value>()} << 32 | regs.get<mtimecmp_lo::value>();
}

void Clint::set_mtime(std::uint64_t value) {
  offset_ += value - now();
  update();
}

void Clint::update() {
  match_.cancel();
  timer.set(now() >= mtimecmp());
  if (timer.level()) return;
  // The edge of the tick that makes mtime equal to mtimecmp, unless it is beyond the end of time.
  const std::uint64_t edge = mtimecmp() - offset_;
  if (edge > std::numeric_limits<std::uint64_t>::max() / tick_.value()) return;
  const sc_time at = sc_time::from_value(edge * tick_.value());
  match_.notify(at - sc_time_stamp());
}

}  // namespace cairn
