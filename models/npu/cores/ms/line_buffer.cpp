#include "models/npu/cores/ms/line_buffer.hpp"

namespace cairn::npu::ms {

LineBuffer::LineBuffer(const numbers::Layer& layer, const Geometry& geometry)
    : layer_(layer), fetched_(static_cast<std::size_t>(layer.in.pixels())) {
  const std::int64_t capacity_bits = 8 * geometry.at("line_buffer_bytes");
  const std::int64_t pixel_bits = std::int64_t{layer.in.channels} * layer.in_type.bits;
  const bool whole = layer.op == numbers::Op::fully_connected;
  const std::int64_t rows = whole ? layer.in.height : layer.kernel_h;
  const std::int64_t columns =
      whole
          ? layer.in.width
          : std::min<std::int64_t>(
                layer.in.width, (geometry.at("tile_pixels") - 1) * layer.stride_w + layer.kernel_w);
  keeps_rows_ = ((rows - 1) * layer.in.width + columns) * pixel_bits <= capacity_bits;
  keeps_window_ = rows * columns * pixel_bits <= capacity_bits;
}

void LineBuffer::fetch(int row, int first_column, int last_column, std::int64_t channel_tiles,
                       std::vector<PixelRun>& runs) {
  const Window w = window_of(layer_, row, first_column, last_column);
  const std::int64_t passes = keeps_rows_ || keeps_window_ ? 1 : channel_tiles;
  for (std::int64_t pass = 0; pass < passes; ++pass)
    for (int y = w.top; y < w.bottom; ++y) {
      bool joined = false;  // the run at the back ends at the pixel before this one
      for (int x = w.left; x < w.right; ++x) {
        const auto pixel = static_cast<std::uint32_t>(y * layer_.in.width + x);
        const bool wanted =
            column_used(layer_, x, first_column, last_column) && !(keeps_rows_ && fetched_[pixel]);
        if (wanted) {
          fetched_[pixel] = true;
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
