#include "tests/compiler/tile_executor.hpp"

#include <algorithm>

#include "models/npu/block.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/reference.hpp"

namespace cairn::test {

namespace {

using numbers::FeatureType;
using numbers::Layer;
using numbers::Op;

constexpr FeatureType kSum{numbers::kAccumulatorBits, true, 0};

/// The channels of one pixel.
std::vector<std::int16_t> pixel(const RingBytes& ring, std::uint64_t offset, std::int64_t index,
                                int channels, const FeatureType& type) {
  std::vector<std::int16_t> out(static_cast<std::size_t>(channels));
  const auto bits = static_cast<std::uint64_t>(index) * static_cast<unsigned>(channels * type.bits);
  numbers::unpack_features_ring(ring.bytes, ring.bits, offset + bits, type, out);
  return out;
}

class TileExecutor {
 public:
  TileExecutor(const Layer& layer, const npu::LayerPlacement& place, const npu::Tile& tile,
               const job::TileCommand& command, const TileMemories& m)
      : l_(layer), place_(place), t_(tile), m_(m), shape_(npu::block_shape(layer, tile)) {
    if (shape_.layer.has_weights()) {
      weights_.resize(static_cast<std::size_t>(shape_.layer.weight_count()));
      numbers::unpack_weights(m.weights.subspan(command.weights_offset), shape_.layer, weights_);
    }
    if (has_last_input())
      table_ = numbers::unpack_table(m.weights.subspan(command.table_offset), shape_.layer);
    partial_offset_ = command.partial_offset;
  }

  void run() {
    for (std::uint32_t o = t_.first_pixel; o < t_.first_pixel + t_.pixels; ++o) {
      std::vector<std::int32_t> sums(t_.channels, 0);
      const std::uint64_t partial = partial_offset_ + 32ull * t_.channels * o;
      if (t_.first_input > 0)
        numbers::unpack_features_ring(m_.partial.bytes, m_.partial.bits, partial, kSum, sums);
      if (l_.op == Op::max_pool) std::ranges::fill(sums, l_.in_type.low());
      add_inputs(static_cast<int>(o), sums);
      if (has_last_input())
        write(o, sums);
      else
        numbers::pack_features_ring(sums, kSum, m_.partial.bytes, m_.partial.bits, partial);
    }
  }

 private:
  bool has_last_input() const {
    return t_.first_input + t_.inputs == static_cast<std::uint32_t>(l_.in.channels);
  }

  void add_inputs(int o, std::vector<std::int32_t>& sums) const {
    if (l_.op == Op::add) return add_operands(o, sums);
    if (l_.op == Op::fully_connected) {
      for (int i = 0; i < l_.in.pixels(); ++i)
        add_pixel(i, i, sums);
      return;
    }
    for (int ky = 0; ky < l_.kernel_h; ++ky)
      for (int kx = 0; kx < l_.kernel_w; ++kx) {
        const int y = o / l_.out.width * l_.stride_h - l_.pad_top + ky;
        const int x = o % l_.out.width * l_.stride_w - l_.pad_left + kx;
        if (y >= 0 && x >= 0 && y < l_.in.height && x < l_.in.width)
          add_pixel(y * l_.in.width + x, ky * l_.kernel_w + kx, sums);
      }
  }

  /// `tap`: which of the window's pixels (fully connected: of the map's) this one is.
  void add_pixel(int index, int tap, std::vector<std::int32_t>& sums) const {
    const auto x = pixel(m_.in, place_.in.offset, index, l_.in.channels, l_.in_type);
    const int zero = l_.in_type.zero_point;
    for (std::size_t c = 0; c < sums.size(); ++c) {
      // The input channel of this output channel where there is but one.
      const std::size_t own =
          (t_.first_channel + c) * x.size() / static_cast<std::size_t>(l_.out.channels);
      const std::size_t taps = weights_.size() / sums.size();
      switch (l_.op) {
        case Op::convolution:
          for (std::uint32_t i = 0; i < t_.inputs; ++i)
            sums[c] += (x[t_.first_input + i] - zero) *
                       weights_[c * taps + static_cast<std::size_t>(tap) * t_.inputs + i];
          break;
        case Op::fully_connected:
          for (std::size_t i = 0; i < x.size(); ++i)
            sums[c] +=
                (x[i] - zero) * weights_[c * taps + static_cast<std::size_t>(tap) * x.size() + i];
          break;
        case Op::depthwise:
          sums[c] += (x[own] - zero) * weights_[c * taps + static_cast<std::size_t>(tap)];
          break;
        case Op::max_pool:
          sums[c] = std::max<std::int32_t>(sums[c], x[own]);
          break;
        default:
          sums[c] += x[own] - zero;
      }
    }
  }

  void add_operands(int o, std::vector<std::int32_t>& sums) const {
    const auto a = pixel(m_.in, place_.in.offset, o, l_.in.channels, l_.in_type);
    const auto b = pixel(m_.second, place_.second.offset, o, l_.in.channels, l_.second_type);
    for (std::size_t c = 0; c < sums.size(); ++c)
      sums[c] = (a[t_.first_channel + c] - l_.in_type.zero_point) * l_.scale +
                (b[t_.first_channel + c] - l_.second_type.zero_point) * l_.second_scale;
  }

  void write(std::uint32_t o, std::vector<std::int32_t> sums) const {
    if (l_.op != Op::max_pool)
      for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c] = numbers::requantise(shape_.layer, table_, static_cast<int>(c), sums[c], nullptr);
    const auto first = std::uint64_t{o} * static_cast<unsigned>(l_.out.channels) + t_.first_channel;
    numbers::pack_features_ring(
        sums, l_.out_type, m_.out.bytes, m_.out.bits,
        place_.out.offset + first * static_cast<unsigned>(l_.out_type.bits));
  }

  const Layer& l_;
  const npu::LayerPlacement& place_;
  const npu::Tile& t_;
  const TileMemories& m_;
  const npu::BlockShape shape_;
  std::vector<std::int8_t> weights_;
  numbers::Table table_;
  std::uint64_t partial_offset_ = 0;
};

}  // namespace

void compute_tile(const Layer& layer, const npu::LayerPlacement& place, const npu::Tile& tile,
                  const job::TileCommand& command, const TileMemories& memories) {
  TileExecutor(layer, place, tile, command, memories).run();
}

}  // namespace cairn::test
