#include "models/npu/numbers/fast.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "models/npu/numbers/layer_kernel.hpp"
#include "models/npu/numbers/weight_rows.hpp"

namespace cairn::numbers {

void put_block(const Requantiser& requantiser, const Kernels& kernels, const std::int32_t* sums,
               std::int64_t sums_pitch, int pixels, int channel, const Outputs& out,
               std::int64_t first, std::uint64_t* overflows) {
  const std::int64_t at = first * out.pitch + channel;
  if (out.codes != nullptr)
    requantiser.codes(kernels, sums, sums_pitch, pixels, channel, out.codes + at, out.pitch,
                      overflows);
  else
    requantiser.accumulators(sums, sums_pitch, pixels, channel, out.accumulators + at, out.pitch,
                             overflows);
}

std::int64_t largest_operand(const FeatureType& type) {
  return std::max(std::abs(type.low() - type.zero_point), std::abs(type.high() - type.zero_point));
}

Layer slice_layer(const Layer& layer, const ChannelRange& channels) {
  Layer slice = layer;
  slice.out.channels = channels.count;
  return slice;
}

namespace {

std::unique_ptr<const LayerKernel> make_kernel(const Layer& layer, const WeightRows& weights,
                                               Table table, ChannelRange channels,
                                               InstructionSet instructions, Workers* workers) {
  if (channels.first < 0 || channels.count < 1 ||
      channels.first > layer.out.channels - channels.count)
    throw std::invalid_argument("output channels outside the layer");
  const Kernels& kernels = kernels_for(instructions);
  switch (layer.op) {
    case Op::convolution:
    case Op::fully_connected:
      return make_convolution(layer, weights, std::move(table), channels, kernels, workers);
    case Op::max_pool:
      return make_max_pool(layer, channels, kernels);
    default:
      return make_channelwise(layer, weights, std::move(table), channels, kernels);
  }
}

void require_room(std::size_t size, std::int64_t pixels, std::int64_t pitch, int channels) {
  const std::int64_t needed = pixels == 0 ? 0 : (pixels - 1) * pitch + channels;
  if (pitch < channels || needed > static_cast<std::int64_t>(size))
    throw std::length_error("outputs do not fit where they go");
}

void require_pixels(const Layer& layer, const FeatureMap& map, std::int64_t first,
                    std::int64_t count) {
  if (first < 0 || count < 0 || first > layer.out.pixels() - count)
    throw std::invalid_argument("output pixels outside the layer");
  if (map.layer() != layer) throw std::invalid_argument("a feature map of another layer");
}

}  // namespace

FastLayer::FastLayer(const Layer& layer, const PackedSlice& packed, ChannelRange channels,
                     InstructionSet instructions, Workers* workers)
    : layer_(layer),
      channels_(channels),
      kernel_(make_kernel(layer, WeightRows(layer, packed),
                          unpack_table(packed.table, slice_layer(layer, channels)), channels,
                          instructions, workers)) {}

FastLayer::FastLayer(const Layer& layer, std::span<const std::int8_t> weights, const Table& table,
                     InstructionSet instructions, Workers* workers)
    : layer_(layer),
      channels_{0, layer.out.channels},
      kernel_(make_kernel(layer, WeightRows(layer, weights), table, channels_, instructions,
                          workers)) {}

FastLayer::~FastLayer() = default;
FastLayer::FastLayer(FastLayer&&) noexcept = default;
FastLayer& FastLayer::operator=(FastLayer&&) noexcept = default;

bool FastLayer::is_wide() const {
  return kernel_->is_wide();
}

void FastLayer::run(const FeatureMap& map, std::int64_t first, std::int64_t count,
                    std::span<std::uint8_t> out, std::int64_t pitch,
                    std::uint64_t* overflows) const {
  if (layer_.out_type.bits == kAccumulatorBits)
    throw std::invalid_argument("raw accumulators have no code");
  require_pixels(layer_, map, first, count);
  require_room(out.size(), count, pitch, channels_.count);
  kernel_->run(map, first, count, {out.data(), nullptr, pitch}, overflows);
}

void FastLayer::run(const FeatureMap& map, std::int64_t first, std::int64_t count,
                    std::span<std::int32_t> out, std::int64_t pitch,
                    std::uint64_t* overflows) const {
  if (layer_.out_type.bits != kAccumulatorBits)
    throw std::invalid_argument("features leave a layer as codes");
  require_pixels(layer_, map, first, count);
  require_room(out.size(), count, pitch, channels_.count);
  kernel_->run(map, first, count, {nullptr, out.data(), pitch}, overflows);
}

}  // namespace cairn::numbers
