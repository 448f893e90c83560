#include "models/npu/cores/ms/twin.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <vector>

#include "models/npu/cores/ms/twin_array.hpp"
#include "models/npu/cores/ms/twin_line_buffer.hpp"
#include "models/npu/cores/ms/twin_port.hpp"
#include "models/npu/cores/ms/twin_table.hpp"

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

class Twin {
 public:
  Twin(const Layer& layer, const Geometry& geometry, const TwinMemory& memory)
      : layer_(layer),
        memory_(memory),
        array_(geometry),
        line_buffer_(layer, geometry),
        step_pixels_(static_cast<int>(geometry.at("tile_pixels"))),
        pass_channels_(static_cast<int>(geometry.at("tile_channels"))),
        table_buffer_bits_(8 * static_cast<std::uint64_t>(geometry.at("table_buffer_bytes"))),
        drain_cycles_(static_cast<std::uint64_t>(geometry.at("drain_cycles"))),
        weights_({const_cast<std::uint8_t*>(memory.weights.data()), memory.weights.size()},
                 8 * memory.weights.size(), counts_.weight_words_read) {
    for (int pixel = static_cast<int>(layer.out.pixels()) - 1, oldest = 1 << 30; pixel >= 0;
         --pixel) {
      oldest_needed_later_[pixel] = std::min(oldest, static_cast<int>(layer.in.pixels()));
      const int column = pixel % layer.out.width;
      oldest =
          std::min(oldest, *line_buffer_.window(pixel / layer.out.width, column, column).begin());
    }
    counts_.peak_feature_bits = layer.in.elements() * layer.in_type.bits;
  }

  TwinCounts run(std::span<const TwinTile> tiles) {
    for (const TwinTile& t : tiles)
      run_tile(t);
    counts_.cycles += drain_cycles_;
    return counts_;
  }

 private:
  bool has_first_input() const { return tile_.first_input == 0; }
  bool has_last_input() const {
    return static_cast<int>(tile_.first_input + tile_.inputs) == layer_.in.channels;
  }
  bool shares_inputs() const {  // all output channels read the same operands
    return layer_.op == Op::convolution || layer_.op == Op::fully_connected;
  }

  void run_tile(const TwinTile& t) {
    tile_ = t.tile;
    block_bit_ = t.block_bit;
    line_buffer_.begin(tile_);
    const auto end = static_cast<int>(tile_.first_pixel + tile_.pixels);
    int outputs = 0;
    for (int pixel = static_cast<int>(tile_.first_pixel); pixel < end; pixel += outputs) {
      outputs = std::min({step_pixels_, layer_.out.width - pixel % layer_.out.width, end - pixel});
      run_step(pixel, outputs);
    }
  }

  void run_step(int first, int outputs) {
    const int row = first / layer_.out.width, column = first % layer_.out.width;
    line_buffer_.begin_step(row, column, column + outputs - 1);
    const std::set<int> window = line_buffer_.window(row, column, column + outputs - 1);
    fetch(window);
    load_block(first == static_cast<int>(tile_.first_pixel));
    const auto channels = static_cast<int>(tile_.channels);
    std::vector<std::int64_t> sums(static_cast<std::size_t>(outputs) * channels);
    for (int channel = 0; channel < channels; channel += pass_channels_) {
      if (channel > 0 && shares_inputs()) {
        line_buffer_.begin_pass();
        fetch(window);
      }
      pass(window, first, outputs, channel, std::min(pass_channels_, channels - channel), sums);
    }
    finish(first, outputs, sums);
  }

  /// Reads what the line buffer lacks, in raster order.
  void fetch(const std::set<int>& window) {
    for (const int pixel : window) {
      if (line_buffer_.holds(pixel)) continue;
      TwinPixel features;
      const std::uint64_t element = std::uint64_t(pixel) * layer_.in.channels + tile_.first_input;
      const auto read = [&](TwinPort& port, std::uint64_t begin, const FeatureType& type) {
        std::vector<std::uint32_t> fields;
        for (std::uint64_t c = 0; c < tile_.inputs; ++c)
          fields.push_back(port.read_field(begin + (element + c) * type.bits, type.bits));
        counts_.feature_elements_read += tile_.inputs;
        return fields;
      };
      features.first = read(in_, memory_.in_bit, layer_.in_type);
      if (layer_.op == Op::add)
        features.second = read(second_, memory_.second_bit, layer_.second_type);
      line_buffer_.put(pixel, std::move(features));
      counts_.buffer_bits_written += line_buffer_.pixel_bits();
    }
  }

