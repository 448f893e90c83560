// A tensor on the data path.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/import/graph.hpp"
#include "compiler/lower/float_chain.hpp"
#include "compiler/lower/multipliers.hpp"
#include "compiler/lower/quantiser.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// One of three things: the model's float input, before its first quantiser; features; or the
/// accumulators of an open layer with float operations upon them, which a quantiser closes.
struct Value {
  enum class State : std::uint8_t { real, features, open };

  State state = State::real;
  Dims dims;             ///< as the model sees it
  numbers::Shape shape;  ///< as it lies in memory, NHWC

  int layer = kNetworkInput;  ///< features: the layer that makes them
  numbers::FeatureType type;
  Quantiser quantiser;     ///< that made the features
  AccumulatorRange range;  ///< smallest and largest q - zero point

  NetworkLayer open;                     ///< the open layer; its inputs are set
  FloatChain chain;                      ///< upon the open layer or the float input
  std::vector<AccumulatorRange> ranges;  ///< of the accumulators, by channel
  std::vector<NetworkLayer> pools;       ///< max poolings that follow the open layer
};

}  // namespace cairn::compiler
