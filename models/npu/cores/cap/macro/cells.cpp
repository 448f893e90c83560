#include "models/npu/cores/cap/macro/cells.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace cairn::npu::cap {

namespace {

using numbers::kLanes;
using numbers::Op;

bool has_cells(Op op) {
  return op == Op::convolution || op == Op::depthwise || op == Op::fully_connected;
}

/// True if no window reaches into the padding, or the DAC has the padding's code.
bool padding_is_a_code(const numbers::Layer& l) {
  if (l.op == Op::fully_connected) return true;
  const bool is_padded = l.pad_top > 0 || l.pad_left > 0 ||
                         (l.out.height - 1) * l.stride_h + l.kernel_h > l.in.height ||
                         (l.out.width - 1) * l.stride_w + l.kernel_w > l.in.width;
  const int zero = l.in_type.code_zero();
  return !is_padded || (zero >= 0 && zero < 1 << l.in_type.bits);
}

bool are_in(std::span<const std::int8_t> weights, const numbers::Layer& layer, Encoding encoding) {
  const int low = encoding == Encoding::differential ? -1 : -(1 << (layer.weight_bits - 1));
  const int high = encoding == Encoding::differential ? 1 : (1 << (layer.weight_bits - 1)) - 1;
  int outside = 0;  // no early end: vectors of weights
  for (const std::int8_t w : weights)
    outside |= w < low || w > high;
  return outside == 0;
}

}  // namespace

Cells::Cells(const numbers::Layer& layer, std::span<const std::int8_t> weights,
             numbers::ChannelRange channels, const LayerMapping& mapping,
             const MacroInstance& macro)
    : layer_(layer), weights_(weights), channels_(channels), mapping_(mapping), macro_(macro) {
  if (!has_cells(layer.op)) throw std::invalid_argument("no layer with weights");
  if (channels.first < 0 || channels.count < 1 ||
      channels.first > layer.out.channels - channels.count)
    throw std::invalid_argument("channels outside the layer");
  if (static_cast<std::int64_t>(weights.size()) !=
      std::int64_t{channels.count} * layer.inputs_per_output())
    throw std::invalid_argument("weights of other channels");
  const NonIdealities& p = macro.parameters();
  const std::string reason = invalid(mapping, layer, channels, p.adc_bits, p.dac_bits);
  if (!reason.empty()) throw std::invalid_argument(reason);
  if (!are_in(weights, layer, mapping.encoding))
    throw std::invalid_argument("a weight that its encoding does not have");
  if (!padding_is_a_code(layer))
    throw std::invalid_argument("padding with a zero point that is no code of the input");
}

/// visit(channel of the slice, first input, inputs, place) for all rows of one weight bit.
template <typename Visit>
void Cells::for_each_row(int bit, Visit visit) const {
  for (const Rectangle& r : mapping_.rectangles) {
    if (r.bit != bit) continue;
    const int first = std::max(r.first_output, channels_.first);
    const int last = std::min(r.first_output + r.outputs, channels_.first + channels_.count);
    for (int output = first; output < last; ++output)
      visit(output - channels_.first, r.chunk, place_of(r, mapping_.encoding, output));
  }
}

Cells::Rows Cells::bits(int bit) const {
  if (mapping_.encoding == Encoding::differential) return {weights_.begin(), weights_.end()};
  Rows rows(weights_.size());
  std::ranges::transform(weights_, rows.begin(),
                         [bit](std::int8_t w) { return static_cast<std::int8_t>(w >> bit & 1); });
  return rows;
}

Cells::Rows Cells::deviations(int bit) const {
  Rows rows(weights_.size());
  const Capacitors& capacitors = macro_.capacitors();
  for_each_row(bit, [&](int channel, int chunk, const RowPlace& place) {
    const std::int64_t first =
        std::int64_t{channel} * layer_.inputs_per_output() + chunk * kColumns;
    const std::int8_t* weights = weights_.data() + first;
    std::int8_t* to = rows.data() + first;
    const int inputs = inputs_of(layer_, chunk);
    const std::int8_t* own = capacitors.row_of(place.row).data() + place.first_column;
    if (mapping_.encoding == Encoding::weighted) {
      for (int i = 0; i < inputs; ++i)
        to[i] = static_cast<std::int8_t>((weights[i] >> bit & 1) * own[i]);
      return;
    }
    const std::int8_t* next = capacitors.row_of(place.row + 1).data() + place.first_column;
    for (int i = 0; i < inputs; ++i)
      to[i] = static_cast<std::int8_t>(weights[i] * (weights[i] < 0 ? next[i] : own[i]));
  });
  return rows;
}

std::vector<SliceLanes> Cells::lanes(int bit) const {
  const Range range = macro_.range(mapping_.encoding, mapping_.lsb);
  // Lanes without a channel: a multiplier of zero, and a code that is in the table.
  SliceLanes none{};
  std::ranges::fill(none.inl, -range.lowest());
  std::vector<SliceLanes> lanes(static_cast<std::size_t>(chunks_of(layer_)) * blocks(), none);
  std::vector<Range::Line> lines;
  for (int s = 0; s < kSlices; ++s)
    lines.push_back(range.line(macro_.slice(s)));
  for_each_row(bit, [&](int channel, int chunk, const RowPlace& place) {
    const auto block = static_cast<std::size_t>(chunk * blocks() + channel / kLanes);
    const int lane = channel % kLanes;
    const Range::Line& line = lines[static_cast<std::size_t>(place.slice)];
    SliceLanes& own = lanes[block];
    own.multiplier[lane] = line.multiplier;
    (lane % 2 == 0 ? own.even_constant : own.odd_constant)[lane / 2] = line.constant;
    own.inl[lane] = place.slice * (range.highest() - range.lowest() + 1) - range.lowest();
  });
  return lanes;
}

std::vector<std::int64_t> Cells::weight_sums() const {
  std::vector<std::int64_t> sums;
  const auto inputs = static_cast<std::size_t>(layer_.inputs_per_output());
  for (std::size_t first = 0; first < weights_.size(); first += inputs) {
    const auto row = weights_.subspan(first, inputs);
    sums.push_back(std::accumulate(row.begin(), row.end(), std::int32_t{0}));  // 2^24 inputs fit
  }
  return sums;
}

}  // namespace cairn::npu::cap
