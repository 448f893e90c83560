#include "models/plic/plic.hpp"

#include <bit>

#include "plic_regs.hpp"

namespace cairn {

using namespace plic_regs;

Plic::Plic(sc_core::sc_module_name name) : Peripheral(name, kRegisters, {.holes_read_zero = true}) {
  regs.after_write<priority>(0, [this] { regs.set<priority::level>(0, 0); });  // does not exist
  for (unsigned i = 1; i < priority::count; ++i)
    regs.after_write<priority>(i, [this] { update(); });
  for (unsigned i = 0; i < enable::count; ++i)
    regs.after_write<enable>(i, [this] { update(); });
  regs.after_write<threshold>([this] { update(); });
  regs.computed<plic_regs::claim>([this] { return best(); });
  regs.after_read<plic_regs::claim>([this] { claim(); });
  regs.after_write<plic_regs::claim>([this] { complete(regs.get<plic_regs::claim::source>()); });
  serving_.set(0);
}

void Plic::end_of_elaboration() {
  SC_METHOD(sample);
  for (const SourcePort& port : source)
    if (port.size() > 0) sensitive << port->value_changed_event();
}

void Plic::sample() {
  for (unsigned id = 1; id < kSources; ++id)
    request(id);
  update();
}

void Plic::request(unsigned id) {
  if (!level(id) || in_service_[id]) return;
  regs.set<pending::value>(id / 32, regs.get<pending::value>(id / 32) | 1u << id % 32);
}

void Plic::claim() {
  const std::uint32_t id = best();
  if (id == 0) return;
  regs.set<pending::value>(id / 32, regs.get<pending::value>(id / 32) & ~(1u << id % 32));
  in_service_[id] = true;
  serving_.set(id);
  update();
}

void Plic::complete(std::uint32_t id) {
  if (id >= kSources || !enabled(id)) return;
  in_service_[id] = false;
  serving_.set(0);
  request(id);
  update();
}

void Plic::update() {
  external.set(best() != 0);
}

bool Plic::enabled(unsigned id) const {
  return (regs.get<enable::value>(id / 32) >> id % 32 & 1) != 0;
}

// The enabled pending source of the highest priority above the threshold, the lowest number first.
std::uint32_t Plic::best() const {
  std::uint32_t winner = 0;
  std::uint32_t highest = regs.get<threshold::level>();
  for (unsigned word = 0; word < pending::count; ++word) {
    std::uint32_t ready = regs.get<pending::value>(word) & regs.get<enable::value>(word);
    for (; ready != 0; ready &= ready - 1) {
      const unsigned id = word * 32 + static_cast<unsigned>(std::countr_zero(ready));
      if (regs.get<priority::level>(id) <= highest) continue;
      highest = regs.get<priority::level>(id);
      winner = id;
    }
  }
  return winner;
}

}  // namespace cairn
