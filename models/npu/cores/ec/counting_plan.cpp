#include "models/npu/cores/ec/counting_plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "models/npu/operands.hpp"

namespace cairn::npu::ec {

namespace {

using numbers::FeatureType;
using numbers::Layer;
using numbers::WeightEncoding;

/// Largest magnitudes that entries tell apart.
constexpr int kPairMagnitude = 4, kProductMagnitude = 8;

struct WeightRange {
  int low = 0, high = 0;
};

WeightRange weights_of(const Layer& layer) {
  if (layer.weight_encoding != WeightEncoding::twos_complement) return {-1, 1};
  const int half = 1 << (layer.weight_bits - 1);
  return {-half, half - 1};
}

int magnitude(int low, int high) {
  return std::max(std::abs(low), std::abs(high));
}

void cut_into_bits(const Layer& layer, CountingPlan& plan) {
  const FeatureType& type = layer.in_type;
  plan.features = type.bits;
  for (int code = 0; code < 1 << type.bits; ++code)
    plan.feature_planes[code] =
        static_cast<std::uint8_t>((code + type.low()) & ((1 << type.bits) - 1));
  if (layer.weight_encoding == WeightEncoding::binary) {
    // One plane for +1 and one for -1: either bit of the pair is an operand.
    plan.weights = 2;
    plan.weight_planes[1] = 1;
    plan.weight_planes[0xff] = 2;
  } else {
    plan.weights = layer.weight_bits;
    for (int w = 0; w < 256; ++w)
      plan.weight_planes[w] = static_cast<std::uint8_t>(w & ((1 << layer.weight_bits) - 1));
  }
  for (int i = 0; i < plan.features; ++i)
    for (int j = 0; j < plan.weights; ++j)
      plan.classes.push_back({{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j)}});
  plan.accumulates = true;
}

/// Plane m - 1 holds the operands of magnitude m.
void cut_into_magnitudes(const Layer& layer, bool by_product, CountingPlan& plan) {
  const FeatureType& type = layer.in_type;
  const WeightRange weights = weights_of(layer);
  std::array<bool, 9> feature_has{}, weight_has{};
  for (int q = type.low(); q <= type.high(); ++q) {
    feature_has[std::abs(q)] = true;
    if (q != 0)
      plan.feature_planes[q - type.low()] = static_cast<std::uint8_t>(1 << (std::abs(q) - 1));
  }
  for (int w = weights.low; w <= weights.high; ++w) {
    weight_has[std::abs(w)] = true;
    if (w != 0) plan.weight_planes[w & 0xff] = static_cast<std::uint8_t>(1 << (std::abs(w) - 1));
  }
  plan.features = magnitude(type.low(), type.high());
  plan.weights = magnitude(weights.low, weights.high);

  std::map<int, std::vector<PlanePair>> classes;  // by what the pairs of a class share
  for (int m = 1; m <= plan.features; ++m)
    for (int n = 1; n <= plan.weights; ++n) {
      if (!feature_has[m] || !weight_has[n]) continue;
      const int key = by_product ? m * n : 16 * std::min(m, n) + std::max(m, n);
      classes[key].push_back({static_cast<std::uint8_t>(m - 1), static_cast<std::uint8_t>(n - 1)});
    }
  for (auto& [key, pairs] : classes)
    plan.classes.push_back(std::move(pairs));
  plan.multiplies = true;
}

}  // namespace

Counting counting_of(const Geometry& geometry) {
  return static_cast<Counting>(geometry.at("plan"));
}

std::string uncountable(const Layer& layer, Counting counting) {
  if (!layer.has_weights()) return {};
  const FeatureType& type = layer.in_type;
  if (has_unstorable_padding(layer))
    return "is padded with the zero point " + std::to_string(type.zero_point) +
           ", which no entry of " + std::to_string(type.bits) + " bits can hold";
  if (counting == Counting::bit_planes) return {};
  const int most = counting == Counting::magnitude_pairs ? kPairMagnitude : kProductMagnitude;
  const auto refusal = [&](const std::string& operands, int found) {
    return "has " + operands + " up to a magnitude of " + std::to_string(found) + ", but plan '" +
           kCountingNames[static_cast<std::size_t>(counting)] + "' counts magnitudes up to " +
           std::to_string(most);
  };
  const int feature = magnitude(type.low(), type.high());
  if (feature > most) return refusal("features", feature);
  const WeightRange weights = weights_of(layer);
  const int weight = magnitude(weights.low, weights.high);
  if (weight > most) return refusal("weights", weight);
  return {};
}

CountingPlan counting_plan(const Layer& layer, Counting counting) {
  CountingPlan plan;
  if (counting == Counting::bit_planes)
    cut_into_bits(layer, plan);
  else
    cut_into_magnitudes(layer, counting == Counting::product_classes, plan);
  return plan;
}

}  // namespace cairn::npu::ec
