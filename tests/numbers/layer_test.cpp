// The invariants of a layer, and the words for each that is broken.
#include "models/npu/numbers/layer.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cairn::numbers {
namespace {

Layer convolution() {
  Layer l;
  l.in = {8, 8, 3};
  l.out = {8, 8, 16};
  l.kernel_h = l.kernel_w = 3;
  l.pad_top = l.pad_left = 1;
  l.weight_bits = 4;
  l.requantisation = Requantisation::multiply;
  return l;
}

std::string why(const std::function<void(Layer&)>& change) {
  Layer l = convolution();
  change(l);
  return invalid(l);
}

TEST(LayerTest, CountsOperandsWeightsAndMacs) {
  Layer l = convolution();
  EXPECT_EQ(invalid(l), "");
  EXPECT_EQ(l.inputs_per_output(), 27);
  EXPECT_EQ(l.weight_count(), 27 * 16);
  EXPECT_EQ(l.macs(), 27 * 16 * 64);
  l.op = Op::depthwise;
  l.out.channels = 6;
  EXPECT_EQ(invalid(l), "");
  EXPECT_EQ(l.inputs_per_output(), 9);
  EXPECT_EQ(l.weight_count(), 54);
  EXPECT_EQ(l.macs(), 54 * 64);
  l.op = Op::max_pool;
  EXPECT_EQ(l.weight_count(), 0);
  EXPECT_EQ(l.macs(), 0);
}

TEST(LayerTest, FullyConnectedReadsEveryElement) {
  Layer l;
  l.op = Op::fully_connected;
  l.in = {4, 4, 2};
  l.out = {1, 1, 10};
  l.weight_bits = 1;
  l.requantisation = Requantisation::multiply;
  EXPECT_EQ(invalid(l), "");
  EXPECT_EQ(l.inputs_per_output(), 32);
  EXPECT_EQ(l.macs(), 320);
  l.out.width = 2;
  EXPECT_EQ(invalid(l), "fully connected output has more than one pixel");
}

TEST(LayerTest, NamesASizeOutsideItsRange) {
  EXPECT_EQ(why([](Layer& l) { l.in.height = 0; }), "input height 0 is not in 1..65535");
  EXPECT_EQ(why([](Layer& l) { l.out.channels = 70'000; }),
            "output channels 70000 is not in 1..65535");
  EXPECT_EQ(why([](Layer& l) { l.in = {65'535, 65'535, 1}; }), "input has more than 2^25 pixels");
  EXPECT_EQ(why([](Layer& l) { l.in = {4096, 4096, 17}; }), "input has more than 2^28 elements");
  EXPECT_EQ(why([](Layer& l) {
              l.op = Op::max_pool;
              l.in = {2, 2, 65'535};
              l.out = {256, 256, 65'535};
            }),
            "output has more than 2^28 elements");
  EXPECT_EQ(why([](Layer& l) {
              l.op = Op::max_pool;
              l.in = l.out = {1, 1, 65'535};
              l.kernel_h = l.kernel_w = 255;
              l.pad_top = l.pad_left = 254;
            }),
            "input with its padding has more than 2^28 elements");
  EXPECT_EQ(why([](Layer& l) { l.kernel_w = 0; }), "kernel width 0 is not in 1..255");
  EXPECT_EQ(why([](Layer& l) { l.stride_h = 0; }), "stride height 0 is not in 1..255");
  EXPECT_EQ(why([](Layer& l) { l.pad_left = 3; }), "padding width 3 is not in 0..2");
}

TEST(LayerTest, NamesAnOutputThatDoesNotFollow) {
  EXPECT_EQ(why([](Layer& l) { l.out.height = 6; }),
            "output height 6 does not follow from input 8, kernel 3, stride 1 and padding 1");
  EXPECT_EQ(why([](Layer& l) { l.out.width = 10; }),
            "output width 10 does not follow from input 8, kernel 3, stride 1 and padding 1");
  EXPECT_EQ(why([](Layer& l) { l.out.width = 9; }), "");  // two columns of padding behind
}

TEST(LayerTest, NamesATypeThatCannotBe) {
  EXPECT_EQ(why([](Layer& l) { l.in_type.bits = 9; }), "input bits 9 is not in 1..8");
  EXPECT_EQ(why([](Layer& l) { l.out_type.bits = 32; }), "output bits 32 is not in 1..8");
  EXPECT_EQ(why([](Layer& l) { l.in_type.zero_point = 32'513; }),
            "input zero point 32513 is not in -32512..32512");
  EXPECT_EQ(why([](Layer& l) { l.requantisation = Requantisation::thresholds; }),
            "output bits of thresholds 8 is not in 1..4");
  EXPECT_EQ(why([](Layer& l) { l.requantisation = Requantisation::none; }),
            "output bits without requantisation 8 is not in 32..32");
}

TEST(LayerTest, NamesWeightsThatCannotBe) {
  EXPECT_EQ(why([](Layer& l) { l.weight_bits = 0; }), "weight bits 0 is not in 1..8");
  EXPECT_EQ(why([](Layer& l) { l.weight_encoding = WeightEncoding::binary; }),
            "binary weight bits 4 is not in 1..1");
  EXPECT_EQ(why([](Layer& l) { l.weight_encoding = WeightEncoding::ternary; }),
            "ternary weight bits 4 is not in 2..2");
}

TEST(LayerTest, NamesWhatAnOperationCannotDo) {
  EXPECT_EQ(why([](Layer& l) { l.op = Op::depthwise; }),
            "output channels 16 are no multiple of input channels 3");
  EXPECT_EQ(why([](Layer& l) { l.op = Op::max_pool; }), "pooling changes the number of channels");
  EXPECT_EQ(why([](Layer& l) { l.op = Op::requantise; }), "requantise changes the shape");
  EXPECT_EQ(why([](Layer& l) { l.op = Op::add; }), "add changes the shape");
  EXPECT_EQ(why([](Layer& l) { l.op = static_cast<Op>(9); }), "unknown operation 9");
  const auto pool = [](Layer& l) {
    l.op = Op::max_pool;
    l.out.channels = 3;
    l.weight_bits = 0;
  };
  EXPECT_EQ(why(pool), "max pooling has a requantisation");
}

TEST(LayerTest, NamesWhatIsWrongWithTheSecondInputOfAnAddition) {
  const auto add = [](auto change) {
    return why([&](Layer& l) {
      l.op = Op::add;
      l.in = l.out = {4, 4, 3};
      l.kernel_h = l.kernel_w = l.stride_h = l.stride_w = 1;
      l.pad_top = l.pad_left = l.weight_bits = 0;
      change(l);
    });
  };
  EXPECT_EQ(add([](Layer&) {}), "");
  EXPECT_EQ(add([](Layer& l) { l.scale = 32'768; }), "scale 32768 is not in -32767..32767");
  EXPECT_EQ(add([](Layer& l) { l.second_scale = -32'768; }),
            "scale -32768 is not in -32767..32767");
  EXPECT_EQ(add([](Layer& l) { l.second_type.bits = 9; }), "second input bits 9 is not in 1..8");
  EXPECT_EQ(add([](Layer& l) { l.stride_h = 2; }), "add has a kernel, a stride or padding");
}

}  // namespace
}  // namespace cairn::numbers
