// CAP-RAM behind the shell.
#pragma once

#include "models/npu/core.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/cores/cap/mapping.hpp"
#include "models/npu/cores/cap/resident.hpp"

namespace cairn::npu::cap {

/// In exact mode conversions are exact, and the kernels are those of every core, on the weights
/// that the cells hold. In physical mode one chip computes, made from the seed.
class CapCore : public Core {
 public:
  /// Throws InputError if the macro of physical mode cannot have this geometry.
  explicit CapCore(const Geometry& geometry, const Arithmetic& arithmetic = {});

  const Mapping& mapping() const override { return mapping_; }
  std::unique_ptr<Kernel> kernel(const numbers::Layer& layer, const Tile& tile,
                                 std::span<const std::uint8_t> block) const override;
  std::unique_ptr<PartialKernel> partial_kernel(
      const numbers::Layer& layer, const Tile& tile,
      std::span<const std::uint8_t> block) const override {
    return exact_partial_kernel(layer, tile, block);
  }
  std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const override;
  std::uint64_t load_cells(std::uint16_t number, const CellRegion& region,
                           std::span<const std::uint8_t> bits) override;
  std::uint64_t cells_version() const override { return version_; }

 private:
  CapMapping mapping_;
  const MacroSize size_;
  CellArray cells_;
  std::vector<CellRegion> regions_;  // from number 1 on; without rows: not loaded
  std::uint64_t version_ = 0;
  std::unique_ptr<const MacroInstance> macro_;  // null: exact mode
};

CoreEntry entry();
std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic& arithmetic);

}  // namespace cairn::npu::cap
