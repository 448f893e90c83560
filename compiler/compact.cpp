// compact() of channel_mask.hpp: a network without its masked channels.
#include <algorithm>
#include <utility>

#include "compiler/channel_mask.hpp"

namespace cairn::compiler {

namespace {

using Mask = std::vector<bool>;

/// The elements of `values` whose channel is kept. Element i belongs to channel i / run modulo the
/// mask's size.
template <typename T>
std::vector<T> select(std::vector<T> values, const Mask& kept, std::size_t run = 1) {
  if (kept.empty() || values.empty()) return values;
  std::vector<std::size_t> places;
  for (std::size_t channel = 0; channel < kept.size(); ++channel)
    if (kept[channel]) places.push_back(channel * run);
  const std::size_t turn = kept.size() * run;
  std::vector<T> out(values.size() / turn * places.size() * run);
  auto to = out.begin();
  for (auto first = values.cbegin(); first != values.cend();
       first += static_cast<std::ptrdiff_t>(turn))
    for (const std::size_t place : places)
      if (run == 1)
        *to++ = first[static_cast<std::ptrdiff_t>(place)];
      else
        to = std::copy_n(first + static_cast<std::ptrdiff_t>(place), run, to);
  return out;
}

void select_table(numbers::Table& table, const Mask& kept) {
  if (kept.empty()) return;
  const std::size_t thresholds = table.thresholds.size() / kept.size();
  table.bias = select(std::move(table.bias), kept);
  table.multiplier = select(std::move(table.multiplier), kept);
  table.shift = select(std::move(table.shift), kept);
  table.thresholds = select(std::move(table.thresholds), kept, thresholds);
  table.descending = select(std::move(table.descending), kept);
}

int masked_count(const Mask& kept) {
  return static_cast<int>(std::ranges::count(kept, false));
}

void compact_layer(NetworkLayer& l, const numbers::Shape& input, const Mask& in_kept,
                   const Mask& out_kept) {
  const auto inputs = static_cast<std::size_t>(l.layer.inputs_per_output());
  if (l.layer.has_weights()) l.weights = select(std::move(l.weights), out_kept, inputs);
  // Input channels are innermost, [co][ky][kx][ci]; a depthwise layer's go with its output
  // channels.
  if (l.layer.has_weights() && l.layer.op != numbers::Op::depthwise)
    l.weights = select(std::move(l.weights), in_kept);
  select_table(l.table, out_kept);
  l.in_masked += masked_count(in_kept);
  l.out_masked += masked_count(out_kept);
  if (!in_kept.empty()) {
    l.layer.in = input;
    l.layer.in.channels -= masked_count(in_kept);
  }
  l.layer.out.channels -= masked_count(out_kept);
  l.kept.clear();
}

}  // namespace

Network compact(Network network) {
  const std::vector<Mask> masks = computed_channels(network);
  std::vector<numbers::Shape> shapes;  // before anything is taken away
  for (NetworkLayer& l : network.layers) {
    const std::size_t i = shapes.size();
    shapes.push_back(l.layer.out);
    const bool first = l.input == kNetworkInput;
    const auto input = static_cast<std::size_t>(l.input);
    compact_layer(l, first ? network.input : shapes[input], first ? Mask{} : masks[input],
                  masks[i]);
  }
  return network;
}

}  // namespace cairn::compiler
