// Physical mode: a tile computed by one chip's macro, with all its errors.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/core.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/cores/cap/pieces.hpp"

namespace cairn::npu::cap {

/// The errors that the geometry asks for. Throws InputError if they, or rows and columns, are not
/// what the macro's model knows.
NonIdealities non_idealities(const Geometry& geometry);

/// How the macro computes a tile whose pieces lie in these regions.
LayerMapping layer_mapping(const numbers::Layer& layer, const Tile& tile,
                           std::span<const Piece> pieces, std::span<const CellRegion> regions,
                           const NonIdealities& parameters);

/// `mapping`: of layer_mapping(). `weights`: of the tile's channels. `block`: their weights and
/// table, packed. The macro outlives the kernel. Noise is a function of the macro's seed, the
/// launch, and what is computed.
std::unique_ptr<Kernel> physical_kernel(const numbers::Layer& layer, const Tile& tile,
                                        LayerMapping mapping, std::vector<std::int8_t> weights,
                                        std::span<const std::uint8_t> block,
                                        const MacroInstance& macro);

}  // namespace cairn::npu::cap
