#include "models/npu/numbers/partial_layer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "models/npu/numbers/convolution_sums.hpp"
#include "models/npu/numbers/layer_kernel.hpp"

namespace cairn::numbers {

namespace {

bool is_within(const ChannelRange& range, int channels) {
  return range.first >= 0 && range.count >= 1 && range.first <= channels - range.count;
}

const Layer& checked(const Layer& layer, const ChannelRange& out, const ChannelRange& in) {
  const bool is_convolution =
      layer.op == Op::convolution || (layer.op == Op::fully_connected && layer.in.pixels() == 1);
  if (!is_convolution) throw std::invalid_argument("no layer with partial sums");
  if (!is_within(out, layer.out.channels) || !is_within(in, layer.in.channels))
    throw std::invalid_argument("channels outside the layer");
  return layer;
}

void require_room(std::size_t size, std::int64_t pixels, std::int64_t pitch, int channels) {
  const std::int64_t needed = pixels == 0 ? 0 : (pixels - 1) * pitch + channels;
  if (pitch < channels || needed > static_cast<std::int64_t>(size))
    throw std::length_error("partial sums or outputs outside their array");
}

void add_saturating(std::int32_t& sum, std::int64_t part, std::uint64_t* overflows) {
  const std::int64_t total = sum + part;
  sum = static_cast<std::int32_t>(std::clamp<std::int64_t>(
      total, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  if (sum != total && overflows != nullptr) ++*overflows;
}

/// Adds kLanes parts unless one of the sums would leave int32.
bool add_block(std::int32_t* sums, const std::int32_t* parts, const std::int32_t* zeros) {
  using Four [[gnu::vector_size(16)]] = std::uint32_t;
  std::array<Four, kLanes / 4> totals;
  Four overflow{};  // in the signs
  for (std::size_t i = 0; i < totals.size(); ++i) {
    Four sum, part, zero;
    std::memcpy(&sum, sums + 4 * i, sizeof sum);
    std::memcpy(&part, parts + 4 * i, sizeof part);
    std::memcpy(&zero, zeros + 4 * i, sizeof zero);
    part -= zero;
    totals[i] = sum + part;
    overflow |= (sum ^ totals[i]) & (part ^ totals[i]);
  }
  if (((overflow[0] | overflow[1] | overflow[2] | overflow[3]) >> 31) != 0) return false;
  std::memcpy(sums, totals.data(), sizeof totals);
  return true;
}

}  // namespace

PartialLayer::PartialLayer(const Layer& layer, const PackedSlice& packed, ChannelRange out,
                           ChannelRange in, InstructionSet instructions)
    : layer_(checked(layer, out, in)),
      sums_(std::make_unique<ConvolutionSums>(layer, WeightRows(layer, packed), out.count, in,
                                              kernels_for(instructions), nullptr)),
      is_wide_(sums_->must_be_wide() || sums_->bound() > std::numeric_limits<std::int32_t>::max()),
      zeros_(static_cast<std::size_t>(blocks_of(out.count)) * kLanes, 0) {
  if (!is_wide_) std::ranges::copy(sums_->zeros(), zeros_.begin());
}

PartialLayer::~PartialLayer() = default;
PartialLayer::PartialLayer(PartialLayer&&) noexcept = default;
PartialLayer& PartialLayer::operator=(PartialLayer&&) noexcept = default;

void PartialLayer::accumulate(const FeatureMap& map, std::int64_t first, std::int64_t count,
                              std::span<std::int32_t> sums, std::int64_t pitch,
                              std::uint64_t* overflows) const {
  if (first < 0 || count < 0 || first > layer_.out.pixels() - count)
    throw std::invalid_argument("output pixels outside the layer");
  if (map.layer() != layer_) throw std::invalid_argument("a feature map of another layer");
  require_room(sums.size(), count, pitch, sums_->channels());
  sums_->for_each_tile(map, first, sums_->whole(count), [&](const ConvolutionSums::Tile& tile) {
    const int channels = std::min(kTilePitch, sums_->channels() - tile.first_channel());
    std::int32_t* to = sums.data() + tile.pixel * pitch + tile.first_channel();
    if (is_wide_) {
      const std::vector<std::int64_t> totals = sums_->wide(tile, first);
      for (int p = 0; p < tile.rows.count; ++p)
        for (int c = 0; c < channels; ++c)
          add_saturating(to[p * pitch + c], totals[static_cast<std::size_t>(p) * kTilePitch + c],
                         overflows);
      return;
    }
    Sums parts;
    sums_->products(tile, parts);
    const std::int32_t* zeros = zeros_.data() + tile.first_channel();
    for (int p = 0; p < tile.rows.count; ++p)
      for (int c = 0; c < channels; c += kLanes) {
        const std::int32_t* own = parts.at + p * kTilePitch + c;
        const int lanes = std::min(kLanes, channels - c);
        if (lanes == kLanes && add_block(to + p * pitch + c, own, zeros + c)) continue;
        for (int lane = 0; lane < lanes; ++lane)
          add_saturating(to[p * pitch + c + lane], std::int64_t{own[lane]} - zeros[c + lane],
                         overflows);
      }
  });
}

struct OutputStage::Stage {
  Layer slice;
  std::int64_t bound;
  const Kernels& kernels;
  Requantiser requantiser;

  Stage(const Layer& layer, const PackedSlice& packed, InstructionSet instructions)
      : slice(layer),
        bound(largest_operand(layer.in_type) * 128 * layer.inputs_per_output()),
        kernels(kernels_for(instructions)),
        requantiser(layer, unpack_table(packed.table, layer),
                    std::vector<std::int64_t>(static_cast<std::size_t>(layer.out.channels)),
                    bound) {}

  void run(std::span<const std::int32_t> sums, std::int64_t sums_pitch, std::int64_t pixels,
           const Outputs& out, std::uint64_t* overflows) const;
  bool copy(const std::int32_t* sums, std::int64_t sums_pitch, int pixels, int lanes,
            Sums& tile) const;
};

/// False if some sum is beyond what the layer can reach: only a fault makes one.
bool OutputStage::Stage::copy(const std::int32_t* sums, std::int64_t sums_pitch, int pixels,
                              int lanes, Sums& tile) const {
  using Four [[gnu::vector_size(16)]] = std::int32_t;
  const auto most =
      static_cast<std::int32_t>(std::min<std::int64_t>(bound, std::numeric_limits<int>::max()));
  Four beyond{};
  for (int p = 0; p < pixels; ++p) {
    std::int32_t* const to = tile.at + p * kTilePitch;
    std::memcpy(to, sums + p * sums_pitch, static_cast<std::size_t>(lanes) * 4);
    for (int lane = 0; lane < kLanes; lane += 4) {
      Four four;
      std::memcpy(&four, to + lane, sizeof four);
      beyond |= (four > most) | (four < -most);
    }
  }
  return (beyond[0] | beyond[1] | beyond[2] | beyond[3]) == 0;
}

void OutputStage::Stage::run(std::span<const std::int32_t> sums, std::int64_t sums_pitch,
                             std::int64_t pixels, const Outputs& out,
                             std::uint64_t* overflows) const {
  require_room(sums.size(), pixels, sums_pitch, slice.out.channels);
  Sums tile{};
  for (std::int64_t first = 0; first < pixels; first += kTilePixels) {
    const int here = static_cast<int>(std::min<std::int64_t>(kTilePixels, pixels - first));
    for (int channel = 0; channel < slice.out.channels; channel += kLanes) {
      const int lanes = std::min(kLanes, slice.out.channels - channel);
      if (copy(sums.data() + first * sums_pitch + channel, sums_pitch, here, lanes, tile)) {
        put_block(requantiser, kernels, tile.at, kTilePitch, here, channel, out, first, overflows);
        continue;
      }
      for (int p = 0; p < here; ++p)
        for (int lane = 0; lane < lanes; ++lane)
          put_output(out, first + p, channel + lane,
                     requantiser.output(tile.at[p * kTilePitch + lane], channel + lane, overflows));
    }
  }
}

OutputStage::OutputStage(const Layer& layer, const PackedSlice& packed, ChannelRange channels,
                         InstructionSet instructions)
    : stage_(std::make_unique<Stage>(slice_layer(layer, channels), packed, instructions)) {}

OutputStage::~OutputStage() = default;
OutputStage::OutputStage(OutputStage&&) noexcept = default;
OutputStage& OutputStage::operator=(OutputStage&&) noexcept = default;

void OutputStage::run(std::span<const std::int32_t> sums, std::int64_t sums_pitch,
                      std::int64_t pixels, std::span<std::uint8_t> out, std::int64_t pitch,
                      std::uint64_t* overflows) const {
  if (stage_->slice.out_type.bits == kAccumulatorBits)
    throw std::invalid_argument("raw accumulators have no code");
  require_room(out.size(), pixels, pitch, stage_->slice.out.channels);
  stage_->run(sums, sums_pitch, pixels, {out.data(), nullptr, pitch}, overflows);
}

void OutputStage::run(std::span<const std::int32_t> sums, std::int64_t sums_pitch,
                      std::int64_t pixels, std::span<std::int32_t> out, std::int64_t pitch,
                      std::uint64_t* overflows) const {
  if (stage_->slice.out_type.bits != kAccumulatorBits)
    throw std::invalid_argument("features leave a layer as codes");
  require_room(out.size(), pixels, pitch, stage_->slice.out.channels);
  stage_->run(sums, sums_pitch, pixels, {nullptr, out.data(), pitch}, overflows);
}

}  // namespace cairn::numbers