  /// Streams the tile's weights, and its table with the first step or if it found no room.
  void load_block(bool is_first_step) {
    const std::uint64_t weights =
        layer_.has_weights() ? std::uint64_t{tile_.channels} * operands_per_output() : 0;
    weight_fields_.clear();
    for (std::uint64_t i = 0; i < weights; ++i)
      weight_fields_.push_back(
          weights_.read_field(block_bit_ + i * layer_.weight_bits, layer_.weight_bits));
    if (!has_last_input()) return;
    const std::uint64_t table_bit = block_bit_ + (weights * layer_.weight_bits + 63) / 64 * 64;
    const std::uint64_t words = std::uint64_t{tile_.channels} * twin_table_words(layer_);
    if (!is_first_step && (words * 32 + 63) / 64 * 64 <= table_buffer_bits_) return;
    table_.clear();
    for (std::uint64_t i = 0; i < words; ++i)
      table_.push_back(weights_.read_field(table_bit + i * 32, 32));
  }

  /// Products that a tile adds up for each output.
  std::size_t operands_per_output() const {
    const int taps = layer_.kernel_h * layer_.kernel_w;
    if (layer_.op == Op::convolution) return std::size_t(taps) * tile_.inputs;
    if (layer_.op == Op::fully_connected) return static_cast<std::size_t>(layer_.in.elements());
    return layer_.op == Op::add ? 2 : taps;
  }

  TwinNumber weight(int channel, std::size_t operand) const {
    if (!layer_.has_weights()) return {1, 1, TwinNumber::Kind::is_unsigned};
    const std::uint32_t field = weight_fields_[channel * operands_per_output() + operand];
    return {field, layer_.weight_bits,
            layer_.weight_encoding == numbers::WeightEncoding::binary
                ? TwinNumber::Kind::plus_minus
                : TwinNumber::Kind::is_signed};
  }

  /// The input channel that a channel of the tile reads where each reads its own.
  std::uint32_t own_input(int channel) const {
    if (shares_inputs()) return 0;
    return (tile_.first_channel + channel) / (layer_.out.channels / layer_.in.channels);
  }

  /// The operands of output pixel `pixel`, channel `channel` of the tile; notes in `used` which
  /// channels of the window they take from the line buffer.
  std::vector<TwinOperand> operands(int pixel, int channel, std::set<std::uint32_t>& used) const {
    std::vector<TwinOperand> list;
    const auto add = [&](int in_pixel, std::uint32_t c) {
      TwinOperand o;
      o.weight = weight(channel, list.size());
      o.masked = in_pixel < 0;
      if (!o.masked) o.feature.field = line_buffer_.at(in_pixel).first[c];
      o.feature = number(o.feature.field, layer_.in_type);
      o.zero_point = layer_.in_type.zero_point;
      used.insert(c);
      list.push_back(o);
    };
    const auto own = own_input(channel);
    if (layer_.op == Op::add) {
      const auto scale = [](int s) {
        return TwinNumber{static_cast<std::uint32_t>(s) & 0xffff, 16, TwinNumber::Kind::is_signed};
      };
      const TwinPixel& in = line_buffer_.at(pixel);
      used.insert(own);
      return {{false, number(in.first[own], layer_.in_type), scale(layer_.scale),
               layer_.in_type.zero_point},
              {false, number(in.second[own], layer_.second_type), scale(layer_.second_scale),
               layer_.second_type.zero_point}};
    }
    if (layer_.op == Op::fully_connected) {
      for (int p = 0; p < layer_.in.pixels(); ++p)
        for (std::uint32_t c = 0; c < tile_.inputs; ++c)
          add(p, c);
      return list;
    }
    for (int ky = 0; ky < layer_.kernel_h; ++ky)
      for (int kx = 0; kx < layer_.kernel_w; ++kx) {
        const int y = pixel / layer_.out.width * layer_.stride_h + ky - layer_.pad_top;
        const int x = pixel % layer_.out.width * layer_.stride_w + kx - layer_.pad_left;
        const bool inside = y >= 0 && y < layer_.in.height && x >= 0 && x < layer_.in.width;
        const int in_pixel = inside ? y * layer_.in.width + x : -1;
        if (!shares_inputs()) add(in_pixel, own);
        for (std::uint32_t c = 0; shares_inputs() && c < tile_.inputs; ++c)
          add(in_pixel, c);
      }
    return list;
  }

  /// One pass over the array: `count` channels from `channel` of the tile on.
  void pass(const std::set<int>& window, int first, int outputs, int channel, int count,
            std::vector<std::int64_t>& sums) {
    std::vector<std::vector<TwinOperand>> all;
    std::set<std::uint32_t> used;
    for (int pixel = first; pixel < first + outputs; ++pixel)
      for (int c = channel; c < channel + count; ++c)
        all.push_back(operands(pixel, c, used));
    const int bits = layer_.in_type.bits + (layer_.op == Op::add ? layer_.second_type.bits : 0);
    counts_.buffer_bits_read += window.size() * used.size() * bits;
    const std::vector<std::int64_t> results = array_.multiply(all, counts_.cycles);
    for (int pixel = 0, i = 0; pixel < outputs; ++pixel)
      for (int c = channel; c < channel + count; ++c, ++i) {
        if (layer_.has_weights()) counts_.macs += all[i].size();
        sums[pixel * tile_.channels + c] = layer_.op == Op::max_pool ? largest(all[i]) : results[i];
      }
  }

