// compact() of channel_mask.hpp: a network without its masked channels.
#include <algorithm>

#include "compiler/channel_mask.hpp"

namespace cairn::compiler {

namespace {

using Mask = std::vector<bool>;

/// The elements of `values` whose channel is kept. Element i belongs to channel i / run modulo the
/// mask's size.
template <typename T>
std::vector<T> select(const std::vector<T>& values, const Mask& kept, std::size_t run = 1) {
  if (kept.empty()) return values;
  std::vector<T> out;
  out.reserve(values.size());
  for (std::size_t first = 0, channel = 0; first < values.size(); first += run) {
    if (kept[channel])
      out.insert(out.end(), values.begin() + static_cast<std::ptrdiff_t>(first),
                 values.begin() + static_cast<std::ptrdiff_t>(first + run));
    if (++channel == kept.size()) channel = 0;
  }
  return out;
}

numbers::Table select_table(const numbers::Table& table, const Mask& kept) {
  const std::size_t thresholds = kept.empty() ? 1 : table.thresholds.size() / kept.size();
  return {.bias = select(table.bias, kept),
          .multiplier = select(table.multiplier, kept),
          .shift = select(table.shift, kept),
          .thresholds = select(table.thresholds, kept, std::max<std::size_t>(thresholds, 1)),
          .descending = select(table.descending, kept)};
}

int masked_count(const Mask& kept) {
  return static_cast<int>(std::ranges::count(kept, false));
}

NetworkLayer compact_layer(const NetworkLayer& l, const numbers::Shape& input, const Mask& in_kept,
                           const Mask& out_kept) {
  NetworkLayer out;
  out.name = l.name;
  out.source_nodes = l.source_nodes;
  out.input = l.input;
  out.second = l.second;
  out.layer = l.layer;
  out.in_masked = l.in_masked + masked_count(in_kept);
  out.out_masked = l.out_masked + masked_count(out_kept);
  if (!in_kept.empty()) {
    out.layer.in = input;
    out.layer.in.channels -= masked_count(in_kept);
  }
  out.layer.out.channels -= masked_count(out_kept);
  out.table = select_table(l.table, out_kept);
  if (!l.layer.has_weights()) return out;
  out.weights = select(l.weights, out_kept, static_cast<std::size_t>(l.layer.inputs_per_output()));
  // Input channels are innermost, [co][ky][kx][ci]; a depthwise layer's go with its output
  // channels.
  if (l.layer.op != numbers::Op::depthwise) out.weights = select(out.weights, in_kept);
  return out;
}

}  // namespace

Network compact(const Network& network) {
  const std::vector<Mask> masks = computed_channels(network);
  Network out = {.name = network.name,
                 .input = network.input,
                 .input_type = network.input_type,
                 .input_scale = network.input_scale,
                 .input_offset = network.input_offset,
                 .input_low = network.input_low,
                 .input_high = network.input_high,
                 .input_bipolar = network.input_bipolar,
                 .layers = {},
                 .output_scale = network.output_scale,
                 .notes = network.notes};
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NetworkLayer& l = network.layers[i];
    const bool first = l.input == kNetworkInput;
    const auto input = static_cast<std::size_t>(l.input);
    out.layers.push_back(compact_layer(l, first ? network.input : network.layers[input].layer.out,
                                       first ? Mask{} : masks[input], masks[i]));
  }
  return out;
}

}  // namespace cairn::compiler
