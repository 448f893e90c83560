// From the commands of the job format to what they mean.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

#include "job_format.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// Same values as npu.toml's error_code.
enum class ErrorCode : std::uint8_t {
  none,
  bad_command,
  ring_overrun,
  outside_memory,
  bus_error,
  aborted,
  unsupported,
  bad_list,
};

/// Why a job stopped. `address`: bus address, or a bit offset in the ring for an overrun.
struct Fault {
  ErrorCode code = ErrorCode::none;
  std::uint32_t address = 0;
  std::string reason;  ///< for the log; the guest sees the code
};

/// Where a tensor lies.
struct Place {
  unsigned ring = 0;
  std::uint32_t offset = 0;  ///< first bit in the ring
};

/// A layer command taken apart.
struct LayerPlacement {
  Place in{}, second{}, out{};
  job::Release in_release = job::Release::kWhenUsed, second_release = job::Release::kWhenUsed;
  std::uint32_t in_masked = 0, out_masked = 0;  ///< channels that a mask took away
};

/// A command read as one of its kinds.
template <typename As>
As as(const job::Command& command) {
  static_assert(sizeof(As) == sizeof(job::Command));
  return std::bit_cast<As>(command);
}

/// All of these throw Fault with bad_command if a field is outside its range or the fields
/// contradict each other.
numbers::Layer layer_of(const job::LayerCommand& command);
LayerPlacement placement_of(const job::LayerCommand& command);
Tile tile_of(const job::TileCommand& command, const numbers::Layer& layer);

/// Products that a channel mask took away from the layer.
std::uint64_t masked_macs(const numbers::Layer& layer, const LayerPlacement& placement);

/// The layer command of a layer, without what all commands begin with.
job::LayerCommand command_of(const numbers::Layer& layer, const LayerPlacement& placement);
job::TileCommand command_of(const Tile& tile);

}  // namespace cairn::npu
