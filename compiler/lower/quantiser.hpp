// QONNX quantisers: from a float to an integer, exactly as the node does it in float32.
#pragma once

#include <string>

#include "compiler/import/graph.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

enum class Rounding { half_even, to_zero, up, down };  ///< ROUND, ROUND_TO_ZERO, CEIL, FLOOR

/// One scale, zero point and width. The integer q stands for (q - zero_point) * scale.
struct Quantiser {
  float scale = 1;
  int zero_point = 0;
  int bits = 8;  ///< 1 to 8
  bool is_signed = false;
  bool narrow = false;
  bool bipolar = false;  ///< q is -1 or +1; scale applies, nothing else does
  Rounding rounding = Rounding::half_even;

  int low() const;
  int high() const;
  /// clamp(x / scale + zero point) rounded, all in float32. `x` must be a number (infinities are).
  int apply(float x) const;
  /// What the integers are stored as: bipolar features take two bits, two's complement.
  numbers::FeatureType type() const;
};

/// Rounds a float as a node with this mode does.
float round_as(Rounding rounding, float x);

/// "ROUND" and its kin. Throws InputError naming file and node for an unknown mode.
Rounding rounding_of(const std::string& file, const Node& node);

/// Whether `node` is QONNX's node `op`: true in any of the domains that QONNX has had.
bool is_quantiser(const Node& node);

}  // namespace cairn::compiler
