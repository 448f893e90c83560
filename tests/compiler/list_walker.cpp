#include "tests/compiler/list_walker.hpp"

#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::test {

namespace {

numbers::Layer layer_of(const job::Command& c) {
  numbers::Layer l;
  l.op = static_cast<numbers::Op>(c.op);
  l.in = {c.in_h, c.in_w, c.in_c};
  l.out = {c.out_h, c.out_w, c.out_c};
  l.in_type = {c.in_bits, (c.flags & 1) != 0, c.in_zero};
  l.out_type = {c.out_bits, (c.flags & 2) != 0, c.out_zero};
  l.kernel_h = c.kernel_h;
  l.kernel_w = c.kernel_w;
  l.stride_h = c.stride_h;
  l.stride_w = c.stride_w;
  l.pad_top = c.pad_top;
  l.pad_left = c.pad_left;
  l.weight_bits = c.weight_bits;
  l.weight_encoding = static_cast<numbers::WeightEncoding>(c.weight_encoding);
  l.requantisation = static_cast<numbers::Requantisation>(c.requantisation);
  return l;
}

bool is_barrier(const job::Command& c) {
  return c.op == static_cast<std::uint8_t>(job::Op::kBarrier);
}

}  // namespace

ListWalker::ListWalker(std::vector<std::uint8_t> image, std::uint64_t feature_bits,
                       std::uint32_t weight_bytes)
    : image_(std::move(image)),
      features_(feature_bits / 8, 0xa5),
      weights_(weight_bytes, 0x5a),
      ring_bits_(feature_bits),
      job_(compiler::read_job(image_, "image")),
      tokens_(job::kTokenCount, 0) {
  output.assign(job_.header.output_bytes, 0);
}

std::string ListWalker::run(const std::vector<std::uint8_t>& input, std::mt19937& random) {
  input_ = input;
  while (command_ < job_.commands.size()) {
    const job::Command& c = job_.commands[command_];
    const bool npu = computing_ > 0 || ready(c.wait_token, c.wait_count);
    const bool dma =
        descriptor_ < job_.descriptors.size() &&
        ready(job_.descriptors[descriptor_].wait_token, job_.descriptors[descriptor_].wait_count);
    if (!npu && !dma)
      return "deadlock at command " + std::to_string(command_) + ", descriptor " +
             std::to_string(descriptor_);
    std::string failure = npu && (!dma || random() % 2 == 0) ? move_npu(random) : move_dma();
    if (!failure.empty()) return failure;
  }
  return descriptor_ == job_.descriptors.size() ? "" : "the NPU ended before the DMA";
}

std::string ListWalker::move_npu(std::mt19937& random) {
  const job::Command& c = job_.commands[command_];
  if (computing_ == 0 && !is_barrier(c)) computing_ = 2 + static_cast<int>(random() % 5);
  if (computing_ > 0 && --computing_ > 0) return {};
  if (!is_barrier(c)) compute(c);
  tokens_[c.signal_token] += c.signal_count;
  ++command_;
  return {};
}

std::string ListWalker::move_dma() {
  const job::Descriptor& d = job_.descriptors[descriptor_];
  std::string failure = copy(d);
  tokens_[d.signal_token] += d.signal_count;
  descriptor_ = d.next == 0 ? job_.descriptors.size() : d.next / sizeof(job::Descriptor);
  return failure;
}

std::string ListWalker::copy(const job::Descriptor& d) {
  const auto memory = [&](std::uint8_t base) -> std::vector<std::uint8_t>& {
    switch (static_cast<job::Base>(base)) {
      case job::Base::kJob:
        return image_;
      case job::Base::kInput:
        return input_;
      case job::Base::kOutput:
        return output;
      case job::Base::kFeatures:
        return features_;
      default:
        return weights_;
    }
  };
  const bool to_weights = d.target_base == static_cast<std::uint8_t>(job::Base::kWeights);
  if (to_weights && computing_ > 0) {
    overlapped = true;
    const job::Command& c = job_.commands[command_];
    const numbers::Layer layer = layer_of(c);
    const std::uint64_t end =
        c.weights_offset + numbers::weight_bytes(layer) + numbers::table_bytes(layer);
    if (d.target_offset < end && c.weights_offset < d.target_offset + d.row_bytes * d.rows)
      return "descriptor " + std::to_string(descriptor_) +
             " writes the block of a layer that computes";
  }
  for (std::uint32_t row = 0; row < d.rows; ++row)
    for (std::uint32_t i = 0; i < d.row_bytes; ++i)
      memory(d.target_base).at(d.target_offset + row * d.target_row_stride + i) =
          memory(d.source_base).at(d.source_offset + row * d.source_row_stride + i);
  return {};
}

void ListWalker::compute(const job::Command& c) {
  const numbers::Layer layer = layer_of(c);
  std::vector<std::int16_t> in(static_cast<std::size_t>(layer.in.elements()));
  std::vector<std::int32_t> out(static_cast<std::size_t>(layer.out.elements()));
  std::vector<std::int8_t> weights(static_cast<std::size_t>(layer.weight_count()));
  const std::span<const std::uint8_t> sram(weights_);
  numbers::unpack_features_ring(features_, ring_bits_, c.in_offset, layer.in_type, in);
  if (layer.has_weights()) numbers::unpack_weights(sram.subspan(c.weights_offset), layer, weights);
  const numbers::Table table = numbers::unpack_table(sram.subspan(c.table_offset), layer);
  numbers::reference(layer, in, weights, table, out, &overflows);
  numbers::pack_features_ring(out, layer.out_type, features_, ring_bits_, c.out_offset);
}

}  // namespace cairn::test
