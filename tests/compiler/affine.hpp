// A layer's float operations written down once more, in float32, for comparison.
#pragma once

#include "compiler/lower/float_chain.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::test {

/// A layer that only requantises.
inline numbers::Layer layer_with(numbers::Requantisation requantisation,
                                 const numbers::FeatureType& type) {
  numbers::Layer layer;
  layer.op = numbers::Op::requantise;
  layer.requantisation = requantisation;
  layer.out_type = type;
  return layer;
}

/// BatchNormalization, Relu and quantiser written down once more, in float32.
struct Affine {
  float unit = 1, factor = 1, offset = 0;
  bool relu = false;

  float operator()(std::int64_t accumulator) const {
    const float x =
        static_cast<float>(static_cast<double>(accumulator) * static_cast<double>(unit));
    const float scaled = x * factor;
    const float y = scaled + offset;
    return relu && y < 0 ? 0 : y;
  }
  compiler::FloatChain chain() const {
    using Kind = compiler::FloatStep::Kind;
    compiler::FloatChain chain({static_cast<double>(unit)});
    chain.push({Kind::multiply, {factor}});
    chain.push({Kind::add, {offset}});
    if (relu) chain.push({Kind::relu, {}});
    return chain;
  }
};

}  // namespace cairn::test
