// Tensors in rings: what is alive where, and who may write.
#pragma once

#include <array>
#include <cstdint>
#include <list>

#include "models/npu/command.hpp"

namespace cairn::npu {

/// A part of a memory that wraps around.
struct Ring {
  job::Memory memory = job::Memory::kFeatures;
  std::uint64_t begin = 0;  ///< first bit in the memory
  std::uint64_t bits = 0;   ///< 0: not defined
};

/// Features of one tensor, pixel by pixel. Pixels [tail, head) are alive; those from `complete` on
/// still lack channels. A tensor may be larger than its ring as long as its live part is not.
struct Tensor {
  unsigned ring = 0;
  std::uint64_t offset = 0;  ///< of pixel 0 in the ring
  std::uint64_t pixel_bits = 0;
  std::uint32_t pixels = 0;
  std::uint32_t head = 0, tail = 0, complete = 0;
  bool streamed = false;  ///< comes by DMA, part by part: tokens say what is there
  bool removed = false;   ///< neither read nor written any more

  std::uint64_t live_bits() const { return streamed ? 0 : (head - tail) * pixel_bits; }
};

/// The rings of a job and the tensors in them. Throws Fault.
class FeatureSpace {
 public:
  static constexpr unsigned kRings = 8;

  FeatureSpace(std::uint64_t feature_bits, std::uint64_t buffer_bits)
      : memory_bits_{feature_bits, buffer_bits} {}

  void clear();
  /// It may lie over other rings, as long as only one of them has tensors at a time.
  void define(const job::RingCommand& command);
  const Ring& ring(unsigned number) const;

  /// The tensor that lies there; if nobody has computed one, it came from outside and is complete
  /// (streamed if it is larger than its ring). bad_command if it would lie in another live one.
  Tensor& input(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits);
  /// A new one, empty. bad_command if it begins inside a live one.
  Tensor& output(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits);

  /// Pixel `pixel` is about to be written: ring_overrun if it would hit live features, its own
  /// included. The head moves behind it if it was before.
  void write(Tensor& tensor, std::uint32_t pixel);
  /// Whether pixels [first, first + count) can be written with nothing live in their way, whatever
  /// becomes free meanwhile: then append() does for each what write() does.
  bool is_clear(const Tensor& tensor, std::uint32_t first, std::uint32_t count) const;
  void append(Tensor& tensor, std::uint32_t pixel);
  /// Pixel `pixel` has all its channels; pixels are completed in raster order.
  void complete(Tensor& tensor, std::uint32_t pixel);
  /// Pixels before `pixel` are free.
  void free_before(Tensor& tensor, std::uint32_t pixel);
  /// Nothing of the tensor is alive any more, and nothing will be. The reference stays good until
  /// clear(): another layer may still hold it.
  void remove(Tensor& tensor);
  /// bad_command unless pixels [first, first + count) are there to be read.
  void require_live(const Tensor& tensor, std::uint32_t first, std::uint32_t count) const;

  /// Bits alive in the feature memory now, and the most since the last call of take_peak.
  std::uint64_t live_bits() const { return live_; }
  std::uint64_t take_peak();
  /// The same for somebody who looks more often.
  std::uint64_t take_recent_peak();

 private:
  Ring& defined(unsigned number);
  Tensor& add(const Place& place, std::uint32_t pixels, std::uint64_t pixel_bits);
  void count(const Tensor& tensor, std::int64_t bits);
  /// Whether `bits` bits of the tensor's ring from bit `begin` on hit what is alive of it.
  bool hits(const Tensor& tensor, std::uint64_t begin, std::uint64_t bits) const;

  const std::array<std::uint64_t, 2> memory_bits_;
  std::array<Ring, kRings> rings_{};
  std::list<Tensor> tensors_, removed_;
  std::uint64_t live_ = 0, peak_ = 0, recent_peak_ = 0;
};

}  // namespace cairn::npu
