#include "compiler/map/tensor_rings.hpp"

#include <algorithm>

#include "compiler/map/rings.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

using numbers::Op;

std::vector<unsigned> in_rings(const Network& network, const std::vector<Group>& groups) {
  const std::size_t input = network.layers.size();
  std::vector<std::size_t> reads(input + 1, 0);  // groups that read the tensor
  std::vector<unsigned> rings(input + 1, rings::kMain);
  const auto tensor = [&](int producer) {
    return producer == kNetworkInput ? input : static_cast<std::size_t>(producer);
  };
  std::vector<std::size_t> operands;  // of additions, besides the map that is being made
  for (const Group& g : groups) {
    const NetworkLayer &first = network.layers[g.first], &second = network.layers[g.second];
    ++reads[tensor(first.input)];
    if (g.kind == Group::Kind::single) {
      if (first.layer.op == Op::add) {
        ++reads[tensor(first.second)];
        operands.push_back(tensor(first.second));
      }
      continue;
    }
    rings[g.first] = g.kind == Group::Kind::pair ? rings::kPair : rings::kRows;
    if (g.kind == Group::Kind::stream) rings[input] = rings::kInputRows;
    if (second.layer.op != Op::add) continue;
    const std::size_t other =
        tensor(tensor(second.input) == g.first ? second.second : second.input);
    ++reads[other];
    operands.push_back(other);
  }
  for (std::size_t t = 0; t <= input; ++t)
    if (rings[t] == rings::kMain && reads[t] > 1) rings[t] = rings::kShortcut;
  for (const std::size_t t : operands)
    if (rings[t] == rings::kMain) rings[t] = rings::kShortcut;
  return rings;
}

std::vector<unsigned> in_buffers(const Network& network, const std::vector<Group>& groups) {
  const std::size_t input = network.layers.size();
  constexpr std::size_t kBuffers = 3;
  std::vector<unsigned> rings(input + 1, rings::kMain);
  std::vector<std::size_t> last_read(input + 1, 0);  // the last group that reads the tensor
  const auto tensor = [&](int producer) {
    return producer == kNetworkInput ? input : static_cast<std::size_t>(producer);
  };
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const NetworkLayer& l = network.layers[groups[g].first];
    last_read[tensor(l.input)] = g;
    if (l.layer.op == Op::add) last_read[tensor(l.second)] = g;
  }
  std::vector<std::size_t> born{input};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t out = groups[g].first;
    unsigned ring = 0;
    const auto taken = [&](std::size_t t) { return rings[t] == ring && last_read[t] >= g; };
    while (ring < kBuffers && std::ranges::any_of(born, taken))
      ++ring;
    if (ring == kBuffers)
      throw InputError("network '" + network.name + "': layer '" + network.layers[out].name +
                       "' needs a fourth feature buffer; this schedule has three");
    rings[out] = ring;
    born.push_back(out);
  }
  return rings;
}

}  // namespace

std::vector<unsigned> tensor_rings(const Network& network, const std::vector<Group>& groups,
                                   npu::FeaturePolicy policy) {
  return policy == npu::FeaturePolicy::ring ? in_rings(network, groups)
                                            : in_buffers(network, groups);
}

}  // namespace cairn::compiler
