#include "tests/compiler/random_graph.hpp"

#include <algorithm>

namespace cairn::test {

namespace {

using compiler::NetworkLayer;
using numbers::FeatureType;
using numbers::Op;
using numbers::Requantisation;
using numbers::Shape;

class GraphMaker {
 public:
  explicit GraphMaker(unsigned seed) : random_(seed) {}

  compiler::Network run() {
    network_.name = "random " + std::to_string(random_());
    network_.input = {pick(3, 7), pick(3, 7), pick(1, 5)};
    network_.input_type = type();
    int at = convolution(compiler::kNetworkInput);
    for (int i = pick(1, 4); i > 0; --i)
      at = step(at);
    fully_connected(at);
    return std::move(network_);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  FeatureType type() {
    const int bits = pick(1, 8);
    FeatureType t{bits, pick(0, 1) == 1, 0};
    t.zero_point = pick(t.low(), t.high());
    return t;
  }
  const Shape& shape(int layer) const {
    return layer < 0 ? network_.input : network_.layers[static_cast<std::size_t>(layer)].layer.out;
  }
  FeatureType type_of(int layer) const {
    return layer < 0 ? network_.input_type
                     : network_.layers[static_cast<std::size_t>(layer)].layer.out_type;
  }

  int step(int at) {
    switch (pick(0, 6)) {
      case 0:
        return window(at, Op::depthwise, pick(1, 2));
      case 1:
        return window(at, Op::max_pool, 1);
      case 2:
        return window(at, Op::average_pool, 1);
      case 3:
        return window(at, Op::requantise, 1);
      case 4:
        return residual(at);
      default:
        return convolution(at);
    }
  }

  int residual(int at) {
    const int main = convolution(convolution(at, 3), 1);
    if (pick(0, 3) == 0) return add(main, main);
    const int projection = convolution(at, 1);
    network_.layers[static_cast<std::size_t>(projection)].kept =
        network_.layers[static_cast<std::size_t>(main)].kept;
    return add(main, projection);
  }

  int add(int a, int b) {
    NetworkLayer l = layer(Op::add, a);
    l.second = b;
    l.layer.out = l.layer.in;
    l.layer.second_type = type_of(b);
    l.layer.scale = pick(-40, 40);
    l.layer.second_scale = pick(-40, 40);
    return finish(std::move(l));
  }

  NetworkLayer layer(Op op, int input) {
    NetworkLayer l;
    l.name = l.source_nodes = "layer" + std::to_string(network_.layers.size());
    l.input = input;
    l.layer.op = op;
    l.layer.in = shape(input);
    l.layer.in_type = type_of(input);
    return l;
  }

  void set_window(numbers::Layer& l, int kernel) {
    l.kernel_h = std::min(kernel, l.in.height);
    l.kernel_w = std::min(kernel, l.in.width);
    l.pad_top = l.kernel_h / 2;
    l.pad_left = l.kernel_w / 2;
    l.out.height = l.in.height + 2 * l.pad_top - l.kernel_h + 1;
    l.out.width = l.in.width + 2 * l.pad_left - l.kernel_w + 1;
  }

  /// With a kernel given, the size and the number of channels are, too.
  int convolution(int input, int kernel = 0) {
    NetworkLayer l = layer(Op::convolution, input);
    set_window(l.layer, kernel != 0 ? kernel : pick(1, 3));
    l.layer.out.channels = kernel != 0 ? 6 : pick(2, 9);
    if (pick(0, 3) != 0) {
      l.kept.resize(static_cast<std::size_t>(l.layer.out.channels));
      for (std::size_t c = 0; c < l.kept.size(); ++c)
        l.kept[c] = pick(0, 2) != 0;
      l.kept[static_cast<std::size_t>(pick(0, l.layer.out.channels - 1))] = true;
    }
    return finish(std::move(l));
  }

  int window(int input, Op op, int repeat) {
    NetworkLayer l = layer(op, input);
    l.layer.out = l.layer.in;
    l.layer.out.channels *= repeat;
    if (op != Op::requantise) set_window(l.layer, pick(1, 3));
    return finish(std::move(l));
  }

  void fully_connected(int input) {
    NetworkLayer l = layer(Op::fully_connected, input);
    l.layer.out = {1, 1, pick(1, 5)};
    if (pick(0, 1) == 1)  // the same elements as one pixel
      l.layer.in = {1, 1, static_cast<int>(l.layer.in.elements())};
    l.layer.requantisation = Requantisation::none;
    l.layer.out_type = {numbers::kAccumulatorBits, true, 0};
    fill(l);
    network_.layers.push_back(std::move(l));
  }

  int finish(NetworkLayer l) {
    if (l.layer.op == Op::max_pool) {
      l.layer.out_type = l.layer.in_type;
    } else {
      l.layer.out_type = type();
      const bool thresholds = l.layer.out_type.bits <= 4 && pick(0, 1) == 1;
      l.layer.requantisation = thresholds ? Requantisation::thresholds : Requantisation::multiply;
    }
    fill(l);
    network_.layers.push_back(std::move(l));
    return static_cast<int>(network_.layers.size()) - 1;
  }

  void fill(NetworkLayer& l) {
    if (l.layer.has_weights()) {
      l.layer.weight_bits = pick(2, 8);
      const int top = 1 << (l.layer.weight_bits - 1);
      l.weights.resize(static_cast<std::size_t>(l.layer.weight_count()));
      for (std::int8_t& w : l.weights)
        w = static_cast<std::int8_t>(pick(-top, top - 1));
    }
    if (l.layer.op == Op::max_pool) return;
    for (int c = 0; c < l.layer.out.channels; ++c) {
      if (l.layer.requantisation != Requantisation::thresholds)
        l.table.bias.push_back(pick(-50, 50));
      if (l.layer.requantisation == Requantisation::multiply) {
        l.table.multiplier.push_back(pick(-2000, 2000));
        l.table.shift.push_back(static_cast<std::uint32_t>(pick(8, 18)));
      }
      if (l.layer.requantisation == Requantisation::thresholds) {
        l.table.descending.push_back(pick(0, 1) == 1);
        for (int t = 1; t < 1 << l.layer.out_type.bits; ++t)
          l.table.thresholds.push_back(pick(-900, 900));
      }
    }
  }

  std::mt19937 random_;
  compiler::Network network_;
};

}  // namespace

compiler::Network random_graph(unsigned seed) {
  return GraphMaker(seed).run();
}

std::vector<std::int16_t> random_input(const compiler::Network& network, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> feature(network.input_type.low(), network.input_type.high());
  std::vector<std::int16_t> out(static_cast<std::size_t>(network.input.elements()));
  for (std::int16_t& q : out)
    q = static_cast<std::int16_t>(feature(random));
  return out;
}

}  // namespace cairn::test
