#include "models/npu/numbers/feature_map.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

namespace {

/// Pixels that kernels may read beyond the last window, and discard.
constexpr std::int64_t kSlackPixels = 16;
constexpr std::int64_t kSlackBytes = 128;

std::uint8_t padding_code(const Layer& layer) {
  const int zero = layer.in_type.code_zero();
  return layer.op == Op::max_pool || zero < 0 || zero > 255 ? 0 : static_cast<std::uint8_t>(zero);
}

std::uint64_t new_contents() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

FeatureMap::FeatureMap(const Layer& layer)
    : layer_(layer),
      layout_(layer),
      contents_(new_contents()),
      repeated_(layout_.repeat > 1 ? static_cast<std::size_t>(layer.in.channels) : 0) {
  const auto size = static_cast<std::size_t>(layout_.size() * layer.inputs());
  codes_.resize(size + static_cast<std::size_t>(kSlackPixels * layout_.pixel_pitch + kSlackBytes));
  const std::size_t first = layout_.is_padded ? 0 : size;
  std::fill(codes_.begin() + static_cast<std::ptrdiff_t>(first), codes_.end(), padding_code(layer));
}

/// `pixel` counts from the first one delivered.
template <typename Read>
void FeatureMap::put_row(std::int64_t y, std::int64_t x, std::int64_t count, std::int64_t pixel,
                         int input, Read read) {
  const MapLayout& l = layout_;
  if (y % l.keep_h != 0 || y / l.keep_h + l.pad_top >= l.height) return;
  const auto channels = static_cast<std::size_t>(layer_.in.channels);
  std::uint8_t* row =
      codes_.data() + input * second_offset() + (y / l.keep_h + l.pad_top) * l.row_pitch;
  const std::int64_t last = std::min(x + count, (l.width - l.pad_left - 1) * l.keep_w + 1);
  if (x >= last) return;
  if (l.keep_w == 1 && l.repeat == 1) {
    const auto size = static_cast<std::size_t>(last - x) * channels;
    return read(pixel, std::span(row + (l.pad_left + x) * l.pixel_pitch, size));
  }
  const std::int64_t skipped = (l.keep_w - x % l.keep_w) % l.keep_w;
  for (std::int64_t at = x + skipped; at < last; at += l.keep_w) {
    std::uint8_t* to = row + (l.pad_left + at / l.keep_w) * l.pixel_pitch;
    if (l.repeat == 1) {
      read(pixel + at - x, std::span(to, channels));
      continue;
    }
    read(pixel + at - x, std::span(repeated_));
    for (std::size_t c = 0; c < channels; ++c, to += l.repeat)
      std::fill_n(to, l.repeat, repeated_[c]);
  }
}

template <typename Read>
void FeatureMap::put_rows(std::int64_t first, std::int64_t count, int input, Read read) {
  if (first < 0 || count < 0 || first > layer_.in.pixels() - count || input < 0 ||
      input >= layer_.inputs())
    throw std::length_error("pixels outside the layer's input");
  contents_ = new_contents();
  const MapLayout& l = layout_;
  const std::int64_t width = layer_.in.width;
  const bool is_whole = l.width == width && l.pad_left == 0 && l.pad_top == 0 && l.keep_w == 1 &&
                        l.keep_h == 1 && l.repeat == 1;
  if (is_whole) {
    const std::int64_t last = std::min(first + count, l.height * width);
    if (first >= last) return;
    return read(0, std::span(codes_.data() + input * second_offset() + first * l.pixel_pitch,
                             static_cast<std::size_t>((last - first) * l.pixel_pitch)));
  }
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t y = (first + done) / width, x = (first + done) % width;
    const std::int64_t here = std::min(count - done, width - x);
    put_row(y, x, here, done, input, read);
    done += here;
  }
}

void FeatureMap::put(std::int64_t first, std::int64_t count, std::span<const std::uint8_t> ring,
                     std::uint64_t ring_bits, std::uint64_t bit_offset, int input) {
  const FeatureType& type = input == 0 ? layer_.in_type : layer_.second_type;
  const std::uint64_t pixel_bits = static_cast<std::uint64_t>(layer_.in.channels) * type.bits;
  put_rows(first, count, input, [&](std::int64_t pixel, std::span<std::uint8_t> codes) {
    unpack_codes_ring(ring, ring_bits, bit_offset + pixel * pixel_bits, type, codes);
  });
}

void FeatureMap::put(std::int64_t first, std::span<const std::uint8_t> codes, int input) {
  const std::int64_t channels = layer_.in.channels;
  put_rows(first, static_cast<std::int64_t>(codes.size()) / channels, input,
           [&](std::int64_t pixel, std::span<std::uint8_t> to) {
             std::copy_n(codes.data() + pixel * channels, to.size(), to.begin());
           });
}

}  // namespace cairn::numbers
