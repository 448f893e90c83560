#include "models/npu/cores/cap/placement.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace cairn::npu::cap {

namespace {

/// One plane, filled from below: how high each column is.
class Plane {
 public:
  explicit Plane(const MacroSize& size) : rows_(size.rows), heights_(size.columns) {}

  std::optional<CellRegion> put(const Piece& piece) {
    std::uint32_t best = rows_, column = 0;
    for (std::uint32_t c = 0; c + piece.columns <= heights_.size(); ++c) {
      const auto from = heights_.begin() + c;
      const std::uint32_t height = *std::max_element(from, from + piece.columns);
      const std::uint32_t row = (height + 1) / 2 * 2;
      if (row >= best || row + piece.rows > rows_) continue;
      best = row;
      column = c;
    }
    if (best == rows_) return std::nullopt;
    std::fill_n(heights_.begin() + column, piece.columns, best + piece.rows);
    return CellRegion{0, best, piece.rows, column, piece.columns};
  }

 private:
  const std::uint32_t rows_;
  std::vector<std::uint32_t> heights_;
};

std::optional<std::vector<CellRegion>> place_in(std::span<const std::size_t> order,
                                                std::span<const Piece> pieces,
                                                const MacroSize& size) {
  std::vector<Plane> planes(size.planes, Plane(size));
  std::vector<CellRegion> regions(pieces.size());
  for (const std::size_t i : order) {
    std::optional<CellRegion> region;
    for (std::uint32_t p = 0; p < planes.size() && !region; ++p) {
      region = planes[p].put(pieces[i]);
      if (region) region->plane = p;
    }
    if (!region) return std::nullopt;
    regions[i] = *region;
  }
  return regions;
}

}  // namespace

std::optional<std::vector<CellRegion>> place(std::span<const Piece> pieces, const MacroSize& size) {
  const auto cells = [](const Piece& p) { return std::uint64_t{p.rows} * p.columns; };
  std::uint64_t needed = 0;
  for (const Piece& p : pieces)
    needed += cells(p);
  if (needed > size.cells()) return std::nullopt;
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (auto regions = place_in(order, pieces, size)) return regions;
  const auto largest_first = [&](const auto& measure) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::size_t i) { return measure(pieces[i]); });
    return place_in(order, pieces, size);
  };
  if (auto regions = largest_first([](const Piece& p) { return std::pair(p.rows, p.columns); }))
    return regions;
  if (auto regions = largest_first([](const Piece& p) { return std::pair(p.columns, p.rows); }))
    return regions;
  return largest_first(cells);
}

}  // namespace cairn::npu::cap
