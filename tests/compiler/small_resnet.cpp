#include "tests/compiler/small_resnet.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace cairn::test {

namespace {

using compiler::NetworkLayer;
using numbers::FeatureType;
using numbers::Op;
using numbers::Requantisation;
using numbers::Shape;

struct WindowSize {
  int kernel = 1, stride = 1, pad = 0;
};

class ResnetMaker {
 public:
  ResnetMaker(unsigned seed, bool residual) : random_(seed), residual_(residual) {}

  compiler::Network run() {
    network_.name = "small";
    network_.input = {pick(5, 14), 8 * pick(1, 5), pick(1, 2)};
    network_.input_type = {8, false, 0};
    int at = layer(Op::convolution, compiler::kNetworkInput, pick(2, 6),
                   {2 * pick(1, 3) + 1, pick(1, 2), pick(0, 2)});
    at = layer(Op::max_pool, at, shape(at).channels, {pick(2, 3), 2, pick(0, 1)});
    for (int block = pick(1, 4); block > 0; --block)
      at = bottleneck(at);
    layer(Op::fully_connected, at, pick(2, 6), {});
    return std::move(network_);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  const Shape& shape(int of) const {
    return of < 0 ? network_.input : network_.layers[static_cast<std::size_t>(of)].layer.out;
  }
  const FeatureType& type(int of) const {
    return of < 0 ? network_.input_type
                  : network_.layers[static_cast<std::size_t>(of)].layer.out_type;
  }

  int bottleneck(int in) {
    const int stride = pick(1, 2), narrow = pick(1, 4), wide = narrow * pick(2, 4);
    const int a = layer(Op::convolution, in, narrow, {1, stride, 0});
    const int b = layer(Op::convolution, a, narrow, {3, 1, 1});
    const int c = layer(Op::convolution, b, wide, {1, 1, 0});
    if (!residual_) return c;
    const bool same = shape(in) == shape(c);
    const int shortcut = same ? in : layer(Op::convolution, in, wide, {1, stride, 0});
    return layer(Op::add, c, wide, {}, shortcut);
  }

  int layer(Op op, int input, int channels, const WindowSize& window,
            int second = compiler::kNetworkInput) {
    NetworkLayer n;
    n.name = n.source_nodes = "layer" + std::to_string(network_.layers.size());
    n.input = input;
    n.second = second;
    numbers::Layer& l = n.layer;
    l.op = op;
    l.in = shape(input);
    l.in_type = type(input);
    l.out = {l.in.height, l.in.width, channels};
    if (op == Op::fully_connected) l.out.height = l.out.width = 1;
    if (op == Op::convolution || op == Op::max_pool) set_window(l, window);
    l.out_type = op == Op::max_pool          ? l.in_type
                 : op == Op::fully_connected ? FeatureType{numbers::kAccumulatorBits, true, 0}
                                             : FeatureType{pick(2, 5), false, 0};
    if (op == Op::add) {
      l.second_type = type(second);
      l.scale = pick(1, 9);
      l.second_scale = pick(1, 9);
    }
    fill(n);
    network_.layers.push_back(std::move(n));
    return static_cast<int>(network_.layers.size()) - 1;
  }

  static void set_window(numbers::Layer& l, const WindowSize& w) {
    l.kernel_h = l.kernel_w = w.kernel;
    l.stride_h = l.stride_w = w.stride;
    l.pad_top = l.pad_left = std::max(w.pad, (w.kernel - l.in.height + 1) / 2);
    l.out.height = (l.in.height + 2 * l.pad_top - w.kernel) / w.stride + 1;
    l.out.width = (l.in.width + 2 * l.pad_left - w.kernel) / w.stride + 1;
  }

  void fill(NetworkLayer& n) {
    numbers::Layer& l = n.layer;
    if (l.has_weights()) {
      l.weight_bits = pick(2, 5);
      const int top = 1 << (l.weight_bits - 1);
      n.weights.resize(static_cast<std::size_t>(l.weight_count()));
      for (std::int8_t& w : n.weights)
        w = static_cast<std::int8_t>(pick(-top, top - 1));
    }
    if (l.op == Op::max_pool) return;
    if (l.op != Op::fully_connected) l.requantisation = Requantisation::multiply;
    for (int c = 0; c < l.out.channels; ++c) {
      n.table.bias.push_back(pick(-50, 50));
      if (l.requantisation == Requantisation::none) continue;
      n.table.multiplier.push_back(pick(50, 2000));
      n.table.shift.push_back(static_cast<std::uint32_t>(pick(10, 15)));
    }
  }

  std::mt19937 random_;
  const bool residual_;
  compiler::Network network_;
};

}  // namespace

compiler::Network small_resnet(unsigned seed, bool residual) {
  return ResnetMaker(seed, residual).run();
}

}  // namespace cairn::test
