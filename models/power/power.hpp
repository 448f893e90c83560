// Power controller: lets software choose the operating points of the NPUs. Registers:
// models/power/power.toml.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/kit/peripheral.hpp"
#include "models/kit/power_domain.hpp"
#include "models/kit/trace.hpp"

namespace cairn {

class Power : public kit::Peripheral {
 public:
  static constexpr std::uint32_t kMaxDomains = 8;

  /// A block's domain, which outlives the controller's use, and the block's name for the waves.
  struct Controlled {
    std::string name;
    kit::PowerDomain* domain;
  };
  /// At most kMaxDomains.
  Power(sc_core::sc_module_name name, const std::vector<Controlled>& domains);

 private:
  struct Domain {
    Domain(const std::string& name, kit::PowerDomain& which)
        : domain(which),
          clock_mhz((name + "_clock_mhz").c_str()),
          supply_volt((name + "_supply_volt").c_str()) {}

    kit::PowerDomain& domain;
    kit::trace::Real clock_mhz, supply_volt;
  };

  void request(std::uint32_t number);
  void show(std::uint32_t number);
  kit::ClockAndSupply probed() const;

  std::vector<std::unique_ptr<Domain>> domains_;
};

}  // namespace cairn
