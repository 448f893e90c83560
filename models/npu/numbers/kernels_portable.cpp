// Kernels in plain C++, for machines without the wider instruction sets.
#include <algorithm>
#include <array>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/reference.hpp"
#include "models/npu/numbers/requantiser.hpp"

namespace cairn::numbers {

namespace {

using Sums = std::array<std::uint32_t, kLanes>;  // unsigned: they wrap

void add_pair(Sums& sums, std::int16_t a, std::int16_t b, const std::int16_t* weights) {
  for (std::int64_t lane = 0; lane < kLanes; ++lane)
    sums[lane] += static_cast<std::uint32_t>(a * weights[2 * lane] + b * weights[2 * lane + 1]);
}

void convolve(const Tile& tile, const PairedWindow& window, const std::int16_t* weights, int blocks,
              std::int32_t* sums) {
  for (int block = 0; block < blocks; ++block)
    for (int p = 0; p < tile.count; ++p, sums += kLanes) {
      Sums total{};
      const std::int16_t* w = weights + block * window.block_weights;
      for (int row = 0; row < window.rows; ++row) {
        const std::int16_t* a = tile.pixels[p] + row * window.row_pitch;
        for (int pair = 0; pair < window.pairs; ++pair, a += 2, w += 2 * kLanes)
          add_pair(total, a[0], a[1], w);
      }
      std::copy(total.begin(), total.end(), sums);
    }
}

void convolve_channels(const Tile& tile, const TapWindow& window, const std::int16_t* weights,
                       std::int32_t* sums) {
  for (int p = 0; p < tile.count; ++p, sums += kLanes) {
    Sums total{};
    const std::int16_t* w = weights;
    for (int pair = 0; pair < window.pairs; ++pair, w += 2 * kLanes) {
      const std::int64_t* taps = window.taps + std::int64_t{2} * pair;
      const std::int16_t* a = tile.pixels[p] + taps[0];
      const std::int16_t* b = tile.pixels[p] + taps[1];
      for (std::int64_t lane = 0; lane < kLanes; ++lane)
        total[lane] += static_cast<std::uint32_t>(a[kLaneOrder[lane]] * w[2 * lane] +
                                                  b[kLaneOrder[lane]] * w[2 * lane + 1]);
    }
    for (std::int64_t lane = 0; lane < kLanes; ++lane)
      sums[kLaneOrder[lane]] = static_cast<std::int32_t>(total[lane]);
  }
}

void largest(const Tile& tile, const TapWindow& window, std::int32_t* result) {
  for (int p = 0; p < tile.count; ++p, result += kLanes) {
    std::array<std::int16_t, kLanes> most{};
    std::copy_n(tile.pixels[p] + window.taps[0], kLanes, most.begin());
    for (int tap = 1; tap < 2 * window.pairs; ++tap)
      for (std::int64_t lane = 0; lane < kLanes; ++lane)
        most[lane] = std::max(most[lane], tile.pixels[p][window.taps[tap] + lane]);
    std::copy(most.begin(), most.end(), result);
  }
}

std::int32_t requantise_lane(const Requantiser& r, std::int32_t value, std::size_t channel) {
  std::int32_t scaled = 0;
  switch (r.form) {
    case Requantiser::Form::none:
    case Requantiser::Form::scalar:
      return value;
    case Requantiser::Form::thresholds: {
      int reached = 0;
      for (int t = 0; t < r.threshold_count; ++t)
        reached += (value ^ r.flip[channel]) >= r.thresholds[t * r.offset.size() + channel] ? 1 : 0;
      return r.low + reached;
    }
    case Requantiser::Form::single: {
      const std::size_t at = channel / 8 * 8 + channel % 2 * 4 + channel % 8 / 2;
      scaled = static_cast<std::int32_t>(
          multiply_single(value, r.multiplier[channel], std::uint32_t(r.shift[at])));
      break;
    }
    case Requantiser::Form::tflite:
      scaled = multiply_tflite(value, r.multiplier[channel],
                               static_cast<std::uint32_t>(31 + r.right[channel] - r.left[channel]));
      break;
  }
  return std::clamp(scaled + r.zero_point, r.low, r.high);
}

void requantise_block(const Requantiser& r, const std::int32_t* sums, int pixels, int block,
                      std::int32_t* out, std::int64_t out_pitch) {
  for (int p = 0; p < pixels; ++p)
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t channel = static_cast<std::size_t>(block * kLanes + lane);
      const auto value =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[p * kLanes + lane]) +
                                    static_cast<std::uint32_t>(r.offset[channel]));
      out[p * out_pitch + lane] = requantise_lane(r, value, channel);
    }
}

}  // namespace

const Kernels kPortableKernels = {6, 1, 6, convolve, convolve_channels, largest, requantise_block};

}  // namespace cairn::numbers
