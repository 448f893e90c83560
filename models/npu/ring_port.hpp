// Counted accesses of a core to one tensor in a ring.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "models/memory/banked_sram.hpp"
#include "models/npu/feature_space.hpp"

namespace cairn::npu {

/// A tensor, its ring and the memory of both. Ranges count from the tensor's first bit and may wrap
/// around the ring.
class RingPort {
 public:
  RingPort(BankedSram& memory, const Ring& ring, Tensor& tensor)
      : memory_(&memory), ring_(ring), tensor_(&tensor) {}

  Tensor& tensor() const { return *tensor_; }
  BankedSram& memory() const { return *memory_; }
  std::uint64_t ring_bits() const { return ring_.bits; }
  /// The ring's bytes; rings begin at whole words.
  std::span<std::uint8_t> bytes() const {
    return memory_->data().subspan(ring_.begin / 8, ring_.bits / 8);
  }
  /// Where pixel `pixel` begins in the ring.
  std::uint64_t bit(std::uint32_t pixel) const {
    return (tensor_->offset + pixel * tensor_->pixel_bits) % ring_.bits;
  }

  /// Counts `bits` bits from bit `begin` of the ring on; returns the words.
  std::uint64_t count_read(SramStream& stream, std::uint64_t begin, std::uint64_t bits,
                           std::uint64_t elements) const {
    const std::uint64_t first = std::min(bits, ring_.bits - begin);
    std::uint64_t words = memory_->count_read(stream, ring_.begin + begin, first, elements);
    if (bits > first) words += memory_->count_read(stream, ring_.begin, bits - first, 0);
    return words;
  }
  std::uint64_t count_write(SramStream& stream, std::uint64_t begin, std::uint64_t bits,
                            std::uint64_t elements) const {
    const std::uint64_t first = std::min(bits, ring_.bits - begin);
    std::uint64_t words = memory_->count_write(stream, ring_.begin + begin, first, elements);
    if (bits > first) words += memory_->count_write(stream, ring_.begin, bits - first, 0);
    return words;
  }

  /// Whether pixels [first, first + count) touch the memory's bytes [byte_begin, + byte_count).
  bool touches(std::uint32_t first, std::uint32_t count, std::uint64_t byte_begin,
               std::uint64_t byte_count) const {
    const std::uint64_t begin = bit(first), bits = count * tensor_->pixel_bits;
    const std::uint64_t from = 8 * byte_begin, to = from + 8 * byte_count;
    const auto overlaps = [&](std::uint64_t a, std::uint64_t b) {
      return ring_.begin + a < to && from < ring_.begin + b;
    };
    if (bits >= ring_.bits) return overlaps(0, ring_.bits);
    if (begin + bits <= ring_.bits) return overlaps(begin, begin + bits);
    return overlaps(begin, ring_.bits) || overlaps(0, begin + bits - ring_.bits);
  }

 private:
  BankedSram* memory_;
  Ring ring_;
  Tensor* tensor_;
};

}  // namespace cairn::npu
