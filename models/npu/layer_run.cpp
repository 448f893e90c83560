#include "models/npu/layer_run.hpp"

#include <algorithm>

#include "models/npu/numbers/packing.hpp"

namespace cairn::npu {

namespace {

/// True if the ring range [bit, bit + bits) touches the bytes [byte_begin, byte_begin +
/// byte_count).
bool touches(std::uint64_t bit, std::uint64_t bits, std::uint64_t ring_bits,
             std::uint64_t byte_begin, std::uint64_t byte_count) {
  const std::uint64_t first = 8 * byte_begin, last = first + 8 * byte_count;
  const auto overlaps = [&](std::uint64_t a, std::uint64_t b) { return a < last && first < b; };
  if (bit + bits <= ring_bits) return overlaps(bit, bit + bits);
  return overlaps(bit, ring_bits) || overlaps(0, bit + bits - ring_bits);
}

}  // namespace

LayerRun::LayerRun(const Core& core, PreparedLayer& prepared, FeatureRing ring,
                   BankedSram& features, BankedSram& weights, std::uint64_t block_bit)
    : core_(core),
      prepared_(prepared),
      ring_(ring),
      features_(features),
      weights_(weights),
      block_bit_(block_bit),
      in_(static_cast<std::size_t>(prepared.layer.in.elements())),
      out_(static_cast<std::size_t>(prepared.layer.out.elements())) {
  load_block();
  deliver({0, static_cast<std::uint32_t>(prepared_.layer.in.pixels())});
  prepared_.kernel->run(in_, out_, overflows_);
}

void LayerRun::load_block() {
  const numbers::Layer& layer = prepared_.layer;
  const std::size_t weight_bytes = numbers::weight_bytes(layer);
  const std::size_t bytes = weight_bytes + numbers::table_bytes(layer);
  const auto now = std::span<const std::uint8_t>(weights_.data()).subspan(block_bit_ / 8, bytes);
  if (prepared_.kernel && std::ranges::equal(now, prepared_.block)) return;
  prepared_.block.assign(now.begin(), now.end());
  std::vector<std::int8_t> weights(static_cast<std::size_t>(layer.weight_count()));
  numbers::unpack_weights(now.first(weight_bytes), layer, weights);
  prepared_.kernel = core_.kernel(layer, std::move(weights),
                                  numbers::unpack_table(now.subspan(weight_bytes), layer));
}

void LayerRun::deliver(const PixelRun& run) {
  const numbers::Layer& layer = prepared_.layer;
  const auto channels = static_cast<std::size_t>(layer.in.channels);
  numbers::unpack_features_ring(features_.data(), features_.bits(), ring_.in_bit(run.first),
                                layer.in_type,
                                std::span(in_).subspan(run.first * channels, run.count * channels));
}

void LayerRun::read(const Step& step, std::uint64_t& feature_words, std::uint64_t& weight_words) {
  for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r) {
    const PixelRun& run = prepared_.schedule.runs[r];
    feature_words += features_.count_read(feature_reads_, ring_.in_bit(run.first),
                                          run.count * ring_.in_pixel_bits(),
                                          std::uint64_t{run.count} * prepared_.layer.in.channels);
    if (stepwise_) deliver(run);
  }
  if (step.weight_bits > 0)
    weight_words +=
        weights_.count_read(weight_reads_, block_bit_ + step.first_weight_bit, step.weight_bits, 0);
  if (block_changed_) {
    load_block();
    block_changed_ = false;
  }
  if (!stepwise_) return;
  const auto channels = static_cast<std::size_t>(prepared_.layer.out.channels);
  prepared_.kernel->run_pixels(
      in_, step.first_output, step.outputs,
      std::span(out_).subspan(step.first_output * channels, step.outputs * channels), overflows_);
}

std::uint64_t LayerRun::write_pixel(std::uint32_t pixel) {
  const numbers::Layer& layer = prepared_.layer;
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  ring_.push_output();
  const std::uint64_t words = features_.count_write(feature_writes_, ring_.out_bit(pixel),
                                                    ring_.out_pixel_bits(), channels);
  numbers::pack_features_ring(
      std::span<const std::int32_t>(out_).subspan(pixel * channels, channels), layer.out_type,
      features_.data(), features_.bits(), ring_.out_bit(pixel));
  ring_.free_before(prepared_.schedule.live_from[pixel]);
  return words;
}

void LayerRun::features_change(std::uint64_t byte_begin, std::uint64_t byte_count) {
  if (touches(ring_.in_bit(0),
              static_cast<std::uint64_t>(prepared_.layer.in.pixels()) * ring_.in_pixel_bits(),
              features_.bits(), byte_begin, byte_count))
    stepwise_ = true;
}

void LayerRun::weights_change(std::uint64_t byte_begin, std::uint64_t byte_count) {
  if (touches(block_bit_, 8 * prepared_.block.size(), weights_.bits(), byte_begin, byte_count))
    stepwise_ = block_changed_ = true;
}

}  // namespace cairn::npu
