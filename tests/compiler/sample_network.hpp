// Integer networks for tests of mapping and job images.
#pragma once

#include <random>
#include <string>

#include "compiler/network.hpp"

namespace cairn::test {

/// A chain of 1x1 convolutions with the given channel counts (the first is the input's) on a map of
/// height x width: 4-bit features and weights, thresholds; the last layer gives raw accumulators.
inline compiler::Network sample_network(int height, int width, const std::vector<int>& channels,
                                        unsigned seed = 1) {
  std::mt19937 random(seed);
  compiler::Network network;
  network.name = "sample";
  network.input = {height, width, channels.front()};
  network.input_type = {4, false, 0};
  for (std::size_t i = 1; i < channels.size(); ++i) {
    compiler::NetworkLayer l;
    l.name = "layer" + std::to_string(i);
    l.input = static_cast<int>(i) - 2;  // the layer before it
    l.layer.in = {height, width, channels[i - 1]};
    l.layer.out = {height, width, channels[i]};
    l.layer.in_type = l.layer.out_type = {4, false, 0};
    l.layer.weight_bits = 4;
    l.weights.resize(static_cast<std::size_t>(l.layer.weight_count()));
    for (std::int8_t& w : l.weights)
      w = static_cast<std::int8_t>(static_cast<int>(random() % 16) - 8);
    const bool last = i + 1 == channels.size();
    if (last) {
      l.layer.out_type = {numbers::kAccumulatorBits, true, 0};
      l.table.bias.assign(static_cast<std::size_t>(channels[i]), 3);
    } else {
      l.layer.requantisation = numbers::Requantisation::thresholds;
      for (int c = 0; c < channels[i]; ++c) {
        l.table.descending.push_back(c % 2 != 0);
        for (int t = 1; t < 16; ++t)
          l.table.thresholds.push_back(c % 2 ? -9 * t : 9 * t);
      }
    }
    network.layers.push_back(std::move(l));
  }
  return network;
}

}  // namespace cairn::test
