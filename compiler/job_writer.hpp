// Writes the job image of a placed network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/job.hpp"
#include "compiler/map/weight_placement.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Weights and table of a layer as they lie in the weight SRAM (numbers::pack_weights,
/// numbers::pack_table).
std::vector<std::uint8_t> weight_block(const NetworkLayer& layer);

/// CRC-32 (IEEE 802.3) of an image, the header's own field taken as zero. At least a header long.
std::uint32_t image_crc(std::span<const std::uint8_t> image);

/// The image: header, commands, descriptors, names, weight blocks; each begins at a multiple of 64
/// bytes.
///
/// The DMA list loads the input, then the blocks in layer order, each as soon as the layers are
/// computed whose blocks it overwrites, and last stores the output. It signals token_loaded once a
/// descriptor. Each layer's command waits for the descriptors up to its block and signals
/// token_computed; a barrier that waits for the output ends the list. `blocks` has an element per
/// layer. Throws InputError if the lists are too long for the format.
std::vector<std::uint8_t> write_image(const Network& network, const std::vector<LayerPlan>& plans,
                                      const std::vector<WeightBlock>& blocks,
                                      const npu::Geometry& geometry);

}  // namespace cairn::compiler
