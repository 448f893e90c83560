// The reference kernels: what every core must compute, in the shortest form.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// The whole layer. `in` holds features q (zero point not subtracted), [layer.in.elements()];
/// `weights` [layer.weight_count()]; `out` [layer.out.elements()], features or raw accumulators. An
/// accumulator (with its bias) outside int32 is an error: it saturates and adds one to `*overflows`
/// (which may be null). The layer must be valid: invalid(layer) is empty. `second`: the other input
/// of Op::add, [layer.in.elements()].
void reference(const Layer& layer, std::span<const std::int16_t> in,
               std::span<const std::int8_t> weights, const Table& table,
               std::span<std::int32_t> out, std::uint64_t* overflows,
               std::span<const std::int16_t> second = {});

/// The output pixels [first, first + count), raster order; `out` is [count * layer.out.channels].
void reference(const Layer& layer, std::span<const std::int16_t> in,
               std::span<const std::int8_t> weights, const Table& table, std::int64_t first,
               std::int64_t count, std::span<std::int32_t> out, std::uint64_t* overflows,
               std::span<const std::int16_t> second = {});

/// One exact accumulator, without bias, to an output of `channel`: bias, overflow check,
/// requantisation.
std::int32_t requantise(const Layer& layer, const Table& table, int channel,
                        std::int64_t accumulator, std::uint64_t* overflows);

/// (value * multiplier + half) >> shift, half being 2^(shift-1) or 0; shift 0 to 62.
std::int64_t multiply_single(std::int32_t value, std::int32_t multiplier, std::uint32_t shift);

/// TensorFlow Lite's MultiplyByQuantizedMultiplier with its double rounding: (value * multiplier /
/// 2^31) >> (shift - 31), by gemmlowp's SaturatingRoundingDoublingHighMul and RoundingDivideByPOT.
/// A shift below 31 shifts `value` to the left first, saturating.
std::int32_t multiply_tflite(std::int32_t value, std::int32_t multiplier, std::uint32_t shift);

}  // namespace cairn::numbers
