// A layer on the entry-counting core, twice: by schedule, meter and kernels as the shell runs them,
// and by the stepped twin.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/memory/sram_stream.hpp"
#include "models/npu/block.hpp"
#include "models/npu/cores/ec/core.hpp"
#include "models/npu/cores/ec/twin.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/numbers/fast_case.hpp"

namespace cairn::test {

/// Operands of a layer in memories of their own: input, second input and output one behind the
/// other from word borders on.
class EcCase {
 public:
  EcCase(const npu::ec::EcCore& core, const numbers::test::Case& operands,
         std::vector<npu::Tile> tiles)
      : core_(core), case_(operands), tiles_(std::move(tiles)) {
    in_bits_ = npu::in_feature_bits(layer());
    second_bit_ = words(in_bits_);
    const std::uint64_t second =
        static_cast<std::uint64_t>(layer().in.elements()) * layer().second_type.bits;
    out_bit_ = second_bit_ + (layer().op == numbers::Op::add ? words(second) : 0);
    features_.resize((out_bit_ + words(npu::out_feature_bits(layer()))) / 8);
    put(case_.in, 0, layer().in_type);
    if (layer().op == numbers::Op::add) put(case_.second, second_bit_, layer().second_type);
  }

  /// As the shell does it.
  npu::ec::TwinCounts run_steps() {
    npu::ec::TwinCounts n;
    SramStream in, second, out, weights;
    const numbers::FeatureMap map = numbers::test::map_of(case_);
    const auto schedule = core_.mapping().schedule(layer());
    outputs_.assign(static_cast<std::size_t>(layer().out.elements()), 0);
    for (const npu::Tile& tile : tiles_) {
      const auto [block_bit, block] = block_of(tile);
      const npu::TileSteps steps = schedule->next(tile);
      std::vector<npu::Activity> activity(tile.pixels);
      if (const auto meter = core_.meter(layer(), tile, block))
        meter->measure(map, tile.first_pixel, activity);
      run_kernel(tile, block, map, n.overflows);
      for (const npu::Step& step : steps.steps) {
        for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r)
          read(steps.runs[r], in, second, n);
        n.weight_words_read += weights.words(block_bit + step.first_weight_bit,
                                             block_bit + step.first_weight_bit + step.weight_bits);
        n.activity.cycles += step.compute_cycles;
        for (std::uint32_t p = step.first_output; p < step.first_output + step.outputs; ++p) {
          add(activity[p - tile.first_pixel], n.activity);
          const std::uint64_t bits = layer().out_type.bits;
          const std::uint64_t begin =
              out_bit_ + (std::uint64_t{p} * layer().out.channels + tile.first_channel) * bits;
          n.feature_words_written += out.words(begin, begin + tile.channels * bits);
        }
        n.macs += step.macs;
        n.loads += step.loads;
        n.buffer_bits_read += step.buffer_bits_read;
        n.buffer_bits_written += step.buffer_bits_written;
      }
    }
    return n;
  }

  npu::ec::TwinCounts run_twin() {
    const npu::ec::DataflowChoice choice(core_.mapping().geometry());
    std::vector<npu::ec::TwinTile> tiles;
    for (const npu::Tile& tile : tiles_)
      tiles.push_back({tile, choice.of(layer(), tile), block_of(tile).first});
    return npu::ec::run_twin(layer(), core_.mapping().geometry(), tiles,
                             {features_, 0, out_bit_, second_bit_, weights_});
  }

  /// Both, with their outputs against the reference and their counts against each other.
  void check() {
    steps_ = run_steps();
    const npu::ec::TwinCounts twin = run_twin();
    std::uint64_t overflows = 0;
    const std::vector<std::int32_t> expected = numbers::test::reference_of(case_, &overflows);
    EXPECT_EQ(outputs_, expected);
    std::vector<std::int32_t> of_twin(expected.size());
    numbers::unpack_features(features_, out_bit_, layer().out_type, of_twin);
    EXPECT_EQ(of_twin, expected);
    EXPECT_EQ(twin.overflows, overflows);
    EXPECT_EQ(steps_.activity.cycles, twin.activity.cycles);
    EXPECT_EQ(steps_.activity.searches, twin.activity.searches);
    EXPECT_EQ(steps_.activity.accumulations, twin.activity.accumulations);
    EXPECT_EQ(steps_.activity.matches, twin.activity.matches);
    EXPECT_EQ(steps_.activity.multiplications, twin.activity.multiplications);
    EXPECT_EQ(steps_.macs, twin.macs);
    EXPECT_EQ(steps_.loads, twin.loads);
    EXPECT_EQ(steps_.feature_words_read, twin.feature_words_read);
    EXPECT_EQ(steps_.feature_words_written, twin.feature_words_written);
    EXPECT_EQ(steps_.feature_elements_read, twin.feature_elements_read);
    EXPECT_EQ(steps_.weight_words_read, twin.weight_words_read);
    EXPECT_EQ(steps_.buffer_bits_read, twin.buffer_bits_read);
    EXPECT_EQ(steps_.buffer_bits_written, twin.buffer_bits_written);
    EXPECT_EQ(steps_, twin);
  }

