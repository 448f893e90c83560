// A layer on CAP-RAM, twice: by schedule, cells and kernels as the shell runs them, and by the
// stepped twin.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/memory/sram_stream.hpp"
#include "models/npu/block.hpp"
#include "models/npu/cores/cap/core.hpp"
#include "models/npu/cores/cap/placement.hpp"
#include "models/npu/cores/cap/twin.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/numbers/fast_case.hpp"

namespace cairn::test {

/// Operands of a layer in memories of their own: input, second input and output one behind the
/// other from word borders on.
class CapCase {
 public:
  /// `cells`: where the layer's weights lie, already loaded; empty if tiles bring them.
  CapCase(npu::cap::CapCore& core, const numbers::test::Case& operands,
          std::vector<npu::Tile> tiles, const npu::CellPlan& cells, npu::Launch launch = {})
      : core_(core), case_(operands), tiles_(std::move(tiles)), cells_(cells), launch_(launch) {
    if (!cells.regions.empty()) load_cells();
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
  npu::cap::TwinCounts run_steps() {
    npu::cap::TwinCounts n;
    SramStream in, second, out, weights;
    const numbers::FeatureMap map = numbers::test::map_of(case_);
    const auto schedule = core_.schedule(layer());
    outputs_.assign(static_cast<std::size_t>(layer().out.elements()), 0);
    for (const npu::Tile& tile : tiles_) {
      const auto [block_bit, block] = block_of(tile);
      const npu::TileSteps steps = schedule->next(tile);
      run_kernel(tile, block, map, n.overflows);
      for (const npu::Step& step : steps.steps) {
        for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r)
          read(steps.runs[r], in, second, n);
        n.weight_words_read += weights.words(block_bit + step.first_weight_bit,
                                             block_bit + step.first_weight_bit + step.weight_bits);
        n.cycles += step.compute_cycles;
        n.cell_cycles += step.cell_cycles;
        n.cell_writes += step.cell_writes;
        n.evaluations += step.evaluations;
        n.rows += step.rows;
        n.conversions += step.conversions;
        for (std::uint32_t p = step.first_output; p < step.first_output + step.outputs; ++p) {
          const std::uint64_t bits = layer().out_type.bits;
          const std::uint64_t begin =
              out_bit_ + (std::uint64_t{p} * layer().out.channels + tile.first_channel) * bits;
          n.feature_words_written += out.words(begin, begin + tile.channels * bits);
        }
        n.macs += step.macs;
        n.buffer_bits_read += step.buffer_bits_read;
        n.buffer_bits_written += step.buffer_bits_written;
      }
    }
    return n;
  }

  npu::cap::TwinCounts run_twin() {
    std::vector<npu::cap::TwinTile> tiles;
    for (const npu::Tile& tile : tiles_)
      tiles.push_back({tile, regions_of(tile), block_of(tile).first});
    return npu::cap::run_twin(layer(), core_.mapping().geometry(), setup_, tiles,
                              {features_, 0, out_bit_, second_bit_, weights_});
  }

  /// Both, with their outputs against the reference and their counts against each other.
  void check() {
    steps_ = run_steps();
    const npu::cap::TwinCounts twin = run_twin();
    std::uint64_t overflows = 0;
    const std::vector<std::int32_t> expected = numbers::test::reference_of(case_, &overflows);
    EXPECT_EQ(outputs_, expected);
    std::vector<std::int32_t> of_twin(expected.size());
    numbers::unpack_features(features_, out_bit_, layer().out_type, of_twin);
    EXPECT_EQ(of_twin, expected);
    EXPECT_EQ(twin.overflows, overflows);
    EXPECT_EQ(steps_.cycles, twin.cycles);
    EXPECT_EQ(steps_.cell_cycles, twin.cell_cycles);
    EXPECT_EQ(steps_.cell_writes, twin.cell_writes);
    EXPECT_EQ(steps_.evaluations, twin.evaluations);
    EXPECT_EQ(steps_.rows, twin.rows);
    EXPECT_EQ(steps_.conversions, twin.conversions);
    EXPECT_EQ(steps_.macs, twin.macs);
    EXPECT_EQ(steps_.feature_words_read, twin.feature_words_read);
    EXPECT_EQ(steps_.feature_words_written, twin.feature_words_written);
    EXPECT_EQ(steps_.feature_elements_read, twin.feature_elements_read);
    EXPECT_EQ(steps_.weight_words_read, twin.weight_words_read);
    EXPECT_EQ(steps_.buffer_bits_read, twin.buffer_bits_read);
    EXPECT_EQ(steps_.buffer_bits_written, twin.buffer_bits_written);
    EXPECT_EQ(steps_, twin);
  }

  const npu::cap::TwinCounts& counts() const { return steps_; }
  /// Of the last run_steps(), raster order, all channels of a pixel.
  const std::vector<std::int32_t>& outputs() const { return outputs_; }

 private:
  const numbers::Layer& layer() const { return case_.layer; }
  static std::uint64_t words(std::uint64_t bits) { return (bits + 63) / 64 * 64; }

  /// As the shell does it for the commands of a set-up.
  void load_cells() {
    const auto bits = core_.mapping().cell_bits(layer(), case_.weights);
    for (std::size_t i = 0; i < bits.size(); ++i) {
      core_.load_cells(static_cast<std::uint16_t>(i + 1), cells_.regions[i], bits[i]);
      setup_.push_back({cells_.regions[i], bits[i]});
    }
  }

  std::vector<npu::CellRegion> regions_of(const npu::Tile& tile) const {
    if (!layer().has_weights()) return {};
    if (tile.cells != npu::kNoCells) return cells_.regions;
    const npu::cap::MacroSize size(core_.mapping().geometry());
    return *npu::cap::place(
        npu::cap::pieces_of(
            layer(), {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)}, size),
        size);
  }

  void put(const std::vector<std::int16_t>& features, std::uint64_t bit,
           const numbers::FeatureType& type) {
    const std::vector<std::int32_t> wide(features.begin(), features.end());
    numbers::pack_features(wide, type, features_, bit);
  }

  void read(const npu::PixelRun& run, SramStream& in, SramStream& second,
            npu::cap::TwinCounts& n) const {
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
    kernel->launch(launch_);
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
      if (shape.weight_bytes > 0)
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

  npu::cap::CapCore& core_;
  const numbers::test::Case& case_;
  const std::vector<npu::Tile> tiles_;
  const npu::CellPlan cells_;
  const npu::Launch launch_;
  std::vector<npu::cap::TwinSetup> setup_;
  std::uint64_t in_bits_ = 0, second_bit_ = 0, out_bit_ = 0;
  std::vector<std::uint8_t> features_, weights_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> blocks_;
  std::vector<std::int32_t> outputs_;
  npu::cap::TwinCounts steps_;
};

}  // namespace cairn::test
