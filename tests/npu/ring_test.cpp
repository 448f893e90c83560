// The feature ring: occupancy against an exact simulation of live data, and what happens when it is
// too small.
#include <array>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/npu/npu_bench.hpp"

namespace cairn {
namespace {

using npu::Counter;
using numbers::Layer;
using numbers::Op;

std::string describe(const Layer& l) {
  std::ostringstream text;
  text << "op " << int(l.op) << ", in " << l.in.height << "x" << l.in.width << "x" << l.in.channels
       << " of " << l.in_type.bits << (l.in_type.is_signed ? " signed" : "") << " bits, out "
       << l.out.height << "x" << l.out.width << "x" << l.out.channels << " of " << l.out_type.bits
       << (l.out_type.is_signed ? " signed" : "") << " bits, kernel " << l.kernel_h << "x"
       << l.kernel_w << ", stride " << l.stride_h << "x" << l.stride_w << ", padding " << l.pad_top
       << "," << l.pad_left << ", weights of " << l.weight_bits << " bits";
  return text.str();
}

/// Peak of live bits, by brute force: every pixel written is alive, every input pixel is alive
/// while it, or an older one, is still needed by an output not yet computed.
std::uint64_t live_set_peak(const Layer& l) {
  const int in_pixels = l.in.height * l.in.width, out_pixels = l.out.height * l.out.width;
  const auto needs = [&](int output, int input) {
    if (l.op == Op::fully_connected) return true;
    const int y = input / l.in.width - (output / l.out.width * l.stride_h - l.pad_top);
    const int x = input % l.in.width - (output % l.out.width * l.stride_w - l.pad_left);
    return y >= 0 && y < l.kernel_h && x >= 0 && x < l.kernel_w;
  };
  std::vector<int> last_use(in_pixels, -1);
  for (int i = 0; i < in_pixels; ++i)
    for (int o = 0; o < out_pixels; ++o)
      if (needs(o, i)) last_use[i] = o;
  const std::uint64_t in_bits = l.in.channels * l.in_type.bits,
                      out_bits = l.out.channels * l.out_type.bits;
  std::uint64_t peak = in_pixels * in_bits;
  for (int o = 0; o < out_pixels; ++o) {
    int dead = 0;  // before output o is written: the run of oldest inputs that neither o nor a
                   // later output needs
    while (o > 0 && dead < in_pixels && last_use[dead] < o)
      ++dead;
    peak = std::max(peak, (in_pixels - dead) * in_bits + (o + 1) * out_bits);
  }
  return peak;
}

Layer random_layer(std::mt19937& random) {
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (;;) {
    Layer l;
    const std::array<Op, 5> ops = {Op::convolution, Op::depthwise, Op::fully_connected,
                                   Op::max_pool, Op::convolution};
    l.op = ops[between(0, 4)];
    l.in = {between(1, 12), between(1, 12), between(1, 20)};
    l.in_type = {between(1, 8), between(0, 1) == 1, 0};
    l.weight_bits = l.op == Op::max_pool ? 0 : between(1, 8);
    if (l.op == Op::fully_connected) {
      l.out = {1, 1, between(1, 40)};
    } else {
      l.kernel_h = between(1, 5);
      l.kernel_w = between(1, 5);
      l.stride_h = between(1, 4);
      l.stride_w = between(1, 4);
      l.pad_top = between(0, l.kernel_h - 1);
      l.pad_left = between(0, l.kernel_w - 1);
      const int height = l.in.height + 2 * l.pad_top - l.kernel_h,
                width = l.in.width + 2 * l.pad_left - l.kernel_w;
      if (height < 0 || width < 0) continue;
      const int channels = l.op == Op::convolution
                               ? between(1, 40)
                               : l.in.channels * (l.op == Op::depthwise ? between(1, 2) : 1);
      l.out = {height / l.stride_h + 1, width / l.stride_w + 1, channels};
    }
    if (l.op == Op::max_pool) {
      l.out_type = l.in_type;
    } else if (between(0, 3) == 0) {
      l.out_type = {numbers::kAccumulatorBits, true, 0};
      l.requantisation = numbers::Requantisation::none;
    } else {
      l.out_type = {between(1, 4), between(0, 1) == 1, 0};
      l.requantisation = numbers::Requantisation::thresholds;
    }
    if (numbers::invalid(l).empty()) return l;
  }
}

class RingTest : public test::NpuBench {
 protected:
  RingTest() : RingTest(defaults()) {}
  explicit RingTest(const NpuOptions& options) : NpuBench(options) {}
};

TEST_F(RingTest, PeakOccupancyAndResultsOfRandomLayersAreExact) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  run(
      [&] {
        for (int i = 0; i < 150; ++i) {
          const Layer layer = random_layer(random);
          const test::Operands o = test::random_operands(layer, random);
          // Anywhere in the ring, so that some layers run over its end.
          const auto in_bit = static_cast<std::uint32_t>(random() % npu.features.bits());
          const auto out_bit = static_cast<std::uint32_t>((in_bit + npu::in_feature_bits(layer)) %
                                                          npu.features.bits());
          put_block(layer, o);
          put_input(layer, o, in_bit);
          records.clear();
          write32(kNpu + npu_regs::irq_status::offset, 3);
          sc_core::wait(1, sc_core::SC_NS);
          start({command_of(layer, in_bit, out_bit)});
          wait_for_irq();
          ASSERT_EQ(error_code(), 0u) << "layer " << i << ": " << describe(layer);
          ASSERT_EQ(output(layer, out_bit), o.expected(layer))
              << "layer " << i << ": " << describe(layer);
          ASSERT_EQ(records.at(0).counters[Counter::peak_feature_bits], live_set_peak(layer))
              << "layer " << i << ": " << describe(layer);
          ASSERT_EQ(records.at(0).counters[Counter::feature_elements_written],
                    layer.out.elements());
        }
      },
      sc_core::sc_time(1, sc_core::SC_SEC));
}

Layer widening() {
  Layer l;
  l.op = Op::convolution;
  l.in = {8, 8, 16};
  l.out = {8, 8, 32};
  l.in_type = l.out_type = {4, false, 0};
  l.kernel_h = l.kernel_w = 3;
  l.pad_top = l.pad_left = 1;
  l.weight_bits = 4;
  l.requantisation = numbers::Requantisation::thresholds;
  return l;
}

/// A ring of exactly what the layer needs, less `missing_bits`.
NpuOptions ring_of(const Layer& layer, std::uint64_t missing_bits) {
  NpuOptions options;
  options.geometry = npu::cores().front().defaults();
  options.geometry.feature_bits = live_set_peak(layer) - missing_bits;
  return options;
}

class ExactRingTest : public RingTest {
 protected:
  ExactRingTest() : RingTest(ring_of(widening(), 0)) {}
};

class TightRingTest : public RingTest {
 protected:
  TightRingTest() : RingTest(ring_of(widening(), 64)) {}
};

TEST_F(ExactRingTest, ALayerRunsInExactlyTheRingItNeeds) {
  std::mt19937 random(1);
  const Layer layer = widening();
  const test::Operands o = test::random_operands(layer, random);
  put_block(layer, o);
  put_input(layer, o, 0);
  run([&] {
    start({command_of(layer, 0, 64 * 64)});
    wait_for_irq();
    EXPECT_EQ(error_code(), 0u);
  });
  EXPECT_EQ(output(layer, 64 * 64), o.expected(layer));
}

TEST_F(TightRingTest, AnOverrunStopsTheJobWithTheCommandAndTheBitOffset) {
  std::mt19937 random(1);
  const Layer layer = widening();
  const test::Operands o = test::random_operands(layer, random);
  put_block(layer, o);
  put_input(layer, o, 0);
  run([&] {
    start({command_of(layer, 0, 64 * 64)});
    wait_for_irq();
    EXPECT_EQ(error_code(), 2u);
    EXPECT_EQ(read32(kNpu + npu_regs::irq_status::offset), npu_regs::irq_status::error::mask);
    EXPECT_EQ(read32(kNpu + npu_regs::error_command::offset), 0u);
    EXPECT_LT(read32(kNpu + npu_regs::error_address::offset), npu.features.bits());
    EXPECT_EQ(read32(kNpu + npu_regs::status::offset) & npu_regs::status::busy::mask, 0u);
  });
  EXPECT_TRUE(records.empty());
}

}  // namespace
}  // namespace cairn
