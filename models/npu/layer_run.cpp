#include "models/npu/layer_run.hpp"

#include <algorithm>
#include <cstring>

#include "models/npu/block.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/window.hpp"

namespace cairn::npu {

namespace {

constexpr std::uint64_t kPartialBits = 32;

std::uint64_t pixel_bits(const numbers::Shape& shape, const numbers::FeatureType& type) {
  return static_cast<std::uint64_t>(shape.channels) * static_cast<unsigned>(type.bits);
}

RingPort open_output(const numbers::Layer& layer, const Place& place, FeatureSpace& space,
                     const Memories& memories) {
  Tensor& tensor = space.output(place, static_cast<std::uint32_t>(layer.out.pixels()),
                                pixel_bits(layer.out, layer.out_type));
  const Ring& ring = space.ring(place.ring);
  return {memories.at(ring.memory), ring, tensor};
}

}  // namespace

LayerRun::LayerRun(PreparedLayer& prepared, const LayerPlacement& placement, FeatureSpace& space,
                   const Memories& memories)
    : prepared_(prepared),
      placement_(placement),
      space_(space),
      memories_(memories),
      in_([&] {
        const numbers::Layer& l = prepared.layer();
        std::vector<Input> inputs{open(placement.in, l.in_type, placement.in_release)};
        if (l.op == numbers::Op::add)
          inputs.push_back(open(placement.second, l.second_type, placement.second_release));
        return inputs;
      }()),
      out_port_(open_output(prepared.layer(), placement.out, space, memories)),
      map_(prepared.layer()) {
  prepared_.rewind();
}

LayerRun::Input LayerRun::open(const Place& place, const numbers::FeatureType& type,
                               job::Release release) {
  const numbers::Layer& l = prepared_.layer();
  Tensor& tensor =
      space_.input(place, static_cast<std::uint32_t>(l.in.pixels()), pixel_bits(l.in, type));
  const Ring& ring = space_.ring(place.ring);
  return {{memories_.at(ring.memory), ring, tensor}, {}, type, release, 0};
}

void LayerRun::plan_tile(const Tile& tile) {
  tile_ = tile;
  steps_ = &prepared_.next(tile);
}

void LayerRun::begin_tile(const job::TileCommand& command, std::uint64_t job) {
  const Tile& tile = tile_;
  command_ = command;
  job_ = job;
  stepwise_ = disturbed_;
  block_changed_ = false;
  const BlockShape shape = block_shape(layer(), tile);
  if (command.weights_offset % 8 != 0 ||
      command.weights_offset + shape.bytes() > memories_.weights.bytes() ||
      command.table_offset != command.weights_offset + shape.weight_bytes)
    throw Fault{ErrorCode::outside_memory, command.weights_offset,
                "the weights leave the weight SRAM"};
  block_bit_ = 8ull * command.weights_offset;
  block_bytes_ = shape.bytes();
  load_block();

  const std::size_t values = std::size_t{tile.pixels} * tile.channels;
  const bool is_raw = layer().out_type.bits == numbers::kAccumulatorBits;
  codes_.resize(is_raw ? 0 : values);
  raw_.resize(is_raw || !is_whole() ? values : 0);
  if (!is_whole()) {
    const Ring& ring = space_.ring(command.partial_ring % FeatureSpace::kRings);
    if (command.partial_ring >= FeatureSpace::kRings || ring.memory != job::Memory::kFeatures ||
        command.partial_offset + std::uint64_t{kPartialBits} * tile.channels *
                                     static_cast<std::uint64_t>(layer().out.pixels()) >
            ring.bits)
      throw Fault{ErrorCode::outside_memory, command.partial_offset,
                  "the partial sums leave their ring"};
    if (command.partial_offset % kPartialBits != 0)
      throw Fault{ErrorCode::bad_command, command.partial_offset, "partial sums are misaligned"};
  }
  if (stepwise_) return;
  deliver_for_tile();
  const std::uint64_t before = overflows_;
  compute(tile.first_pixel, tile.pixels);
  if (overflows_ == before) return;
  // A tile with overflows goes step by step, so that each step counts its own: what a step computes
  // anew when somebody writes may differ.
  overflows_ = before;
  stepwise_ = true;
}

void LayerRun::load_block() {
  const auto now =
      std::span<const std::uint8_t>(memories_.weights.data()).subspan(block_bit_ / 8, block_bytes_);
  block_ = &prepared_.block(tile_, now);
  if (block_->kernel != nullptr) block_->kernel->launch({command_.layer, job_});
}

/// What the tile's windows need and is not in the map; earlier pixels of a stream may be gone.
void LayerRun::deliver_for_tile() {
  const Tile& t = tile_;
  const auto width = static_cast<std::uint32_t>(layer().out.width);
  const std::uint32_t first_row = t.first_pixel / width,
                      last_row = (t.first_pixel + t.pixels - 1) / width;
  const auto in_width = static_cast<std::uint32_t>(layer().in.width);
  if (layer().op == numbers::Op::add) {
    needed_first_ = t.first_pixel;
    needed_end_ = t.first_pixel + t.pixels;
  } else {
    const bool one_row = first_row == last_row;
    const int left = one_row ? static_cast<int>(t.first_pixel % width) : 0;
    const int right =
        one_row ? static_cast<int>((t.first_pixel + t.pixels - 1) % width) : layer().out.width - 1;
    const Window top = window_of(layer(), static_cast<int>(first_row), left, right);
    const Window bottom = window_of(layer(), static_cast<int>(last_row), left, right);
    needed_first_ = needed_end_ = 0;
    if (top.left < top.right && top.top < bottom.bottom) {
      needed_first_ =
          static_cast<std::uint32_t>(top.top) * in_width + static_cast<std::uint32_t>(top.left);
      needed_end_ = static_cast<std::uint32_t>(bottom.bottom - 1) * in_width +
                    static_cast<std::uint32_t>(bottom.right);
    }
  }
  for (std::size_t i = 0; i < in_.size(); ++i) {
    const std::uint32_t begin = std::max(in_[i].delivered, std::min(needed_first_, needed_end_));
    if (begin < needed_end_) deliver(i, begin, needed_end_ - begin);
    in_[i].delivered = std::max(in_[i].delivered, needed_end_);
  }
}

void LayerRun::deliver(std::size_t input, std::uint32_t first, std::uint32_t count) {
  const RingPort& port = in_[input].port;
  // More than a turn of the ring cannot be there at once: the older part is never read.
  const std::uint64_t pixels_in_ring = port.ring_bits() / port.tensor().pixel_bits;
  if (count > pixels_in_ring) {
    first += count - static_cast<std::uint32_t>(pixels_in_ring);
    count = static_cast<std::uint32_t>(pixels_in_ring);
  }
  map_.put(first, count, port.bytes(), port.ring_bits(), port.bit(first), static_cast<int>(input));
}

void LayerRun::compute(std::uint32_t first, std::uint32_t count) {
  if (is_whole())
    compute_whole(first, count);
  else
    compute_partial(first, count);
  if (block_->meter == nullptr) return;
  activity_.resize(tile_.pixels);
  block_->meter->measure(map_, first,
                         std::span(activity_).subspan(first - tile_.first_pixel, count));
}

Activity LayerRun::activity(const Step& step) const {
  Activity sum;
  if (block_->meter != nullptr)
    for (std::uint32_t i = 0; i < step.outputs; ++i)
      sum += activity_[step.first_output - tile_.first_pixel + i];
  return sum;
}

void LayerRun::compute_whole(std::uint32_t first, std::uint32_t count) {
  const std::size_t from = std::size_t{first - tile_.first_pixel} * tile_.channels,
                    values = std::size_t{count} * tile_.channels;
  if (!codes_.empty())
    block_->kernel->run(map_, first, count, std::span(codes_).subspan(from, values), overflows_);
  else
    block_->kernel->run(map_, first, count, std::span(raw_).subspan(from, values), overflows_);
}

void LayerRun::compute_partial(std::uint32_t first, std::uint32_t count) {
  const std::size_t from = std::size_t{first - tile_.first_pixel} * tile_.channels,
                    values = std::size_t{count} * tile_.channels;
  const std::span<std::int32_t> sums = std::span(raw_).subspan(from, values);
  if (tile_.first_input == 0)
    std::ranges::fill(sums, 0);
  else
    std::memcpy(sums.data(), &memories_.features.data()[partial_bit(first) / 8],
                values * sizeof sums[0]);
  block_->partial->add(map_, first, count, sums, overflows_);
  if (!has_last_input()) return;
  if (!codes_.empty())
    block_->partial->finish(sums, count, std::span(codes_).subspan(from, values), overflows_);
  else
    block_->partial->finish(sums, count, sums, overflows_);
}

std::uint64_t LayerRun::partial_bit(std::uint32_t pixel) const {
  return space_.ring(command_.partial_ring).begin + command_.partial_offset +
         kPartialBits * tile_.channels * pixel;
}

void LayerRun::read_run(Input& input, const PixelRun& run, PortWords& words) {
  const RingPort& port = input.port;
  space_.require_live(port.tensor(), run.first, run.count);
  std::uint64_t& total = &port.memory() == &memories_.features ? words.features : ignored_;
  if (is_whole()) {
    total +=
        port.count_read(input.stream, port.bit(run.first), run.count * port.tensor().pixel_bits,
                        std::uint64_t{run.count} * inputs());
    return;
  }
  const auto bits = static_cast<std::uint64_t>(input.type.bits);
  for (std::uint32_t p = run.first; p < run.first + run.count; ++p)
    total +=
        port.count_read(input.stream, (port.bit(p) + tile_.first_input * bits) % port.ring_bits(),
                        tile_.inputs * bits, tile_.inputs);
}

void LayerRun::read(const Step& step, PortWords& words) {
  for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r) {
    const PixelRun& run = steps_->runs[r];
    for (std::size_t i = 0; i < in_.size(); ++i) {
      read_run(in_[i], run, words);
      if (stepwise_) deliver(i, run.first, run.count);
    }
  }
  if (!is_whole() && tile_.first_input > 0)
    words.features += memories_.features.count_read(partial_in_, partial_bit(step.first_output),
                                                    kPartialBits * step.outputs * tile_.channels,
                                                    std::uint64_t{step.outputs} * tile_.channels);
  if (step.weight_bits > 0)
    words.weights += memories_.weights.count_read(
        weight_stream_, block_bit_ + step.first_weight_bit, step.weight_bits, 0);
  if (block_changed_) {
    load_block();
    block_changed_ = false;
  }
  if (stepwise_ && step.outputs > 0) compute(step.first_output, step.outputs);
}

