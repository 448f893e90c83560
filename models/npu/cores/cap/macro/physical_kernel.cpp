#include "models/npu/cores/cap/macro/physical_kernel.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>

namespace cairn::npu::cap {

namespace {

using numbers::kLanes;
using numbers::kTileBlocks;
using numbers::kTilePitch;
using numbers::kTilePixels;

/// Fewer conversions are not worth another thread.
constexpr std::int64_t kShared = 20'000;
/// Of a part: its weights are read again for each.
constexpr std::int64_t kFewestPixels = 8;

LayerConversion conversion_of(const Cells& cells) {
  const MacroInstance& macro = cells.macro();
  const Range range = macro.range(cells.mapping().encoding, cells.mapping().lsb);
  const bool bends =
      std::ranges::any_of(macro.nonlinearity(), [](std::int32_t inl) { return inl != 0; });
  return {macro.capacitors().fraction_bits(),
          range.limit(),
          range.shift(),
          range.lowest(),
          range.highest(),
          bends ? macro.nonlinearity().data() : nullptr,
          range.noise(),
          !macro.capacitors().is_ideal(),
          macro.has_noise() && range.noise().multiplier != 0};
}

int ceil_div(std::int64_t a, std::int64_t b) {
  return static_cast<int>((a + b - 1) / b);
}

}  // namespace

PhysicalKernel::PhysicalKernel(const Cells& cells, numbers::InstructionSet instructions,
                               numbers::Workers* workers)
    : layer_(cells.layer()),
      channels_(cells.channels()),
      kernels_(numbers::kernels_for(instructions)),
      workers_(workers),
      convert_(convert_for(instructions)),
      conversion_(conversion_of(cells)),
      sums_(layer_.op == numbers::Op::depthwise ? make_depthwise_sums(cells)
                                                : make_shared_sums(cells, kernels_, workers)),
      zeros_(cells.weight_sums()),
      seed_(cells.macro().seed()),
      number_(cells.mapping().layer),
      lsb_(cells.mapping().lsb),
      dac_bits_(cells.macro().parameters().dac_bits),
      dac_slices_(dac_slices_of(layer_, dac_bits_)),
      chunks_(chunks_of(layer_)),
      blocks_(cells.blocks()) {
  const Encoding encoding = cells.mapping().encoding;
  std::int64_t net = 0, most = 0;
  for (int bit = 0; bit < cells.planes(); ++bit) {
    lanes_.push_back(cells.lanes(bit));
    plane_weights_.push_back(plane_weight(layer_, encoding, bit));
    for (int slice = 0; slice < dac_slices_; ++slice) {
      net += std::int64_t{plane_weights_.back()} * (1 << slice * dac_bits_);
      most += (std::int64_t{1} << bit) << slice * dac_bits_;
    }
  }
  base_steps_ = cells.macro().range(encoding, lsb_).base() * net * chunks_;
  const std::int64_t most_steps = most * -conversion_.lowest;
  chunks_at_once_ = static_cast<int>(std::numeric_limits<std::int32_t>::max() / most_steps);
  for (std::int64_t& zero : zeros_)
    zero *= layer_.in_type.code_zero();
}

std::vector<PhysicalKernel::Part> PhysicalKernel::parts(std::int64_t first,
                                                        std::int64_t count) const {
  const bool is_small = count * conversions_per_pixel() < kShared;
  const int threads = workers_ == nullptr || is_small ? 1 : workers_->threads();
  // A thread may come late: large runs are cut finer than the threads are.
  const int wanted = threads == 1 ? 1 : 4 * threads;
  const int pairs = ceil_div(blocks_, kTileBlocks);
  int pixel_parts = ceil_div(count, ChunkSums::kPixels);
  const int channel_parts = std::min(pairs, ceil_div(wanted, pixel_parts));
  if (pixel_parts * channel_parts < threads)
    pixel_parts = std::min(ceil_div(count, kFewestPixels), ceil_div(threads, channel_parts));
  std::vector<Part> parts;
  for (int pixels = 0; pixels < pixel_parts; ++pixels)
    for (int part = 0; part < channel_parts; ++part) {
      const std::int64_t begin = count * pixels / pixel_parts;
      const std::int64_t end = count * (pixels + 1) / pixel_parts;
      const int block = pairs * part / channel_parts * kTileBlocks;
      const int last = std::min(blocks_, pairs * (part + 1) / channel_parts * kTileBlocks);
      parts.push_back({first + begin, end - begin, block, last - block});
    }
  return parts;
}

void PhysicalKernel::evaluate(const Part& part, int chunk, int dac_slice, int bit,
                              Scratch& scratch) const {
  const std::int64_t pitch = std::int64_t{part.blocks} * kLanes;
  if (conversion_.has_noise)
    for (std::size_t p = 0; p < static_cast<std::size_t>(part.pixels); ++p)
      scratch.keys[p] = evaluation_key(scratch.pixel_keys[p], chunk, dac_slice, bit);
  const SliceLanes* lanes =
      lanes_[static_cast<std::size_t>(bit)].data() + std::int64_t{chunk} * blocks_;
  const int last = part.block + part.blocks;
  for (int block = part.block; block < last; block += kTileBlocks)
    for (std::int64_t p = 0; p < part.pixels; p += kTilePixels) {
      const TileEvaluation tile{
          chunk,
          dac_slice,
          bit,
          block,
          std::min(kTileBlocks, last - block),
          p,
          static_cast<int>(std::min<std::int64_t>(kTilePixels, part.pixels - p))};
      sums_->sums(scratch.inputs, tile, scratch.cells, scratch.deviations);
      for (int b = 0; b < tile.blocks; ++b) {
        const int lane = (block + b) * kLanes;
        convert_(conversion_,
                 {scratch.cells.at + b * kLanes, scratch.deviations.at + b * kLanes, tile.pixels,
                  lanes + block + b, scratch.keys.data() + p,
                  static_cast<std::uint32_t>(channels_.first + lane),
                  plane_weights_[static_cast<std::size_t>(bit)] * (1 << dac_slice * dac_bits_),
                  scratch.totals.data() + p * pitch + lane - part.block * kLanes, pitch});
      }
    }
}

void PhysicalKernel::carry(Scratch& scratch) {
  for (std::size_t i = 0; i < scratch.steps.size(); ++i)
    scratch.steps[i] += scratch.totals[i];
  std::ranges::fill(scratch.totals, 0);
}

void PhysicalKernel::compute(const numbers::FeatureMap& map, const Part& part,
                             std::uint64_t layer_key, Scratch& scratch) const {
  const auto size = static_cast<std::size_t>(part.pixels * part.blocks * kLanes);
  scratch.totals.assign(size, 0);
  scratch.steps.assign(size, base_steps_);
  for (std::size_t p = 0; p < static_cast<std::size_t>(part.pixels); ++p)
    scratch.pixel_keys[p] = noise_pixel_key(layer_key, static_cast<std::uint64_t>(part.first) + p);
  sums_->load(map, part.first, part.pixels, scratch.inputs);
  kernels_.begin();
  for (int chunk = 0; chunk < chunks_; ++chunk) {
    for (int bit = 0; bit < planes(); ++bit)
      for (int slice = 0; slice < dac_slices_; ++slice)
        evaluate(part, chunk, slice, bit, scratch);
    if ((chunk + 1) % chunks_at_once_ == 0 || chunk + 1 == chunks_) carry(scratch);
  }
  kernels_.end();
}

/// Returns how many sums left int32.
std::uint64_t PhysicalKernel::finish(const Part& part, const Scratch& scratch, std::int32_t* sums,
                                     std::int64_t pitch) const {
  constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
  std::uint64_t overflows = 0;
  const int first = part.block * kLanes;
  const int channels = std::min(part.blocks * kLanes, channels_.count - first);
  for (std::int64_t p = 0; p < part.pixels; ++p) {
    const std::int64_t* steps = scratch.steps.data() + p * part.blocks * kLanes;
    const std::int64_t* zeros = zeros_.data() + first;
    std::int32_t* to = sums + p * pitch + first;
    for (int c = 0; c < channels; ++c) {
      const std::int64_t sum = ((steps[c] * lsb_ + kSteps / 2) >> 4) - zeros[c];
      to[c] = static_cast<std::int32_t>(std::clamp(sum, low, high));
      overflows += to[c] != sum;
    }
  }
  return overflows;
}

void PhysicalKernel::run(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
                         std::uint64_t inference, std::span<std::int32_t> sums, std::int64_t pitch,
                         std::uint64_t* overflows) const {
  if (first < 0 || count < 0 || first > layer_.out.pixels() - count)
    throw std::invalid_argument("output pixels outside the layer");
  if (map.layer() != layer_) throw std::invalid_argument("a feature map of another layer");
  if (count == 0) return;
  if (pitch < channels_.count ||
      (count - 1) * pitch + channels_.count > static_cast<std::int64_t>(sums.size()))
    throw std::length_error("sums outside their array");
  const std::uint64_t key = noise_layer_key(seed_, number_, inference);
  const std::vector<Part> all = parts(first, count);
  std::atomic<std::uint64_t> outside = 0;
  numbers::run_parts(workers_, static_cast<int>(all.size()), [&](int number) {
    thread_local Scratch scratch;
    const Part& part = all[static_cast<std::size_t>(number)];
    compute(map, part, key, scratch);
    outside += finish(part, scratch, sums.data() + (part.first - first) * pitch, pitch);
  });
  if (overflows != nullptr) *overflows += outside;
}

}  // namespace cairn::npu::cap
