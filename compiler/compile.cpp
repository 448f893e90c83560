#include "compiler/compile.hpp"

#include "compiler/job_writer.hpp"
#include "compiler/map/feature_placement.hpp"
#include "compiler/map/weight_placement.hpp"
#include "job_format.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/numbers/packing.hpp"

#include <cstring>

namespace cairn::compiler {

namespace {

std::vector<std::uint32_t> block_sizes(const Network& network, const npu::Mapping& mapping) {
  const std::uint32_t capacity = mapping.geometry().weight_bytes;
  std::vector<std::uint32_t> sizes;
  for (const NetworkLayer& l : network.layers) {
    const std::uint64_t bytes = numbers::weight_bytes(l.layer) + numbers::table_bytes(l.layer);
    if (bytes > capacity)
      throw InputError("network '" + network.name + "': layer '" + l.name + "' needs " +
                       std::to_string(bytes) + " bytes of weight memory, but core '" +
                       std::string(mapping.core()) + "' has " + std::to_string(capacity));
    sizes.push_back(static_cast<std::uint32_t>(bytes));
  }
  return sizes;
}

void check(const Network& network) {
  if (network.layers.empty()) throw InputError("network '" + network.name + "' has no layer");
  for (const NetworkLayer& l : network.layers) {
    const std::string reason = numbers::invalid(l.layer);
    if (!reason.empty())
      throw InputError("network '" + network.name + "': layer '" + l.name + "': " + reason);
  }
}

}  // namespace

Job compile(const Network& network, const npu::Mapping& mapping) {
  check(network);
  Job job;
  job.layers = place_features(network, mapping);
  const std::vector<WeightBlock> blocks =
      place_weights(block_sizes(network, mapping), mapping.geometry().weight_bytes);
  for (std::size_t i = 0; i < job.layers.size(); ++i) {
    LayerPlan& plan = job.layers[i];
    plan.weights_offset = blocks[i].offset;
    plan.table_offset = plan.weights_offset +
                        static_cast<std::uint32_t>(numbers::weight_bytes(network.layers[i].layer));
    plan.block_bytes = blocks[i].bytes;
    job.names.push_back(plan.name);
  }
  job.image = write_image(network, job.layers, blocks, mapping.geometry());
  job::Header header{};
  std::memcpy(&header, job.image.data(), sizeof header);
  job.input_bytes = header.input_bytes;
  job.output_bytes = header.output_bytes;
  return job;
}

}  // namespace cairn::compiler
