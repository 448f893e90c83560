// Interrupt controller in front of hart 0. Registers: models/plic/plic.toml.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "models/kit/irq.hpp"
#include "models/kit/peripheral.hpp"

namespace cairn {

/// The layout of SiFive's PLIC, as on QEMU's virt board: 96 sources, the registers of context 1 and
/// beyond read as zero. Sources are level-triggered: a source that is high becomes pending unless
/// it is in service (claimed and not completed), and stays pending when it falls. As on QEMU, a
/// claim returns only sources above the threshold; as the specification has it, completing a source
/// that is not enabled does nothing.
class Plic : public kit::Peripheral {
 public:
  static constexpr unsigned kSources = 96;
  using SourcePort =
      sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  /// Bind what is used: plic.source[10](uart_irq). Source 0 does not exist.
  sc_core::sc_vector<SourcePort> source{"source", kSources};
  kit::IrqOut external{"external"};  ///< to hart 0, machine mode

  SC_HAS_PROCESS(Plic);
  explicit Plic(sc_core::sc_module_name name);

 private:
  void end_of_elaboration() override;
  void sample();              // method: a source changed
  void request(unsigned id);  // the gateway of one source
  void claim();
  void complete(std::uint32_t id);
  void update();  // drives `external`
  std::uint32_t best() const;
  bool enabled(unsigned id) const;
  bool level(unsigned id) const { return source[id].size() > 0 && source[id]->read(); }

  std::bitset<kSources> in_service_;
  kit::trace::Vector serving_{"serving", 7, {.format = kit::trace::Format::kDecimal}};
};

}  // namespace cairn
