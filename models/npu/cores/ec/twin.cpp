#include "models/npu/cores/ec/twin.hpp"

#include <stdexcept>

#include "models/npu/twin_port.hpp"
#include "models/npu/twin_table.hpp"
#include "models/npu/twin_window.hpp"

namespace cairn::npu::ec {

using numbers::FeatureType;
using numbers::Layer;
using numbers::Op;

namespace {

std::uint64_t whole_words(std::uint64_t bits) {
  return (bits + 63) / 64 * 64;
}

/// One operand of an output.
struct Operand {
  std::uint32_t field = 0;
  bool is_inside = true;  ///< not in the padding
};

class Twin {
 public:
  Twin(const Layer& layer, const Geometry& geometry, const TwinMemory& memory)
      : layer_(layer),
        memory_(memory),
        geometry_(geometry),
        macro_(layer, geometry, counts_.activity),
        buffer_(8 * size("input_buffer_bytes") / (layer.in.channels * pixel_field_bits())) {}

  TwinCounts run(std::span<const TwinTile> tiles) {
    for (const TwinTile& t : tiles) {
      tile_ = t.tile;
      if (static_cast<int>(tile_.inputs) != layer_.in.channels)
        throw std::logic_error("a tile without all input channels");
      const auto begin = static_cast<int>(tile_.first_pixel);
      const int end = begin + static_cast<int>(tile_.pixels);
      for (int pixel = begin, outputs = 0; pixel < end; pixel += outputs) {
        outputs = std::min({static_cast<int>(t.flow.step_pixels),
                            layer_.out.width - pixel % layer_.out.width, end - pixel});
        stream(t.block_bit, pixel == begin);
        run_step(t.flow.stationary, pixel, outputs);
      }
    }
    return counts_;
  }

 private:
  std::uint64_t size(const char* key) const {
    return static_cast<std::uint64_t>(geometry_.at(key));
  }
  std::uint64_t pixel_field_bits() const {
    return layer_.in_type.bits + (layer_.op == Op::add ? layer_.second_type.bits : 0);
  }
  bool shares_inputs() const {
    return layer_.op == Op::convolution || layer_.op == Op::fully_connected;
  }
  std::size_t operand_count() const { return static_cast<std::size_t>(layer_.inputs_per_output()); }

  void stream(std::uint64_t block_bit, bool is_first_step) {
    weights_.clear();
    const std::uint64_t count = layer_.has_weights() ? tile_.channels * operand_count() : 0;
    for (std::uint64_t i = 0; i < count; ++i)
      weights_.push_back(
          weight_port_.read_field(block_bit + i * layer_.weight_bits, layer_.weight_bits));
    const std::uint64_t words = std::uint64_t{tile_.channels} * twin_table_words(layer_);
    if (!is_first_step && whole_words(words * 32) <= 8 * size("table_buffer_bytes")) return;
    table_.clear();
    const std::uint64_t table_bit = block_bit + whole_words(count * layer_.weight_bits);
    for (std::uint64_t i = 0; i < words; ++i)
      table_.push_back(weight_port_.read_field(table_bit + i * 32, 32));
  }

  void run_step(Stationary stationary, int first, int outputs) {
    std::set<int> window;
    for (int pixel = first; pixel < first + outputs; ++pixel)
      for (const int tap : twin_taps(layer_, pixel))
        if (tap >= 0) window.insert(tap);
    for (const int pixel : window) {
      if (!buffer_.holds(pixel)) fetch(pixel);
      buffer_.use(pixel);
    }
    sums_.assign(static_cast<std::size_t>(outputs) * tile_.channels, 0);
    if (!layer_.has_weights())
      combine(first, outputs);
    else if (stationary == Stationary::weights)
      keep_weights(first, outputs);
    else
      keep_activations(first, outputs);
    buffer_.trim();
    for (int i = 0; i < outputs; ++i)
      write(first + i, &sums_[static_cast<std::size_t>(i) * tile_.channels]);
  }

  void fetch(int pixel) {
    const auto read = [&](TwinPort& port, std::uint64_t begin, const FeatureType& type) {
      std::vector<std::uint32_t> fields;
      const std::uint64_t element = std::uint64_t(pixel) * layer_.in.channels;
      for (int c = 0; c < layer_.in.channels; ++c)
        fields.push_back(port.read_field(begin + (element + c) * type.bits, type.bits));
      counts_.feature_elements_read += fields.size();
      return fields;
    };
    TwinPixel features;
    features.first = read(in_, memory_.in_bit, layer_.in_type);
    if (layer_.op == Op::add)
      features.second = read(second_, memory_.second_bit, layer_.second_type);
    buffer_.put(pixel, std::move(features));
    counts_.buffer_bits_written += layer_.in.channels * pixel_field_bits();
  }

  /// Features of an output, read from the buffer; `channel` of the tile where each has its own.
  std::vector<Operand> operands(int pixel, std::uint32_t channel) {
    const int per_input = std::max(1, layer_.out.channels / layer_.in.channels);
    const int own = static_cast<int>(tile_.first_channel + channel) / per_input;
    const auto zero =
        static_cast<std::uint32_t>(layer_.in_type.zero_point) & ((1u << layer_.in_type.bits) - 1);
    std::vector<Operand> list;
    const std::vector<int> taps = twin_taps(layer_, pixel);
    for (int c = shares_inputs() ? 0 : own; c < (shares_inputs() ? layer_.in.channels : own + 1);
         ++c)
      for (const int tap : taps) {
        list.push_back(tap < 0 ? Operand{zero, false} : Operand{buffer_.at(tap).first[c], true});
        if (tap >= 0) counts_.buffer_bits_read += layer_.in_type.bits;
      }
    return list;
  }

