#include "models/npu/numbers/convolution_sums.hpp"

#include "models/npu/numbers/layer_kernel.hpp"

namespace cairn::numbers {

namespace {

/// Operands of output pixels between two passes over the channel blocks: they stay in the second
/// cache. With few passes that matters less than that OperandGather may keep a whole map's.
constexpr std::int64_t kChunkBytes = 262'144, kMapBytes = 1'048'576;
constexpr int kFewBlocks = 2 * kTileBlocks;
/// Most operands whose products of 8 bits each cannot leave int32; a multiple of every operand
/// step.
constexpr std::int64_t kSegment = 65'728;

/// Fewer products are not worth another thread.
constexpr std::int64_t kShared = 8'000'000;

/// A code times a weight, twice. Padding may have a code above the type's own.
int pair_bound(const Layer& layer) {
  const int weight = layer.weight_bits == 1 ? 1 : 1 << (layer.weight_bits - 1);
  const int zero = layer.in_type.code_zero();
  const int code = std::max((1 << layer.in_type.bits) - 1, zero > 255 ? 0 : zero);
  return 2 * code * weight;
}

}  // namespace

ConvolutionSums::ConvolutionSums(const Layer& layer, const WeightRows& weights, int out_channels,
                                 ChannelRange in, const Kernels& kernels, Workers* workers)
    : zero_(layer.in_type.code_zero()),
      gather_(layer, in, kernels),
      channels_(out_channels),
      kernels_(kernels),
      panels_(weights, out_channels, gather_.weight_runs(), pair_bound(layer), kernels, workers),
      zeros_(static_cast<std::size_t>(out_channels)),
      bound_(largest_operand(layer.in_type) * 128 * gather_.operands()),
      has_padding_code_(!gather_.layout().is_padded || (zero_ >= 0 && zero_ <= 255)),
      must_be_wide_(gather_.operands() > kSegment || !has_padding_code_) {
  if (zero_ != 0) {
    zeros_ = panels_.sums();
    for (auto& sum : zeros_)
      sum *= zero_;
  }
  if (has_padding_code_) return;
  const std::int64_t size = gather_.operands() / gather_.taps();
  for (int tap = 0; tap < gather_.taps(); ++tap)
    tap_sums_.push_back(panels_.sums(tap * size, size));
}

std::vector<ConvolutionSums::Part> ConvolutionSums::parts(std::int64_t pixels, int threads) const {
  const std::int64_t products = pixels * panels_.blocks() * kLanes * gather_.operands();
  if (threads < 2 || products < kShared) return {whole(pixels)};
  std::vector<Part> parts;
  const std::int64_t tiles = (pixels + kTilePixels - 1) / kTilePixels;
  // Each part reads the weights of its blocks and the rows of its pixels: few pixels share blocks.
  if (tiles >= 2 * threads) {
    for (int part = 0; part < threads; ++part) {
      const std::int64_t begin = tiles * part / threads * kTilePixels;
      const std::int64_t end = std::min(tiles * (part + 1) / threads * kTilePixels, pixels);
      parts.push_back({begin, end - begin, 0, panels_.blocks()});
    }
    return parts;
  }
  const int pairs = (panels_.blocks() + kTileBlocks - 1) / kTileBlocks;
  for (int part = 0; part < std::min(threads, pairs); ++part) {
    const int count = std::min(threads, pairs);
    const int begin = pairs * part / count * kTileBlocks;
    const int end = std::min(pairs * (part + 1) / count * kTileBlocks, panels_.blocks());
    parts.push_back({0, pixels, begin, end - begin});
  }
  return parts;
}

std::int64_t ConvolutionSums::chunk_pixels(int blocks) const {
  const std::int64_t bytes = blocks <= kFewBlocks ? kMapBytes : kChunkBytes;
  return std::max<std::int64_t>(bytes / gather_.pitch() / kTilePixels, 1) * kTilePixels;
}

std::vector<std::int64_t> ConvolutionSums::wide(const Tile& tile, std::int64_t first) const {
  std::vector<std::int64_t> totals(kTilePixels * kTilePitch);
  for (std::int64_t from = 0; from < panels_.operands(); from += kSegment) {
    Sums sums{};
    kernels_.products(
        {tile.rows.first + from, tile.rows.pitch, tile.rows.count},
        panels_.panel(tile.block, from, std::min(from + kSegment, panels_.operands())), sums.at);
    for (std::size_t i = 0; i < totals.size(); ++i)
      totals[i] += sums.at[i];
  }
  const int channels = std::min(kTilePitch, channels_ - tile.first_channel());
  for (int p = 0; p < tile.rows.count; ++p)
    for (int c = 0; c < channels; ++c)
      totals[static_cast<std::size_t>(p) * kTilePitch + c] -=
          zeros_within(first + tile.pixel + p, tile.first_channel() + c);
  return totals;
}

std::int64_t ConvolutionSums::zeros_within(std::int64_t pixel, int channel) const {
  const auto c = static_cast<std::size_t>(channel);
  if (has_padding_code_) return zeros_[c];
  std::int64_t sum = 0;
  for (int tap = 0; tap < gather_.taps(); ++tap)
    if (gather_.is_inside(pixel, tap)) sum += tap_sums_[static_cast<std::size_t>(tap)][c];
  return sum * zero_;
}

}  // namespace cairn::numbers
