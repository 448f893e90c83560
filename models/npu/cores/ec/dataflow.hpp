// What stays in the array while a step computes, and how many output pixels a step has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/operands.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ec {

/// Values of the geometry's `mapping`; `chosen` is never a dataflow's.
enum class Stationary : std::uint8_t {
  chosen,
  activations,  ///< a pixel's features are loaded once, and all weights pass by
  weights,      ///< an output channel's weights are loaded once, and the pixels of a step pass by
};
inline const std::vector<std::string> kStationaryNames = {"auto", "activation-stationary",
                                                          "weight-stationary"};

struct Dataflow {
  Stationary stationary = Stationary::activations;
  std::uint32_t step_pixels = 1;  ///< most output pixels of a step, all in one row
  bool operator==(const Dataflow&) const = default;
};

/// Accesses of some output pixels of a tile.
struct Accesses {
  std::uint64_t loads = 0;        ///< operands written into entries
  std::uint64_t weight_bits = 0;  ///< read from the weight SRAM, without tables
  std::uint64_t buffer_bits = 0;  ///< read from the input buffer
  bool operator==(const Accesses&) const = default;
};

/// Of a step with these many outputs, whose windows hold `taps` pixels inside the map in all.
Accesses accesses(const numbers::Layer& layer, const Tile& tile, Stationary stationary,
                  std::uint64_t outputs, std::uint64_t taps);

/// Chooses the dataflow with which a tile's accesses cost less energy, or the one that the geometry
/// asks for where it is possible: with stationary weights a step's window must fit the input
/// buffer, its outputs the accumulators. Pure: the compiler and the shell come to the same answer.
/// Layers without weights have steps as with stationary weights.
class DataflowChoice {
 public:
  explicit DataflowChoice(const Geometry& geometry);

  Dataflow of(const numbers::Layer& layer, const Tile& tile) const;

 private:
  std::uint32_t largest_step(const numbers::Layer& layer, const Tile& tile) const;
  double cost(const numbers::Layer& layer, const Tile& tile, const Dataflow& flow) const;

  const Stationary asked_;
  const std::uint64_t buffer_bits_, accumulator_bits_;
  const double load_fj_, weight_bit_fj_, buffer_bit_fj_;
};

}  // namespace cairn::npu::ec