  static std::int64_t largest(const std::vector<TwinOperand>& operands) {
    std::optional<std::int64_t> most;
    for (const TwinOperand& o : operands)
      if (!o.masked && (!most || o.feature.value() > *most)) most = o.feature.value();
    return most.value();
  }

  /// Adds the sums of the input channels before, then writes sums or features.
  void finish(int first, int outputs, const std::vector<std::int64_t>& sums) {
    const auto channels = static_cast<int>(tile_.channels);
    for (int pixel = first; pixel < first + outputs; ++pixel) {
      if (has_last_input()) place(pixel);
      for (int c = 0; c < channels; ++c) {
        std::int64_t sum = sums[(pixel - first) * channels + c];
        const std::uint64_t index =
            std::uint64_t(pixel - static_cast<int>(tile_.first_pixel)) * channels + c;
        if (!has_first_input()) {
          sum += static_cast<std::int32_t>(partial_in_.read_field(index * kSumBits, kSumBits));
          ++counts_.feature_elements_read;
        }
        ++counts_.feature_elements_written;
        if (!has_last_input()) {
          partial_out_.write_field(index * kSumBits, kSumBits, static_cast<std::uint32_t>(sum));
          continue;
        }
        const std::uint64_t element =
            std::uint64_t(pixel) * layer_.out.channels + tile_.first_channel + c;
        out_.write_field(memory_.out_bit + element * layer_.out_type.bits, layer_.out_type.bits,
                         static_cast<std::uint32_t>(feature(c, sum)));
      }
      if (has_last_input() &&
          static_cast<int>(tile_.first_channel) + channels == layer_.out.channels &&
          memory_.frees_inputs)
        freed_bits_ = std::uint64_t(oldest_needed_later_.at(pixel)) * layer_.in.channels *
                      layer_.in_type.bits;
    }
  }

  std::int32_t feature(int channel, std::int64_t sum) {
    if (layer_.op == Op::max_pool) return static_cast<std::int32_t>(sum);
    const auto words = static_cast<std::size_t>(twin_table_words(layer_));
    return twin_requantise(layer_, std::span(table_).subspan(channel * words, words), sum,
                           counts_.overflows);
  }

  /// The head of the ring moves over output pixels up to `pixel`.
  void place(int pixel) {
    placed_ = std::max(placed_, pixel + 1);
    const std::uint64_t out_bits =
        std::uint64_t(placed_) * layer_.out.channels * layer_.out_type.bits;
    const std::uint64_t in_bits = layer_.in.elements() * layer_.in_type.bits;
    std::uint64_t distance =
        (memory_.out_bit + memory_.ring_bits - memory_.in_bit) % memory_.ring_bits;
    if (distance == 0) distance = memory_.ring_bits;
    if (distance + out_bits - freed_bits_ > memory_.ring_bits)
      throw std::logic_error("the head of the ring passes its tail");
    counts_.peak_feature_bits =
        std::max(counts_.peak_feature_bits, in_bits - freed_bits_ + out_bits);
  }

  const Layer& layer_;
  const TwinMemory& memory_;
  TwinCounts counts_;
  const TwinArray array_;
  TwinLineBuffer line_buffer_;
  const int step_pixels_, pass_channels_;
  const std::uint64_t table_buffer_bits_, drain_cycles_;
  TwinPort weights_;
  TwinPort in_{memory_.features, memory_.ring_bits, counts_.feature_words_read};
  TwinPort second_{memory_.features, memory_.ring_bits, counts_.feature_words_read};
  TwinPort out_{memory_.features, memory_.ring_bits, counts_.feature_words_written};
  TwinPort partial_in_{memory_.partial_sums, 8 * memory_.partial_sums.size(),
                       counts_.feature_words_read};
  TwinPort partial_out_{memory_.partial_sums, 8 * memory_.partial_sums.size(),
                        counts_.feature_words_written};

  Tile tile_;
  std::uint64_t block_bit_ = 0;
  std::vector<std::uint32_t> weight_fields_, table_;
  std::map<int, int> oldest_needed_later_;  // by output pixel
  int placed_ = 0;                          // output pixels
  std::uint64_t freed_bits_ = 0;
};

}  // namespace

TwinCounts run_twin(const Layer& layer, const Geometry& geometry, std::span<const TwinTile> tiles,
                    const TwinMemory& memory) {
  return Twin(layer, geometry, memory).run(tiles);
}

}  // namespace cairn::npu::ms
