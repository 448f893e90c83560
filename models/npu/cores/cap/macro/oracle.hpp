// The macro's arithmetic, slow and obvious: what the fast kernels must equal bit for bit.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::cap {

/// The sum on the capacitors, in 2^-fraction_bits accumulator units. `cells[i]` is what the column
/// place.first_column + i holds: 0 or 1, in `differential` -1, 0 or 1; `inputs[i]` is its DAC code.
/// Columns beside these have input 0.
std::int64_t analogue_sum(const Capacitors& capacitors, const RowPlace& place,
                          std::span<const std::int8_t> cells, std::span<const std::uint8_t> inputs);

/// One conversion: the code of that sum.
int convert(const MacroInstance& macro, Encoding encoding, int lsb, const RowPlace& place,
            std::span<const std::int8_t> cells, std::span<const std::uint8_t> inputs,
            std::int32_t gauss);

/// A layer computed by the macro, operands as for numbers::reference.
struct PhysicalRun {
  const MacroInstance& macro;
  const numbers::Layer& layer;
  const LayerMapping& mapping;
  std::span<const std::int16_t> in;      ///< features q, [layer.in.elements()]
  std::span<const std::int8_t> weights;  ///< [layer.weight_count()]
  std::uint64_t inference = 0;           ///< gives each inference its own noise
};

/// The accumulator, without bias, of one output pixel (raster order) and channel. 64 bits hold it;
/// who keeps int32 saturates and counts.
std::int64_t oracle(const PhysicalRun& run, std::int64_t pixel, int channel);

}  // namespace cairn::npu::cap
