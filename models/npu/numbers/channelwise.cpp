// Sums over a window channel by channel: kLanes channels side by side, two taps at a time.
#include <algorithm>
#include <vector>

#include "models/npu/numbers/layer_kernel.hpp"
#include "models/npu/numbers/map_layout.hpp"

namespace cairn::numbers {

namespace {

struct Tap {
  int y, x;
  std::int64_t offset;  ///< bytes from the window's first operand
};

/// The taps of one output: its window, or the two inputs of an addition.
std::vector<Tap> taps_of(const Layer& layer, const MapLayout& layout) {
  if (layer.op == Op::add) return {{0, 0, 0}, {0, 0, layout.size()}};
  std::vector<Tap> taps;
  for (int y = 0; y < layout.kernel_h; ++y)
    for (int x = 0; x < layout.kernel_w; ++x)
      taps.push_back({y, x, y * layout.row_pitch + x * layout.pixel_pitch});
  return taps;
}

class Channelwise : public LayerKernel {
 public:
  Channelwise(const Layer& layer, const WeightRows& weights, Table table, ChannelRange channels,
              const Kernels& kernels)
      : layer_(layer),
        layout_(layer),
        channels_(channels),
        kernels_(kernels),
        taps_(taps_of(layer, layout_)),
        weights_(read_weights(weights)),
        requantiser_(slice_layer(layer, channels), std::move(table), zeros(), bound()),
        is_wide_(requantiser_.may_overflow() ||
                 (layout_.is_padded && (zero(0) < 0 || zero(0) > 255))) {
    for (const Tap& tap : taps_)
      offsets_.push_back(tap.offset);
    if (offsets_.size() % 2 != 0) offsets_.push_back(0);
    const std::size_t block = offsets_.size() * kLanes;
    paired_.resize(block * static_cast<std::size_t>(blocks_of(channels.count)), 0);
    for (std::size_t at = 0; at < paired_.size(); ++at) {
      const std::size_t pair = at % block / (2 * kLanes), lane = at / 2 % kLanes;
      const std::size_t channel = at / block * kLanes + static_cast<std::size_t>(kLaneOrder[lane]);
      const std::size_t tap = pair * 2 + at % 2;
      if (channel < static_cast<std::size_t>(channels.count) && tap < taps_.size())
        paired_[at] = weights_[channel * taps_.size() + tap];
    }
  }

  void run(const FeatureMap& map, std::int64_t first, std::int64_t count, const Outputs& out,
           std::uint64_t* overflows) const override {
    const std::uint8_t* pixels[kTilePixels];
    Sums sums;
    for (std::int64_t done = 0; done < count; done += kTilePixels) {
      const int here = static_cast<int>(std::min<std::int64_t>(kTilePixels, count - done));
      for (int p = 0; p < here; ++p)
        pixels[p] = map.data() + layout_.window(first + done + p) + channels_.first;
      for (int channel = 0; channel < channels_.count; channel += kLanes) {
        const TapWindow window{
            offsets_.data(), static_cast<int>(offsets_.size() / 2),
            paired_.data() + static_cast<std::size_t>(channel) * offsets_.size()};
        kernels_.channel_sums(pixels, here, window, sums.at);
        if (is_wide_)
          wide_block(sums, first, done, here, channel, out, overflows);
        else
          put_block(requantiser_, kernels_, sums.at, kTilePitch, here, channel, out, done,
                    overflows);
        for (int p = 0; p < here; ++p)
          pixels[p] += kLanes;
      }
    }
  }

  bool is_wide() const override { return is_wide_; }

 private:
  int zero(std::size_t tap) const {
    const bool second = layer_.op == Op::add && tap == 1;
    return (second ? layer_.second_type : layer_.in_type).code_zero();
  }

  /// [channel][tap]
  std::vector<std::int16_t> read_weights(const WeightRows& weights) const {
    const auto channels = static_cast<std::size_t>(channels_.count);
    std::vector<std::int16_t> all(channels * taps_.size(), 1);
    std::vector<std::int8_t> row(taps_.size());
    for (std::size_t c = 0; c < channels; ++c)
      if (layer_.op == Op::add) {
        all[2 * c] = static_cast<std::int16_t>(layer_.scale);
        all[2 * c + 1] = static_cast<std::int16_t>(layer_.second_scale);
      } else if (layer_.has_weights()) {
        weights.read(static_cast<int>(c), 0, row);
        std::copy(row.begin(), row.end(),
                  all.begin() + static_cast<std::ptrdiff_t>(c * taps_.size()));
      }
    return all;
  }

