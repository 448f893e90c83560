// Energy and area of one core: what each counted event costs, leakage, area. Pure data and sums.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::npu {

/// What costs energy when it happens. Words are 64 bits.
enum class EnergyEvent : std::uint8_t {
  mac,           ///< one product added to an accumulator, whatever its widths
  bit_product,   ///< one-bit products: macs * feature bits * weight bits
  feature_read,  ///< words of the feature SRAM
  feature_write,
  weight_read,  ///< words of the weight SRAM
  weight_write,
  buffer_read,  ///< words of the buffer inside the core
  buffer_write,
  dram_bit,      ///< bits moved between DRAM and the chip
  search,        ///< of the entries of a content-addressable array
  accumulation,  ///< of what searches counted
  match,         ///< an entry in a search
  load,          ///< an operand written into an entry
  row,           ///< a row of the array in an evaluation, with its share of the conversion
  cell_write,    ///< a bit written into a cell
};
constexpr std::size_t kEnergyEvents = 15;

/// As the events are called in tables, reports and configurations: "mac", "feature_read"...
std::string_view name_of(EnergyEvent event);

/// One constant of a table.
struct EnergyValue {
  std::string key;  ///< an event's name; or "leakage" or "area" of a part; or "calibration"
  std::string
      part;  ///< whose energy or area it is: "array", "features", "weights", "buffer", "dram"
  double value = 0;
  std::string unit;    ///< "fJ" for an event, "uW" for leakage, "mm2" for area, "1"
  std::string source;  ///< where the value comes from
  bool calibrated =
      false;  ///< chosen so that a published point is met: agreement there proves nothing
};

/// The constants of one core configuration at its nominal voltage. Energies and leakage on the chip
/// are multiplied by `calibration`, the one factor that closes the published peak point; DRAM is
/// not.
struct EnergyTable {
  double nominal_volt = 1.0;
  std::vector<EnergyValue> values;

  /// 0 where the core has no such event or part.
  double at(std::string_view key, std::string_view part) const;
  double event_fj(EnergyEvent event) const;  ///< before calibration
  double calibration() const;                ///< 1 where the table has none
  double area_mm2() const;                   ///< of all parts
};

/// What happened in some span of time.
struct EnergyCounts {
  std::array<std::uint64_t, kEnergyEvents> events{};
  double seconds = 0;  ///< powered, for leakage

  std::uint64_t& operator[](EnergyEvent e) { return events[static_cast<std::size_t>(e)]; }
  std::uint64_t operator[](EnergyEvent e) const { return events[static_cast<std::size_t>(e)]; }
};

struct EnergyPart {
  std::string name;
  double pj = 0;
};

/// Energy per part, in the order in which the table names the parts; "leakage" last. Energy on the
/// chip, leakage included, scales with the square of the voltage; DRAM's does not.
std::vector<EnergyPart> energy_per_part(const EnergyTable& table, const EnergyCounts& counts,
                                        double volt);

/// The same, summed without the part "dram".
double chip_energy_pj(const EnergyTable& table, const EnergyCounts& counts, double volt);

}  // namespace cairn::npu
