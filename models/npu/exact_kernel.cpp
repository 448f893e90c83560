// The kernels of exact mode: the fast kernels on the tile's channels.
#include <algorithm>
#include <vector>

#include "models/npu/block.hpp"
#include "models/npu/core.hpp"
#include "models/npu/numbers/fast.hpp"
#include "models/npu/numbers/partial_layer.hpp"

namespace cairn::npu {

namespace {

numbers::ChannelRange outputs_of(const Tile& tile) {
  return {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)};
}

numbers::PackedSlice slice_of(const BlockShape& shape, std::span<const std::uint8_t> block) {
  return {block.first(shape.weight_bytes), 0, block.subspan(shape.weight_bytes, shape.table_bytes)};
}

class ExactKernel : public Kernel {
 public:
  ExactKernel(const numbers::Layer& layer, const Tile& tile, std::span<const std::uint8_t> block)
      : pitch_(tile.channels),
        fast_(layer, slice_of(block_shape(layer, tile), block), outputs_of(tile)) {}

  void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
           std::span<std::uint8_t> out, std::uint64_t& overflows) const override {
    fast_.run(in, first, count, out, pitch_, &overflows);
  }
  void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
           std::span<std::int32_t> out, std::uint64_t& overflows) const override {
    fast_.run(in, first, count, out, pitch_, &overflows);
  }

 private:
  const std::int64_t pitch_;
  const numbers::FastLayer fast_;
};

/// The tile's weights as all input channels of its outputs, the others zero.
std::vector<std::uint8_t> all_inputs(const numbers::Layer& layer, const Tile& tile,
                                     const BlockShape& shape, std::span<const std::uint8_t> block) {
  std::vector<std::int8_t> part(static_cast<std::size_t>(shape.layer.weight_count()));
  numbers::unpack_weights(block.first(shape.weight_bytes), shape.layer, part);
  numbers::Layer wide = shape.layer;
  wide.in.channels = layer.in.channels;
  std::vector<std::int8_t> weights(static_cast<std::size_t>(wide.weight_count()));
  const auto inputs = static_cast<std::size_t>(layer.in.channels);
  for (std::size_t tap = 0; tap * tile.inputs < part.size(); ++tap)
    std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(tap * tile.inputs), tile.inputs,
                weights.begin() + static_cast<std::ptrdiff_t>(tap * inputs + tile.first_input));
  std::vector<std::uint8_t> packed(numbers::weight_bytes(wide));
  numbers::pack_weights(weights, wide, packed);
  return packed;
}

class ExactPartialKernel : public PartialKernel {
 public:
  ExactPartialKernel(const numbers::Layer& layer, const Tile& tile,
                     std::span<const std::uint8_t> block)
      : ExactPartialKernel(layer, tile, block, block_shape(layer, tile)) {}

  void add(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
           std::span<std::int32_t> sums, std::uint64_t& overflows) const override {
    products_.accumulate(in, first, count, sums, pitch_, &overflows);
  }
  void finish(std::span<const std::int32_t> sums, std::uint32_t count, std::span<std::uint8_t> out,
              std::uint64_t& overflows) const override {
    stage_->run(sums, pitch_, count, out, pitch_, &overflows);
  }
  void finish(std::span<const std::int32_t> sums, std::uint32_t count, std::span<std::int32_t> out,
              std::uint64_t& overflows) const override {
    stage_->run(sums, pitch_, count, out, pitch_, &overflows);
  }

 private:
  ExactPartialKernel(const numbers::Layer& layer, const Tile& tile,
                     std::span<const std::uint8_t> block, const BlockShape& shape)
      : pitch_(tile.channels),
        packed_(all_inputs(layer, tile, shape, block)),
        products_(layer, {packed_, 0, {}}, outputs_of(tile),
                  {static_cast<int>(tile.first_input), static_cast<int>(tile.inputs)}) {
    if (shape.table_bytes > 0)
      stage_ = std::make_unique<numbers::OutputStage>(
          layer,
          numbers::PackedSlice{packed_, 0, block.subspan(shape.weight_bytes, shape.table_bytes)},
          outputs_of(tile));
  }

  const std::int64_t pitch_;
  const std::vector<std::uint8_t> packed_;
  const numbers::PartialLayer products_;
  std::unique_ptr<const numbers::OutputStage> stage_;
};

}  // namespace

std::unique_ptr<Kernel> exact_kernel(const numbers::Layer& layer, const Tile& tile,
                                     std::span<const std::uint8_t> block) {
  return std::make_unique<ExactKernel>(layer, tile, block);
}

std::unique_ptr<PartialKernel> exact_partial_kernel(const numbers::Layer& layer, const Tile& tile,
                                                    std::span<const std::uint8_t> block) {
  return std::make_unique<ExactPartialKernel>(layer, tile, block);
}

}  // namespace cairn::npu
