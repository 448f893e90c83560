// The kernel of exact mode: the fast kernels for a whole layer, the reference for single pixels.
#include "models/npu/core.hpp"
#include "models/npu/numbers/fast.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::npu {

namespace {

class ExactKernel : public Kernel {
 public:
  ExactKernel(const numbers::Layer& layer, std::vector<std::int8_t> weights, numbers::Table table)
      : layer_(layer),
        weights_(std::move(weights)),
        table_(std::move(table)),
        fast_(layer_, weights_, table_) {}

  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t& overflows) const override {
    fast_.run(in, out, &overflows);
  }
  void run_pixels(std::span<const std::int16_t> in, std::uint32_t first, std::uint32_t count,
                  std::span<std::int32_t> out, std::uint64_t& overflows) const override {
    numbers::reference(layer_, in, weights_, table_, first, count, out, &overflows);
  }

 private:
  const numbers::Layer layer_;
  const std::vector<std::int8_t> weights_;
  const numbers::Table table_;
  const numbers::FastLayer fast_;
};

}  // namespace

std::unique_ptr<Kernel> exact_kernel(const numbers::Layer& layer, std::vector<std::int8_t> weights,
                                     numbers::Table table) {
  return std::make_unique<ExactKernel>(layer, std::move(weights), std::move(table));
}

}  // namespace cairn::npu
