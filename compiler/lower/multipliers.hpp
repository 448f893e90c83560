// Integer multiplier, shift and bias that stand for a float chain and its quantiser.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/lower/float_chain.hpp"
#include "compiler/lower/quantiser.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

/// Smallest and largest accumulator of a channel.
using AccumulatorRange = std::pair<std::int64_t, std::int64_t>;

struct Multipliers {
  numbers::Table table;  ///< bias, multiplier, shift
  numbers::FeatureType
      type;  ///< of the outputs; may be narrower than the quantiser's (Relu, then a signed Quant)
  std::vector<std::size_t>
      silent;  ///< channels whose weights must become 0: their output is constant
};

/// q = clamp(round((acc + bias) * multiplier / 2^shift) + zero point) for outputs of more than 4
/// bits.
///
/// The multiplier has 31 significant bits (fewer only for slopes below 2^-32), so for outputs
/// inside the range it adds an error below 2^-22 output steps. The bias is an integer number of
/// accumulator units and adds at most half a unit: |slope| / 2 output steps, where slope is output
/// steps per accumulator unit. Exact ties round up, where the model rounds them to even. With
/// `narrow`, the output may go one step beyond the model's clamp.
///
/// Throws std::domain_error with the reason if the contract cannot express the chain.
Multipliers find_multipliers(const FloatChain& chain, const Quantiser& quantiser,
                             const std::vector<AccumulatorRange>& ranges, bool can_silence);

}  // namespace cairn::compiler
