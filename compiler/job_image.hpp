// The job image: header, lists, names and weight blocks in one piece.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "job_format.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// What a job is made of. Sources of Base::job in descriptors count from the first block: they
/// become offsets in the image when that is known.
struct JobParts {
  std::vector<job::Command> commands, setup_commands;
  std::vector<job::Descriptor> descriptors, setup_descriptors;
  std::string names;  ///< each ended by a zero byte
  std::uint32_t layer_count = 0;
  std::vector<std::uint8_t> blocks;  ///< weights and tables
  std::uint32_t input_bytes = 0, output_bytes = 0;
};

/// The image; each section begins at a multiple of 64 bytes. Throws InputError if it is larger than
/// 4 GiB.
std::vector<std::uint8_t> make_image(JobParts parts, const npu::Geometry& geometry);

/// CRC-32 (IEEE 802.3) of an image, the header's own field taken as zero. At least a header long.
std::uint32_t image_crc(std::span<const std::uint8_t> image);

}  // namespace cairn::compiler
