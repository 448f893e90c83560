// The half of a core that computes: integers in, integers out. The shell does memories, time and
// counting.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/npu/mapping.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// The arithmetic of one layer with its weights in place. Pure: no memory but what it was made
/// with.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// `in`: NHWC features as stored (zero point not subtracted); `out`: requantised features or raw
  /// accumulators. Accumulators that leave int32 saturate and add to `overflows`.
  virtual void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
                   std::uint64_t& overflows) const = 0;
  /// Output pixels [first, first + count) only; `out` holds just these.
  virtual void run_pixels(std::span<const std::int16_t> in, std::uint32_t first,
                          std::uint32_t count, std::span<std::int32_t> out,
                          std::uint64_t& overflows) const = 0;
};

/// A core behind the shell.
class Core {
 public:
  virtual ~Core() = default;
  virtual const Mapping& mapping() const = 0;
  virtual std::unique_ptr<Kernel> kernel(const numbers::Layer& layer,
                                         std::vector<std::int8_t> weights,
                                         numbers::Table table) const = 0;
};

/// The core of that name with this geometry; throws std::out_of_range for an unknown name.
/// Generated from the list in models/npu/cores/CMakeLists.txt.
std::unique_ptr<Core> make_core(std::string_view name, const Geometry& geometry);

/// The kernel every core uses in exact mode: equal to the reference, bit for bit.
std::unique_ptr<Kernel> exact_kernel(const numbers::Layer& layer, std::vector<std::int8_t> weights,
                                     numbers::Table table);

}  // namespace cairn::npu
