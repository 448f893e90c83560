// Packs pieces of layers into the planes of the macro.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/cores/cap/pieces.hpp"

namespace cairn::npu::cap {

/// A region for each piece, or nothing if they find no room beside each other. Regions begin at
/// even rows: at a slice with its ADC. Deterministic: each piece goes into the first plane that has
/// room, there as low as possible, then as far left; in their order, and if that fails, the
/// highest, the widest or the largest first.
std::optional<std::vector<CellRegion>> place(std::span<const Piece> pieces, const MacroSize& size);

}  // namespace cairn::npu::cap
