// The line buffer beside the ring decides which features a step must fetch.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/cores/ms/array.hpp"
#include "models/npu/schedule.hpp"
#include "models/npu/window.hpp"

namespace cairn::npu::ms {

/// True for a tile over all output pixels that takes several steps.
bool passes_over_map(const numbers::Layer& layer, std::uint32_t step_pixels, std::uint32_t pixels);

/// What a tile's input finds room for.
enum class Keeping : std::uint8_t {
  rows,  ///< kernel_h - 1 rows and the window of a step: a pass over the pixels fetches each once
  tile,  ///< the window of the whole tile, which lies in one row: the tile fetches each pixel once
  window,   ///< the window of a step, which fetches it whole
  nothing,  ///< each pass over the array (16 output channels) fetches the window of its step
};

/// Which of these holds for one layer and one number of input channels. Windows count as at the
/// middle of the map, so that tiles of one size are treated alike.
class LineBufferFit {
 public:
  LineBufferFit(const numbers::Layer& layer, std::uint64_t inputs, std::uint32_t step_pixels,
                std::uint64_t capacity_bits);

  /// For a tile of `pixels` output pixels, in one row or not.
  Keeping keeping(std::uint32_t pixels, bool in_one_row) const;
  /// With Keeping::rows: whether the input of the output pixels first .. first + pixels - 1 finds
  /// room as a whole, from its oldest pixel on.
  bool keeps_all(std::uint32_t first, std::uint32_t pixels) const;
  /// With Keeping::rows: whether the rows before it and the window of a piece of a row, `pixels`
  /// outputs long, find room, so that the piece may be computed again without fetching.
  bool keeps_piece(std::uint32_t pixels) const;
  /// The oldest input pixel that the outputs from (row, column) on may need.
  std::uint32_t oldest(int row, int column) const;

 private:
  std::uint64_t window_columns(std::uint32_t pixels) const;

  const numbers::Layer* layer_;
  std::uint64_t capacity_pixels_;
  std::uint64_t rows_;  // of a window
  bool keeps_rows_, keeps_window_;
};

/// The buffer while a layer runs. With Keeping::rows it holds what was fetched from its oldest
/// pixel on; a step lets go of what no later output needs, unless the tile's input fits as a whole.
/// A tile that needs older pixels than that, or other input channels, begins with an empty buffer.
/// Otherwise a tile finds its input there only if the tile before it had the same pixels and kept
/// its whole window. A tile that passes over the whole map in several steps begins empty in any
/// case: one pass after the other over a map reads it anew.
class LineBuffer {
 public:
  LineBuffer(const numbers::Layer& layer, const Array& array, std::uint64_t capacity_bits);

  void begin(const Tile& tile);
  /// Appends what the step (row, first..last column) of the tile fetches from the ring.
  void fetch(int row, int first_column, int last_column, std::vector<PixelRun>& runs);

 private:
  void empty();

  const numbers::Layer& layer_;
  const Array& array_;
  const std::uint64_t capacity_bits_;
  LineBufferFit fit_;
  Tile tile_;
  Keeping keeping_ = Keeping::nothing;
  bool keeps_all_ = false;
  std::uint32_t oldest_ = 0;            // pixels before it are gone
  std::uint32_t filling_ = 1;           // number of this filling
  std::vector<std::uint32_t> fetched_;  // [input pixels]: filling that fetched it last
};

}  // namespace cairn::npu::ms
