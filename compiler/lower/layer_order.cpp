#include "compiler/lower/layer_order.hpp"

#include <algorithm>
#include <utility>

namespace cairn::compiler {

namespace {

constexpr int kUnplaced = -2;

class LayerOrder {
 public:
  LayerOrder(const Network& network, int output)
      : layers_(network.layers), needed_(layers_.size()), place_(layers_.size(), kUnplaced) {
    need(output);
    for (std::size_t i = layers_.size(); i-- > 0;) {
      if (!needed_[i]) continue;
      need(operands(i).first);
      need(operands(i).second);
    }
  }

  /// Old indices in their new order.
  std::vector<std::size_t> run() {
    std::vector<std::size_t> order;
    for (auto next = best_ready(); next < layers_.size(); next = best_ready()) {
      place_[next] = static_cast<int>(order.size());
      order.push_back(next);
    }
    return order;
  }

  int place_of(int layer) const {
    return layer == kNetworkInput ? kNetworkInput : place_[static_cast<std::size_t>(layer)];
  }

 private:
  std::pair<int, int> operands(std::size_t i) const {
    const NetworkLayer& l = layers_[i];
    return {l.input, l.layer.op == numbers::Op::add ? l.second : l.input};
  }
  void need(int layer) {
    if (layer != kNetworkInput) needed_[static_cast<std::size_t>(layer)] = true;
  }

  /// Of the layers whose inputs are there the one whose input has waited longest; the number of
  /// layers if there is none.
  std::size_t best_ready() const {
    std::size_t best = layers_.size();
    int oldest = 0;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!needed_[i] || place_[i] != kUnplaced) continue;
      const auto [a, b] = operands(i);
      const int first = std::min(place_of(a), place_of(b));
      if (first == kUnplaced) continue;
      if (best == layers_.size() || first < oldest) {
        best = i;
        oldest = first;
      }
    }
    return best;
  }

  const std::vector<NetworkLayer>& layers_;
  std::vector<bool> needed_;
  std::vector<int> place_;
};

}  // namespace

void order_layers(Network& network, int output) {
  LayerOrder order(network, output);
  std::vector<NetworkLayer> sorted;
  for (const std::size_t old : order.run()) {
    NetworkLayer layer = std::move(network.layers[old]);
    layer.input = order.place_of(layer.input);
    layer.second = order.place_of(layer.second);
    sorted.push_back(std::move(layer));
  }
  network.layers = std::move(sorted);
}

}  // namespace cairn::compiler
