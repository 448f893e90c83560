#include "models/cpu/cpu_trace.hpp"

#include <fmt/format.h>

#include "models/cpu/hart_traps.hpp"

namespace cairn {

void CpuTrace::reached(std::uint32_t pc, std::uint64_t cycle) {
  pc_.set(pc, clock_.time_of(cycle));
}

void CpuTrace::called(std::uint32_t target, std::uint64_t cycle) {
  reached(target, cycle);
  if (function_.on() && symbol) function_.set(symbol(target), clock_.time_of(cycle));
}

void CpuTrace::trapped(std::uint32_t cause, std::uint32_t value, std::uint32_t pc,
                       std::uint32_t handler, std::uint64_t cycle) {
  called(handler, cycle);
  if (!trap_.on()) return;
  const bool interrupt = (cause & hart::kInterruptFlag) != 0;
  trap_.set(interrupt
                ? fmt::format("{}", hart::cause_name(cause))
                : fmt::format("{} at {:#010x}, mtval {:#010x}", hart::cause_name(cause), pc, value),
            clock_.time_of(cycle));
}

void CpuTrace::returned(std::uint32_t target, std::uint64_t cycle) {
  called(target, cycle);
  trap_.set("", clock_.time_of(cycle));
}

}  // namespace cairn
