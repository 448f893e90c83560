#include "compiler/job_writer.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <cstring>

#include "compiler/dma_list.hpp"
#include "job_format.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::compiler {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxCount = 65'535;  ///< token counts and layer numbers have 16 bits

/// Bytes appended section by section, each aligned.
class Image {
 public:
  /// Returns the section's offset.
  std::uint32_t append(const void* data, std::size_t bytes) {
    bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
    const std::size_t offset = bytes_.size();
    if (offset + bytes > 0xffff'ffffu) throw InputError("the job image is larger than 4 GiB");
    const auto* first = static_cast<const std::uint8_t*>(data);
    bytes_.insert(bytes_.end(), first, first + bytes);
    return static_cast<std::uint32_t>(offset);
  }
  std::vector<std::uint8_t> bytes_;
};

std::uint32_t packed_bytes(const numbers::Shape& shape, const numbers::FeatureType& type) {
  const auto bits =
      static_cast<std::uint64_t>(shape.elements()) * static_cast<std::uint64_t>(type.bits);
  return static_cast<std::uint32_t>((bits + 7) / 8);
}

job::Command layer_command(const numbers::Layer& l, const LayerPlan& plan, std::size_t index,
                           std::size_t loaded) {
  job::Command c{};
  c.op = static_cast<std::uint8_t>(l.op);
  c.wait_token = static_cast<std::uint8_t>(job::kTokenLoaded);
  c.wait_count = static_cast<std::uint16_t>(loaded);
  c.signal_token = static_cast<std::uint8_t>(job::kTokenComputed);
  c.signal_count = 1;
  c.flags =
      static_cast<std::uint8_t>((l.in_type.is_signed ? 1 : 0) | (l.out_type.is_signed ? 2 : 0));
  c.layer = static_cast<std::uint16_t>(index);
  c.in_h = static_cast<std::uint16_t>(l.in.height);
  c.in_w = static_cast<std::uint16_t>(l.in.width);
  c.in_c = static_cast<std::uint16_t>(l.in.channels);
  c.out_h = static_cast<std::uint16_t>(l.out.height);
  c.out_w = static_cast<std::uint16_t>(l.out.width);
  c.out_c = static_cast<std::uint16_t>(l.out.channels);
  c.kernel_h = static_cast<std::uint8_t>(l.kernel_h);
  c.kernel_w = static_cast<std::uint8_t>(l.kernel_w);
  c.stride_h = static_cast<std::uint8_t>(l.stride_h);
  c.stride_w = static_cast<std::uint8_t>(l.stride_w);
  c.pad_top = static_cast<std::uint8_t>(l.pad_top);
  c.pad_left = static_cast<std::uint8_t>(l.pad_left);
  c.in_bits = static_cast<std::uint8_t>(l.in_type.bits);
  c.out_bits = static_cast<std::uint8_t>(l.out_type.bits);
  c.in_zero = static_cast<std::int16_t>(l.in_type.zero_point);
  c.out_zero = static_cast<std::int16_t>(l.out_type.zero_point);
  c.weight_bits = static_cast<std::uint8_t>(l.weight_bits);
  c.weight_encoding = static_cast<std::uint8_t>(l.weight_encoding);
  c.requantisation = static_cast<std::uint8_t>(l.requantisation);
  c.in_offset = plan.in_offset;
  c.out_offset = plan.out_offset;
  c.weights_offset = plan.weights_offset;
  c.table_offset = plan.table_offset;
  return c;
}

/// The output may lie across the end of the ring.
void store_output(DmaList& list, const LayerPlan& plan, std::uint32_t bytes,
                  std::uint32_t ring_bytes, std::uint32_t layers) {
  const std::uint32_t begin = plan.out_offset / 8, first = std::min(bytes, ring_bytes - begin);
  const std::size_t layer = layers - 1;
  list.copy({job::Base::kFeatures, begin}, {job::Base::kOutput, 0}, first, layers, layer);
  if (bytes > first)
    list.copy({job::Base::kFeatures, 0}, {job::Base::kOutput, first}, bytes - first, layers, layer);
}

}  // namespace

std::vector<std::uint8_t> weight_block(const NetworkLayer& l) {
  const std::size_t weights = numbers::weight_bytes(l.layer);
  std::vector<std::uint8_t> block(weights + numbers::table_bytes(l.layer));
  const std::span<std::uint8_t> bytes(block);
  if (l.layer.has_weights()) numbers::pack_weights(l.weights, l.layer, bytes.first(weights));
  if (block.size() > weights) numbers::pack_table(l.table, l.layer, bytes.subspan(weights));
  return block;
}

