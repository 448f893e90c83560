#include "compiler/network.hpp"

#include <algorithm>
#include <cmath>

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
  std::vector<std::int16_t> features(input.begin(), input.end());
  std::vector<std::int32_t> out;
  for (const NetworkLayer& l : network.layers) {
    out.resize(static_cast<std::size_t>(l.layer.out.elements()));
    numbers::reference(l.layer, features, l.weights, l.table, out, overflows);
    features.assign(out.begin(), out.end());
  }
  return out;
}

}  // namespace cairn::compiler
