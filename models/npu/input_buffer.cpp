#include "models/npu/input_buffer.hpp"

#include "models/npu/window.hpp"

namespace cairn::npu {

using numbers::Layer;
using numbers::Op;

InputBuffer::InputBuffer(const Layer& layer, std::uint64_t capacity_bits)
    : layer_(layer),
      capacity_bits_(capacity_bits),
      places_(static_cast<std::size_t>(layer.in.pixels()) + 1, Place{0, 0, false}),
      end_(static_cast<std::uint32_t>(layer.in.pixels())) {
  places_[end_] = {end_, end_, true};
}

void InputBuffer::remove(std::uint32_t pixel) {
  const Place& place = places_[pixel];
  places_[place.before].behind = place.behind;
  places_[place.behind].before = place.before;
  places_[pixel].is_held = false;
  --held_;
}

/// Now the most recently used one.
void InputBuffer::use(std::uint32_t pixel) {
  if (places_[pixel].is_held) remove(pixel);
  places_[pixel] = {places_[end_].before, end_, true};
  places_[places_[end_].before].behind = pixel;
  places_[end_].before = pixel;
  ++held_;
}

void InputBuffer::begin(const Tile& tile) {
  if (tile.first_input == first_input_ && tile.inputs == inputs_) return;
  first_input_ = tile.first_input;
  inputs_ = tile.inputs;
  while (held_ > 0)
    remove(places_[end_].behind);
  const int bits = layer_.in_type.bits + (layer_.op == Op::add ? layer_.second_type.bits : 0);
  room_ = capacity_bits_ / (std::uint64_t{inputs_} * static_cast<unsigned>(bits));
}

std::uint64_t InputBuffer::fetch(std::uint32_t first, std::uint32_t count,
                                 std::vector<PixelRun>& runs) {
  const auto width = static_cast<std::uint32_t>(layer_.out.width);
  const auto row = static_cast<int>(first / width), column = static_cast<int>(first % width);
  const int last = column + static_cast<int>(count) - 1;
  const Window w = window_of(layer_, row, column, last);
  std::uint64_t fetched = 0;
  for (int y = w.top; y < w.bottom; ++y) {
    bool joined = false;  // the run at the back ends at the pixel before this one
    for (int x = w.left; x < w.right; ++x) {
      const auto pixel = static_cast<std::uint32_t>(y * layer_.in.width + x);
      const bool used = column_used(layer_, x, column, last);
      const bool missing = used && !places_[pixel].is_held;
      if (missing) {
        if (joined)
          ++runs.back().count;
        else
          runs.push_back({pixel, 1});
        ++fetched;
      }
      joined = missing;
      if (used) use(pixel);
    }
  }
  while (held_ > room_)
    remove(places_[end_].behind);
  return fetched;
}

}  // namespace cairn::npu
