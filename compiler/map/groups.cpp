#include "compiler/map/groups.hpp"

#include "compiler/map/layer_order.hpp"

namespace cairn::compiler {

namespace {

using numbers::Layer;
using numbers::Op;

bool is_pointwise(const Layer& l) {
  return l.op == Op::convolution && l.kernel_h == 1 && l.kernel_w == 1 && l.pad_top == 0 &&
         l.pad_left == 0;
}

/// Whether `second` sees what `first` makes as it is: same map, no reshape.
bool same_map(const Layer& first, const Layer& second) {
  return first.out == second.in && first.out_type.bits <= 8;
}

bool is_residual_pair(const NetworkLayer& first, const NetworkLayer& second) {
  return first.layer.op == Op::convolution && second.layer.op == Op::add &&
         second.input != second.second && same_map(first.layer, second.layer);
}

bool is_bottleneck_pair(const NetworkLayer& first, const NetworkLayer& second) {
  return is_pointwise(first.layer) && is_pointwise(second.layer) &&
         same_map(first.layer, second.layer) &&
         first.layer.out.channels > first.layer.in.channels &&
         second.layer.out.channels < second.layer.in.channels;
}

/// Whether the map between two layers fits the feature memory beside the whole input of the first
/// and the whole output of the second.
bool has_room(const Layer& first, const Layer& second, const npu::Geometry& geometry) {
  const std::uint64_t map = npu::out_feature_bits(first);
  return npu::in_feature_bits(first) + map <= geometry.feature_bits &&
         map + npu::out_feature_bits(second) <= geometry.feature_bits;
}

/// Rows of the image arrive by DMA one by one: they must be whole words.
bool is_stream(const NetworkLayer& first, const NetworkLayer& second) {
  const Layer& l = first.layer;
  return first.input == kNetworkInput && l.op == Op::convolution &&
         second.layer.op == Op::max_pool && same_map(l, second.layer) &&
         l.in.width * l.in.channels * l.in_type.bits % 64 == 0;
}

}  // namespace

std::vector<Group> make_groups(const Network& network, const npu::Mapping& mapping,
                               const npu::ScheduleEntry& schedule, npu::LoopOrder loop_order) {
  const std::vector<std::size_t> order = layer_order(network);
  const auto readers = readers_of(network);
  std::vector<Group> groups;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    Group group{Group::Kind::single, i, i};
    if (k + 1 < order.size() && schedule.policy == npu::FeaturePolicy::ring &&
        readers[i] == std::vector{order[k + 1]}) {
      const NetworkLayer &first = network.layers[i], &second = network.layers[order[k + 1]];
      const bool fuse = schedule.fuses && is_bottleneck_pair(first, second) &&
                        !(loop_order == npu::LoopOrder::automatic &&
                          has_room(first.layer, second.layer, mapping.geometry()));
      const bool pair = is_residual_pair(first, second) || fuse;
      if (pair && mapping.pair_pixels(first.layer) > 0)
        group = {Group::Kind::pair, i, order[k + 1]};
      if (schedule.fuses && is_stream(first, second))
        group = {Group::Kind::stream, i, order[k + 1]};
    }
    if (group.kind != Group::Kind::single) ++k;
    groups.push_back(group);
  }
  return groups;
}

void move_strides(Network& network, const std::vector<Group>& groups) {
  for (const Group& g : groups) {
    Layer &first = network.layers[g.first].layer, &second = network.layers[g.second].layer;
    if (g.kind != Group::Kind::pair || second.op != Op::convolution) continue;
    first.stride_h *= second.stride_h;
    first.stride_w *= second.stride_w;
    first.out.height = second.in.height = second.out.height;
    first.out.width = second.in.width = second.out.width;
    second.stride_h = second.stride_w = 1;
  }
}

}  // namespace cairn::compiler
