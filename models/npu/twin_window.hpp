// The input buffer of the stepped twin, and the windows of outputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// Fields of one input pixel, of both inputs of an addition.
struct TwinPixel {
  std::vector<std::uint32_t> first, second;
};

/// The input pixel under each tap of an output's window; -1 in the padding.
inline std::vector<int> twin_taps(const numbers::Layer& layer, int pixel) {
  std::vector<int> taps;
  if (layer.op == numbers::Op::fully_connected) {
    for (int p = 0; p < layer.in.pixels(); ++p)
      taps.push_back(p);
    return taps;
  }
  for (int ky = 0; ky < layer.kernel_h; ++ky)
    for (int kx = 0; kx < layer.kernel_w; ++kx) {
      const int y = pixel / layer.out.width * layer.stride_h + ky - layer.pad_top;
      const int x = pixel % layer.out.width * layer.stride_w + kx - layer.pad_left;
      const bool inside = y >= 0 && y < layer.in.height && x >= 0 && x < layer.in.width;
      taps.push_back(inside ? y * layer.in.width + x : -1);
    }
  return taps;
}

/// Pixels, the most recently used one at the back.
class TwinInputBuffer {
 public:
  explicit TwinInputBuffer(std::uint64_t room) : room_(room) {}

  bool holds(int pixel) const { return features_.contains(pixel); }
  const TwinPixel& at(int pixel) const { return features_.at(pixel); }
  void put(int pixel, TwinPixel features) { features_[pixel] = std::move(features); }
  void use(int pixel) {
    order_.remove(pixel);
    order_.push_back(pixel);
  }
  /// At the end of a step.
  void trim() {
    while (order_.size() > room_) {
      features_.erase(order_.front());
      order_.pop_front();
    }
  }

 private:
  const std::uint64_t room_;
  std::list<int> order_;
  std::map<int, TwinPixel> features_;
};

}  // namespace cairn::npu