  std::vector<std::int64_t> zeros() const {
    std::vector<std::int64_t> zeros(static_cast<std::size_t>(channels_.count));
    for (std::size_t i = 0; i < weights_.size(); ++i)
      zeros[i / taps_.size()] += std::int64_t{zero(i % taps_.size())} * weights_[i];
    return zeros;
  }

  std::int64_t bound() const {
    const std::int64_t first = largest_operand(layer_.in_type);
    if (layer_.op == Op::add)
      return first * std::abs(layer_.scale) +
             largest_operand(layer_.second_type) * std::abs(layer_.second_scale);
    return first * (layer_.has_weights() ? 128 : 1) * static_cast<std::int64_t>(taps_.size());
  }

  /// One output at a time, in 64 bits. `pixel` counts from the run's `first`.
  void wide_block(const Sums& sums, std::int64_t first, std::int64_t pixel, int pixels, int channel,
                  const Outputs& out, std::uint64_t* overflows) const {
    const int last = std::min(channel + kLanes, channels_.count);
    for (int p = 0; p < pixels; ++p)
      for (int c = channel; c < last; ++c) {
        const std::int64_t sum =
            sums.at[p * kTilePitch + c - channel] - zeros_within(first + pixel + p, c);
        put_output(out, pixel + p, c, requantiser_.exact(sum + requantiser_.bias(c), c, overflows));
      }
  }

  /// What the zero point takes from this output's sum: of padding without a code, nothing.
  std::int64_t zeros_within(std::int64_t pixel, int channel) const {
    const bool has_code = zero(0) >= 0 && zero(0) <= 255;
    const std::int64_t top = pixel / layout_.out_width * layout_.stride_h - layout_.pad_top;
    const std::int64_t left = pixel % layout_.out_width * layout_.stride_w - layout_.pad_left;
    std::int64_t sum = 0;
    for (std::size_t t = 0; t < taps_.size(); ++t) {
      const std::int64_t y = top + taps_[t].y, x = left + taps_[t].x;
      const bool is_inside = y >= 0 && y < layer_.in.height && x >= 0 && x < layer_.in.width;
      if (has_code || is_inside)
        sum +=
            std::int64_t{zero(t)} * weights_[static_cast<std::size_t>(channel) * taps_.size() + t];
    }
    return sum;
  }

  Layer layer_;
  MapLayout layout_;
  ChannelRange channels_;
  const Kernels& kernels_;
  std::vector<Tap> taps_;
  std::vector<std::int16_t> weights_;
  Requantiser requantiser_;
  bool is_wide_;
  std::vector<std::int64_t> offsets_;   ///< of the taps, an even number
  AlignedVector<std::int16_t> paired_;  ///< [block]: TapWindow's weights
};

class MaxPool : public LayerKernel {
 public:
  MaxPool(const Layer& layer, ChannelRange channels, const Kernels& kernels)
      : layout_(layer), channels_(channels), kernels_(kernels) {
    for (const Tap& tap : taps_of(layer, layout_))
      offsets_.push_back(tap.offset);
  }

  void run(const FeatureMap& map, std::int64_t first, std::int64_t count, const Outputs& out,
           std::uint64_t*) const override {
    const int taps = static_cast<int>(offsets_.size());
    for (std::int64_t p = 0; p < count; ++p) {
      const std::uint8_t* window = map.data() + layout_.window(first + p) + channels_.first;
      std::uint8_t* to = out.codes + p * out.pitch;
      int channel = 0;
      for (; channel + kLanes <= channels_.count; channel += kLanes)
        kernels_.largest(window + channel, offsets_.data(), taps, to + channel);
      if (channel == channels_.count) continue;
      std::uint8_t last[kLanes];
      kernels_.largest(window + channel, offsets_.data(), taps, last);
      std::copy_n(last, channels_.count - channel, to + channel);
    }
  }

  bool is_wide() const override { return false; }

 private:
  MapLayout layout_;
  ChannelRange channels_;
  const Kernels& kernels_;
  std::vector<std::int64_t> offsets_;
};

}  // namespace

std::unique_ptr<const LayerKernel> make_channelwise(const Layer& layer, const WeightRows& weights,
                                                    Table table, ChannelRange channels,
                                                    const Kernels& kernels) {
  return std::make_unique<Channelwise>(layer, weights, std::move(table), channels, kernels);
}

std::unique_ptr<const LayerKernel> make_max_pool(const Layer& layer, ChannelRange channels,
                                                 const Kernels& kernels) {
  return std::make_unique<MaxPool>(layer, channels, kernels);
}

}  // namespace cairn::numbers
