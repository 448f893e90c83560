// The input of one layer as the fast kernels read it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/map_layout.hpp"

namespace cairn::numbers {

/// Features are codes, code = q - type.low(), 0 to 2^bits - 1. Filled piecewise; an output reads
/// the pixels of its own window only, so others need not have been delivered. A pixel may be
/// delivered again. Serves every slice of its layer's channels.
class FeatureMap {
 public:
  /// The layer must be valid. Without padding code (a zero point outside its type, see
  /// FeatureType::code_zero) the padding holds 0.
  explicit FeatureMap(const Layer& layer);

  /// Delivers input pixels [first, first + count), raster order and all channels, from packed
  /// features at `bit_offset` of a ring (as unpack_features_ring). `input` is 1 for the second
  /// input of Op::add. std::length_error if they do not fit their ring or the layer's input.
  void put(std::int64_t first, std::int64_t count, std::span<const std::uint8_t> ring,
           std::uint64_t ring_bits, std::uint64_t bit_offset, int input = 0);
  /// The same from codes, [count * channels].
  void put(std::int64_t first, std::span<const std::uint8_t> codes, int input = 0);

  const MapLayout& layout() const { return layout_; }
  const Layer& layer() const { return layer_; }
  const std::uint8_t* data() const { return codes_.data(); }
  /// A number that no other contents have, of this map or another one.
  std::uint64_t contents() const { return contents_; }
  /// Where the second input's map begins.
  std::int64_t second_offset() const { return layout_.size(); }

 private:
  template <typename Read>
  void put_rows(std::int64_t first, std::int64_t count, int input, Read read);
  template <typename Read>
  void put_row(std::int64_t y, std::int64_t x, std::int64_t count, std::int64_t pixel, int input,
               Read read);

  Layer layer_;
  MapLayout layout_;
  CodeVector codes_;
  std::uint64_t contents_;
  std::vector<std::uint8_t> repeated_;  ///< one pixel before its channels are repeated
};

}  // namespace cairn::numbers
