#include "models/npu/cores/ms/twin.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "models/npu/cores/ms/twin_array.hpp"
#include "models/npu/cores/ms/twin_block.hpp"
#include "models/npu/cores/ms/twin_line_buffer.hpp"
#include "models/npu/twin_port.hpp"
#include "models/npu/cores/ms/twin_ring.hpp"
#include "models/npu/twin_table.hpp"

namespace cairn::npu::ms {

using numbers::FeatureType;
using numbers::Layer;
using numbers::Op;

namespace {

constexpr int kSumBits = 32;

TwinNumber number(std::uint32_t field, const FeatureType& type) {
  return {field, type.bits,
          type.is_signed ? TwinNumber::Kind::is_signed : TwinNumber::Kind::is_unsigned};
}

TwinNumber scale(int value) {
  return {static_cast<std::uint32_t>(value) & 0xffff, 16, TwinNumber::Kind::is_signed};
}

std::uint64_t distance(const TwinMemory& m) {
  const std::uint64_t bits = (m.out_bit + m.ring_bits - m.in_bit % m.ring_bits) % m.ring_bits;
  return bits == 0 ? m.ring_bits : bits;
}

/// [output pixels]: the oldest input pixel that a later output needs.
std::vector<int> needed_later(const Layer& layer, const TwinLineBuffer& line_buffer) {
  std::vector<int> needed(static_cast<std::size_t>(layer.out.pixels()));
  auto oldest = static_cast<int>(layer.in.pixels());
  for (int pixel = static_cast<int>(needed.size()) - 1; pixel >= 0; --pixel) {
    needed[pixel] = oldest;
    const int column = pixel % layer.out.width;
    oldest = std::min(oldest, *line_buffer.window(pixel / layer.out.width, column, column).begin());
  }
  return needed;
}

class Twin {
 public:
  Twin(const Layer& layer, const Geometry& geometry, const TwinMemory& memory)
      : layer_(layer),
        memory_(memory),
        array_(geometry),
        line_buffer_(layer, geometry),
        block_(layer, geometry, memory.weights, counts_.weight_words_read),
        ring_(layer, distance(memory), memory.ring_bits, needed_later(layer, line_buffer_)),
        step_pixels_(static_cast<int>(geometry.at("tile_pixels"))),
        pass_channels_(static_cast<int>(geometry.at("tile_channels"))),
        drain_cycles_(static_cast<std::uint64_t>(geometry.at("drain_cycles"))) {}

  TwinCounts run(std::span<const TwinTile> tiles) {
    for (const TwinTile& t : tiles)
      run_tile(t);
    counts_.cycles += drain_cycles_;
    counts_.peak_feature_bits = ring_.peak_bits();
    return counts_;
  }

 private:
  bool has_first_input() const { return tile_.first_input == 0; }
  bool has_last_input() const {
    return static_cast<int>(tile_.first_input + tile_.inputs) == layer_.in.channels;
  }
  bool has_last_output() const {
    return static_cast<int>(tile_.first_channel + tile_.channels) == layer_.out.channels;
  }
  bool shares_inputs() const {  // all output channels read the same operands
    return layer_.op == Op::convolution || layer_.op == Op::fully_connected;
  }

  void run_tile(const TwinTile& t) {
    tile_ = t.tile;
    line_buffer_.begin(tile_);
    const auto begin = static_cast<int>(tile_.first_pixel);
    const int end = begin + static_cast<int>(tile_.pixels);
    for (int pixel = begin, outputs = 0; pixel < end; pixel += outputs) {
      outputs = std::min({step_pixels_, layer_.out.width - pixel % layer_.out.width, end - pixel});
      run_step(t.block_bit, pixel, outputs);
    }
  }

