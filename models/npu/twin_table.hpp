// Requantisation as the stepped twins do it, from the words of a table as they lie in memory.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// 32-bit words of one channel's entry; 0 where the layer has no table.
int twin_table_words(const numbers::Layer& layer);

/// The output feature, or the raw sum, of an accumulator; `entry` holds the channel's words. Adds
/// one to `overflows` if the sum with its bias leaves int32 (it saturates).
std::int32_t twin_requantise(const numbers::Layer& layer, std::span<const std::uint32_t> entry,
                             std::int64_t accumulator, std::uint64_t& overflows);

}  // namespace cairn::npu
