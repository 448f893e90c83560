// Memory-stationary core behind the shell.
#pragma once

#include "models/npu/core.hpp"
#include "models/npu/cores/ms/mapping.hpp"

namespace cairn::npu::ms {

class MsCore : public Core {
 public:
  explicit MsCore(const Geometry& geometry) : mapping_(geometry) {}

  const Mapping& mapping() const override { return mapping_; }
  std::unique_ptr<Kernel> kernel(const numbers::Layer& layer, std::vector<std::int8_t> weights,
                                 numbers::Table table) const override {
    return exact_kernel(layer, std::move(weights), std::move(table));
  }

 private:
  MsMapping mapping_;
};

CoreEntry entry();
std::unique_ptr<Core> make(const Geometry& geometry);

}  // namespace cairn::npu::ms
