#include "tests/compiler/list_walker.hpp"

#include <stdexcept>

#include "models/npu/block.hpp"

namespace cairn::test {

namespace {

bool is_tile(const job::Command& c) {
  return c.kind == static_cast<std::uint8_t>(job::Kind::kTile);
}

}  // namespace

ListWalker::ListWalker(std::vector<std::uint8_t> image, const npu::Geometry& geometry)
    : image_(std::move(image)),
      features_(geometry.feature_bits / 8, 0xa5),
      buffer_(geometry.buffer_bytes, 0xc3),
      weights_(geometry.weight_bytes, 0x5a),
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
  if (computing_ == 0 && is_tile(c)) computing_ = 1 + static_cast<int>(random() % 6);
  if (computing_ > 0 && --computing_ > 0) return {};
  perform(c);
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

std::vector<std::uint8_t>& ListWalker::memory(std::uint8_t base) {
  switch (static_cast<job::Base>(base)) {
    case job::Base::kJob:
      return image_;
    case job::Base::kInput:
      return input_;
    case job::Base::kOutput:
      return output;
    case job::Base::kFeatures:
      return features_;
    case job::Base::kBuffer:
      return buffer_;
    case job::Base::kWeights:
      return weights_;
    default:
      throw std::out_of_range("a base that a job does not use");
  }
}

bool ListWalker::hits_block_in_use(const job::Descriptor& d) const {
  const auto c = npu::as<job::TileCommand>(job_.commands[command_]);
  const numbers::Layer& layer = slots_.at(c.slot).value().layer;
  const std::uint64_t end =
      c.weights_offset + npu::block_shape(layer, npu::tile_of(c, layer)).bytes();
  return d.target_offset < end && c.weights_offset < d.target_offset + d.row_bytes * d.rows;
}

std::string ListWalker::copy(const job::Descriptor& d) {
  if (d.target_base == static_cast<std::uint8_t>(job::Base::kWeights) && computing_ > 0) {
    overlapped = true;
    if (hits_block_in_use(d))
      return "descriptor " + std::to_string(descriptor_) + " writes the block of a running tile";
  }
  for (std::uint32_t row = 0; row < d.rows; ++row)
    for (std::uint32_t i = 0; i < d.row_bytes; ++i)
      memory(d.target_base).at(d.target_offset + row * d.target_row_stride + i) =
          memory(d.source_base).at(d.source_offset + row * d.source_row_stride + i);
  return {};
}

void ListWalker::perform(const job::Command& c) {
  switch (static_cast<job::Kind>(c.kind)) {
    case job::Kind::kRing: {
      const auto r = npu::as<job::RingCommand>(c);
      rings_.at(r.ring) = r;
      return;
    }
    case job::Kind::kLayer: {
      const auto l = npu::as<job::LayerCommand>(c);
      slots_.at(l.slot) = Slot{npu::layer_of(l), npu::placement_of(l)};
      return;
    }
    case job::Kind::kTile:
      return compute(npu::as<job::TileCommand>(c));
    case job::Kind::kBarrier:
      return;
    case job::Kind::kCells:
      throw std::logic_error("the walker has no cells");
  }
}

RingBytes ListWalker::ring(unsigned number) {
  const job::RingCommand& r = rings_.at(number);
  auto& all = r.memory == static_cast<std::uint8_t>(job::Memory::kFeatures) ? features_ : buffer_;
  return {std::span(all).subspan(r.begin / 8, r.bits / 8), r.bits};
}

void ListWalker::compute(const job::TileCommand& c) {
  const Slot& s = slots_.at(c.slot).value();
  const npu::Tile tile = npu::tile_of(c, s.layer);
  TileMemories m{ring(s.place.in.ring), {}, ring(s.place.out.ring), {}, weights_};
  if (s.layer.op == numbers::Op::add) m.second = ring(s.place.second.ring);
  if (tile.inputs < static_cast<std::uint32_t>(s.layer.in.channels))
    m.partial = ring(c.partial_ring);
  compute_tile(s.layer, s.place, tile, c, m);
}

}  // namespace cairn::test
