#include "models/npu/cores/ms/tiling.hpp"

#include <algorithm>

namespace cairn::npu::ms {

using numbers::Layer;

namespace {

std::uint32_t width_of(const Layer& layer) {
  return static_cast<std::uint32_t>(layer.out.width);
}

std::uint32_t height_of(const Layer& layer) {
  return static_cast<std::uint32_t>(layer.out.height);
}

}  // namespace

std::uint32_t PixelBlocks::most_pixels(const Layer& layer) const {
  return columns != 0 ? std::min(columns, width_of(layer))
                      : std::min(rows, height_of(layer)) * width_of(layer);
}

std::uint64_t PixelBlocks::count(const Layer& layer) const {
  if (columns != 0)
    return std::uint64_t{height_of(layer)} * ((width_of(layer) + columns - 1) / columns);
  return (height_of(layer) + rows - 1) / rows;
}

PixelBlocks blocks_of_at_most(const Layer& layer, std::uint32_t pixels, std::uint32_t step_pixels) {
  if (pixels >= width_of(layer)) return {std::min(pixels / width_of(layer), height_of(layer)), 0};
  if (pixels <= step_pixels) return {1, std::max<std::uint32_t>(pixels, 1)};
  return {1, pixels / step_pixels * step_pixels};
}

Tile whole(const Layer& layer) {
  return {0, static_cast<std::uint32_t>(layer.out.pixels()),
          0, static_cast<std::uint32_t>(layer.out.channels),
          0, static_cast<std::uint32_t>(layer.in.channels)};
}

std::vector<Tile> pixel_blocks(const Layer& layer, const PixelBlocks& blocks) {
  const std::uint32_t width = width_of(layer), height = height_of(layer);
  const std::uint32_t columns = blocks.columns == 0 ? width : blocks.columns;
  const std::uint32_t rows = blocks.columns == 0 ? blocks.rows : 1;
  std::vector<Tile> tiles;
  tiles.reserve(blocks.count(layer));
  for (std::uint32_t row = 0; row < height; row += rows)
    for (std::uint32_t column = 0; column < width; column += columns) {
      Tile tile = whole(layer);
      tile.first_pixel = row * width + column;
      tile.pixels = std::min(columns, width - column) * std::min(rows, height - row);
      tiles.push_back(tile);
    }
  return tiles;
}

std::vector<Tile> chunked(const std::vector<Tile>& blocks, std::uint32_t channels) {
  std::vector<Tile> tiles;
  for (const Tile& block : blocks) {
    const std::uint32_t end = block.first_channel + block.channels;
    for (std::uint32_t first = block.first_channel; first < end; first += channels) {
      tiles.push_back(block);
      tiles.back().first_channel = first;
      tiles.back().channels = std::min(channels, end - first);
    }
  }
  return tiles;
}

std::vector<Tile> weight_stationary(const Layer& layer, std::uint32_t outputs,
                                    std::uint32_t inputs) {
  const auto in_channels = static_cast<std::uint32_t>(layer.in.channels);
  std::vector<Tile> tiles;
  for (const Tile& chunk : chunked({whole(layer)}, outputs))
    for (std::uint32_t first = 0; first < in_channels; first += inputs) {
      tiles.push_back(chunk);
      tiles.back().first_input = first;
      tiles.back().inputs = std::min(inputs, in_channels - first);
    }
  return tiles;
}

}  // namespace cairn::npu::ms
