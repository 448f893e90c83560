// A random layer ready for the fast kernels: packed, and with its reference outputs.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/fast.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers::test {

inline std::vector<std::uint8_t> codes_of(const std::vector<std::int16_t>& features,
                                          const FeatureType& type) {
  std::vector<std::uint8_t> codes;
  for (const std::int16_t q : features)
    codes.push_back(static_cast<std::uint8_t>(q - type.low()));
  return codes;
}

/// All pixels delivered as codes.
inline FeatureMap map_of(const Case& c) {
  FeatureMap map(c.layer);
  map.put(0, codes_of(c.in, c.layer.in_type));
  if (c.layer.op == Op::add) map.put(0, codes_of(c.second, c.layer.second_type), 1);
  return map;
}

/// A layer's weights and table as they lie in the weight SRAM.
inline std::vector<std::uint8_t> block_of(const Case& c) {
  std::vector<std::uint8_t> block(weight_bytes(c.layer) + table_bytes(c.layer));
  pack_weights(c.weights, c.layer, std::span(block).first(weight_bytes(c.layer)));
  pack_table(c.table, c.layer, std::span(block).subspan(weight_bytes(c.layer)));
  return block;
}

inline std::vector<std::int32_t> reference_of(const Case& c, std::uint64_t* overflows = nullptr) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(c.layer.out.elements()));
  reference(c.layer, c.in, c.weights, c.table, out, overflows, c.second);
  return out;
}

/// The outputs of some pixels and channels as integers, [pixel][channel].
inline std::vector<std::int32_t> outputs_of(const FastLayer& fast, const FeatureMap& map,
                                            std::int64_t first, std::int64_t count,
                                            std::uint64_t* overflows = nullptr) {
  const int channels = fast.channels().count;
  std::vector<std::int32_t> out(static_cast<std::size_t>(count) * channels, -7777);
  if (fast.layer().out_type.bits == kAccumulatorBits) {
    fast.run(map, first, count, out, channels, overflows);
    return out;
  }
  std::vector<std::uint8_t> codes(out.size(), 0xee);
  fast.run(map, first, count, codes, channels, overflows);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = codes[i] + fast.layer().out_type.low();
  return out;
}

}  // namespace cairn::numbers::test
