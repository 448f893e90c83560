#include "models/npu/cores/ms/array.hpp"

#include <algorithm>

namespace cairn::npu::ms {

using numbers::Layer;
using numbers::Op;

namespace {

constexpr std::uint64_t kScaleBits = 16;

std::uint64_t bit_products(const Layer& layer) {
  if (layer.op == Op::add) return kScaleBits * std::max(layer.in_type.bits, layer.second_type.bits);
  return std::uint64_t(layer.in_type.bits) * (layer.has_weights() ? layer.weight_bits : 1);
}

}  // namespace

Array::Array(const Geometry& g)
    : pixels(static_cast<std::uint32_t>(g.at("tile_pixels"))),
      channels(static_cast<std::uint32_t>(g.at("tile_channels"))),
      lanes(static_cast<std::uint32_t>(g.at("input_lanes"))),
      products(static_cast<std::uint32_t>(g.at("bit_products"))),
      drain_cycles(static_cast<std::uint32_t>(g.at("drain_cycles"))) {}

std::uint64_t Array::pass_cycles(const Layer& layer, std::uint64_t inputs) const {
  std::uint64_t operands = layer.inputs_per_output();
  if (layer.op == Op::convolution) operands = operands / layer.in.channels * inputs;
  const std::uint64_t groups = (operands + lanes - 1) / lanes;
  return (groups * bit_products(layer) + products - 1) / products;
}

bool is_channelwise(const Layer& layer) {
  return layer.op != Op::convolution && layer.op != Op::fully_connected;
}

std::uint64_t pixel_bits(const Layer& layer, std::uint64_t inputs) {
  return inputs * (layer.in_type.bits + (layer.op == Op::add ? layer.second_type.bits : 0));
}

}  // namespace cairn::npu::ms
