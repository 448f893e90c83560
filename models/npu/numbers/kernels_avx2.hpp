// Kernels for AVX2. Call only where has_instruction_set says so.
#pragma once

#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

void products_avx2(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums);
void interleave_avx2(const std::int8_t* rows, std::int64_t pitch, int groups, std::int8_t* block);
void channel_sums_avx2(const std::uint8_t* const* pixels, int count, const TapWindow& window,
                       std::int32_t* sums);
void largest_avx2(const std::uint8_t* pixel, const std::int64_t* taps, int count,
                  std::uint8_t* out);
void requantise_avx2(const Requantiser& requantiser, const std::int32_t* sums,
                     std::int64_t sums_pitch, int pixels, int channel, std::uint8_t* out,
                     std::int64_t out_pitch);

}  // namespace cairn::numbers
