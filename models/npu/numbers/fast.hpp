// The fast kernels: one layer with its weights made ready, equal to the reference bit for bit.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// Instruction sets that the kernels are written for. Results never depend on the choice.
enum class InstructionSet : std::uint8_t { portable, avx2, avx512_vnni };

InstructionSet best_instruction_set();               ///< the widest that this machine has
bool has_instruction_set(InstructionSet candidate);  ///< on this machine

class Kernel;

/// Copies what it needs of weights and table. `run` may be called from several threads at once.
class FastLayer {
 public:
  /// Sizes as for reference(). The layer must be valid: invalid(layer) is empty.
  FastLayer(const Layer& layer, std::span<const std::int8_t> weights, const Table& table,
            InstructionSet instructions = best_instruction_set());
  ~FastLayer();
  FastLayer(FastLayer&&) noexcept;
  FastLayer& operator=(FastLayer&&) noexcept;

  const Layer& layer() const { return layer_; }
  /// True if an accumulator might leave int32: such a layer runs the reference, and is slow.
  bool may_overflow() const { return may_overflow_; }

  /// The whole layer; `in` must hold features of layer().in_type. Adds to `*overflows` as
  /// reference() does.
  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t* overflows = nullptr) const;

 private:
  Layer layer_;
  bool may_overflow_ = false;
  std::unique_ptr<const Kernel> kernel_;
};

}  // namespace cairn::numbers
