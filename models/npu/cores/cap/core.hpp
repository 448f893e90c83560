// CAP-RAM behind the shell.
#pragma once

#include "models/npu/core.hpp"
#include "models/npu/cores/cap/mapping.hpp"

namespace cairn::npu::cap {

/// In exact mode conversions are exact, and the kernels are those of every core.
class CapCore : public Core {
 public:
  explicit CapCore(const Geometry& geometry) : mapping_(geometry) {}

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

 private:
  CapMapping mapping_;
};

CoreEntry entry();
std::unique_ptr<Core> make(const Geometry& geometry);

}  // namespace cairn::npu::cap
