#include "models/npu/numbers/padded_map.hpp"

#include <algorithm>

#include "models/npu/numbers/aligned.hpp"

namespace cairn::numbers {

PaddedMap::PaddedMap(const Layer& layer, int repeat, int pixel_pitch, int slack,
                     std::int16_t padding)
    : layer_(layer),
      repeat_(repeat),
      pixel_pitch_(pixel_pitch),
      height_(std::int64_t{layer.out.height - 1} * layer.stride_h + layer.kernel_h),
      width_(std::int64_t{layer.out.width - 1} * layer.stride_w + layer.kernel_w),
      slack_(slack),
      padding_(padding) {
  const bool same_pixels = repeat == 1 && pixel_pitch == layer.in.channels && slack == 0;
  as_is_ = same_pixels && layer.pad_top == 0 && layer.pad_left == 0 && height_ <= layer.in.height &&
           width_ <= layer.in.width;
  row_pitch_ = (as_is_ ? layer.in.width : width_) * pixel_pitch_;
}

const std::int16_t* PaddedMap::make(std::span<const std::int16_t> in) const {
  if (as_is_) return in.data();
  thread_local Operands buffer;
  const auto size = static_cast<std::size_t>(height_ * row_pitch_ + slack_);
  if (buffer.size() < size) buffer.resize(size);
  for (std::int64_t y = 0; y < height_; ++y) {
    const std::int64_t source = y - layer_.pad_top;
    std::int16_t* row = buffer.data() + y * row_pitch_;
    if (source >= 0 && source < layer_.in.height)
      copy_row(in.data() + source * layer_.in.width * layer_.in.channels, row);
    else
      std::fill_n(row, row_pitch_, padding_);
  }
  std::fill_n(buffer.data() + height_ * row_pitch_, slack_, padding_);
  return buffer.data();
}

void PaddedMap::copy_row(const std::int16_t* from, std::int16_t* to) const {
  const std::int64_t left = layer_.pad_left;
  const std::int64_t used = std::min<std::int64_t>(layer_.in.width, width_ - left);
  const int channels = layer_.in.channels;
  std::fill_n(to, left * pixel_pitch_, padding_);
  std::int16_t* pixel = to + left * pixel_pitch_;
  if (repeat_ == 1 && pixel_pitch_ == channels) {
    std::copy_n(from, used * channels, pixel);
  } else {
    for (std::int64_t x = 0; x < used; ++x, pixel += pixel_pitch_, from += channels) {
      std::int16_t* next = pixel;
      if (repeat_ == 1)
        next = std::copy_n(from, channels, next);
      else
        for (int c = 0; c < channels; ++c)
          next = std::fill_n(next, repeat_, from[c]);
      std::fill(next, pixel + pixel_pitch_, padding_);
    }
  }
  std::fill(to + (left + used) * pixel_pitch_, to + row_pitch_, padding_);
}

void PaddedMap::fill(Tile& tile, const std::int16_t* map, std::int64_t first, int count) const {
  std::int64_t y = first / layer_.out.width, x = first % layer_.out.width;
  tile.count = count;
  for (int i = 0; i < count; ++i) {
    tile.pixels[i] = map + y * layer_.stride_h * row_pitch_ + x * layer_.stride_w * pixel_pitch_;
    if (++x == layer_.out.width) {
      x = 0;
      ++y;
    }
  }
}

}  // namespace cairn::numbers
