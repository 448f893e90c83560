// The register that ends a run (QEMU's sifive_test). Registers: models/finisher/finisher.toml.
#pragma once

#include <cstdint>
#include <functional>

#include "models/kit/peripheral.hpp"

namespace cairn {

/// What the guest asked for. `code` is 0 unless it failed.
struct Finish {
  enum class Kind { kPass, kFail, kReset };

  Kind kind = Kind::kPass;
  std::uint16_t code = 0;
};

/// A word or half-word written to offset 0 calls the hook, in the process of the bus access.
class Finisher : public kit::Peripheral {
 public:
  explicit Finisher(sc_core::sc_module_name name);

  /// Without a hook the simulation stops (sc_stop).
  void on_finish(std::function<void(const Finish&)> hook) { hook_ = std::move(hook); }

 private:
  void finish();

  std::function<void(const Finish&)> hook_;
};

}  // namespace cairn
