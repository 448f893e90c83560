// Random layers on random instances of the macro, each chunk at a random place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "models/npu/cores/cap/macro/oracle.hpp"
#include "models/npu/cores/cap/macro/physical_layer.hpp"
#include "tests/numbers/fast_case.hpp"

namespace cairn::npu::cap::test {

/// Rectangles of `most` outputs at most, at random places; they may lie over each other.
inline std::vector<Rectangle> random_places(const numbers::Layer& layer, Encoding encoding,
                                            int most, numbers::test::Random& random) {
  std::vector<Rectangle> rectangles;
  for (int chunk = 0; chunk < chunks_of(layer); ++chunk)
    for (int bit = 0; bit < planes_of(layer, encoding); ++bit)
      for (int first = 0; first < layer.out.channels;) {
        const int left = std::min({layer.out.channels - first, most, kRows / rows_of(encoding, 1)});
        const int outputs = random.in(1, left);
        int row = random.in(0, kRows - rows_of(encoding, outputs));
        if (encoding == Encoding::differential) row = row / 2 * 2;
        rectangles.push_back(
            {chunk, bit, first, outputs, row, random.in(0, kColumns - inputs_of(layer, chunk))});
        first += outputs;
      }
  return rectangles;
}

/// One in two, so that every combination of what is off is met.
inline NonIdealities random_parameters(numbers::test::Random& random) {
  NonIdealities p;
  p.adc_bits = random.in(3, 10);
  p.dac_bits = random.in(1, 8);
  if (random.chance(30)) p.adc_bits = 7, p.dac_bits = 3;
  const auto some = [&](double value) { return random.chance(50) ? 0 : value; };
  p.capacitor_mismatch = some(random.chance(80) ? 0.01 : 0.3);
  p.ktc_noise = some(0.02);
  p.comparator_noise = some(random.chance(80) ? 0.1 : 5.0);
  p.adc_offset = some(2);
  p.adc_gain = some(0.01);
  p.adc_inl = some(random.chance(80) ? 0.5 : 1.9);
  p.is_calibrated = random.chance(80);
  return p;
}

struct PhysicalCase {
  numbers::test::Case operands;
  LayerMapping mapping;
  NonIdealities parameters;
  std::uint64_t seed, inference;

  std::string describe() const {
    std::ostringstream s;
    const NonIdealities& p = parameters;
    s << numbers::test::describe(operands.layer) << " encoding " << int(mapping.encoding) << " lsb "
      << mapping.lsb << " adc " << p.adc_bits << " dac " << p.dac_bits << " mismatch "
      << p.capacitor_mismatch << " noise " << p.ktc_noise << "," << p.comparator_noise << " offset "
      << p.adc_offset << " gain " << p.adc_gain << " inl " << p.adc_inl;
    return s.str();
  }
};

inline bool has_cells(const numbers::Layer& layer) {
  using numbers::Op;
  return layer.op == Op::convolution || layer.op == Op::depthwise ||
         layer.op == Op::fully_connected;
}

/// A layer with weights, its outputs raw accumulators without bias, its padding a code.
inline numbers::Layer random_layer(int size, numbers::test::Random& random) {
  numbers::Layer layer;
  do
    layer = random.layer(size);
  while (!has_cells(layer));
  layer.requantisation = numbers::Requantisation::none;
  layer.out_type = {numbers::kAccumulatorBits, true, 0};
  numbers::FeatureType& in = layer.in_type;
  in.zero_point = std::clamp(in.zero_point, in.low(), in.high());
  return layer;
}

inline PhysicalCase random_case(int size, numbers::test::Random& random) {
  PhysicalCase c;
  c.operands.layer = random_layer(size, random);
  c.operands.in = random.features(c.operands.layer);
  c.operands.weights = random.weights(c.operands.layer);
  c.parameters = random_parameters(random);
  c.mapping.encoding = encoding_of(c.operands.weights);
  const int full = full_lsb(c.mapping.encoding, c.parameters.adc_bits, c.parameters.dac_bits);
  c.mapping.lsb = random.in(1, random.chance(50) ? full : std::min(full, 64));
  c.mapping.layer = static_cast<std::uint32_t>(random.in(0, 1000));
  c.mapping.rectangles = random_places(c.operands.layer, c.mapping.encoding, kRows, random);
  c.seed = static_cast<std::uint64_t>(random.in(0, 1'000'000));
  c.inference = static_cast<std::uint64_t>(random.in(0, 1000));
  return c;
}

}  // namespace cairn::npu::cap::test
