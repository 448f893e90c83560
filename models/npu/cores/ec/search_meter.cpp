#include "models/npu/cores/ec/search_meter.hpp"

#include <algorithm>

#include "models/npu/block.hpp"
#include "models/npu/cores/ec/dataflow.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::npu::ec {

namespace {

using numbers::FeatureMap;
using numbers::Layer;

constexpr std::uint32_t kPixelsAtOnce = 32;
constexpr std::size_t kWordEntries = 64, kBytesAtOnce = 8;

/// Bit p of byte i of the result is bit i of byte p of `bytes`.
std::uint64_t transposed(std::uint64_t bytes) {
  const auto swap = [&bytes](std::uint64_t mask, int shift) {
    const std::uint64_t t = (bytes ^ (bytes >> shift)) & mask;
    bytes ^= t ^ (t << shift);
  };
  swap(0x00aa'00aa'00aa'00aa, 7);
  swap(0x0000'cccc'0000'cccc, 14);
  swap(0x0000'0000'f0f0'f0f0, 28);
  return bytes;
}

}  // namespace

SearchMeter::SearchMeter(const Layer& layer, const Tile& tile, std::span<const std::uint8_t> block,
                         const Geometry& geometry, numbers::InstructionSet instructions)
    : tile_(tile),
      plan_(counting_plan(layer, counting_of(geometry))),
      count_(is_channelwise(layer) ? count_portable : count_matches(instructions)),
      words_(static_cast<int>(geometry.at("entries") / static_cast<std::int64_t>(kWordEntries))),
      chunks_(static_cast<int>((dot_operands(layer, tile) + words_ * kWordEntries - 1) /
                               (words_ * kWordEntries))),
      operands_(dot_operands(layer, tile)),
      features_(static_cast<std::size_t>(chunks_ * plan_.features * words_)) {
  const auto channels = static_cast<int>(tile.channels);
  pitch_ = is_channelwise(layer) ? 1 : (channels + kPitch - 1) / kPitch * kPitch;
  if (!is_channelwise(layer))
    gather_.emplace(
        layer,
        numbers::ChannelRange{static_cast<int>(tile.first_input), static_cast<int>(tile.inputs)},
        numbers::kernels_for(instructions));
  const std::size_t inputs = is_channelwise(layer) ? 1 : tile.inputs, taps = operands_ / inputs;
  for (std::size_t i = 0; i < operands_; ++i)
    order_.push_back(static_cast<std::uint32_t>(i % taps * inputs + i / taps));
  const BlockShape shape = block_shape(layer, tile);
  std::vector<std::int8_t> weights(operands_ * tile.channels);
  numbers::unpack_weights(block.first(shape.weight_bytes), shape.layer, weights);
  const std::size_t of_channel =
      static_cast<std::size_t>(chunks_) * plan_.weights * words_;  // words, but for the pitch
  weights_.resize(of_channel * (is_channelwise(layer) ? tile.channels : pitch_));
  for (std::size_t c = 0; c < tile.channels; ++c)
    for (std::size_t i = 0; i < operands_; ++i)
      put(weights_.data() + (is_channelwise(layer) ? c * of_channel : c), plan_.weights, pitch_, i,
          plan_.weight_planes[static_cast<std::uint8_t>(weights[c * operands_ + order_[i]])]);
}

void SearchMeter::put(std::uint64_t* planes, int plane_count, int pitch, std::size_t operand,
                      std::uint8_t in_planes) const {
  const std::size_t entries = words_ * kWordEntries;
  const std::size_t chunk = operand / entries, word = operand % entries / kWordEntries;
  for (int p = 0; p < plane_count; ++p)
    planes[((chunk * plane_count + p) * words_ + word) * pitch] |=
        static_cast<std::uint64_t>(in_planes >> p & 1) << (operand % kWordEntries);
}

/// Eight operands at a time.
void SearchMeter::put_features(const std::uint8_t* codes) const {
  std::ranges::fill(features_, 0);
  const std::size_t entries = words_ * kWordEntries;
  for (std::size_t i = 0; i < operands_; i += kBytesAtOnce) {
    std::uint64_t bytes = 0;
    for (std::size_t k = 0; k < std::min(kBytesAtOnce, operands_ - i); ++k)
      bytes |= static_cast<std::uint64_t>(plan_.feature_planes[codes[order_[i + k]]]) << (8 * k);
    bytes = transposed(bytes);
    const std::size_t chunk = i / entries, word = i % entries / kWordEntries;
    for (int p = 0; p < plan_.features; ++p)
      features_[(chunk * plan_.features + p) * words_ + word] |= (bytes >> (8 * p) & 0xff)
                                                                 << (i % kWordEntries);
  }
}

/// The window of one channel.
void SearchMeter::put_taps(const FeatureMap& in, std::uint32_t pixel, int channel) const {
  std::ranges::fill(features_, 0);
  const numbers::MapLayout& layout = in.layout();
  const std::uint8_t* window = in.data() + layout.window(pixel) + channel;
  std::size_t operand = 0;
  for (int y = 0; y < layout.kernel_h; ++y)
    for (int x = 0; x < layout.kernel_w; ++x)
      put(features_.data(), plan_.features, 1, operand++,
          plan_.feature_planes[window[y * layout.row_pitch + x * layout.pixel_pitch]]);
}

Activity SearchMeter::activity(const MatchCount& count) const {
  Activity a;
  a.searches = count.searches;
  a.accumulations = plan_.accumulates ? count.dots : 0;
  a.matches = count.matches;
  a.multiplications = plan_.multiplies ? count.searches : 0;
  a.cycles = a.searches + a.accumulations;
  return a;
}

void SearchMeter::measure(const FeatureMap& in, std::uint32_t first,
                          std::span<Activity> out) const {
  const auto count = static_cast<std::uint32_t>(out.size());
  EntryBits bits{
      features_.data(), weights_.data(), chunks_, words_, static_cast<int>(tile_.channels), pitch_};
  if (gather_) {
    for (std::uint32_t done = 0; done < count; done += kPixelsAtOnce) {
      const std::uint32_t here = std::min(kPixelsAtOnce, count - done);
      const std::uint8_t* rows = gather_->rows(in, first + done, here);
      for (std::uint32_t p = 0; p < here; ++p) {
        put_features(rows + p * gather_->pitch());
        out[done + p] = activity(count_(bits, plan_));
      }
    }
    return;
  }
  bits.channels = 1;
  const std::size_t of_channel = weights_.size() / tile_.channels;
  for (std::uint32_t p = 0; p < count; ++p) {
    out[p] = {};
    for (std::uint32_t c = 0; c < tile_.channels; ++c) {
      put_taps(in, first + p, static_cast<int>(tile_.first_channel + c));
      bits.weights = weights_.data() + c * of_channel;
      out[p] += activity(count_(bits, plan_));
    }
  }
}

}  // namespace cairn::npu::ec
