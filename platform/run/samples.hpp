// The inputs of a run as the network's own integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/network.hpp"
#include "platform/data/array.hpp"
#include "platform/networks/shipped.hpp"

namespace cairn::platform {

struct Samples {
  std::uint32_t count = 0;
  std::size_t elements = 0;          ///< of one input
  std::vector<std::int16_t> values;  ///< [count][elements], each NHWC

  std::span<const std::int16_t> at(std::uint32_t index) const {
    return std::span(values).subspan(index * elements, elements);
  }
};

/// How many inputs of the network's shape `array` holds. Throws InputError: expected and found
/// shapes.
std::uint64_t sample_count(const Array& array, const std::string& path,
                           const compiler::Network& network);

/// The first `count` inputs of `array`.
///
/// Reals are quantised. Integers are taken as they are and must lie in the network's range. Pixels
/// go through `pixels` where the network describes it; else they are the input integers of an 8-bit
/// input (shifted by 128 if it is signed). Pictures change between grey and colour as the network
/// needs (BT.601 luma). Throws InputError.
Samples make_samples(const Array& array, const std::string& path, const compiler::Network& network,
                     std::uint32_t count, const std::optional<PixelMapping>& pixels);

/// Random integers over the network's input range: a function of seed, input and element only.
Samples random_samples(const compiler::Network& network, std::uint32_t count, std::uint64_t seed);

}  // namespace cairn::platform