  void run_step(std::uint64_t block_bit, int first, int outputs) {
    const int row = first / layer_.out.width, column = first % layer_.out.width;
    line_buffer_.begin_step(row, column);
    const std::set<int> window = line_buffer_.window(row, column, column + outputs - 1);
    fetch(window);
    block_.stream(tile_, block_bit, first == static_cast<int>(tile_.first_pixel));
    const auto channels = static_cast<int>(tile_.channels);
    std::vector<std::int64_t> sums(static_cast<std::size_t>(outputs) * channels);
    for (int channel = 0; channel < channels; channel += pass_channels_) {
      if (channel > 0 && shares_inputs()) {
        line_buffer_.begin_pass();
        fetch(window);
      }
      pass(window, first, outputs, channel, std::min(pass_channels_, channels - channel), sums);
    }
    const auto each = static_cast<std::size_t>(channels);
    for (int i = 0; i < outputs; ++i)
      write(first + i, std::span(sums).subspan(i * each, each));
  }

  /// Reads what the line buffer lacks, in raster order.
  void fetch(const std::set<int>& window) {
    for (const int pixel : window) {
      if (line_buffer_.holds(pixel)) continue;
      const std::uint64_t element = std::uint64_t(pixel) * layer_.in.channels + tile_.first_input;
      const auto read = [&](TwinPort& port, std::uint64_t begin, const FeatureType& type) {
        std::vector<std::uint32_t> fields;
        for (std::uint64_t c = 0; c < tile_.inputs; ++c)
          fields.push_back(port.read_field(begin + (element + c) * type.bits, type.bits));
        counts_.feature_elements_read += tile_.inputs;
        return fields;
      };
      TwinPixel features;
      features.first = read(in_, memory_.in_bit, layer_.in_type);
      if (layer_.op == Op::add)
        features.second = read(second_, memory_.second_bit, layer_.second_type);
      line_buffer_.put(pixel, std::move(features));
      counts_.buffer_bits_written += line_buffer_.pixel_bits();
    }
  }

  /// One pass over the array: `count` channels from `channel` of the tile on, all pixels of the
  /// step.
  void pass(const std::set<int>& window, int first, int outputs, int channel, int count,
            std::vector<std::int64_t>& sums) {
    std::vector<std::vector<TwinOperand>> all;
    std::set<std::uint32_t> used;  // input channels
    for (int pixel = first; pixel < first + outputs; ++pixel)
      for (int c = channel; c < channel + count; ++c)
        all.push_back(operands(pixel, c, used));
    const int bits = layer_.in_type.bits + (layer_.op == Op::add ? layer_.second_type.bits : 0);
    counts_.buffer_bits_read += window.size() * used.size() * bits;
    const std::vector<std::int64_t> results = array_.multiply(all, counts_.cycles);
    for (int pixel = 0, i = 0; pixel < outputs; ++pixel)
      for (int c = channel; c < channel + count; ++c, ++i) {
        if (layer_.has_weights()) counts_.macs += all[i].size();
        sums[pixel * tile_.channels + c] =
            layer_.op == Op::max_pool ? TwinArray::largest(all[i]) : results[i];
      }
  }

  /// The operands of an output pixel, channel `channel` of the tile. Adds to `used` the channels
  /// that they take from the line buffer.
  std::vector<TwinOperand> operands(int pixel, int channel, std::set<std::uint32_t>& used) const {
    std::uint32_t own = 0;  // the input channel, where each output reads its own
    if (!shares_inputs())
      own = (tile_.first_channel + channel) / (layer_.out.channels / layer_.in.channels);
    if (layer_.op == Op::add) {
      const TwinPixel& in = line_buffer_.at(pixel);
      used.insert(own);
      return {{false, number(in.first[own], layer_.in_type), scale(layer_.scale),
               layer_.in_type.zero_point},
              {false, number(in.second[own], layer_.second_type), scale(layer_.second_scale),
               layer_.second_type.zero_point}};
    }
    std::vector<TwinOperand> list;
    const auto add = [&](int in_pixel, std::uint32_t c) {
      const bool is_padding = in_pixel < 0;
      const std::uint32_t field = is_padding ? 0 : line_buffer_.at(in_pixel).first[c];
      list.push_back({is_padding, number(field, layer_.in_type),
                      block_.weight(channel, list.size()), layer_.in_type.zero_point});
      used.insert(c);
    };
    for (const int in_pixel : taps(pixel)) {
      if (!shares_inputs()) add(in_pixel, own);
      for (std::uint32_t c = 0; shares_inputs() && c < tile_.inputs; ++c)
        add(in_pixel, c);
    }
    return list;
  }

