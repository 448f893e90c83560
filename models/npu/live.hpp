// When input pixels die: the rule by which the ring's tail advances.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// [output pixels]: the oldest input pixel (raster index) that any output after this one needs; the
/// number of input pixels where none is needed any more.
std::vector<std::uint32_t> live_from(const numbers::Layer& layer);

}  // namespace cairn::npu