  const npu::ec::TwinCounts& counts() const { return steps_; }

 private:
  const numbers::Layer& layer() const { return case_.layer; }
  static std::uint64_t words(std::uint64_t bits) { return (bits + 63) / 64 * 64; }

  static void add(const npu::Activity& a, npu::ec::TwinActivity& sum) {
    sum.cycles += a.cycles;
    sum.searches += a.searches;
    sum.accumulations += a.accumulations;
    sum.matches += a.matches;
    sum.multiplications += a.multiplications;
  }

  void put(const std::vector<std::int16_t>& features, std::uint64_t bit,
           const numbers::FeatureType& type) {
    const std::vector<std::int32_t> wide(features.begin(), features.end());
    numbers::pack_features(wide, type, features_, bit);
  }

  void read(const npu::PixelRun& run, SramStream& in, SramStream& second,
            npu::ec::TwinCounts& n) const {
    const auto touch = [&](SramStream& stream, std::uint64_t base,
                           const numbers::FeatureType& type) {
      const std::uint64_t bits = std::uint64_t(layer().in.channels) * type.bits;
      n.feature_words_read +=
          stream.words(base + run.first * bits, base + (run.first + run.count) * bits);
      n.feature_elements_read += std::uint64_t{run.count} * layer().in.channels;
    };
    touch(in, 0, layer().in_type);
    if (layer().op == numbers::Op::add) touch(second, second_bit_, layer().second_type);
  }

  void run_kernel(const npu::Tile& tile, std::span<const std::uint8_t> block,
                  const numbers::FeatureMap& map, std::uint64_t& overflows) {
    const auto kernel = core_.kernel(layer(), tile, block);
    const std::size_t count = std::size_t{tile.pixels} * tile.channels;
    std::vector<std::int32_t> raw(count);
    if (layer().out_type.bits == numbers::kAccumulatorBits) {
      kernel->run(map, tile.first_pixel, tile.pixels, raw, overflows);
    } else {
      std::vector<std::uint8_t> codes(count);
      kernel->run(map, tile.first_pixel, tile.pixels, codes, overflows);
      for (std::size_t i = 0; i < count; ++i)
        raw[i] = codes[i] + layer().out_type.low();
    }
    for (std::size_t p = 0; p < tile.pixels; ++p)
      for (std::size_t c = 0; c < tile.channels; ++c)
        outputs_[(tile.first_pixel + p) * static_cast<std::size_t>(layer().out.channels) +
                 tile.first_channel + c] = raw[p * tile.channels + c];
  }

  /// Where the block of a tile lies, and its bytes; packs it when it is first seen.
  std::pair<std::uint64_t, std::vector<std::uint8_t>> block_of(const npu::Tile& tile) {
    const npu::BlockShape shape = npu::block_shape(layer(), tile);
    const auto [at, is_new] =
        blocks_.try_emplace({tile.first_channel, tile.channels}, weights_.size());
    if (is_new) {
      const auto first = static_cast<std::size_t>(tile.first_channel);
      const auto cut = [&](const auto& all, std::size_t each) {
        auto part = all;
        part.clear();
        for (std::size_t i = first * each; i < std::min((first + tile.channels) * each, all.size());
             ++i)
          part.push_back(all[i]);
        return part;
      };
      const numbers::Table& t = case_.table;
      const auto each = layer().has_weights()
                            ? static_cast<std::size_t>(layer().inputs_per_output())
                            : std::size_t{0};
      std::vector<std::uint8_t> block(shape.bytes());
      numbers::pack_weights(cut(case_.weights, each), shape.layer, block);
      numbers::pack_table(
          {cut(t.bias, 1), cut(t.multiplier, 1), cut(t.shift, 1),
           cut(t.thresholds, t.thresholds.size() / layer().out.channels), cut(t.descending, 1)},
          shape.layer, std::span(block).subspan(shape.weight_bytes));
      weights_.insert(weights_.end(), block.begin(), block.end());
    }
    const auto begin = weights_.begin() + static_cast<std::ptrdiff_t>(at->second);
    return {8 * at->second, {begin, begin + static_cast<std::ptrdiff_t>(shape.bytes())}};
  }

  const npu::ec::EcCore& core_;
  const numbers::test::Case& case_;
  const std::vector<npu::Tile> tiles_;
  std::uint64_t in_bits_ = 0, second_bit_ = 0, out_bit_ = 0;
  std::vector<std::uint8_t> features_, weights_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> blocks_;
  std::vector<std::int32_t> outputs_;
  npu::ec::TwinCounts steps_;
};

}  // namespace cairn::test
