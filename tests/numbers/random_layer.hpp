// Random layers with operands and tables, for tests and benchmarks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers::test {

struct Case {
  Layer layer;
  std::vector<std::int16_t> in;
  std::vector<std::int8_t> weights;
  Table table;
  std::vector<std::int16_t> second;  ///< of Op::add
};

inline std::string describe(const Layer& l) {
  std::ostringstream s;
  s << "op " << int(l.op) << " in " << l.in.height << "x" << l.in.width << "x" << l.in.channels
    << " out " << l.out.height << "x" << l.out.width << "x" << l.out.channels << " kernel "
    << l.kernel_h << "x" << l.kernel_w << " stride " << l.stride_h << "x" << l.stride_w << " pad "
    << l.pad_top << "," << l.pad_left << " in " << (l.in_type.is_signed ? "s" : "u")
    << l.in_type.bits << " zero " << l.in_type.zero_point << " out "
    << (l.out_type.is_signed ? "s" : "u") << l.out_type.bits << " zero " << l.out_type.zero_point
    << " weights " << l.weight_bits << " encoding " << int(l.weight_encoding) << " requantisation "
    << int(l.requantisation);
  if (l.op == Op::add)
    s << " scales " << l.scale << "," << l.second_scale << " second "
      << (l.second_type.is_signed ? "s" : "u") << l.second_type.bits << " zero "
      << l.second_type.zero_point;
  return s.str();
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  int in(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
  std::int32_t word() { return static_cast<std::int32_t>(engine_()); }
  bool chance(int percent) { return in(1, 100) <= percent; }

  FeatureType type(int most_bits) {
    FeatureType type{in(1, most_bits), chance(50), 0};
    if (chance(60)) type.zero_point = chance(80) ? in(type.low(), type.high()) : in(-300, 300);
    return type;
  }

  /// A valid layer; maps are at most about `size` wide and have at most about 3 * `size` channels.
  Layer layer(int size) {
    Layer l;
    do {
      l = Layer{};
      l.op = static_cast<Op>(in(0, 6));
      l.in = {in(1, size), in(1, size), in(1, 3 * size)};
      l.out.channels = in(1, 3 * size);
      l.in_type = type(8);
      if (l.op == Op::depthwise) {
        l.in.channels = in(1, 2 * size);
        l.out.channels = l.in.channels * (chance(60) ? 1 : in(2, 3));
      } else if (l.op != Op::convolution && l.op != Op::fully_connected) {
        l.out.channels = l.in.channels;
      }
      const bool is_elementwise = l.op == Op::requantise || l.op == Op::add;
      if (is_elementwise) l.out = l.in;
      if (l.op == Op::add) second(l);
      if (!is_elementwise && l.op != Op::fully_connected) window(l);
      if (l.has_weights()) encoding(l);
      requantisation(l);
    } while (!invalid(l).empty());
    return l;
  }

  Table table(const Layer& l) {
    Table t;
    const auto channels = static_cast<std::size_t>(l.out.channels);
    if (l.op == Op::max_pool) return t;
    const int reach =
        std::max(1, l.inputs_per_output() << std::min(12, l.in_type.bits + l.weight_bits));
    const bool ordinary = chance(75);
    for (std::size_t c = 0; c < channels; ++c)
      switch (l.requantisation) {
        case Requantisation::none:
          t.bias.push_back(in(-reach, reach));
          break;
        case Requantisation::multiply:
        case Requantisation::multiply_tflite:
          t.bias.push_back(in(-reach, reach));
          t.multiplier.push_back(ordinary ? in(1 << 30, 2147483647) * (chance(10) ? -1 : 1)
                                          : word() >> in(0, 30));
          t.shift.push_back(static_cast<std::uint32_t>(ordinary ? in(29, 45) : in(0, 62)));
          break;
        case Requantisation::thresholds:
          t.descending.push_back(chance(30) ? 1 : 0);
          for (int i = 1; i < 1 << l.out_type.bits; ++i)
            t.thresholds.push_back(ordinary ? in(-reach / 4, reach / 4) : word());
          break;
      }
    return t;
  }

  std::vector<std::int16_t> features(const Layer& l) { return features(l, l.in_type); }
  std::vector<std::int16_t> features(const Layer& l, const FeatureType& type) {
    std::vector<std::int16_t> q(static_cast<std::size_t>(l.in.elements()));
    const bool extreme = chance(10);
    for (auto& v : q)
      v = static_cast<std::int16_t>(extreme ? (chance(50) ? type.low() : type.high())
                                            : in(type.low(), type.high()));
    return q;
  }

  std::vector<std::int8_t> weights(const Layer& l) {
    std::vector<std::int8_t> w(static_cast<std::size_t>(l.weight_count()));
    const bool extreme = chance(10);
    for (auto& v : w)
      switch (l.weight_encoding) {
        case WeightEncoding::binary:
          v = chance(50) ? 1 : -1;
          break;
        case WeightEncoding::ternary:
          v = static_cast<std::int8_t>(in(-1, 1));
          break;
        case WeightEncoding::twos_complement: {
          const int low = -(1 << (l.weight_bits - 1));
          v = static_cast<std::int8_t>(extreme ? low : in(low, -low - 1));
          break;
        }
      }
    return w;
  }

  Case make(const Layer& l) {
    Case c{l, features(l), weights(l), table(l), {}};
    if (l.op == Op::add) c.second = features(l, l.second_type);
    return c;
  }

 private:
  void window(Layer& l) {
    l.kernel_h = in(1, 7);
    l.kernel_w = chance(60) ? l.kernel_h : in(1, 7);
    l.stride_h = in(1, 3);
    l.stride_w = chance(60) ? l.stride_h : in(1, 3);
    l.pad_top = in(0, l.kernel_h - 1);
    l.pad_left = in(0, l.kernel_w - 1);
    const int below = in(0, l.kernel_h - 1), right = in(0, l.kernel_w - 1);
    l.out.height = (l.in.height + l.pad_top + below - l.kernel_h) / l.stride_h + 1;
    l.out.width = (l.in.width + l.pad_left + right - l.kernel_w) / l.stride_w + 1;
  }

  void second(Layer& l) {
    l.second_type = type(8);
    const int most = chance(80) ? 300 : 32'767;
    l.scale = in(-most, most);
    l.second_scale = in(-most, most);
  }

  void encoding(Layer& l) {
    l.weight_encoding = static_cast<WeightEncoding>(in(0, 2));
    l.weight_bits = l.weight_encoding == WeightEncoding::binary    ? 1
                    : l.weight_encoding == WeightEncoding::ternary ? 2
                                                                   : in(1, 8);
  }

  void requantisation(Layer& l) {
    l.out_type = {kAccumulatorBits, true, 0};
    if (l.op == Op::max_pool) {
      l.out_type = l.in_type;
      return;
    }
    l.requantisation = static_cast<Requantisation>(in(0, 3));
    if (l.requantisation == Requantisation::none) return;
    l.out_type = type(l.requantisation == Requantisation::thresholds ? 4 : 8);
  }

  std::mt19937_64 engine_;
};

}  // namespace cairn::numbers::test
