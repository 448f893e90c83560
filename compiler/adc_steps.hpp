// The ranges of analogue-to-digital converters, layer by layer.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// [layer]: Tile::adc_step. What the options say for layers of that name; the others are calibrated
/// on the options' samples, as many of the first ones as are quickly run through the reference.
/// Zeros without samples and on cores without converters.
std::vector<std::uint16_t> adc_steps(const Network& network, const npu::Mapping& mapping,
                                     const CompileOptions& options);

}  // namespace cairn::compiler
