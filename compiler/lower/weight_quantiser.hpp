// Quantisers applied to constants: weights.
#pragma once

#include "compiler/lower/constant.hpp"

namespace cairn::compiler {

/// Quant or IntQuant with scale, zero point and width per tensor or per element of any
/// broadcastable shape. Above 8 bits the result is a float constant: good for a bias, not as
/// weights. Throws InputError naming file and node for widths above 32 bits, zero points other than
/// 0, scales that are not positive.
Constant quantise_constant(const std::string& file, const Node& node,
                           const std::vector<const Constant*>& inputs);

/// BipolarQuant: -1 or +1 times the scale.
Constant bipolar_constant(const std::string& file, const Node& node,
                          const std::vector<const Constant*>& inputs);

}  // namespace cairn::compiler
