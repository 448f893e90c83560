#include "models/npu/live.hpp"

#include <algorithm>

#include "models/npu/window.hpp"

namespace cairn::npu {

std::vector<std::uint32_t> live_from(const numbers::Layer& layer) {
  const auto outputs = static_cast<std::size_t>(layer.out.pixels());
  std::vector<std::uint32_t> oldest(outputs);
  auto needed = static_cast<std::uint32_t>(layer.in.pixels());
  for (std::size_t o = outputs; o-- > 0;) {
    oldest[o] = needed;
    const int row = static_cast<int>(o) / layer.out.width,
              column = static_cast<int>(o) % layer.out.width;
    const Window w = window_of(layer, row, column, column);
    if (!w.empty())
      needed = std::min(needed, static_cast<std::uint32_t>(w.top * layer.in.width + w.left));
  }
  return oldest;
}

}  // namespace cairn::npu
