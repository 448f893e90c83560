#include "compiler/generate/generate.hpp"

#include <cmath>
#include <utility>

#include "compiler/channel_mask.hpp"
#include "compiler/generate/counter_random.hpp"
#include "compiler/generate/layer_numbers.hpp"
#include "compiler/generate/rules.hpp"

namespace cairn::compiler {

namespace {

numbers::Layer layer_of(const ArchitectureLayer& a, const LayerBits& bits) {
  numbers::Layer l;
  l.op = a.op;
  l.in = a.in;
  l.out = a.out;
  l.in_type = bits.in;
  l.out_type = bits.out;
  if (a.op == numbers::Op::add) l.second_type = bits.second;
  l.kernel_h = l.kernel_w = a.kernel;
  l.stride_h = l.stride_w = a.stride;
  l.pad_top = l.pad_left = a.pad;
  l.weight_bits = bits.weights;
  if (bits.weights == 1) l.weight_encoding = numbers::WeightEncoding::binary;
  const bool plain = a.op == numbers::Op::max_pool || bits.out.bits == numbers::kAccumulatorBits;
  l.requantisation = plain ? numbers::Requantisation::none : numbers::Requantisation::multiply;
  return l;
}

/// Pixels that have every value equally often.
FeatureStatistics pixel_statistics(const numbers::Shape& shape, const numbers::FeatureType& type) {
  const double values = type.high() + 1;
  const Moments m{(values - 1) / 2 - type.zero_point, (values * values - 1) / 12};
  FeatureStatistics out;
  out.moments.assign(static_cast<std::size_t>(shape.channels), m);
  out.source.assign(out.moments.size(), {m.mean, std::sqrt(m.variance)});
  return out;
}

void set_input(Network& network, const numbers::Shape& shape, const numbers::FeatureType& type) {
  network.input = shape;
  network.input_type = type;
  network.input_high = type.high();
  network.input_scale = 255.0 / type.high();
  network.input_offset = type.zero_point * network.input_scale;
}

}  // namespace

Network generate(const Generator& generator, const std::string& name) {
  const Architecture architecture = make_architecture(generator);
  const NetworkBits bits = assign_bits(generator, architecture);
  const std::vector<std::vector<bool>> masks = assign_masks(generator, architecture);
  Network network;
  network.name = name;
  set_input(network, architecture.input, bits.input);

  const FeatureStatistics pixels = pixel_statistics(architecture.input, bits.input);
  std::vector<FeatureStatistics> statistics;
  const auto of = [&](int layer) -> const FeatureStatistics& {
    return layer == kNetworkInput ? pixels : statistics[static_cast<std::size_t>(layer)];
  };
  statistics.reserve(architecture.layers.size());
  for (std::size_t i = 0; i < architecture.layers.size(); ++i) {
    const ArchitectureLayer& a = architecture.layers[i];
    NetworkLayer l;
    l.name = l.source_nodes = a.name;
    l.layer = layer_of(a, bits.layers[i]);
    l.input = a.input;
    l.second = a.second;
    l.kept = masks[i];
    if (a.op == numbers::Op::add)
      statistics.push_back(fill_add(l, of(a.input), of(a.second)));
    else if (a.op == numbers::Op::max_pool)
      statistics.push_back(of_max_pool(l, of(a.input)));
    else if (a.op == numbers::Op::average_pool)
      statistics.push_back(fill_average_pool(l, of(a.input)));
    else
      statistics.push_back(fill_weighted(l, of(a.input), random_word(generator.seed, i + 1)));
    network.layers.push_back(std::move(l));
  }
  network.output_scale = 1 / statistics.back().source.front().deviation;
  network.notes.push_back("the weights are random (seed " + std::to_string(generator.seed) +
                          "), not trained");
  check(network);
  computed_channels(network);
  return network;
}

}  // namespace cairn::compiler
