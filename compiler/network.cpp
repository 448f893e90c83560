#include "compiler/network.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/channel_mask.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::compiler {

std::vector<std::int16_t> quantise_input(const Network& network, std::span<const float> nchw) {
  const numbers::Shape& shape = network.input;
  if (nchw.size() != static_cast<std::size_t>(shape.elements()))
    throw InputError("network '" + network.name + "' takes " + std::to_string(shape.elements()) +
                     " input values, not " + std::to_string(nchw.size()));
  const std::size_t channels = static_cast<std::size_t>(shape.channels),
                    pixels = nchw.size() / channels;
  std::vector<std::int16_t> out(nchw.size());
  for (std::size_t i = 0; i < nchw.size(); ++i) {
    const double x = nchw[i];
    if (std::isnan(x)) throw InputError("input value " + std::to_string(i) + " is not a number");
    const double scaled = (x - network.input_offset) / network.input_scale;
    const double q = network.input_bipolar ? (scaled >= 0 ? 1 : -1)
                                           : std::nearbyint(scaled + network.input_type.zero_point);
    out[(i % pixels) * channels + i / pixels] = static_cast<std::int16_t>(std::clamp(
        q, static_cast<double>(network.input_low), static_cast<double>(network.input_high)));
  }
  return out;
}

std::vector<std::int32_t> run_reference(const Network& network, std::span<const std::int16_t> input,
                                        std::uint64_t* overflows) {
  const std::vector<std::vector<bool>> masks = computed_channels(network);
  const std::vector<int> last = last_readers(network);
  std::vector<std::vector<std::int16_t>> features(network.layers.size());
  const auto values = [&](int layer) {
    return layer == kNetworkInput
               ? input
               : std::span<const std::int16_t>(features[static_cast<std::size_t>(layer)]);
  };
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NetworkLayer& l = network.layers[i];
    out.resize(static_cast<std::size_t>(l.layer.out.elements()));
    numbers::reference(
        l.layer, values(l.input), l.weights, l.table, out, overflows,
        l.layer.op == numbers::Op::add ? values(l.second) : std::span<const std::int16_t>());
    if (!masks[i].empty())
      for (std::size_t e = 0; e < out.size(); ++e)
        if (!masks[i][e % masks[i].size()]) out[e] = l.layer.out_type.zero_point;
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (last[earlier] <= static_cast<int>(i)) std::vector<std::int16_t>().swap(features[earlier]);
    features[i].assign(out.begin(), out.end());
  }
  return out;
}

std::vector<int> last_readers(const Network& network) {
  std::vector<int> last(network.layers.size(), kNetworkInput);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NetworkLayer& l = network.layers[i];
    if (l.input >= 0) last[static_cast<std::size_t>(l.input)] = static_cast<int>(i);
    if (l.layer.op == numbers::Op::add && l.second >= 0)
      last[static_cast<std::size_t>(l.second)] = static_cast<int>(i);
  }
  return last;
}

}  // namespace cairn::compiler
