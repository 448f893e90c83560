// A core without sizes of its own: one step an output row, inputs stay until the last output is
// written.
#pragma once

#include <string>

#include "models/npu/mapping.hpp"

namespace cairn::test {

class FakeMapping : public npu::Mapping {
 public:
  FakeMapping(std::uint64_t feature_bits, std::uint32_t weight_bytes) {
    geometry_.core_id = 77;
    geometry_.feature_bits = feature_bits;
    geometry_.weight_bytes = weight_bytes;
  }

  std::string_view core() const override { return "fake"; }
  const npu::Geometry& geometry() const override { return geometry_; }
  std::string unsupported(const numbers::Layer& layer) const override {
    return layer.op == refused_op ? "has an operation that it lacks" : "";
  }
  npu::Schedule schedule(const numbers::Layer& layer) const override {
    npu::Schedule s;
    for (int row = 0; row < layer.out.height; ++row) {
      npu::Step step;
      step.compute_cycles = 10;
      step.first_output = static_cast<std::uint32_t>(row * layer.out.width);
      step.outputs = static_cast<std::uint32_t>(layer.out.width);
      s.steps.push_back(step);
    }
    s.live_from.assign(static_cast<std::size_t>(layer.out.pixels()), 0);
    s.live_from.back() = static_cast<std::uint32_t>(layer.in.pixels());
    s.drain_cycles = 3;
    return s;
  }

  numbers::Op refused_op = static_cast<numbers::Op>(255);

 private:
  npu::Geometry geometry_;
};

}  // namespace cairn::test