void LayerRun::write(const Step& step, PortWords& words) {
  if (step.outputs == 0) return;  // cells were written, for example
  const std::uint32_t end = step.first_output + step.outputs;
  if (!has_last_input()) {
    for (std::uint32_t pixel = step.first_output; pixel < end; ++pixel)
      write_partial(pixel, words);
    return;
  }
  Tensor& out = out_port_.tensor();
  const bool is_clear = space_.is_clear(out, step.first_output, step.outputs);
  for (std::uint32_t pixel = step.first_output; pixel < end; ++pixel) {
    if (is_clear)
      space_.append(out, pixel);
    else
      space_.write(out, pixel);
    if (!has_last_channel()) continue;
    space_.complete(out, pixel);
    for (const Input& input : in_)
      if (input.release == job::Release::kWhenUsed)
        space_.free_before(input.port.tensor(), prepared_.live_from()[pixel]);
  }
  write_features(step, words);
}

void LayerRun::write_features(const Step& step, PortWords& words) {
  const auto bits = static_cast<std::uint64_t>(layer().out_type.bits);
  // Pixels with all their channels lie one behind the other.
  const bool joined = tile_.channels == static_cast<std::uint32_t>(layer().out.channels);
  const std::uint32_t runs = joined ? 1 : step.outputs;
  const std::size_t all = std::size_t{step.outputs} * tile_.channels, run = all / runs;
  const std::uint64_t ring_bits = out_port_.ring_bits(), pitch = out_port_.tensor().pixel_bits;
  const std::uint64_t begin =
      (out_port_.bit(step.first_output) + tile_.first_channel * bits) % ring_bits;
  std::uint64_t count = 0, at = begin;
  for (std::uint32_t i = 0; i < runs; ++i) {
    count += out_port_.count_write(out_stream_, at, run * bits, run);
    at += pitch;
    if (at >= ring_bits) at -= ring_bits;
  }
  if (&out_port_.memory() == &memories_.features) words.features += count;
  const std::size_t from = std::size_t{step.first_output - tile_.first_pixel} * tile_.channels;
  const numbers::RingRuns to{ring_bits, begin, runs, pitch};
  if (!codes_.empty())
    numbers::pack_code_runs(std::span(codes_).subspan(from, all), layer().out_type,
                            out_port_.bytes(), to);
  else
    for (std::uint32_t i = 0; i < runs; ++i)
      numbers::pack_features_ring(std::span<const std::int32_t>(raw_).subspan(from + i * run, run),
                                  layer().out_type, out_port_.bytes(), ring_bits,
                                  begin + i * pitch);
}

