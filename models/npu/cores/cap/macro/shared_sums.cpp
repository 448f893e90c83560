// Sums of layers whose output channels have the same inputs: products of operand rows and panels.
#include <algorithm>
#include <cstring>
#include <vector>

#include "models/npu/cores/cap/macro/chunk_sums.hpp"
#include "models/npu/numbers/operand_gather.hpp"
#include "models/npu/numbers/weight_panels.hpp"

namespace cairn::npu::cap {

namespace {

using numbers::WeightPanels;

constexpr std::int64_t kSlackRows = 16;  ///< rows that `products` may read beyond a tile

/// Largest |deviation|.
constexpr int kMostDeviation = 63;

class SharedSums : public ChunkSums {
 public:
  SharedSums(const Cells& cells, const numbers::Kernels& kernels, numbers::Workers* workers);

  void load(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
            Inputs& inputs) const override;
  void sums(const Inputs& inputs, const TileEvaluation& tile, numbers::Sums& cells,
            numbers::Sums& deviations) const override;

 private:
  /// Where the rows of a chunk and DAC slice begin: kColumns bytes a pixel.
  std::int64_t offset(int chunk, int dac_slice) const {
    return (std::int64_t{chunk} * dac_slices_ + dac_slice) * (kPixels + kSlackRows) * kColumns;
  }

  const numbers::Kernels& kernels_;
  numbers::OperandGather gather_;
  int dac_bits_, dac_slices_, chunks_;
  std::int64_t operands_;
  std::vector<WeightPanels> cells_, deviations_;  ///< [bit]
};

SharedSums::SharedSums(const Cells& cells, const numbers::Kernels& kernels,
                       numbers::Workers* workers)
    : kernels_(kernels),
      gather_(cells.layer(), {0, cells.layer().in.channels}, kernels),
      dac_bits_(cells.macro().parameters().dac_bits),
      dac_slices_(dac_slices_of(cells.layer(), dac_bits_)),
      chunks_(chunks_of(cells.layer())),
      operands_(cells.layer().inputs_per_output()) {
  const int pair = 2 * ((1 << dac_bits_) - 1);
  const numbers::WeightRuns runs{0, operands_, 1, static_cast<int>(operands_)};
  const auto panels = [&](const Cells::Rows& rows, int most) {
    return WeightPanels(numbers::WeightRows(cells.layer(), rows), cells.channels().count, runs,
                        pair * most, kernels, workers);
  };
  for (int bit = 0; bit < cells.planes(); ++bit) {
    cells_.push_back(panels(cells.bits(bit), 1));
    if (!cells.macro().capacitors().is_ideal())
      deviations_.push_back(panels(cells.deviations(bit), kMostDeviation));
  }
}

/// Bits [first, first + bits) of each byte.
void cut(const std::uint8_t* codes, int first, int bits, std::int64_t count, std::uint8_t* out) {
  const auto mask = static_cast<std::uint8_t>((1 << bits) - 1);
  for (std::int64_t i = 0; i < count; ++i)
    out[i] = static_cast<std::uint8_t>(codes[i] >> first & mask);
}

void SharedSums::load(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
                      Inputs& inputs) const {
  const auto size = static_cast<std::size_t>(offset(chunks_, 0));
  if (inputs.codes.size() < size) inputs.codes.resize(size, 0);
  const std::uint8_t* rows = gather_.rows(map, first, count);
  for (int chunk = 0; chunk < chunks_; ++chunk) {
    const std::int64_t here = std::min<std::int64_t>(kColumns, operands_ - chunk * kColumns);
    for (int slice = 0; slice < dac_slices_; ++slice)
      for (std::int64_t p = 0; p < count; ++p)
        cut(rows + p * gather_.pitch() + chunk * kColumns, slice * dac_bits_, dac_bits_, here,
            inputs.codes.data() + offset(chunk, slice) + p * kColumns);
  }
}

void SharedSums::sums(const Inputs& inputs, const TileEvaluation& tile, numbers::Sums& cells,
                      numbers::Sums& deviations) const {
  const auto bit = static_cast<std::size_t>(tile.bit);
  const std::int64_t first = std::int64_t{tile.chunk} * kColumns;
  const std::int64_t last = std::min(first + kColumns, cells_[bit].operands());
  const numbers::OperandRows rows{
      inputs.codes.data() + offset(tile.chunk, tile.dac_slice) + tile.pixel * kColumns, kColumns,
      tile.pixels};
  kernels_.products(rows, cells_[bit].panel(tile.block, first, last), cells.at);
  if (!deviations_.empty())
    kernels_.products(rows, deviations_[bit].panel(tile.block, first, last), deviations.at);
}

}  // namespace

std::unique_ptr<const ChunkSums> make_shared_sums(const Cells& cells,
                                                  const numbers::Kernels& kernels,
                                                  numbers::Workers* workers) {
  return std::make_unique<SharedSums>(cells, kernels, workers);
}

}  // namespace cairn::npu::cap
