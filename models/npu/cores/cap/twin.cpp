#include "models/npu/cores/cap/twin.hpp"

#include <stdexcept>

#include "models/npu/cores/cap/twin_macro.hpp"
#include "models/npu/twin_port.hpp"
#include "models/npu/twin_table.hpp"
#include "models/npu/twin_window.hpp"

namespace cairn::npu::cap {

using numbers::FeatureType;
using numbers::Layer;
using numbers::Op;

namespace {

constexpr std::uint64_t kSumBits = 32;

std::uint64_t whole_words(std::uint64_t bits) {
  return (bits + 63) / 64 * 64;
}

std::int64_t value_of(std::uint32_t field, const FeatureType& type) {
  const bool is_negative = type.is_signed && (field >> (type.bits - 1) & 1) != 0;
  return std::int64_t{field} - (is_negative ? std::int64_t{1} << type.bits : 0);
}

class Twin {
 public:
  Twin(const Layer& layer, const Geometry& geometry, const TwinMemory& memory)
      : layer_(layer),
        memory_(memory),
        geometry_(geometry),
        macro_(geometry),
        buffer_(8 * size("input_buffer_bytes") / (layer.in.channels * pixel_field_bits())) {}

  TwinCounts run(std::span<const TwinSetup> setup, std::span<const TwinTile> tiles) {
    for (const TwinSetup& s : setup)
      for (std::uint32_t r = 0, bit = 0; r < s.region.rows; ++r)
        for (std::uint32_t c = 0; c < s.region.columns; ++c, ++bit)
          macro_.write(s.region, r, c, (s.bits.at(bit / 8) >> (bit % 8) & 1) != 0);
    for (const TwinTile& t : tiles) {
      tile_ = t.tile;
      regions_ = t.regions;
      pieces_.clear();
      if (layer_.has_weights()) pieces_ = twin_pieces(layer_, tile_, geometry_);
      if (regions_.size() != pieces_.size()) throw std::logic_error("weights without cells");
      const bool brings_weights = layer_.has_weights() && tile_.cells == kNoCells;
      if (brings_weights) load(t.block_bit);
      const std::uint64_t weight_bits =
          brings_weights
              ? whole_words(tile_.channels * operand_count() * std::uint64_t(layer_.weight_bits))
              : 0;
      const auto begin = static_cast<int>(tile_.first_pixel);
      const int end = begin + static_cast<int>(tile_.pixels);
      for (int pixel = begin, outputs = 0; pixel < end; pixel += outputs) {
        outputs =
            std::min({most_outputs(), layer_.out.width - pixel % layer_.out.width, end - pixel});
        read_table(t.block_bit + weight_bits, pixel == begin);
        run_step(pixel, outputs);
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

  /// Pixels of a row whose window the buffer holds and whose sums the accumulators hold.
  int most_outputs() const {
    const std::uint64_t room =
        8 * size("input_buffer_bytes") / (layer_.in.channels * pixel_field_bits());
    int most = 1;
    for (int n = 1; n <= layer_.out.width; ++n) {
      const int columns = layer_.op == Op::fully_connected
                              ? layer_.in.width
                              : (n - 1) * layer_.stride_w + layer_.kernel_w;
      const int rows = layer_.op == Op::fully_connected ? layer_.in.height : layer_.kernel_h;
      const bool fits = std::uint64_t(columns) * rows <= room &&
                        kSumBits * n * tile_.channels <= 8 * size("accumulator_bytes");
      if (fits) most = n;
    }
    return most;
  }

  /// Row by row, unless the cells hold these channels already.
  void load(std::uint64_t block_bit) {
    if (loaded_first_ == tile_.first_channel && loaded_count_ == tile_.channels) return;
    loaded_first_ = tile_.first_channel;
    loaded_count_ = tile_.channels;
    std::vector<std::uint32_t> weights;
    for (std::uint64_t i = 0; i < tile_.channels * operand_count(); ++i)
      weights.push_back(
          weight_port_.read_field(block_bit + i * layer_.weight_bits, layer_.weight_bits));
    for (std::size_t p = 0; p < pieces_.size(); ++p)
      for (std::uint32_t r = 0; r < pieces_[p].rows.size(); ++r) {
        const TwinRow& row = pieces_[p].rows[r];
        for (std::uint32_t i = pieces_[p].begin; i < pieces_[p].end; ++i) {
          const std::uint32_t field = weights[row.channel * operand_count() + i];
          macro_.write(regions_[p], r, i - pieces_[p].begin, twin_cell(layer_, field, row.part));
          ++counts_.cell_writes;
        }
        counts_.cell_cycles += size("row_cycles");
      }
  }

  void read_table(std::uint64_t table_bit, bool is_first_step) {
    const std::uint64_t words = std::uint64_t{tile_.channels} * twin_table_words(layer_);
    if (!is_first_step && whole_words(words * 32) <= 8 * size("table_buffer_bytes")) return;
    table_.clear();
    for (std::uint64_t i = 0; i < words; ++i)
      table_.push_back(weight_port_.read_field(table_bit + i * 32, 32));
  }

  void run_step(int first, int outputs) {
    std::set<int> window;
    for (int pixel = first; pixel < first + outputs; ++pixel)
      for (const int tap : twin_taps(layer_, pixel))
        if (tap >= 0) window.insert(tap);
    for (const int pixel : window) {
      if (!buffer_.holds(pixel)) fetch(pixel);
      buffer_.use(pixel);
    }
    sums_.assign(static_cast<std::size_t>(outputs) * tile_.channels, 0);
    if (layer_.has_weights())
      evaluate(first, outputs);
    else
      combine(first, outputs);
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

  /// Features of an output from the lowest code up, operands [begin, end), read from the buffer.
  std::vector<std::uint32_t> codes(int pixel, std::uint32_t channel, std::uint32_t begin,
                                   std::uint32_t end) {
    const FeatureType& type = layer_.in_type;
    const int own = static_cast<int>(tile_.first_channel + channel) /
                    std::max(1, layer_.out.channels / layer_.in.channels);
    const auto channels = static_cast<std::uint32_t>(shares_inputs() ? layer_.in.channels : 1);
    const std::vector<int> taps = twin_taps(layer_, pixel);
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = begin; i < end; ++i) {
      const int tap = taps[i / channels];
      std::int64_t q = type.zero_point;
      if (tap >= 0) {
        q = value_of(buffer_.at(tap).first[shares_inputs() ? i % channels : own], type);
        counts_.buffer_bits_read += type.bits;
      }
      list.push_back(static_cast<std::uint32_t>(q - type.low()));
    }
    return list;
  }

  void evaluate(int first, int outputs) {
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
      if (regions_[p].plane != selected_) counts_.cycles += size("select_cycles");
      selected_ = regions_[p].plane;
      for (int i = 0; i < outputs; ++i)
        evaluate(pieces_[p], regions_[p], first + i,
                 &sums_[static_cast<std::size_t>(i) * tile_.channels]);
    }
    counts_.macs += std::uint64_t(outputs) * tile_.channels * operand_count();
  }

  void evaluate(const TwinPiece& piece, const CellRegion& region, int pixel, std::int64_t* sums) {
    const auto dac = static_cast<int>(size("dac_bits"));
    const std::vector<std::uint32_t> inputs =
        codes(pixel, piece.rows.front().channel, piece.begin, piece.end);
    for (int bit = 0; bit < layer_.in_type.bits; bit += dac) {
      std::vector<std::uint32_t> levels;
      for (const std::uint32_t code : inputs)
        levels.push_back(code >> bit & ((1u << dac) - 1));
      ++counts_.evaluations;
      ++counts_.cycles;
      for (std::uint32_t r = 0; r < piece.rows.size(); ++r) {
        const TwinRow& row = piece.rows[r];
        sums[row.channel] += (macro_.sum(region, r, levels) * row.part) * (std::int64_t{1} << bit);
        ++counts_.rows;
        if (row.converts) ++counts_.conversions;
      }
    }
    // Beside the array: codes count from the lowest one, features from the zero point.
    const std::vector<std::uint32_t> ones(inputs.size(), 1);
    for (std::uint32_t r = 0; r < piece.rows.size(); ++r)
      sums[piece.rows[r].channel] -= macro_.sum(region, r, ones) * piece.rows[r].part *
                                     (layer_.in_type.zero_point - layer_.in_type.low());
  }

  /// Beside the array: pooling, requantisation, addition.
  void combine(int first, int outputs) {
    for (int i = 0; i < outputs; ++i)
      for (std::uint32_t c = 0; c < tile_.channels; ++c)
        sums_[static_cast<std::size_t>(i) * tile_.channels + c] = combined(first + i, c);
    const std::uint64_t count = sums_.size() * operand_count(), lanes = size("vector_lanes");
    for (std::uint64_t done = 0; done < count; done += lanes)
      ++counts_.cycles;
  }

  std::int64_t combined(int pixel, std::uint32_t channel) {
    const std::int64_t zero = layer_.in_type.zero_point;
    const int own = static_cast<int>(tile_.first_channel + channel);
    std::int64_t sum = 0;
    bool is_first = true;
    for (const int tap : twin_taps(layer_, pixel)) {
      if (tap < 0) continue;
      const std::int64_t q = value_of(buffer_.at(tap).first[own], layer_.in_type);
      counts_.buffer_bits_read += layer_.in_type.bits;
      if (layer_.op == Op::max_pool)
        sum = is_first ? q : std::max(sum, q);
      else
        sum += (q - zero) * (layer_.op == Op::add ? layer_.scale : 1);
      is_first = false;
    }
    if (layer_.op != Op::add) return sum;
    const FeatureType& type = layer_.second_type;
    counts_.buffer_bits_read += type.bits;
    return sum +
           (value_of(buffer_.at(pixel).second[own], type) - type.zero_point) * layer_.second_scale;
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
  std::vector<TwinPiece> pieces_;
  std::span<const CellRegion> regions_;
  std::uint32_t loaded_first_ = 0, loaded_count_ = 0;
  std::uint32_t selected_ = ~0u;
  std::vector<std::uint32_t> table_;
  std::vector<std::int64_t> sums_;  // [output of the step][channel of the tile]
};

}  // namespace

TwinCounts run_twin(const Layer& layer, const Geometry& geometry, std::span<const TwinSetup> setup,
                    std::span<const TwinTile> tiles, const TwinMemory& memory) {
  return Twin(layer, geometry, memory).run(setup, tiles);
}

}  // namespace cairn::npu::cap
