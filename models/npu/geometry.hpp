// The sizes of one core and of the memories around it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::npu {

/// One configurable size of a core.
struct GeometryValue {
  std::string key;  ///< "tile_pixels"
  std::int64_t value = 0;
  std::string unit;
  std::string doc;
  bool assumed = false;    ///< not published: chosen by us
  bool in_buffer = false;  ///< bytes of the buffer SRAM, which has the size of all such values
  std::int64_t multiple_of = 1;
  std::vector<std::string> choices = {};  ///< if any: names of the values 0, 1, 2...
  std::int64_t high = 1 << 20;            ///< the most it may be

  /// As a user writes it.
  std::string text() const {
    return choices.empty() ? std::to_string(value) : choices.at(static_cast<std::size_t>(value));
  }
};

/// `hash` goes into the job and into the geometry register.
struct Geometry {
  std::uint16_t core_id = 0;
  std::uint64_t feature_bits = 983'040;  ///< feature SRAM
  std::uint32_t weight_bytes = 65'536;   ///< weight SRAM
  std::uint32_t buffer_bytes = 20'480;   ///< buffer SRAM: rows of a stream, pixels of a fused pair
  /// Arrays that hold weights: those of a network that is too large come with each tile.
  bool reload = false;
  std::vector<GeometryValue> values;

  std::int64_t at(std::string_view key) const;  ///< throws std::out_of_range
  /// Throws std::out_of_range. Keeps buffer_bytes the sum of the values that are in the buffer.
  void set(std::string_view key, std::int64_t value);
  std::uint32_t hash() const;
};

}  // namespace cairn::npu
