// The array of the stepped twin: lanes that multiply bit by bit.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/geometry.hpp"

namespace cairn::npu::ms {

/// A number as its lane sees it: `bits` planes, the highest negative if it is signed; or, with one
/// bit, -1 for a 0 and +1 for a 1.
struct TwinNumber {
  std::uint32_t field = 0;
  int bits = 1;
  enum class Kind : std::uint8_t { is_unsigned, is_signed, plus_minus } kind = Kind::is_unsigned;

  /// What plane `i` contributes; 0 above the number's own planes.
  std::int64_t plane(int i) const;
  std::int64_t value() const;
};

/// One product of an output: a feature, its zero point, a weight. A lane in the padding is masked.
struct TwinOperand {
  bool masked = false;
  TwinNumber feature, weight;
  int zero_point = 0;
};

/// Sums of the outputs of one pass over the array.
class TwinArray {
 public:
  explicit TwinArray(const Geometry& geometry);

  /// `outputs`: the operands of up to tile_pixels * tile_channels outputs, all equally many. In
  /// each cycle every lane makes up to bit_products one-bit products of its operands' planes, one
  /// group of input_lanes operands after the other. The sums of (feature - zero point) * weight;
  /// adds to `cycles`.
  std::vector<std::int64_t> multiply(const std::vector<std::vector<TwinOperand>>& outputs,
                                     std::uint64_t& cycles) const;
  /// The largest feature, for maximum pooling; at least one lane is not masked.
  static std::int64_t largest(const std::vector<TwinOperand>& operands);

 private:
  const std::size_t lanes_, products_, outputs_;
};

}  // namespace cairn::npu::ms