void LayerRun::write_partial(std::uint32_t pixel, PortWords& words) {
  const std::uint64_t bit = partial_bit(pixel);
  words.features += memories_.features.count_write(partial_out_, bit, kPartialBits * tile_.channels,
                                                   tile_.channels);
  std::memcpy(&memories_.features.data()[bit / 8],
              &raw_[std::size_t{pixel - tile_.first_pixel} * tile_.channels],
              tile_.channels * sizeof raw_[0]);
}

void LayerRun::finish() {
  prepared_.finish();
  for (Input& input : in_)
    if (input.release != job::Release::kKept) space_.remove(input.port.tensor());
}

void LayerRun::features_change(const BankedSram& memory, std::uint64_t byte_begin,
                               std::uint64_t byte_count) {
  if (steps_ == nullptr) return;  // nothing has been delivered
  for (const Input& input : in_) {
    const Tensor& t = input.port.tensor();
    if (&input.port.memory() != &memory || t.streamed || t.head == t.tail) continue;
    if (input.port.touches(t.tail, t.head - t.tail, byte_begin, byte_count))
      stepwise_ = disturbed_ = true;
  }
}

void LayerRun::weights_change(std::uint64_t byte_begin, std::uint64_t byte_count) {
  const std::uint64_t begin = block_bit_ / 8;
  if (begin < byte_begin + byte_count && byte_begin < begin + block_bytes_)
    stepwise_ = block_changed_ = true;
}

}  // namespace cairn::npu
