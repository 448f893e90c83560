#include "platform/soc_inspection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kit/peripheral.hpp"

namespace cairn::platform {

CpuState cpu_state(Cpu& cpu) {
  const hart::Hart& hart = cpu.hart();
  CpuState out;
  out.pc = hart.pc();
  for (unsigned n = 1; n < out.x.size(); ++n)
    out.x[n] = hart.x(n);
  for (const std::uint32_t number :
       {hart::csr::kMstatus, hart::csr::kMcause, hart::csr::kMepc, hart::csr::kMtval,
        hart::csr::kMtvec, hart::csr::kMie, hart::csr::kMip, hart::csr::kMscratch})
    out.csrs.emplace_back(number, hart.csr(number));
  out.traps.assign(hart.traps().frames().begin(), hart.traps().frames().end());
  if (const hart::Halt& halt = hart.halt()) {
    hart::TrapFrame fatal{
        .mcause = halt.mcause, .mtval = halt.mtval, .pc = halt.pc, .cycle = hart.cycle()};
    fatal.x = out.x;
    out.fatal = fatal;
  }
  out.is_sleeping = hart.waiting_for_interrupt();
  out.can_wake = hart.csr(hart::csr::kMie) != 0;
  return out;
}

std::string place_of(const Bus& bus, std::uint64_t address) {
  const auto region =
      std::ranges::find_if(bus.regions(), [&](const BusRegion& r) { return r.holds(address, 1); });
  if (region == bus.regions().end()) return {};
  const auto offset = static_cast<std::uint32_t>(address - region->base);
  const std::string full_name = std::string(bus.get_parent_object()->name()) + "." + region->target;
  const auto* const block =
      dynamic_cast<const kit::Peripheral*>(sc_core::sc_find_object(full_name.c_str()));
  if (block != nullptr)
    for (const std::uint32_t start : {offset, offset & ~3u})
      if (const char* const name = block->registers().name_at(start))
        return fmt::format("{}.{}", region->target, name);
  return fmt::format("{}+{:#x}", region->target, offset);
}

}  // namespace cairn::platform
