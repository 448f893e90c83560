#include "models/npu/cores/cap/macro/range_search.hpp"

#include <algorithm>

#include "models/npu/cores/cap/macro/cells.hpp"
#include "models/npu/cores/cap/macro/chunk_sums.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/numbers/instruction_set.hpp"

namespace cairn::npu::cap {

namespace {

using numbers::kLanes;
using numbers::kTileBlocks;
using numbers::kTilePitch;
using numbers::kTilePixels;

/// Any place will do: an ideal macro is the same everywhere.
LayerMapping anywhere(const numbers::Layer& layer, Encoding encoding) {
  LayerMapping mapping;
  mapping.encoding = encoding;
  mapping.lsb = 1;
  const int most = kRows / rows_of(encoding, 1);
  for (int chunk = 0; chunk < chunks_of(layer); ++chunk)
    for (int bit = 0; bit < planes_of(layer, encoding); ++bit)
      for (int first = 0; first < layer.out.channels; first += most)
        mapping.rectangles.push_back(
            {chunk, bit, first, std::min(most, layer.out.channels - first), 0, 0});
  return mapping;
}

/// floor(a / b), b > 0.
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

RangeSearch::RangeSearch(const numbers::Layer& layer, std::span<const std::int8_t> weights,
                         Encoding encoding, int dac_bits)
    : layer_(layer),
      encoding_(encoding),
      dac_bits_(dac_bits),
      planes_(planes_of(layer, encoding)),
      blocks_(numbers::blocks_of(layer.out.channels)) {
  NonIdealities ideal = NonIdealities{}.ideal();
  ideal.dac_bits = dac_bits;
  const MacroInstance macro(ideal, 0);
  const LayerMapping mapping = anywhere(layer, encoding);
  const Cells cells(layer, weights, {0, layer.out.channels}, mapping, macro);
  const numbers::Kernels& kernels = numbers::kernels_for(numbers::best_instruction_set());
  sums_ = layer.op == numbers::Op::depthwise ? make_depthwise_sums(cells)
                                             : make_shared_sums(cells, kernels, nullptr);
  counts_.resize(static_cast<std::size_t>(kColumns * ((1 << dac_bits) - 1) - lowest() + 1));
}

RangeSearch::~RangeSearch() = default;
RangeSearch::RangeSearch(RangeSearch&&) noexcept = default;
RangeSearch& RangeSearch::operator=(RangeSearch&&) noexcept = default;

std::int64_t RangeSearch::lowest() const {
  return encoding_ == Encoding::differential ? -kColumns * ((1 << dac_bits_) - 1) : 0;
}

void RangeSearch::add(const numbers::FeatureMap& map) {
  const numbers::Kernels& kernels = numbers::kernels_for(numbers::best_instruction_set());
  const int dac_slices = dac_slices_of(layer_, dac_bits_);
  ChunkSums::Inputs inputs;
  numbers::Sums sums, unused;
  const auto count = [&](const TileEvaluation& tile) {
    sums_->sums(inputs, tile, sums, unused);
    const int channels = std::min(tile.blocks * kLanes, layer_.out.channels - tile.block * kLanes);
    for (int p = 0; p < tile.pixels; ++p)
      for (int c = 0; c < channels; ++c)
        ++counts_[static_cast<std::size_t>(sums.at[p * kTilePitch + c] - lowest())];
    conversions_ += std::int64_t{tile.pixels} * channels;
  };
  const std::int64_t pixels = layer_.out.pixels();
  kernels.begin();
  for (std::int64_t first = 0; first < pixels; first += kTilePixels) {
    const int here = static_cast<int>(std::min<std::int64_t>(kTilePixels, pixels - first));
    sums_->load(map, first, here, inputs);
    for (int chunk = 0; chunk < chunks_of(layer_); ++chunk)
      for (int slice = 0; slice < dac_slices; ++slice)
        for (int bit = 0; bit < planes_; ++bit)
          for (int block = 0; block < blocks_; block += kTileBlocks)
            count({chunk, slice, bit, block, std::min(kTileBlocks, blocks_ - block), 0, here});
  }
  kernels.end();
}

int RangeSearch::smallest_lsb(int adc_bits, double clipped) const {
  const std::int64_t codes = std::int64_t{1} << adc_bits;
  const std::int64_t base = encoding_ == Encoding::weighted ? 0 : codes / 2;
  const auto clips = [&](int lsb) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const std::int64_t sum = lowest() + static_cast<std::int64_t>(i);
      const std::int64_t code = floor_div(2 * kSteps * sum + lsb, 2 * lsb) + base;
      if (code < 0 || code >= codes) count += counts_[i];
    }
    return static_cast<double>(count) > clipped * static_cast<double>(conversions_);
  };
  int low = 1, high = full_lsb(encoding_, adc_bits, dac_bits_);
  while (low < high) {  // fewer clip at a larger step
    const int middle = (low + high) / 2;
    if (clips(middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace cairn::npu::cap
