#include "compiler/map/layer_order.hpp"

#include <cstdint>

#include "models/npu/mapping.hpp"

namespace cairn::compiler {

namespace {

constexpr std::size_t kNone = ~std::size_t{0};

class Order {
 public:
  explicit Order(const Network& network)
      : network_(network), done_(network.layers.size(), false), unread_(network.layers.size()) {
    const auto readers = readers_of(network);
    for (std::size_t i = 0; i < readers.size(); ++i)
      unread_[i] = readers[i].size();
    for (const NetworkLayer& l : network.layers)
      if (l.input == kNetworkInput) ++unread_input_;
  }

  std::vector<std::size_t> run() {
    std::vector<std::size_t> order;
    while (order.size() < done_.size()) {
      const std::size_t next = best();
      take(next);
      order.push_back(next);
    }
    return order;
  }

 private:
  bool is_there(int producer) const {
    return producer == kNetworkInput || done_[static_cast<std::size_t>(producer)];
  }
  bool is_ready(std::size_t i) const {
    const NetworkLayer& l = network_.layers[i];
    return !done_[i] && is_there(l.input) && (l.layer.op != numbers::Op::add || is_there(l.second));
  }
  /// Feature bits that come alive with layer i, less those that die.
  std::int64_t growth(std::size_t i) const {
    const NetworkLayer& l = network_.layers[i];
    auto bits = static_cast<std::int64_t>(npu::out_feature_bits(l.layer));
    const auto dies = [&](int producer, std::size_t reads) {
      const std::size_t left =
          producer == kNetworkInput ? unread_input_ : unread_[static_cast<std::size_t>(producer)];
      return left == reads;
    };
    const bool both_same = l.layer.op == numbers::Op::add && l.input == l.second;
    if (dies(l.input, both_same ? 2 : 1))
      bits -= static_cast<std::int64_t>(npu::in_feature_bits(l.layer));
    if (l.layer.op == numbers::Op::add && !both_same && dies(l.second, 1))
      bits -= static_cast<std::int64_t>(l.layer.in.elements()) * l.layer.second_type.bits;
    return bits;
  }
  /// An addition whose operands are there never waits: its output takes their place.
  std::size_t best() const {
    std::size_t best = kNone;
    for (std::size_t i = 0; i < done_.size(); ++i) {
      if (!is_ready(i)) continue;
      if (network_.layers[i].layer.op == numbers::Op::add) return i;
      if (best == kNone || cost(i) < cost(best)) best = i;
    }
    return best;
  }
  /// With the addition that can follow at once, if that is all that reads the layer.
  std::int64_t cost(std::size_t i) const {
    const auto index = static_cast<int>(i);
    std::int64_t bits = growth(i);
    if (unread_[i] != 1) return bits;
    for (std::size_t k = i + 1; k < done_.size(); ++k) {
      const NetworkLayer& l = network_.layers[k];
      if (l.layer.op != numbers::Op::add || (l.input != index && l.second != index)) continue;
      if (is_there(l.input == index ? l.second : l.input)) bits += growth(k);
    }
    return bits;
  }

  void take(std::size_t i) {
    const NetworkLayer& l = network_.layers[i];
    done_[i] = true;
    const auto read = [&](int producer) {
      if (producer == kNetworkInput)
        --unread_input_;
      else
        --unread_[static_cast<std::size_t>(producer)];
    };
    read(l.input);
    if (l.layer.op == numbers::Op::add) read(l.second);
  }

  const Network& network_;
  std::vector<bool> done_;
  std::vector<std::size_t> unread_;
  std::size_t unread_input_ = 0;
};

}  // namespace

std::vector<std::vector<std::size_t>> readers_of(const Network& network) {
  std::vector<std::vector<std::size_t>> readers(network.layers.size());
  const auto reads = [&](int producer, std::size_t reader) {
    if (producer != kNetworkInput) readers[static_cast<std::size_t>(producer)].push_back(reader);
  };
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NetworkLayer& l = network.layers[i];
    reads(l.input, i);
    if (l.layer.op == numbers::Op::add) reads(l.second, i);
  }
  return readers;
}

std::vector<std::size_t> layer_order(const Network& network) {
  return Order(network).run();
}

}  // namespace cairn::compiler
