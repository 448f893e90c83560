// The half of a core that the compiler sees: what fits, in what order, at what cost. No SystemC.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/energy.hpp"
#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/operating_point.hpp"
#include "models/npu/schedule.hpp"

namespace cairn::npu {

/// How features are kept from layer to layer.
enum class FeaturePolicy : std::uint8_t {
  ring,       ///< the output follows its input in one ring; inputs are freed as they are used up
  ping_pong,  ///< two buffers; the input is freed when the layer is finished
};

/// A schedule as `--schedule` names it.
struct ScheduleEntry {
  std::string_view name;
  std::string_view description;
  FeaturePolicy policy = FeaturePolicy::ring;
  bool fuses = false;  ///< streams the first convolution and its pooling, fuses 1x1 pairs
};

enum class LoopOrder : std::uint8_t { automatic, pixel_outer, channel_outer };

/// What a plan may use, and what it is judged by.
struct PlanRequest {
  std::string_view schedule;  ///< one of Mapping::schedules()
  LoopOrder order = LoopOrder::automatic;
  std::uint32_t block_bytes = 0;     ///< weight SRAM for one tile's weights and table, if
                                     ///< more than one block is needed (double
                                     ///< buffering); 0: half of the weight SRAM
  std::uint32_t resident_bytes = 0;  ///< weight SRAM for a single block of all channels;
                                     ///< 0: the whole weight SRAM
  std::uint64_t feature_bits = 0;    ///< feature SRAM that input and output may share; 0:
                                     ///< all of it
  std::uint32_t pixels_at_once = 0;  ///< 0: any number; else the most output pixels of a tile
                                     ///< (a fused pair's buffer is small)
  double dram_bytes_per_cycle = 0;   ///< 0: DRAM costs no time
  std::uint16_t cells = kNoCells;    ///< of all tiles
  std::span<const CellRegion> regions = {};  ///< of the whole network, from number 1 on
};

/// The tiles of one layer, in order, and what they are expected to cost.
struct Plan {
  /// A tile whose output and input channels are those of the tile before it uses its block again. A
  /// block above request.block_bytes (only where 16 channels of weights need more) takes the whole
  /// weight SRAM: it cannot be loaded before the block before it was used up.
  std::vector<Tile> tiles;
  std::string order;                   ///< "pixel-outer", "channel-outer", "rows"...: for people
  std::string reason;                  ///< one clause: why this order
  std::uint64_t cycles = 0;            ///< array busy, drain included; at most, if data decide
  std::uint64_t weight_bytes = 0;      ///< weights and tables loaded from DRAM
  std::uint64_t feature_elements = 0;  ///< read and written
};

/// Plans layers for one core configuration. Pure: the same layer gives the same plan and schedule.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual std::string_view core() const = 0;
  virtual const Geometry& geometry() const = 0;
  /// The first one is the default.
  virtual const std::vector<ScheduleEntry>& schedules() const = 0;
  /// Empty if the core can run the layer, else why not, as a clause ("has 9-bit weights").
  virtual std::string unsupported(const numbers::Layer& layer) const = 0;
  /// The cheapest tiling under the request. Throws PlanRefused if there is none.
  virtual Plan plan(const numbers::Layer& layer, const PlanRequest& request) const = 0;
  virtual std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const = 0;
  /// Where the cells of the array take the weights of all layers, once for all inferences; of cores
  /// that keep weights. Throws CellsRefused.
  virtual CellPlan place_cells(std::span<const numbers::Layer> layers) const {
    return {{}, std::vector<std::uint16_t>(layers.size(), kNoCells), 0};
  }
  /// What the cells of a layer's regions hold, in their order: row after row, packed, each region
  /// padded to 8 bytes. `weights` as in numbers::unpack_weights. Of layers that place_cells() gives
  /// regions.
  virtual std::vector<std::vector<std::uint8_t>> cell_bits(
      const numbers::Layer& /*layer*/, std::span<const std::int8_t> /*weights*/) const {
    return {};
  }
  /// Output pixels of the layer that the buffer holds, in whole 64-bit words, for the layer it is
  /// paired with; 0 if it does not even hold one.
  virtual std::uint32_t pair_pixels(const numbers::Layer& layer) const = 0;
};

/// No tiling of the layer fits the request. `what` is a clause: "needs 70000 bytes of weight memory
/// for one tile, but core 'ms' has 65536".
struct PlanRefused {
  std::string what;
};

std::uint64_t in_feature_bits(const numbers::Layer& layer);   ///< the whole input, packed
std::uint64_t out_feature_bits(const numbers::Layer& layer);  ///< the whole output, packed

/// Whether a tile has the last input channel: only then does it end in features, and only then does
/// its block hold a requantisation table.
bool has_last_input(const numbers::Layer& layer, const Tile& tile);

/// Bytes in the weight SRAM of a tile's weights and table, see BlockShape.
std::uint64_t block_bytes(const numbers::Layer& layer, const Tile& tile);

/// One core as the list of cores names it.
struct CoreEntry {
  std::string_view name;
  std::uint16_t id;
  std::string_view description;
  Geometry (*defaults)();
  EnergyTable (*energy)(const Geometry&);
  std::unique_ptr<Mapping> (*make)(const Geometry&);
  std::vector<OperatingPoint> points;  ///< the first one is the default
  bool has_physical = false;           ///< can run in physical mode
};

/// All cores, in the order of their identification. Generated from the list in
/// models/npu/cores/CMakeLists.txt.
const std::vector<CoreEntry>& cores();

}  // namespace cairn::npu
