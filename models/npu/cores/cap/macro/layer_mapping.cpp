#include "models/npu/cores/cap/macro/layer_mapping.hpp"

#include <algorithm>
#include <sstream>

namespace cairn::npu::cap {

Encoding encoding_of(std::span<const std::int8_t> weights) {
  const bool is_ternary =
      std::ranges::all_of(weights, [](std::int8_t w) { return w >= -1 && w <= 1; });
  return is_ternary ? Encoding::differential : Encoding::weighted;
}

int chunks_of(const numbers::Layer& layer) {
  return (layer.inputs_per_output() + kColumns - 1) / kColumns;
}

int inputs_of(const numbers::Layer& layer, int chunk) {
  return std::min(kColumns, layer.inputs_per_output() - kColumns * chunk);
}

int planes_of(const numbers::Layer& layer, Encoding encoding) {
  return encoding == Encoding::differential ? 1 : layer.weight_bits;
}

int plane_weight(const numbers::Layer& layer, Encoding encoding, int bit) {
  if (encoding == Encoding::differential) return 1;
  return bit == layer.weight_bits - 1 ? -(1 << bit) : 1 << bit;
}

int dac_slices_of(const numbers::Layer& layer, int dac_bits) {
  return (layer.in_type.bits + dac_bits - 1) / dac_bits;
}

int full_lsb(Encoding encoding, int adc_bits, int dac_bits) {
  const int span = kColumns * ((1 << dac_bits) - 1) * (encoding == Encoding::differential ? 2 : 1);
  return span * kSteps >> adc_bits;
}

namespace {

std::string name_of(int chunk, int bit, int output) {
  std::ostringstream name;
  name << "chunk " << chunk << ", bit " << bit << ", output " << output;
  return name.str();
}

bool is_in_macro(const Rectangle& r, const numbers::Layer& layer, Encoding encoding) {
  const bool is_aligned = encoding == Encoding::weighted || r.first_row % 2 == 0;
  return is_aligned && r.first_row >= 0 && r.first_column >= 0 && r.outputs >= 1 &&
         r.first_row + rows_of(encoding, r.outputs) <= kRows &&
         r.first_column + inputs_of(layer, r.chunk) <= kColumns;
}

}  // namespace

std::string invalid(const LayerMapping& mapping, const numbers::Layer& layer,
                    const numbers::ChannelRange& channels, int adc_bits, int dac_bits) {
  if (mapping.lsb < 1 || mapping.lsb > full_lsb(mapping.encoding, adc_bits, dac_bits))
    return "the range's LSB, " + std::to_string(mapping.lsb) + "/16, is not within 1/16 and " +
           std::to_string(full_lsb(mapping.encoding, adc_bits, dac_bits)) + "/16";
  const int chunks = chunks_of(layer), planes = planes_of(layer, mapping.encoding);
  std::vector<bool> has_place(static_cast<std::size_t>(chunks) * planes * channels.count);
  for (const Rectangle& r : mapping.rectangles) {
    if (r.chunk < 0 || r.chunk >= chunks || r.bit < 0 || r.bit >= planes)
      return name_of(r.chunk, r.bit, r.first_output) + " is not of this layer";
    if (!is_in_macro(r, layer, mapping.encoding))
      return name_of(r.chunk, r.bit, r.first_output) + " does not lie in the macro";
    for (int o = r.first_output; o < r.first_output + r.outputs; ++o) {
      if (o < channels.first || o >= channels.first + channels.count) continue;
      const auto at = (static_cast<std::size_t>(r.chunk) * planes + r.bit) * channels.count + o -
                      channels.first;
      if (has_place[at]) return name_of(r.chunk, r.bit, o) + " has two places";
      has_place[at] = true;
    }
  }
  const auto missing = std::ranges::find(has_place, false);
  if (missing == has_place.end()) return {};
  const auto at = static_cast<int>(missing - has_place.begin());
  return name_of(at / channels.count / planes, at / channels.count % planes,
                 channels.first + at % channels.count) +
         " has no place";
}

}  // namespace cairn::npu::cap
