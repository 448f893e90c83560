#include "models/power/power.hpp"

#include <stdexcept>

#include "power_regs.hpp"

namespace cairn {

using namespace power_regs;

Power::Power(sc_core::sc_module_name name, const std::vector<Controlled>& domains)
    : Peripheral(name, kRegisters) {
  if (domains.size() > kMaxDomains) throw std::length_error("the power controller has 8 domains");
  regs.set<id::domains>(static_cast<std::uint32_t>(domains.size()));
  for (const Controlled& d : domains)
    domains_.push_back(std::make_unique<Domain>(d.name, *d.domain));
  for (std::uint32_t n = 0; n < kMaxDomains; ++n)
    regs.after_write<power_regs::request>(n, [this, n] { request(n); });
  for (std::uint32_t n = 0; n < domains_.size(); ++n) {
    domains_[n]->domain.on_change([this, n] { show(n); });
    show(n);
  }
  regs.computed<probe_clock>([this] { return static_cast<std::uint32_t>(probed().clock_hz); });
  regs.computed<probe_supply>([this] { return probed().millivolt; });
}

void Power::request(std::uint32_t number) {
  if (number >= domains_.size()) return regs.set<power_regs::request::point>(number, 0);
  kit::PowerDomain& domain = domains_[number]->domain;
  const std::uint32_t point = regs.get<power_regs::request::point>(number);
  if (point < domain.points().size()) domain.ask(point);
  show(number);
}

void Power::show(std::uint32_t number) {
  Domain& d = *domains_[number];
  const kit::ClockAndSupply& now = d.domain.now();
  regs.set<power_regs::request::point>(number, static_cast<std::uint32_t>(d.domain.wanted()));
  regs.set<state::point>(number, static_cast<std::uint32_t>(d.domain.index()));
  regs.set<state::points>(number, static_cast<std::uint32_t>(d.domain.points().size()));
  regs.set<state::changing>(number, d.domain.is_pending() ? 1 : 0);
  regs.set<clock::hz>(number, static_cast<std::uint32_t>(now.clock_hz));
  regs.set<supply::millivolt>(number, now.millivolt);
  d.clock_mhz.set(static_cast<double>(now.clock_hz) / 1e6);
  d.supply_volt.set(now.millivolt / 1e3);
}

kit::ClockAndSupply Power::probed() const {
  const std::uint32_t domain = regs.get<probe::domain>(), point = regs.get<probe::point>();
  if (domain >= domains_.size() || point >= domains_[domain]->domain.points().size()) return {};
  return domains_[domain]->domain.points()[point];
}

}  // namespace cairn
