// What the AVX-512 and AMX kernels share. Call only where has_instruction_set says so.
#pragma once

#include "models/npu/numbers/kernels.hpp"

/// On each function that uses AVX-512: the rest of the program stays runnable without it.
#define CAIRN_AVX512 \
  [[gnu::target("avx2,bmi2,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vnni")]]

namespace cairn::numbers {

void products_avx512(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums);
void interleave_avx512(const std::int8_t* rows, std::int64_t pitch, int groups, std::int8_t* block);
void gather_avx512(const WindowRuns& runs, std::uint8_t* to, std::int64_t pitch);
void requantise_avx512(const Requantiser& requantiser, const std::int32_t* sums,
                       std::int64_t sums_pitch, int pixels, int channel, std::uint8_t* out,
                       std::int64_t out_pitch);

}  // namespace cairn::numbers
