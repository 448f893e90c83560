// The A extension.
#include <cstring>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"

namespace cairn::hart {

void Hart::atomic(const Instruction& in) {
  const std::uint32_t addr = x_[in.rs1];
  if (addr % 4 != 0) {
    cycle_ += in.cycles;
    return exception(in.op == Op::kLrW ? Cause::kLoadMisaligned : Cause::kStoreMisaligned, addr);
  }
  if (in.op == Op::kLrW) return load_reserved(in);
  if (in.op == Op::kScW) return store_conditional(in);

  const std::uint32_t operand = x_[in.rs2];
  Access access{.cycle = cycle_};
  bool ok = allowed(addr, 4, AccessKind::kWrite) && read(addr, 4, access);
  const std::uint32_t memory = access.value;
  if (ok) ok = write(addr, 4, atomic_result(in.op, memory, operand), access);
  if (!ok) {
    cycle_ = access.cycle + in.cycles;
    return exception(Cause::kStoreAccessFault, addr);
  }
  x_[in.rd] = memory;
  retire(in, access.cycle);
}

void Hart::load_reserved(const Instruction& in) {
  const std::uint32_t addr = x_[in.rs1];
  Access access{.cycle = cycle_};
  if (!read(addr, 4, access)) {
    cycle_ = access.cycle + in.cycles;
    return exception(Cause::kLoadAccessFault, addr);
  }
  reservation_ = {.valid = true, .addr = addr, .value = access.value};
  x_[in.rd] = access.value;
  retire(in, access.cycle);
}

/// As on QEMU, a reservation also breaks when the word changes, whoever wrote it.
bool Hart::reservation_holds(std::uint32_t addr) {
  if (!reservation_.valid || reservation_.addr != addr) return false;
  const DirectRegion* region = regions_.find(addr, 4);
  if (region == nullptr || !region->readable) return true;
  std::uint32_t value = 0;
  std::memcpy(&value, region->host + (addr - region->base), sizeof value);
  return value == reservation_.value;
}

void Hart::store_conditional(const Instruction& in) {
  const std::uint32_t addr = x_[in.rs1];
  Access access{.cycle = cycle_};
  const bool holds = reservation_holds(addr);
  if (holds && !write(addr, 4, x_[in.rs2], access)) {
    cycle_ = access.cycle + in.cycles;
    return exception(Cause::kStoreAccessFault, addr);
  }
  reservation_.valid = false;
  x_[in.rd] = holds ? 0 : 1;
  retire(in, access.cycle);
}

}  // namespace cairn::hart
