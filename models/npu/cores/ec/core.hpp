// Entry-counting core behind the shell.
#pragma once

#include "models/npu/core.hpp"
#include "models/npu/cores/ec/mapping.hpp"

namespace cairn::npu::ec {

/// Every plan equals the integer sum of products bit for bit, so the kernels are the exact ones;
/// what the searches find is counted beside them.
class EcCore : public Core {
 public:
  explicit EcCore(const Geometry& geometry) : mapping_(geometry) {}

  const Mapping& mapping() const override { return mapping_; }
  std::unique_ptr<Kernel> kernel(const numbers::Layer& layer, const Tile& tile,
                                 std::span<const std::uint8_t> block) const override {
    return exact_kernel(layer, tile, block);
  }
  std::unique_ptr<PartialKernel> partial_kernel(
      const numbers::Layer& layer, const Tile& tile,
      std::span<const std::uint8_t> block) const override {
    return exact_partial_kernel(layer, tile, block);
  }
  std::unique_ptr<ActivityMeter> meter(const numbers::Layer& layer, const Tile& tile,
                                       std::span<const std::uint8_t> block) const override;

 private:
  EcMapping mapping_;
};

CoreEntry entry();
std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic&);

}  // namespace cairn::npu::ec
