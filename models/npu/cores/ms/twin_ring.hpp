// Head and tail of the ring in the stepped twin.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::ms {

/// The output begins `distance` bits behind the input's first bit, in a ring of `ring_bits`.
class TwinRing {
 public:
  /// `needed_later` [output pixels]: the oldest input pixel that a later output needs.
  TwinRing(const numbers::Layer& layer, std::uint64_t distance, std::uint64_t ring_bits,
           std::vector<int> needed_later)
      : in_pixel_bits_(std::uint64_t(layer.in.channels) * layer.in_type.bits),
        out_pixel_bits_(std::uint64_t(layer.out.channels) * layer.out_type.bits),
        in_bits_(in_pixel_bits_ * layer.in.pixels()),
        distance_(distance),
        ring_bits_(ring_bits),
        needed_later_(std::move(needed_later)),
        peak_bits_(in_bits_) {}

  /// The head moves over the output pixels up to this one, if it was not there before. Throws
  /// std::logic_error if it passes the tail.
  void place(int pixel) {
    placed_ = std::max(placed_, pixel + 1);
    const std::uint64_t out_bits = placed_ * out_pixel_bits_;
    if (distance_ + out_bits - freed_bits_ > ring_bits_)
      throw std::logic_error("the head of the ring passes its tail");
    peak_bits_ = std::max(peak_bits_, in_bits_ - freed_bits_ + out_bits);
  }
  /// All channels of this output pixel are written: the tail moves over inputs that are used up.
  void finish(int pixel) { freed_bits_ = needed_later_.at(pixel) * in_pixel_bits_; }

  std::uint64_t peak_bits() const { return peak_bits_; }

 private:
  const std::uint64_t in_pixel_bits_, out_pixel_bits_, in_bits_, distance_, ring_bits_;
  const std::vector<int> needed_later_;
  int placed_ = 0;  // output pixels
  std::uint64_t freed_bits_ = 0, peak_bits_;
};

}  // namespace cairn::npu::ms
