#include "models/npu/numbers/fast.hpp"

#include <vector>

#include "models/npu/numbers/reference.hpp"
#include "models/npu/numbers/requantiser.hpp"
#include "models/npu/numbers/window_kernels.hpp"

namespace cairn::numbers {

namespace {

/// Where an accumulator may leave int32: the reference, which counts.
class Exact : public Kernel {
 public:
  Exact(const Layer& layer, std::span<const std::int8_t> weights, const Table& table)
      : layer_(layer), weights_(weights.begin(), weights.end()), table_(table) {}

  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t* overflows) const override {
    reference(layer_, in, weights_, table_, out, overflows);
  }

 private:
  Layer layer_;
  std::vector<std::int8_t> weights_;
  Table table_;
};

/// The same layer in the terms of a kernel: fully connected as a convolution over one pixel that
/// has all input elements as channels, sums and requantisation as a depthwise convolution whose
/// weights are one.
Layer rewritten(const Layer& layer) {
  Layer same = layer;
  if (layer.op == Op::fully_connected) {
    same.op = Op::convolution;
    same.in = {1, 1, static_cast<int>(layer.in.elements())};
  }
  if (layer.op == Op::average_pool || layer.op == Op::requantise) same.op = Op::depthwise;
  if (layer.op == Op::depthwise && layer.in.channels == 1) same.op = Op::convolution;
  return same;
}

}  // namespace

FastLayer::FastLayer(const Layer& layer, std::span<const std::int8_t> weights, const Table& table,
                     InstructionSet instructions)
    : layer_(layer) {
  const Kernels& kernels = kernels_for(instructions);
  if (layer.op == Op::max_pool) {
    kernel_ = make_max_pool(layer, kernels);
    return;
  }
  const Layer same = rewritten(layer);
  const auto inputs = static_cast<std::size_t>(layer.inputs_per_output());
  std::vector<std::int8_t> ones;
  if (!layer.has_weights()) {
    ones.assign(inputs * static_cast<std::size_t>(layer.out.channels), 1);
    weights = ones;
  }
  const AccumulatorRange range = accumulator_range(layer, weights, inputs, table);
  may_overflow_ = range.may_overflow;
  if (may_overflow_) {
    kernel_ = std::make_unique<Exact>(layer, weights, table);
    return;
  }
  const Requantiser requantiser(layer, table, range);
  kernel_ = same.op == Op::convolution ? make_convolution(same, weights, requantiser, kernels)
                                       : make_depthwise(same, weights, requantiser, kernels);
}

FastLayer::~FastLayer() = default;
FastLayer::FastLayer(FastLayer&&) noexcept = default;
FastLayer& FastLayer::operator=(FastLayer&&) noexcept = default;

void FastLayer::run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
                    std::uint64_t* overflows) const {
  kernel_->run(in, out, overflows);
}

}  // namespace cairn::numbers
