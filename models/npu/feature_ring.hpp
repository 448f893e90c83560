// Head and tail of the feature ring while one layer runs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/npu/command.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// The input lies from `in_offset` on, the output grows from `out_offset` on; both are bit offsets
/// modulo the ring. The tail follows the oldest input pixel still needed. All positions inside
/// count from the input's first bit, so they only grow.
class FeatureRing {
 public:
  /// Throws Fault (bad_command) if the output would begin inside the input.
  FeatureRing(const numbers::Layer& layer, std::uint64_t in_offset, std::uint64_t out_offset,
              std::uint64_t ring_bits)
      : ring_bits_(ring_bits),
        in_offset_(in_offset),
        in_pixel_bits_(std::uint64_t(layer.in.channels) * layer.in_type.bits),
        out_pixel_bits_(std::uint64_t(layer.out.channels) * layer.out_type.bits),
        in_bits_(in_pixel_bits_ * layer.in.pixels()) {
    if (in_offset >= ring_bits || out_offset >= ring_bits)
      throw Fault{ErrorCode::bad_command, 0, "an offset lies outside the ring"};
    out_begin_ = (out_offset + ring_bits - in_offset) % ring_bits;
    if (out_begin_ == 0)
      out_begin_ = ring_bits;  // the output begins where the input does, one turn later
    if (in_bits_ > ring_bits || out_begin_ < in_bits_)
      throw Fault{ErrorCode::bad_command, static_cast<std::uint32_t>(out_offset),
                  "the output begins inside the input"};
    if (out_pixel_bits_ * static_cast<std::uint64_t>(layer.out.pixels()) > ring_bits)
      throw Fault{ErrorCode::ring_overrun, static_cast<std::uint32_t>(out_offset),
                  "the output is larger than the ring"};
    peak_ = recent_peak_ = in_bits_;
  }

  std::uint64_t in_bit(std::uint32_t pixel) const { return wrap(pixel * in_pixel_bits_); }
  std::uint64_t out_bit(std::uint32_t pixel) const {
    return wrap(out_begin_ + pixel * out_pixel_bits_);
  }
  std::uint64_t in_pixel_bits() const { return in_pixel_bits_; }
  std::uint64_t out_pixel_bits() const { return out_pixel_bits_; }

  /// The head moves over one more output pixel. Throws Fault (ring_overrun) if it would pass the
  /// tail.
  void push_output() {
    const std::uint64_t head = out_begin_ + written_ + out_pixel_bits_;
    if (head - tail_ > ring_bits_)
      throw Fault{ErrorCode::ring_overrun, static_cast<std::uint32_t>(wrap(head - out_pixel_bits_)),
                  "the output overruns features that are still needed"};
    written_ += out_pixel_bits_;
    peak_ = std::max(peak_, live_bits());
    recent_peak_ = std::max(recent_peak_, live_bits());
  }
  /// Input pixels before `pixel` are free.
  void free_before(std::uint32_t pixel) { tail_ = pixel * in_pixel_bits_; }

  /// The most bits alive since the last call: what was written counts before what it frees is
  /// freed.
  std::uint64_t take_recent_peak() { return std::exchange(recent_peak_, live_bits()); }

  std::uint64_t live_bits() const { return in_bits_ - tail_ + written_; }
  std::uint64_t peak_bits() const { return peak_; }
  std::uint64_t head() const { return wrap(out_begin_ + written_); }
  std::uint64_t tail() const { return wrap(tail_); }

 private:
  std::uint64_t wrap(std::uint64_t position) const { return (in_offset_ + position) % ring_bits_; }

  const std::uint64_t ring_bits_, in_offset_, in_pixel_bits_, out_pixel_bits_, in_bits_;
  std::uint64_t out_begin_ = 0, tail_ = 0, written_ = 0, peak_ = 0, recent_peak_ = 0;
};

}  // namespace cairn::npu
