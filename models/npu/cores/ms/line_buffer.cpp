#include "models/npu/cores/ms/line_buffer.hpp"

#include <algorithm>

namespace cairn::npu::ms {

using numbers::Layer;
using numbers::Op;

bool passes_over_map(const Layer& layer, std::uint32_t step_pixels, std::uint32_t pixels) {
  return pixels == layer.out.pixels() &&
         (layer.out.height > 1 || static_cast<std::uint32_t>(layer.out.width) > step_pixels);
}

LineBufferFit::LineBufferFit(const Layer& layer, std::uint64_t inputs, std::uint32_t step_pixels,
                             std::uint64_t capacity_bits)
    : layer_(&layer),
      capacity_pixels_(capacity_bits / pixel_bits(layer, inputs)),
      rows_(layer.op == Op::fully_connected ? layer.in.height : layer.kernel_h) {
  const std::uint64_t columns =
      window_columns(std::min(step_pixels, static_cast<std::uint32_t>(layer.out.width)));
  keeps_rows_ = (rows_ - 1) * layer.in.width + columns <= capacity_pixels_;
  keeps_window_ = rows_ * columns <= capacity_pixels_;
}

std::uint64_t LineBufferFit::window_columns(std::uint32_t pixels) const {
  const std::uint64_t width = layer_->in.width;
  if (layer_->op == Op::fully_connected) return width;
  return std::min(width, std::uint64_t{pixels - 1} * layer_->stride_w + layer_->kernel_w);
}

Keeping LineBufferFit::keeping(std::uint32_t pixels, bool in_one_row) const {
  if (keeps_rows_) return Keeping::rows;
  if (in_one_row && rows_ * window_columns(pixels) <= capacity_pixels_) return Keeping::tile;
  return keeps_window_ ? Keeping::window : Keeping::nothing;
}

bool LineBufferFit::keeps_piece(std::uint32_t pixels) const {
  return !keeps_rows_ ||
         (rows_ - 1) * layer_->in.width + window_columns(pixels) <= capacity_pixels_;
}

bool LineBufferFit::keeps_all(std::uint32_t first, std::uint32_t pixels) const {
  const auto width = static_cast<std::uint32_t>(layer_->out.width);
  const auto row = static_cast<int>(first / width), column = static_cast<int>(first % width);
  const std::uint32_t last = first + pixels - 1;
  const auto last_row = static_cast<int>(last / width),
             last_column = static_cast<int>(last % width);
  const Window w = window_of(*layer_, last_row, 0, last_column);
  const std::int64_t end = std::int64_t{w.bottom - 1} * layer_->in.width +
                           (row == last_row ? w.right : layer_->in.width);
  return end - oldest(row, column) <= static_cast<std::int64_t>(capacity_pixels_);
}

std::uint32_t LineBufferFit::oldest(int row, int column) const {
  if (layer_->op == Op::fully_connected) return 0;
  const std::int64_t top = std::int64_t{row} * layer_->stride_h - layer_->pad_top;
  const std::int64_t left = std::int64_t{column} * layer_->stride_w - layer_->pad_left;
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(0, top * layer_->in.width + std::max<std::int64_t>(0, left)));
}

LineBuffer::LineBuffer(const Layer& layer, const Array& array, std::uint64_t capacity_bits)
    : layer_(layer),
      array_(array),
      capacity_bits_(capacity_bits),
      fit_(layer, 1, array.pixels, capacity_bits),
      fetched_(static_cast<std::size_t>(layer.in.pixels())) {}

void LineBuffer::empty() {
  ++filling_;
  oldest_ = 0;
}

void LineBuffer::begin(const Tile& tile) {
  fit_ = LineBufferFit(layer_, tile.inputs, array_.pixels, capacity_bits_);
  const auto width = static_cast<std::uint32_t>(layer_.out.width);
  keeping_ = fit_.keeping(tile.pixels, tile.first_pixel % width + tile.pixels <= width);
  const bool same_inputs = tile.first_input == tile_.first_input && tile.inputs == tile_.inputs;
  const bool same_pixels = tile.first_pixel == tile_.first_pixel && tile.pixels == tile_.pixels;
  tile_ = tile;
  if (passes_over_map(layer_, array_.pixels, tile.pixels)) empty();
  if (keeping_ == Keeping::rows) {
    const std::uint32_t oldest = fit_.oldest(static_cast<int>(tile.first_pixel / width),
                                             static_cast<int>(tile.first_pixel % width));
    if (!same_inputs || oldest < oldest_) empty();
    oldest_ = oldest;
    keeps_all_ = fit_.keeps_all(tile.first_pixel, tile.pixels);
  } else if (!(keeping_ == Keeping::tile && same_inputs && same_pixels)) {
    empty();
  }
}

void LineBuffer::fetch(int row, int first_column, int last_column, std::vector<PixelRun>& runs) {
  const Window w = window_of(layer_, row, first_column, last_column);
  std::uint64_t passes = 1;
  if (keeping_ == Keeping::rows && !keeps_all_)
    oldest_ = std::max(oldest_, fit_.oldest(row, first_column));
  if (keeping_ == Keeping::window || keeping_ == Keeping::nothing) empty();
  if (keeping_ == Keeping::nothing && !is_channelwise(layer_))
    passes = array_.passes(tile_.channels);
  for (std::uint64_t pass = 0; pass < passes; ++pass)
    for (int y = w.top; y < w.bottom; ++y) {
      bool joined = false;  // the run at the back ends at the pixel before this one
      for (int x = w.left; x < w.right; ++x) {
        const auto pixel = static_cast<std::uint32_t>(y * layer_.in.width + x);
        const bool held = pass == 0 && fetched_[pixel] == filling_ && pixel >= oldest_;
        const bool wanted = !held && column_used(layer_, x, first_column, last_column);
        if (wanted) {
          fetched_[pixel] = filling_;
          if (joined)
            ++runs.back().count;
          else
            runs.push_back({pixel, 1});
        }
        joined = wanted;
      }
    }
}

}  // namespace cairn::npu::ms
