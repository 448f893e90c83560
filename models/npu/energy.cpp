#include "models/npu/energy.hpp"

#include <algorithm>

namespace cairn::npu {

namespace {

constexpr std::array<std::string_view, kEnergyEvents> kNames = {
    "mac",          "bit_product", "feature_read", "feature_write", "weight_read",
    "weight_write", "buffer_read", "buffer_write", "dram_bit",      "search",
    "accumulation", "match",       "load",         "row",           "cell_write"};

constexpr std::string_view kDram = "dram";
constexpr double kPjPerFj = 1e-3, kPjPerJ = 1e12, kWattPerMicrowatt = 1e-6;

}  // namespace

std::string_view name_of(EnergyEvent event) {
  return kNames[static_cast<std::size_t>(event)];
}

double EnergyTable::at(std::string_view key, std::string_view part) const {
  for (const EnergyValue& v : values)
    if (v.key == key && v.part == part) return v.value;
  return 0;
}

double EnergyTable::event_fj(EnergyEvent event) const {
  for (const EnergyValue& v : values)
    if (v.key == name_of(event)) return v.value;
  return 0;
}

double EnergyTable::calibration() const {
  for (const EnergyValue& v : values)
    if (v.key == "calibration") return v.value;
  return 1;
}

double EnergyTable::area_mm2() const {
  double area = 0;
  for (const EnergyValue& v : values)
    if (v.key == "area") area += v.value;
  return area;
}

std::vector<EnergyPart> energy_per_part(const EnergyTable& table, const EnergyCounts& counts,
                                        double volt) {
  const double scale = volt / table.nominal_volt;
  const double on_chip = table.calibration() * scale * scale;
  std::vector<EnergyPart> parts;
  EnergyPart leakage{"leakage", 0};
  for (const EnergyValue& v : table.values) {
    if (v.key == "leakage")
      leakage.pj += v.value * kWattPerMicrowatt * counts.seconds * kPjPerJ * on_chip;
    const auto event = std::ranges::find(kNames, v.key);
    if (event == kNames.end()) continue;
    auto part = std::ranges::find(parts, v.part, &EnergyPart::name);
    if (part == parts.end()) part = parts.insert(parts.end(), {v.part, 0});
    part->pj += static_cast<double>(counts.events[event - kNames.begin()]) * v.value * kPjPerFj *
                (v.part == kDram ? 1 : on_chip);
  }
  parts.push_back(leakage);
  return parts;
}

double chip_energy_pj(const EnergyTable& table, const EnergyCounts& counts, double volt) {
  double sum = 0;
  for (const EnergyPart& part : energy_per_part(table, counts, volt))
    if (part.name != kDram) sum += part.pj;
  return sum;
}

}  // namespace cairn::npu