std::uint32_t image_crc(std::span<const std::uint8_t> image) {
  constexpr std::size_t kField = offsetof(job::Header, crc);
  constexpr std::uint32_t kZero = 0;
  boost::crc_32_type crc;
  crc.process_bytes(image.data(), kField);
  crc.process_bytes(&kZero, sizeof kZero);
  crc.process_bytes(image.data() + kField + sizeof kZero, image.size() - kField - sizeof kZero);
  return static_cast<std::uint32_t>(crc.checksum());
}

std::vector<std::uint8_t> write_image(const Network& network, const std::vector<LayerPlan>& plans,
                                      const std::vector<WeightBlock>& blocks,
                                      const npu::Geometry& geometry) {
  const std::size_t layers = network.layers.size();
  std::vector<std::vector<std::uint8_t>> contents;
  std::string names;
  for (const NetworkLayer& l : network.layers) {
    contents.push_back(weight_block(l));
    names.append(l.name.c_str()).push_back('\0');
  }
  job::Header header{};
  header.input_bytes = packed_bytes(network.input, network.input_type);
  header.output_bytes = packed_bytes(network.last().out, network.last().out_type);

  // Where a block lies in the image is known once the lists are: offsets count from the first block
  // until then.
  DmaList list;
  std::vector<job::Command> commands;
  std::uint32_t source = 0;
  list.copy({job::Base::kInput, 0}, {job::Base::kFeatures, 0}, header.input_bytes, 0, 0);
  for (std::size_t i = 0; i < layers; ++i) {
    const auto bytes = static_cast<std::uint32_t>(contents[i].size());
    if (bytes > 0) {
      list.copy({job::Base::kJob, source}, {job::Base::kWeights, blocks[i].offset}, bytes,
                blocks[i].computed_before, i);
      source += static_cast<std::uint32_t>((bytes + kAlignment - 1) / kAlignment * kAlignment);
    }
    commands.push_back(layer_command(network.layers[i].layer, plans[i], i, list.size()));
  }
  store_output(list, plans.back(), header.output_bytes,
               static_cast<std::uint32_t>(geometry.feature_bits / 8),
               static_cast<std::uint32_t>(layers));
  if (list.size() > kMaxCount || layers > kMaxCount)
    throw InputError("network '" + network.name + "': needs " + std::to_string(list.size()) +
                     " DMA descriptors, but a job has at most " + std::to_string(kMaxCount));
  job::Command barrier{};
  barrier.op = static_cast<std::uint8_t>(job::Op::kBarrier);
  barrier.wait_token = static_cast<std::uint8_t>(job::kTokenLoaded);
  barrier.wait_count = static_cast<std::uint16_t>(list.size());
  barrier.layer = static_cast<std::uint16_t>(layers - 1);
  commands.push_back(barrier);
  std::vector<job::Descriptor> descriptors = std::move(list).finish();

  const auto bytes_of = [](const auto& entries) { return entries.size() * sizeof entries[0]; };
  const std::size_t lists =
      sizeof header + bytes_of(commands) + bytes_of(descriptors) + names.size();
  const auto first_block =
      static_cast<std::uint32_t>((lists + kAlignment - 1) / kAlignment * kAlignment);
  for (job::Descriptor& d : descriptors)
    if (d.source_base == static_cast<std::uint8_t>(job::Base::kJob)) d.source_offset += first_block;

  Image image;
  image.append(&header, sizeof header);
  header.command_offset = image.append(commands.data(), bytes_of(commands));
  header.descriptor_offset = image.append(descriptors.data(), bytes_of(descriptors));
  header.names_offset = image.append(names.data(), names.size());
  for (const auto& block : contents)
    if (!block.empty()) image.append(block.data(), block.size());
  header.magic = job::kMagic;
  header.version = static_cast<std::uint16_t>(job::kVersion);
  header.core = geometry.core_id;
  header.geometry_hash = geometry.hash();
  header.image_bytes = static_cast<std::uint32_t>(image.bytes_.size());
  header.command_count = static_cast<std::uint32_t>(commands.size());
  header.descriptor_count = static_cast<std::uint32_t>(descriptors.size());
  header.names_bytes = static_cast<std::uint32_t>(names.size());
  header.layer_count = static_cast<std::uint32_t>(layers);
  std::memcpy(image.bytes_.data(), &header, sizeof header);
  header.crc = image_crc(image.bytes_);
  std::memcpy(image.bytes_.data(), &header, sizeof header);
  return std::move(image.bytes_);
}

}  // namespace cairn::compiler
