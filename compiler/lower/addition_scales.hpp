// Integer factors for the operands of an addition.
#pragma once

#include <optional>

namespace cairn::compiler {

/// first : second stands for scale_a : scale_b; both are 1 to 32,767.
struct AdditionScales {
  int first = 1, second = 1;
  double unit = 1;    ///< what the sum 1 stands for: scale_a = first * unit
  bool exact = true;  ///< first : second equals scale_a : scale_b
};

/// The smallest factors that are exact, else those of the best approximation, whose ratio is wrong
/// by at most 1 / 32,767 of itself. Nothing if one scale is more than 32,767
/// times the other. Scales are positive and finite.
std::optional<AdditionScales> find_addition_scales(float scale_a, float scale_b);

}  // namespace cairn::compiler
