#include "models/npu/cores/cap/macro/oracle.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

/// The inputs of one output as codes, flattened; padding is the zero point.
std::vector<std::uint8_t> flattened(const PhysicalRun& run, std::int64_t pixel, int channel) {
  const numbers::Layer& l = run.layer;
  const bool is_depthwise = l.op == numbers::Op::depthwise;
  const bool is_full = l.op == numbers::Op::fully_connected;
  std::vector<std::uint8_t> inputs;
  if (is_full) {
    for (const std::int16_t q : run.in)
      inputs.push_back(static_cast<std::uint8_t>(q - l.in_type.low()));
    return inputs;
  }
  const int first = is_depthwise ? channel / (l.out.channels / l.in.channels) : 0;
  const int last = is_depthwise ? first + 1 : l.in.channels;
  const auto y0 = static_cast<int>(pixel / l.out.width) * l.stride_h - l.pad_top;
  const auto x0 = static_cast<int>(pixel % l.out.width) * l.stride_w - l.pad_left;
  for (int y = y0; y < y0 + l.kernel_h; ++y)
    for (int x = x0; x < x0 + l.kernel_w; ++x)
      for (int c = first; c < last; ++c) {
        const bool is_inside = y >= 0 && y < l.in.height && x >= 0 && x < l.in.width;
        const std::int64_t at = (std::int64_t{y} * l.in.width + x) * l.in.channels + c;
        const int q = is_inside ? run.in[static_cast<std::size_t>(at)] : l.in_type.zero_point;
        inputs.push_back(static_cast<std::uint8_t>(q - l.in_type.low()));
      }
  return inputs;
}

const Rectangle& rectangle_of(const LayerMapping& mapping, int chunk, int bit, int output) {
  for (const Rectangle& r : mapping.rectangles)
    if (r.chunk == chunk && r.bit == bit && output >= r.first_output &&
        output < r.first_output + r.outputs)
      return r;
  throw std::invalid_argument("a chunk has no place in the macro");
}

std::int8_t cell_of(std::int8_t weight, Encoding encoding, int bit) {
  return encoding == Encoding::differential ? weight : static_cast<std::int8_t>(weight >> bit & 1);
}

}  // namespace

std::int64_t analogue_sum(const Capacitors& capacitors, const RowPlace& place,
                          std::span<const std::int8_t> cells,
                          std::span<const std::uint8_t> inputs) {
  const std::int64_t one = std::int64_t{1} << capacitors.fraction_bits();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const int column = place.first_column + static_cast<int>(i);
    if (cells[i] == 1) sum += (one + capacitors.deviation(place.row, column)) * inputs[i];
    if (cells[i] == -1) sum -= (one + capacitors.deviation(place.row + 1, column)) * inputs[i];
  }
  return sum;
}

int convert(const MacroInstance& macro, Encoding encoding, int lsb, const RowPlace& place,
            std::span<const std::int8_t> cells, std::span<const std::uint8_t> inputs,
            std::int32_t gauss) {
  return convert(macro.range(encoding, lsb), macro.slice(place.slice),
                 analogue_sum(macro.capacitors(), place, cells, inputs), gauss);
}

std::int64_t oracle(const PhysicalRun& run, std::int64_t pixel, int channel) {
  const numbers::Layer& l = run.layer;
  const LayerMapping& mapping = run.mapping;
  const int dac_bits = run.macro.parameters().dac_bits;
  const int base = run.macro.range(mapping.encoding, mapping.lsb).base();
  const std::vector<std::uint8_t> inputs = flattened(run, pixel, channel);
  const std::span<const std::int8_t> weights =
      run.weights.subspan(static_cast<std::size_t>(channel) * inputs.size(), inputs.size());
  const std::uint64_t pixel_key =
      noise_pixel_key(noise_layer_key(run.macro.seed(), mapping.layer, run.inference),
                      static_cast<std::uint64_t>(pixel));
  std::int64_t steps = 0;
  for (int chunk = 0; chunk < chunks_of(l); ++chunk)
    for (int slice = 0; slice < dac_slices_of(l, dac_bits); ++slice)
      for (int bit = 0; bit < planes_of(l, mapping.encoding); ++bit) {
        const RowPlace place =
            place_of(rectangle_of(mapping, chunk, bit, channel), mapping.encoding, channel);
        std::vector<std::int8_t> cells;
        std::vector<std::uint8_t> codes;
        for (int i = 0; i < inputs_of(l, chunk); ++i) {
          const auto at = static_cast<std::size_t>(chunk * kColumns + i);
          cells.push_back(cell_of(weights[at], mapping.encoding, bit));
          codes.push_back(
              static_cast<std::uint8_t>(inputs[at] >> (slice * dac_bits) & ((1 << dac_bits) - 1)));
        }
        const std::uint32_t noise = noise_bits(evaluation_key(pixel_key, chunk, slice, bit),
                                               static_cast<std::uint32_t>(channel));
        const int code =
            convert(run.macro, mapping.encoding, mapping.lsb, place, cells, codes, gaussian(noise));
        steps += std::int64_t{code + base} * (std::int64_t{1} << (slice * dac_bits)) *
                 plane_weight(l, mapping.encoding, bit);
      }
  std::int64_t weight_sum = 0;
  for (const std::int8_t w : weights)
    weight_sum += w;
  return ((steps * mapping.lsb + kSteps / 2) >> 4) - l.in_type.code_zero() * weight_sum;
}

}  // namespace cairn::npu::cap