  /// The input pixel under each tap of an output pixel's window; -1 in the padding.
  std::vector<int> taps(int pixel) const {
    std::vector<int> list;
    if (layer_.op == Op::fully_connected) {
      for (int p = 0; p < layer_.in.pixels(); ++p)
        list.push_back(p);
      return list;
    }
    for (int ky = 0; ky < layer_.kernel_h; ++ky)
      for (int kx = 0; kx < layer_.kernel_w; ++kx) {
        const int y = pixel / layer_.out.width * layer_.stride_h + ky - layer_.pad_top;
        const int x = pixel % layer_.out.width * layer_.stride_w + kx - layer_.pad_left;
        const bool inside = y >= 0 && y < layer_.in.height && x >= 0 && x < layer_.in.width;
        list.push_back(inside ? y * layer_.in.width + x : -1);
      }
    return list;
  }

  /// One output pixel, the tile's channels of it: adds the sums of the input channels before these,
  /// and writes sums or features.
  void write(int pixel, std::span<const std::int64_t> sums) {
    if (has_last_input()) ring_.place(pixel);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      const std::uint64_t sum_bit = ((pixel - tile_.first_pixel) * sums.size() + c) * kSumBits;
      std::int64_t sum = sums[c];
      if (!has_first_input()) {
        sum += static_cast<std::int32_t>(partial_in_.read_field(sum_bit, kSumBits));
        ++counts_.feature_elements_read;
      }
      ++counts_.feature_elements_written;
      if (!has_last_input()) {
        partial_out_.write_field(sum_bit, kSumBits, static_cast<std::uint32_t>(sum));
        continue;
      }
      const std::uint64_t element =
          std::uint64_t(pixel) * layer_.out.channels + tile_.first_channel + c;
      out_.write_field(memory_.out_bit + element * layer_.out_type.bits, layer_.out_type.bits,
                       static_cast<std::uint32_t>(feature(static_cast<int>(c), sum)));
    }
    if (has_last_input() && has_last_output() && memory_.frees_inputs) ring_.finish(pixel);
  }

  std::int32_t feature(int channel, std::int64_t sum) {
    if (layer_.op == Op::max_pool) return static_cast<std::int32_t>(sum);
    return twin_requantise(layer_, block_.table_entry(channel), sum, counts_.overflows);
  }

  const Layer& layer_;
  const TwinMemory& memory_;
  TwinCounts counts_;
  const TwinArray array_;
  TwinLineBuffer line_buffer_;
  TwinBlock block_;
  TwinRing ring_;
  const int step_pixels_, pass_channels_;
  const std::uint64_t drain_cycles_;
  TwinPort in_{memory_.features, memory_.ring_bits, counts_.feature_words_read};
  TwinPort second_{memory_.features, memory_.ring_bits, counts_.feature_words_read};
  TwinPort out_{memory_.features, memory_.ring_bits, counts_.feature_words_written};
  TwinPort partial_in_{memory_.partial_sums, 8 * memory_.partial_sums.size(),
                       counts_.feature_words_read};
  TwinPort partial_out_{memory_.partial_sums, 8 * memory_.partial_sums.size(),
                        counts_.feature_words_written};
  Tile tile_;
};

}  // namespace

TwinCounts run_twin(const Layer& layer, const Geometry& geometry, std::span<const TwinTile> tiles,
                    const TwinMemory& memory) {
  return Twin(layer, geometry, memory).run(tiles);
}

}  // namespace cairn::npu::ms
