// Integer thresholds that equal a float chain and its quantiser on every accumulator.
#pragma once

#include "compiler/lower/float_chain.hpp"
#include "compiler/lower/quantiser.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

/// Thresholds of numbers::Table for outputs of `quantiser`'s type, at most 4 bits. The chain is
/// evaluated in float32 and searched over all of int32, so the thresholds hold for every
/// accumulator, not only for the likely ones. A threshold that is never reached is INT32_MAX
/// (falling: INT32_MIN), one that always is INT32_MIN (INT32_MAX). Throws std::domain_error if the
/// chain yields no number somewhere.
numbers::Table find_thresholds(const FloatChain& chain, const Quantiser& quantiser);

}  // namespace cairn::compiler
