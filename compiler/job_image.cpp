#include "compiler/job_image.hpp"

#include <boost/crc.hpp>
#include <cstddef>
#include <cstring>
#include <utility>

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr std::uint64_t kAlignment = 64;

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

/// Copies a section to its place and returns where it begins.
std::uint32_t put(std::vector<std::uint8_t>& image, std::uint64_t& end, const void* data,
                  std::size_t bytes) {
  const std::uint64_t offset = aligned(end);
  if (bytes > 0) std::memcpy(&image[offset], data, bytes);
  end = offset + bytes;
  return static_cast<std::uint32_t>(offset);
}

}  // namespace

std::uint32_t image_crc(std::span<const std::uint8_t> image) {
  constexpr std::size_t kField = offsetof(job::Header, crc);
  constexpr std::uint32_t kZero = 0;
  boost::crc_32_type crc;
  crc.process_bytes(image.data(), kField);
  crc.process_bytes(&kZero, sizeof kZero);
  crc.process_bytes(image.data() + kField + sizeof kZero, image.size() - kField - sizeof kZero);
  return static_cast<std::uint32_t>(crc.checksum());
}

std::vector<std::uint8_t> make_image(JobParts parts, const npu::Geometry& geometry) {
  const auto setup_commands = static_cast<std::uint16_t>(parts.setup_commands.size());
  const auto setup_descriptors = static_cast<std::uint16_t>(parts.setup_descriptors.size());
  parts.commands.insert(parts.commands.begin(), parts.setup_commands.begin(),
                        parts.setup_commands.end());
  parts.descriptors.insert(parts.descriptors.begin(), parts.setup_descriptors.begin(),
                           parts.setup_descriptors.end());
  const auto bytes_of = [](const auto& entries) { return entries.size() * sizeof entries[0]; };
  const std::uint64_t first_block = aligned(
      aligned(sizeof(job::Header) + bytes_of(parts.commands) + bytes_of(parts.descriptors)) +
      parts.names.size());
  const std::uint64_t total = first_block + parts.blocks.size();
  if (total > 0xffff'ffffu) throw InputError("the job image is larger than 4 GiB");
  for (job::Descriptor& d : parts.descriptors)
    if (d.source_base == static_cast<std::uint8_t>(job::Base::kJob))
      d.source_offset += static_cast<std::uint32_t>(first_block);

  std::vector<std::uint8_t> image(total);
  job::Header header{};
  std::uint64_t end = sizeof header;
  header.command_offset = put(image, end, parts.commands.data(), bytes_of(parts.commands));
  header.descriptor_offset = put(image, end, parts.descriptors.data(), bytes_of(parts.descriptors));
  header.names_offset = put(image, end, parts.names.data(), parts.names.size());
  put(image, end, parts.blocks.data(), parts.blocks.size());
  header.magic = job::kMagic;
  header.version = static_cast<std::uint16_t>(job::kVersion);
  header.core = geometry.core_id;
  header.geometry_hash = geometry.hash();
  header.image_bytes = static_cast<std::uint32_t>(total);
  header.command_count = static_cast<std::uint32_t>(parts.commands.size());
  header.descriptor_count = static_cast<std::uint32_t>(parts.descriptors.size());
  header.setup_commands = setup_commands;
  header.setup_descriptors = setup_descriptors;
  header.names_bytes = static_cast<std::uint32_t>(parts.names.size());
  header.layer_count = parts.layer_count;
  header.input_bytes = parts.input_bytes;
  header.output_bytes = parts.output_bytes;
  std::memcpy(image.data(), &header, sizeof header);
  header.crc = image_crc(image);
  std::memcpy(image.data(), &header, sizeof header);
  return image;
}

}  // namespace cairn::compiler
