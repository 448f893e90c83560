// Kernels in plain C++, for machines without the wider instruction sets.
#include <algorithm>
#include <array>
#include <cstring>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/reference.hpp"
#include "models/npu/numbers/requantiser.hpp"

namespace cairn::numbers {

namespace {

using Lanes = std::array<std::uint32_t, kLanes>;  // unsigned: they wrap

void products(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums) {
  for (int p = 0; p < rows.count; ++p)
    for (int block = 0; block < panel.blocks; ++block) {
      Lanes total{};
      const std::uint8_t* a = rows.first + p * rows.pitch;
      const std::int8_t* w = panel.first + block * panel.block_pitch;
      for (int group = 0; group < panel.groups; ++group, a += 4, w += 4 * kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
          total[lane] +=
              static_cast<std::uint32_t>(a[0] * w[4 * lane] + a[1] * w[4 * lane + 1] +
                                         a[2] * w[4 * lane + 2] + a[3] * w[4 * lane + 3]);
      std::copy(total.begin(), total.end(), sums + p * kTilePitch + block * kLanes);
    }
}

void interleave(const std::int8_t* rows, std::int64_t pitch, int groups, std::int8_t* block) {
  for (int group = 0; group < groups; ++group)
    for (int lane = 0; lane < kLanes; ++lane, block += 4)
      std::copy_n(rows + lane * pitch + std::int64_t{group} * 4, 4, block);
}

void gather(const WindowRuns& runs, std::uint8_t* to, std::int64_t pitch) {
  constexpr std::int64_t kVector = 32;
  for (std::int64_t p = 0; p < runs.pixels; ++p) {
    std::uint8_t* row = to + p * pitch;
    for (int y = 0; y < runs.rows; ++y)
      for (int x = 0; x < runs.runs; ++x, row += runs.size) {
        const std::uint8_t* from =
            runs.first + p * runs.step + y * runs.row_pitch + x * runs.run_pitch;
        for (std::int64_t i = 0; i < runs.size; i += kVector)
          std::memcpy(row + i, from + i, kVector);
      }
  }
}

void nothing() {}

void channel_sums(const std::uint8_t* const* pixels, int count, const TapWindow& window,
                  std::int32_t* sums) {
  for (int p = 0; p < count; ++p, sums += kTilePitch) {
    Lanes total{};
    const std::int16_t* w = window.weights;
    for (int pair = 0; pair < window.pairs; ++pair, w += 2 * kLanes) {
      const std::uint8_t* a = pixels[p] + window.taps[2 * pair];
      const std::uint8_t* b = pixels[p] + window.taps[2 * pair + 1];
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        total[lane] += static_cast<std::uint32_t>(a[kLaneOrder[lane]] * w[2 * lane] +
                                                  b[kLaneOrder[lane]] * w[2 * lane + 1]);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sums[kLaneOrder[lane]] = static_cast<std::int32_t>(total[lane]);
  }
}

void largest(const std::uint8_t* pixel, const std::int64_t* taps, int count, std::uint8_t* out) {
  std::array<std::uint8_t, kLanes> most{};
  for (int tap = 0; tap < count; ++tap)
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      most[lane] = std::max(most[lane], pixel[taps[tap] + static_cast<std::int64_t>(lane)]);
  std::copy(most.begin(), most.end(), out);
}

std::int32_t code_of(const Requantiser& r, std::int32_t value, std::size_t channel) {
  switch (r.form) {
    case Requantiser::Form::none:
    case Requantiser::Form::scalar:
      return value;
    case Requantiser::Form::thresholds: {
      int reached = 0;
      for (int t = 0; t < r.threshold_count; ++t)
        reached += (value ^ r.flip[channel]) >= r.thresholds[t * r.offset.size() + channel] ? 1 : 0;
      return reached;
    }
    case Requantiser::Form::single: {
      const std::size_t at = channel / 8 * 8 + channel % 2 * 4 + channel % 8 / 2;
      const std::uint64_t product =
          static_cast<std::uint64_t>(std::int64_t{value} * r.multiplier[channel]) + r.round[at];
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(product >> r.shift[at]) +
                                       static_cast<std::uint32_t>(r.rebase[channel]));
    }
    case Requantiser::Form::tflite:
      return r.rebase[channel] +
             multiply_tflite(value, r.multiplier[channel],
                             static_cast<std::uint32_t>(31 + r.right[channel] - r.left[channel]));
  }
  return value;
}

void requantise(const Requantiser& r, const std::int32_t* sums, std::int64_t sums_pitch, int pixels,
                int channel, std::uint8_t* out, std::int64_t out_pitch) {
  for (int p = 0; p < pixels; ++p)
    for (int lane = 0; lane < kLanes; ++lane) {
      const auto c = static_cast<std::size_t>(channel + lane);
      const auto value =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[p * sums_pitch + lane]) +
                                    static_cast<std::uint32_t>(r.offset[c]));
      out[p * out_pitch + lane] =
          static_cast<std::uint8_t>(std::clamp(code_of(r, value, c), 0, r.top));
    }
}

}  // namespace

const Kernels kPortableKernels = {4,       products,     interleave, gather,    nothing,
                                  nothing, channel_sums, largest,    requantise};

}  // namespace cairn::numbers
