// Memory-stationary core behind the shell.
#pragma once

#include "models/npu/core.hpp"
#include "models/npu/cores/ms/mapping.hpp"

namespace cairn::npu::ms {

class MsCore : public Core {
 public:
  explicit MsCore(const Geometry& geometry) : mapping_(geometry) {}

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
  MsMapping mapping_;
};

CoreEntry entry();
std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic&);

}  // namespace cairn::npu::ms
