// The rows of a DMA descriptor, one after the other, and whether they stay in their windows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "job_format.hpp"  // generated

namespace cairn {

/// What a base stands for: `bytes` of the bus from `base` on.
struct DmaWindow {
  static constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;

  std::uint64_t base = 0;
  std::uint64_t bytes = kAddressSpace;

  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t count) const {
    return offset + count <= bytes && base + offset + count <= kAddressSpace;
  }
};

/// Indexed by job::Base.
using DmaWindows = std::array<DmaWindow, std::size_t{1} + unsigned(job::Base::kBuffer)>;

inline constexpr std::uint32_t kDmaMaxRowBytes = 1u << 20;

/// Whether the DMA can make sense of a descriptor: sizes above zero, a row of 1 MiB at most, known
/// bases, tokens and flags, reserved words zero.
[[nodiscard]] bool well_formed(const job::Descriptor& descriptor);

/// Walks one side (source or target) of a well-formed descriptor: rows of plane 0, of plane 1, ...
///
/// Call next() only while inside() holds: offsets then stay below 2^34 and cannot overflow.
class DmaRows {
 public:
  /// Strides in bytes; `offset` counts from the window's base.
  DmaRows(const DmaWindow& window, const job::Descriptor& shape, std::uint32_t offset,
          std::uint32_t row_stride, std::uint32_t plane_stride)
      : window_(window),
        row_bytes_(shape.row_bytes),
        rows_(shape.rows),
        row_stride_(row_stride),
        plane_stride_(plane_stride),
        plane_offset_(offset),
        offset_(offset) {}

  [[nodiscard]] std::uint64_t address() const { return window_.base + offset_; }
  [[nodiscard]] bool inside() const { return window_.holds(offset_, row_bytes_); }

  void next() {
    offset_ += row_stride_;
    if (++row_ < rows_) return;
    row_ = 0;
    plane_offset_ += plane_stride_;
    offset_ = plane_offset_;
  }

 private:
  DmaWindow window_;
  std::uint64_t row_bytes_;
  std::uint32_t rows_;
  std::uint32_t row_stride_;
  std::uint32_t plane_stride_;
  std::uint64_t plane_offset_;
  std::uint64_t offset_;
  std::uint32_t row_ = 0;
};

}  // namespace cairn
