#include "models/npu/numbers/requantiser.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "models/npu/numbers/reference.hpp"

namespace cairn::numbers {

namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

/// Where `round` and `shift` keep a channel.
std::size_t even_odd(std::size_t channel) {
  return channel / 8 * 8 + channel % 2 * 4 + channel % 8 / 2;
}

std::int32_t wrapped_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

}  // namespace

Requantiser::Requantiser(const Layer& layer, Table table, std::span<const std::int64_t> zero,
                         std::int64_t bound)
    : layer_(layer), table_(std::move(table)), bias_(std::move(table_.bias)) {
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  table_.bias.clear();
  offset.resize(static_cast<std::size_t>(blocks_of(layer.out.channels)) * kLanes, 0);
  wide_offset_.resize(channels);
  std::int64_t largest_bias = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    const std::int64_t own = bias_.empty() ? 0 : bias_[c];
    largest_bias = std::max(largest_bias, std::abs(own));
    wide_offset_[c] = own - zero[c];
    offset[c] = static_cast<std::int32_t>(wide_offset_[c]);
  }
  may_overflow_ = bound > kHighest - largest_bias;
  if (layer.requantisation == Requantisation::none) return;
  top = layer.out_type.high() - layer.out_type.low();
  if (may_overflow_) {
    form = Form::scalar;
    return;
  }
  bound += largest_bias;
  switch (layer.requantisation) {
    case Requantisation::none:
      break;
    case Requantisation::multiply:
      prepare_single(bound);
      break;
    case Requantisation::multiply_tflite:
      prepare_tflite(bound);
      break;
    case Requantisation::thresholds:
      prepare_thresholds();
      break;
  }
}

void Requantiser::prepare_single(std::int64_t bound) {
  const std::int64_t base = layer_.out_type.code_zero();
  form = Form::single;
  multiplier.resize(offset.size(), 0);
  round.resize(offset.size(), 0);
  shift.resize(offset.size(), 0);
  rebase.resize(offset.size(), 0);
  for (std::size_t c = 0; c < table_.multiplier.size(); ++c) {
    const std::uint32_t s = table_.shift[c];
    const std::uint64_t half = s == 0 ? 0 : std::uint64_t{1} << (s - 1);
    constexpr std::uint64_t above = std::uint64_t{1} << 63;
    multiplier[c] = table_.multiplier[c];
    const std::uint64_t product =
        std::uint64_t(bound) * std::uint64_t(std::abs(std::int64_t{multiplier[c]}));
    const auto scaled = static_cast<std::int64_t>((product + half) >> s);
    if (scaled + std::abs(base) >= kHighest) form = Form::scalar;
    round[even_odd(c)] = half + above;
    shift[even_odd(c)] = s;
    rebase[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(base) -
                                          static_cast<std::uint32_t>(above >> s));
  }
}

void Requantiser::prepare_tflite(std::int64_t bound) {
  const std::int32_t base = layer_.out_type.code_zero();
  form = Form::tflite;
  multiplier.resize(offset.size(), 0);
  left.resize(offset.size(), 0);
  right.resize(offset.size(), 0);
  mask.resize(offset.size(), 0);
  rebase.resize(offset.size(), base);
  for (std::size_t c = 0; c < table_.multiplier.size(); ++c) {
    const int s = static_cast<int>(table_.shift[c]) - 31;
    multiplier[c] = table_.multiplier[c];
    left[c] = std::max(0, -s);
    right[c] = std::max(0, s);
    mask[c] = static_cast<std::int32_t>((std::int64_t{1} << right[c]) - 1);
    const std::int64_t shifted = bound << left[c];
    if (shifted > kHighest || multiplier[c] == std::numeric_limits<std::int32_t>::min()) {
      form = Form::scalar;
      continue;
    }
    const std::int64_t scaled =
        (shifted * std::abs(std::int64_t{multiplier[c]}) >> 31 >> right[c]) + 2;
    if (scaled + std::abs(std::int64_t{base}) > kHighest) form = Form::scalar;
  }
}

void Requantiser::prepare_thresholds() {
  form = Form::thresholds;
  threshold_count = (1 << layer_.out_type.bits) - 1;
  flip.resize(offset.size(), 0);
  thresholds.resize(offset.size() * threshold_count, 0);
  std::array<std::int32_t, 15> own{};
  const auto count = static_cast<std::size_t>(threshold_count);
  const std::size_t pitch = offset.size();
  for (std::size_t c = 0; c < table_.descending.size(); ++c) {
    flip[c] = table_.descending[c] != 0 ? -1 : 0;
    for (std::size_t t = 0; t < count; ++t)
      own[t] = table_.thresholds[c * count + t] ^ flip[c];
    const auto end = own.begin() + threshold_count;
    if (!std::is_sorted(own.begin(), end)) std::sort(own.begin(), end);
    for (std::size_t t = 0; t < count; ++t)
      thresholds[t * pitch + c] = own[t];
  }
}

void Requantiser::codes(const Kernels& kernels, const std::int32_t* sums, std::int64_t sums_pitch,
                        int pixels, int channel, std::uint8_t* out, std::int64_t out_pitch,
                        std::uint64_t* overflows) const {
  const int lanes = std::min(kLanes, layer_.out.channels - channel);
  if (form == Form::scalar) {
    for (int p = 0; p < pixels; ++p)
      for (int lane = 0; lane < lanes; ++lane)
        out[p * out_pitch + lane] = static_cast<std::uint8_t>(
            output(sums[p * sums_pitch + lane], channel + lane, overflows));
    return;
  }
  if (lanes == kLanes)
    return kernels.requantise(*this, sums, sums_pitch, pixels, channel, out, out_pitch);
  std::array<std::uint8_t, kTilePixels * kLanes> whole;
  kernels.requantise(*this, sums, sums_pitch, pixels, channel, whole.data(), kLanes);
  for (int p = 0; p < pixels; ++p)
    std::copy_n(whole.data() + p * kLanes, lanes, out + p * out_pitch);
}

void Requantiser::accumulators(const std::int32_t* sums, std::int64_t sums_pitch, int pixels,
                               int channel, std::int32_t* out, std::int64_t out_pitch,
                               std::uint64_t* overflows) const {
  const int lanes = std::min(kLanes, layer_.out.channels - channel);
  for (int p = 0; p < pixels; ++p, sums += sums_pitch, out += out_pitch)
    if (may_overflow_)
      for (int lane = 0; lane < lanes; ++lane)
        out[lane] = output(sums[lane], channel + lane, overflows);
    else
      for (int lane = 0; lane < lanes; ++lane)
        out[lane] = wrapped_sum(sums[lane], offset[static_cast<std::size_t>(channel + lane)]);
}

std::int32_t Requantiser::exact(std::int64_t accumulator, int channel,
                                std::uint64_t* overflows) const {
  const std::int32_t q = requantise(layer_, table_, channel, accumulator, overflows);
  return layer_.requantisation == Requantisation::none ? q : q - layer_.out_type.low();
}

}  // namespace cairn::numbers
