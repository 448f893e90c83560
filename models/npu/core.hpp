// The half of a core that computes: integers in, integers out. The shell does memories, time and
// counting.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/npu/activity.hpp"
#include "models/npu/arithmetic.hpp"
#include "models/npu/mapping.hpp"
#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// One execution of a tile, for what differs from time to time.
struct Launch {
  std::uint32_t layer = 0;
  std::uint64_t job = 0;  ///< jobs that the NPU started before
};

/// The arithmetic of one tile's channels with their weights in place. Pure: no memory but what it
/// was made with. Output pixels are [first, first + count) of the layer; `out` holds just these,
/// pixel by pixel, the tile's channels. Accumulators that leave int32 saturate and add to
/// `overflows`.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Before the pixels of a tile are computed. Exact kernels are the same every time.
  virtual void launch(const Launch&) {}
  /// Requantised features, as codes (see numbers::FeatureMap).
  virtual void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
                   std::span<std::uint8_t> out, std::uint64_t& overflows) const = 0;
  /// Raw accumulators, for layers with numbers::kAccumulatorBits.
  virtual void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
                   std::span<std::int32_t> out, std::uint64_t& overflows) const = 0;
};

/// The same for a tile that has not all input channels: its products are added to partial sums.
class PartialKernel {
 public:
  virtual ~PartialKernel() = default;
  virtual void add(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
                   std::span<std::int32_t> sums, std::uint64_t& overflows) const = 0;
  /// Finished sums to codes or raw accumulators; only tiles with the last input channels.
  virtual void finish(std::span<const std::int32_t> sums, std::uint32_t count,
                      std::span<std::uint8_t> out, std::uint64_t& overflows) const = 0;
  virtual void finish(std::span<const std::int32_t> sums, std::uint32_t count,
                      std::span<std::int32_t> out, std::uint64_t& overflows) const = 0;
};

/// A core behind the shell. `block`: the tile's weights and table as they lie in the weight SRAM
/// (BlockShape).
class Core {
 public:
  virtual ~Core() = default;
  virtual const Mapping& mapping() const = 0;
  /// The schedule of a layer on the cells as they are.
  virtual std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const {
    return mapping().schedule(layer);
  }
  /// Writes a region of the cells: its bits as in Mapping::cell_bits(). Returns the cycles for
  /// which the array waits. Throws Fault (unsupported where there are no cells; bad_command).
  virtual std::uint64_t load_cells(std::uint16_t number, const CellRegion& region,
                                   std::span<const std::uint8_t> bits);
  /// Changes whenever cells that tiles can name do.
  virtual std::uint64_t cells_version() const { return 0; }
  virtual std::unique_ptr<Kernel> kernel(const numbers::Layer& layer, const Tile& tile,
                                         std::span<const std::uint8_t> block) const = 0;
  virtual std::unique_ptr<PartialKernel> partial_kernel(
      const numbers::Layer& layer, const Tile& tile, std::span<const std::uint8_t> block) const = 0;
  /// Null where the steps say all: their cycles do not depend on the operands.
  virtual std::unique_ptr<ActivityMeter> meter(const numbers::Layer& /*layer*/,
                                               const Tile& /*tile*/,
                                               std::span<const std::uint8_t> /*block*/) const {
    return nullptr;
  }
};

/// The core of that name with this geometry; throws std::out_of_range for an unknown name.
/// Generated from the list in models/npu/cores/CMakeLists.txt.
std::unique_ptr<Core> make_core(std::string_view name, const Geometry& geometry,
                                const Arithmetic& arithmetic = {});

/// The kernels every core uses in exact mode: equal to the reference, bit for bit.
std::unique_ptr<Kernel> exact_kernel(const numbers::Layer& layer, const Tile& tile,
                                     std::span<const std::uint8_t> block);
std::unique_ptr<PartialKernel> exact_partial_kernel(const numbers::Layer& layer, const Tile& tile,
                                                    std::span<const std::uint8_t> block);

}  // namespace cairn::npu
