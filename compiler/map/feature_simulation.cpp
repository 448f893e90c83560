#include "compiler/map/feature_simulation.hpp"

#include <algorithm>
#include <utility>

namespace cairn::compiler {

namespace {

using numbers::Op;

constexpr std::uint64_t kOutputAlignment = 64;  ///< bits: the DMA moves the network's output

std::uint64_t pixel_bits(const numbers::Shape& shape, const numbers::FeatureType& type) {
  return static_cast<std::uint64_t>(shape.channels) * static_cast<unsigned>(type.bits);
}

}  // namespace

FeatureSimulation::FeatureSimulation(const Network& network, std::vector<unsigned> rings_of,
                                     npu::FeaturePolicy policy)
    : network_(&network), rings_of_(std::move(rings_of)), policy_(policy) {
  const std::size_t layers = network.layers.size();
  numbers_.resize(layers + 1);
  unread_.resize(layers + 1);
  started_.resize(layers);
  in_release_.resize(layers);
  second_release_.resize(layers);
  peak_bits_.resize(layers);
  for (const NetworkLayer& l : network.layers) {
    ++unread_[tensor(l.input)];
    if (l.layer.op == Op::add) ++unread_[tensor(l.second)];
  }
  const std::uint64_t input_bits = static_cast<std::uint64_t>(network.input.elements()) *
                                   static_cast<unsigned>(network.input_type.bits);
  RingSpace& space = spaces_[rings_of_[layers]];
  numbers_[layers] = space.add(input_bits);
  if (rings_of_[layers] != rings::kInputRows) space.write(numbers_[layers], input_bits);
}

void FeatureSimulation::run(const std::vector<TileUse>& tiles,
                            const std::vector<std::vector<std::uint32_t>>& live_from) {
  for (const TileUse& use : tiles) {
    if (!started_[use.layer]) start(use.layer);
    run_tile(use, live_from[use.layer]);
  }
}

job::Release FeatureSimulation::read_once_more(std::size_t tensor) {
  if (--unread_[tensor] > 0) return job::Release::kKept;
  return policy_ == npu::FeaturePolicy::ring ? job::Release::kWhenUsed : job::Release::kAtEnd;
}

void FeatureSimulation::start(std::size_t layer) {
  started_[layer] = true;
  const NetworkLayer& l = network_->layers[layer];
  const bool is_last = layer + 1 == network_->layers.size();
  numbers_[layer] =
      spaces_[rings_of_[layer]].add(npu::out_feature_bits(l.layer), is_last ? kOutputAlignment : 1);
  in_release_[layer] = read_once_more(tensor(l.input));
  if (l.layer.op == Op::add) second_release_[layer] = read_once_more(tensor(l.second));
}

void FeatureSimulation::run_tile(const TileUse& use, const std::vector<std::uint32_t>& live_from) {
  const NetworkLayer& l = network_->layers[use.layer];
  const npu::Tile& tile = use.tile;
  const std::size_t in = tensor(l.input), second = tensor(l.second);
  RingSpace& out_space = spaces_[rings_of_[use.layer]];
  const std::uint64_t out_bits = pixel_bits(l.layer.out, l.layer.out_type),
                      in_bits = pixel_bits(l.layer.in, l.layer.in_type);
  const bool finishes =
      tile.first_channel + tile.channels == static_cast<std::uint32_t>(l.layer.out.channels) &&
      tile.first_input + tile.inputs == static_cast<std::uint32_t>(l.layer.in.channels);
  const bool writes =
      tile.first_input + tile.inputs == static_cast<std::uint32_t>(l.layer.in.channels);
  const std::uint64_t needed_before = out_space.needed_bits();
  for (std::uint32_t o = tile.first_pixel; o < tile.first_pixel + tile.pixels; ++o) {
    if (writes) out_space.write(numbers_[use.layer], (o + 1) * out_bits);
    peak_bits_[use.layer] = std::max(peak_bits_[use.layer], live_features());
    if (!finishes) continue;
    if (in_release_[use.layer] == job::Release::kWhenUsed && rings_of_[in] != rings::kInputRows)
      spaces_[rings_of_[in]].free_before(numbers_[in], live_from[o] * in_bits);
    if (l.layer.op == Op::add && second_release_[use.layer] == job::Release::kWhenUsed)
      spaces_[rings_of_[second]].free_before(numbers_[second],
                                             (o + 1) * pixel_bits(l.layer.in, l.layer.second_type));
  }
  if (out_space.needed_bits() > needed_before) neediest_[rings_of_[use.layer]] = use.layer;
  if (!use.is_last) return;
  if (in_release_[use.layer] != job::Release::kKept) spaces_[rings_of_[in]].remove(numbers_[in]);
  if (l.layer.op == Op::add && second_release_[use.layer] != job::Release::kKept)
    spaces_[rings_of_[second]].remove(numbers_[second]);
}

std::uint64_t FeatureSimulation::live_features() const {
  return spaces_[rings::kMain].live_bits() + spaces_[rings::kShortcut].live_bits() +
         spaces_[rings::kThird].live_bits();
}

}  // namespace cairn::compiler
