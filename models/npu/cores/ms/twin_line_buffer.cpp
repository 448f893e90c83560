#include "models/npu/cores/ms/twin_line_buffer.hpp"

#include <algorithm>

namespace cairn::npu::ms {

using numbers::Layer;
using numbers::Op;

TwinLineBuffer::TwinLineBuffer(const Layer& layer, const Geometry& geometry)
    : layer_(layer),
      capacity_bits_(8 * static_cast<std::uint64_t>(geometry.at("line_buffer_bytes"))),
      step_pixels_(static_cast<int>(geometry.at("tile_pixels"))) {
  tile_.inputs = 1;
}

std::uint64_t TwinLineBuffer::pixel_bits() const {
  std::uint64_t bits = std::uint64_t{tile_.inputs} * layer_.in_type.bits;
  if (layer_.op == Op::add) bits += std::uint64_t{tile_.inputs} * layer_.second_type.bits;
  return bits;
}

std::set<int> TwinLineBuffer::window(int row, int first_column, int last_column) const {
  std::set<int> pixels;
  if (layer_.op == Op::fully_connected) {
    for (int p = 0; p < layer_.in.pixels(); ++p)
      pixels.insert(p);
    return pixels;
  }
  for (int column = first_column; column <= last_column; ++column)
    for (int ky = 0; ky < layer_.kernel_h; ++ky)
      for (int kx = 0; kx < layer_.kernel_w; ++kx) {
        const int y = row * layer_.stride_h + ky - layer_.pad_top;
        const int x = column * layer_.stride_w + kx - layer_.pad_left;
        if (y >= 0 && y < layer_.in.height && x >= 0 && x < layer_.in.width)
          pixels.insert(y * layer_.in.width + x);
      }
  return pixels;
}

int TwinLineBuffer::window_columns(int outputs) const {
  if (layer_.op == Op::fully_connected) return layer_.in.width;
  return std::min(layer_.in.width, (outputs - 1) * layer_.stride_w + layer_.kernel_w);
}

TwinLineBuffer::Rule TwinLineBuffer::rule_for(const Tile& tile) const {
  const auto pixels = [](int rows, int columns) { return std::uint64_t(rows) * columns; };
  const int rows = layer_.op == Op::fully_connected ? layer_.in.height : layer_.kernel_h;
  const int step_columns = window_columns(std::min(step_pixels_, layer_.out.width));
  if (pixels(rows - 1, layer_.in.width) + step_columns <= room()) return Rule::rows;
  const auto first = static_cast<int>(tile.first_pixel), count = static_cast<int>(tile.pixels);
  const bool one_row = first / layer_.out.width == (first + count - 1) / layer_.out.width;
  if (one_row && pixels(rows, window_columns(count)) <= room()) return Rule::tile;
  return pixels(rows, step_columns) <= room() ? Rule::step : Rule::pass;
}

/// Input pixels before this one are needed neither by the output (row, column) nor by later ones.
int TwinLineBuffer::left_behind(int row, int column) const {
  if (layer_.op == Op::fully_connected) return 0;
  const int y = row * layer_.stride_h - layer_.pad_top;
  const int x = std::max(0, column * layer_.stride_w - layer_.pad_left);
  return std::max(0, y * layer_.in.width + x);
}

/// From the tile's oldest pixel to its last, in raster order; with the rest of the last row where
/// the tile has several rows.
bool TwinLineBuffer::tile_fits(const Tile& tile) const {
  const auto width = layer_.out.width;
  const auto first = static_cast<int>(tile.first_pixel);
  const int last = first + static_cast<int>(tile.pixels) - 1;
  int end = *window(last / width, 0, last % width).rbegin() + 1;
  if (first / width != last / width)
    end = (end + layer_.in.width - 1) / layer_.in.width * layer_.in.width;
  const int needed = end - left_behind(first / width, first % width);
  return needed <= static_cast<std::int64_t>(room());
}

void TwinLineBuffer::begin(const Tile& tile) {
  const Tile before = std::exchange(tile_, tile);
  const Rule rule_before = std::exchange(rule_, rule_for(tile));
  const bool same_inputs = before.first_input == tile.first_input && before.inputs == tile.inputs;
  const bool same_pixels = before.first_pixel == tile.first_pixel && before.pixels == tile.pixels;
  bool goes_on = rule_ == rule_before && same_inputs;
  if (rule_ == Rule::rows) {
    const auto first = static_cast<int>(tile.first_pixel);
    const int oldest = left_behind(first / layer_.out.width, first % layer_.out.width);
    goes_on = goes_on && oldest >= oldest_;
    oldest_ = oldest;
    keeps_tile_ = tile_fits(tile);
  } else {
    goes_on = goes_on && rule_ == Rule::tile && same_pixels;
    oldest_ = 0;
  }
  const bool one_step = layer_.out.height == 1 && layer_.out.width <= step_pixels_;
  if (static_cast<int>(tile.pixels) == layer_.out.pixels() && !one_step) goes_on = false;
  if (!goes_on) pixels_.clear();
  std::erase_if(pixels_, [&](const auto& p) { return p.first < oldest_; });
}

void TwinLineBuffer::begin_step(int row, int first_column) {
  if (rule_ == Rule::step || rule_ == Rule::pass) pixels_.clear();
  if (rule_ != Rule::rows || keeps_tile_) return;
  oldest_ = std::max(oldest_, left_behind(row, first_column));
  std::erase_if(pixels_, [&](const auto& p) { return p.first < oldest_; });
}

void TwinLineBuffer::begin_pass() {
  if (rule_ == Rule::pass) pixels_.clear();
}

void TwinLineBuffer::put(int pixel, TwinPixel features) {
  pixels_[pixel] = std::move(features);
  if (rule_ != Rule::pass && pixels_.size() > room())
    throw std::logic_error("the line buffer overflows");
}

}  // namespace cairn::npu::ms