  /// In the weight SRAM a tap's channels lie side by side, in the entries a channel's taps.
  std::uint32_t weight(std::uint32_t channel, std::size_t operand) const {
    const std::size_t channels = shares_inputs() ? layer_.in.channels : 1,
                      taps = operand_count() / channels;
    return weights_[channel * operand_count() + operand % taps * channels + operand / taps];
  }

  /// One search after the other over the entries from `begin` on.
  void count(std::span<const Operand> features, std::uint32_t channel, std::size_t begin,
             std::int64_t& sum) {
    std::vector<TwinEntry> entries;
    const std::size_t end = std::min(begin + size("entries"), features.size());
    for (std::size_t i = begin; i < end; ++i) {
      entries.push_back({features[i].field, weight(channel, i)});
      sum -= layer_.in_type.zero_point * macro_.weight(weight(channel, i));  // beside the array
    }
    counts_.macs += entries.size();
    sum += macro_.dot(entries);
  }

  void keep_activations(int first, int outputs) {
    for (int i = 0; i < outputs; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * tile_.channels;
      std::vector<Operand> features;
      for (std::uint32_t c = 0; c < tile_.channels; ++c) {
        if (c > 0 && shares_inputs()) continue;
        features = operands(first + i, c);
        counts_.loads += features.size();
        for (std::size_t begin = 0; begin < features.size(); begin += size("entries"))
          for (std::uint32_t to = c; to < (shares_inputs() ? tile_.channels : c + 1); ++to)
            count(features, to, begin, sums_[at + to]);
      }
    }
  }

  void keep_weights(int first, int outputs) {
    for (std::uint32_t c = 0; c < tile_.channels; ++c) {
      counts_.loads += operand_count();
      std::vector<std::vector<Operand>> features;
      for (int i = 0; i < outputs; ++i)
        features.push_back(operands(first + i, c));
      for (std::size_t begin = 0; begin < operand_count(); begin += size("entries"))
        for (int i = 0; i < outputs; ++i)
          count(features[i], c, begin, sums_[static_cast<std::size_t>(i) * tile_.channels + c]);
    }
  }

  /// Beside the array: pooling, requantisation, addition.
  void combine(int first, int outputs) {
    for (int i = 0; i < outputs; ++i)
      for (std::uint32_t c = 0; c < tile_.channels; ++c)
        sums_[static_cast<std::size_t>(i) * tile_.channels + c] = combined(first + i, c);
    const std::uint64_t count = sums_.size() * operand_count(), lanes = size("vector_lanes");
    for (std::uint64_t done = 0; done < count; done += lanes)
      ++counts_.activity.cycles;
  }

  std::int64_t combined(int pixel, std::uint32_t channel) {
    const std::int64_t zero = layer_.in_type.zero_point;
    std::int64_t sum = 0;
    bool is_first = true;
    for (const Operand& o : operands(pixel, channel)) {
      if (!o.is_inside) continue;
      const std::int64_t q = macro_.feature(o.field);
      if (layer_.op == Op::max_pool)
        sum = is_first ? q : std::max(sum, q);
      else
        sum += (q - zero) * (layer_.op == Op::add ? layer_.scale : 1);
      is_first = false;
    }
    if (layer_.op != Op::add) return sum;
    const FeatureType& type = layer_.second_type;
    const std::uint32_t field = buffer_.at(pixel).second[tile_.first_channel + channel];
    counts_.buffer_bits_read += type.bits;
    const bool is_negative = type.is_signed && (field >> (type.bits - 1) & 1) != 0;
    const std::int64_t q = std::int64_t{field} - (is_negative ? std::int64_t{1} << type.bits : 0);
    return sum + (q - type.zero_point) * layer_.second_scale;
  }

  void write(int pixel, const std::int64_t* sums) {
    const auto words = static_cast<std::size_t>(twin_table_words(layer_));
    for (std::uint32_t c = 0; c < tile_.channels; ++c) {
      std::int64_t value = sums[c];
      if (layer_.op != Op::max_pool)
        value = twin_requantise(layer_, std::span(table_).subspan(c * words, words), value,
                                counts_.overflows);
      const std::uint64_t element =
          std::uint64_t(pixel) * layer_.out.channels + tile_.first_channel + c;
      out_.write_field(memory_.out_bit + element * layer_.out_type.bits, layer_.out_type.bits,
                       static_cast<std::uint32_t>(value));
    }
  }

  const Layer& layer_;
  const TwinMemory& memory_;
  const Geometry& geometry_;
  TwinCounts counts_;
  TwinMacro macro_;
  TwinInputBuffer buffer_;
  const std::uint64_t bits_ = 8 * memory_.features.size();
  TwinPort in_{memory_.features, bits_, counts_.feature_words_read};
  TwinPort second_{memory_.features, bits_, counts_.feature_words_read};
  TwinPort out_{memory_.features, bits_, counts_.feature_words_written};
  TwinPort weight_port_{{const_cast<std::uint8_t*>(memory_.weights.data()), memory_.weights.size()},
                        8 * memory_.weights.size(),
                        counts_.weight_words_read};
  Tile tile_;
  std::vector<std::uint32_t> weights_, table_;
  std::vector<std::int64_t> sums_;  // [output of the step][channel of the tile]
};

}  // namespace

TwinCounts run_twin(const Layer& layer, const Geometry& geometry, std::span<const TwinTile> tiles,
                    const TwinMemory& memory) {
  return Twin(layer, geometry, memory).run(tiles);
}

}  // namespace cairn::npu::ec
