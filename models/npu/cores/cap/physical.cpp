#include "models/npu/cores/cap/physical.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "models/kit/input_error.hpp"
#include "models/npu/block.hpp"
#include "models/npu/cores/cap/macro/physical_layer.hpp"
#include "models/npu/numbers/partial_layer.hpp"

namespace cairn::npu::cap {

using numbers::Layer;

namespace {

constexpr double kMillion = 1e6, kThousand = 1e3;

numbers::ChannelRange channels_of(const Tile& tile) {
  return {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)};
}

class ChipKernel : public Kernel {
 public:
  ChipKernel(const Layer& layer, const Tile& tile, LayerMapping mapping,
             std::vector<std::int8_t> weights, std::span<const std::uint8_t> block,
             const MacroInstance& macro)
      : layer_(layer),
        tile_(tile),
        mapping_(std::move(mapping)),
        weights_(std::move(weights)),
        macro_(macro),
        stage_(layer, slice_of(block_shape(layer, whole(tile)), block), channels_of(tile)) {}

  /// The cells are made ready when the layer's number is known: noise depends on it.
  void launch(const Launch& launch) override {
    inference_ = launch.job;
    if (macro_layer_ && mapping_.layer == launch.layer) return;
    mapping_.layer = launch.layer;
    macro_layer_.emplace(layer_, weights_, channels_of(tile_), mapping_, macro_);
  }
  void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
           std::span<std::uint8_t> out, std::uint64_t& overflows) const override {
    stage_.run(sums(in, first, count, overflows), tile_.channels, count, out, tile_.channels,
               &overflows);
  }
  void run(const numbers::FeatureMap& in, std::uint32_t first, std::uint32_t count,
           std::span<std::int32_t> out, std::uint64_t& overflows) const override {
    stage_.run(sums(in, first, count, overflows), tile_.channels, count, out, tile_.channels,
               &overflows);
  }

 private:
  static Tile whole(Tile tile) {
    tile.cells = kNoCells;
    return tile;
  }
  static numbers::PackedSlice slice_of(const BlockShape& shape,
                                       std::span<const std::uint8_t> block) {
    return {block.first(shape.weight_bytes), 0,
            block.subspan(shape.weight_bytes, shape.table_bytes)};
  }
  std::vector<std::int32_t> sums(const numbers::FeatureMap& in, std::uint32_t first,
                                 std::uint32_t count, std::uint64_t& overflows) const {
    std::vector<std::int32_t> sums(std::size_t{count} * tile_.channels);
    macro_layer_->run(in, first, count, inference_, sums, tile_.channels, &overflows);
    return sums;
  }

  const Layer layer_;
  const Tile tile_;
  LayerMapping mapping_;
  const std::vector<std::int8_t> weights_;
  const MacroInstance& macro_;
  const numbers::OutputStage stage_;
  std::optional<PhysicalLayer> macro_layer_;
  std::uint64_t inference_ = 0;
};

}  // namespace

NonIdealities non_idealities(const Geometry& g) {
  const auto part = [&g](const char* key, double unit) {
    return static_cast<double>(g.at(key)) / unit;
  };
  NonIdealities n;
  n.capacitor_mismatch = part("capacitor_mismatch", kMillion);
  n.ktc_noise = part("ktc_noise", kThousand);
  n.comparator_noise = part("comparator_noise", kThousand);
  n.adc_offset = part("adc_offset", kThousand);
  n.adc_gain = part("adc_gain", kMillion);
  n.adc_inl = part("adc_inl", kThousand);
  n.is_calibrated = g.at("adc_calibration") != 0;
  n.adc_bits = static_cast<int>(g.at("adc_bits"));
  n.dac_bits = static_cast<int>(g.at("dac_bits"));
  if (const std::string reason = invalid(n); !reason.empty())
    throw InputError("core 'cap' in physical mode: " + reason);
  if (g.at("rows") != kRows || g.at("columns") != kColumns)
    throw InputError("core 'cap' in physical mode: the macro has 64 rows and 128 columns, not " +
                     std::to_string(g.at("rows")) + " and " + std::to_string(g.at("columns")));
  return n;
}

LayerMapping layer_mapping(const Layer& layer, const Tile& tile, std::span<const Piece> pieces,
                           std::span<const CellRegion> regions, const NonIdealities& parameters) {
  LayerMapping mapping;
  mapping.encoding = encoding_of(layer);
  const int full = full_lsb(mapping.encoding, parameters.adc_bits, parameters.dac_bits);
  mapping.lsb = tile.adc_step == 0 ? full : std::min<int>(tile.adc_step, full);
  const bool is_differential = mapping.encoding == Encoding::differential;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& p = pieces[i];
    const std::uint32_t end = p.first_row + p.rows;
    // Runs of outputs with the same weight bit.
    for (std::uint32_t row = p.first_row, rows = 0; row < end; row += rows) {
      const std::uint32_t bit = is_differential ? 0 : row / p.outputs,
                          output = is_differential ? row / 2 : row % p.outputs;
      rows = is_differential ? end - row : std::min(p.outputs - output, end - row);
      const auto integer = [](std::uint32_t value) { return static_cast<int>(value); };
      mapping.rectangles.push_back({.chunk = integer(p.chunk),
                                    .bit = integer(bit),
                                    .first_output = integer(p.first_output + output),
                                    .outputs = integer(is_differential ? rows / 2 : rows),
                                    .first_row = integer(regions[i].row + row - p.first_row),
                                    .first_column = integer(regions[i].column)});
    }
  }
  return mapping;
}

std::unique_ptr<Kernel> physical_kernel(const Layer& layer, const Tile& tile, LayerMapping mapping,
                                        std::vector<std::int8_t> weights,
                                        std::span<const std::uint8_t> block,
                                        const MacroInstance& macro) {
  return std::make_unique<ChipKernel>(layer, tile, std::move(mapping), std::move(weights), block,
                                      macro);
}

}  // namespace cairn::npu::cap
