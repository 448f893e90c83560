// A residual block of equal maps, and the groups that a core without sizes makes of a network.
#pragma once

#include <vector>

#include "compiler/map/groups.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {

/// Schedules of FakeMapping.
enum Schedule { kPlain, kFused, kBuffers };

inline std::vector<compiler::Group> groups_of(const compiler::Network& network, Schedule schedule,
                                              std::uint32_t buffer_bytes = 4'096,
                                              npu::LoopOrder order = npu::LoopOrder::pixel_outer) {
  FakeMapping mapping(65'536, 65'536);
  mapping.sizes().buffer_bytes = buffer_bytes;
  return compiler::make_groups(network, mapping, mapping.schedules()[schedule], order);
}

inline void make_addition(compiler::NetworkLayer& l) {
  l.layer.op = numbers::Op::add;
  l.layer.weight_bits = 0;
  l.layer.second_type = l.layer.in_type;
  l.weights.clear();
}

/// x -> 0 -> 1 -> add(1, x's projection 2) -> 4: all maps have the same shape.
inline compiler::Network residual_block() {
  compiler::Network n = sample_network(4, 4, {8, 8, 8, 8, 8, 8});
  n.layers[2].input = compiler::kNetworkInput;
  n.layers[3].input = 1;
  n.layers[3].second = 2;
  make_addition(n.layers[3]);
  return n;
}

}  // namespace cairn::test
