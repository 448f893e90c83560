// What stays in the array while a step computes, and how many output pixels a step has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
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

/// Operands of a dot product of the tile's.
std::uint64_t dot_operands(const numbers::Layer& layer, const Tile& tile);
/// True where each output channel has operands of its own: depthwise, and what has no weights.
bool is_channelwise(const numbers::Layer& layer);

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

/// Calls visit(first pixel, pixels) for the steps of a tile, pieces of at most `most` pixels of a
/// row.
template <typename Visit>
void for_each_step(const numbers::Layer& layer, const Tile& tile, std::uint32_t most, Visit visit) {
  const auto width = static_cast<std::uint32_t>(layer.out.width);
  const std::uint32_t end = tile.first_pixel + tile.pixels;
  for (std::uint32_t pixel = tile.first_pixel; pixel < end;) {
    const std::uint32_t count = std::min({most, width - pixel % width, end - pixel});
    visit(pixel, count);
    pixel += count;
  }
}

/// Pixels of the windows of these outputs of one row that lie inside the map, each as often as an
/// output needs it.
std::uint64_t taps_inside(const numbers::Layer& layer, std::uint32_t first, std::uint32_t count);

}  // namespace cairn::npu::ec
