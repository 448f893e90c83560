// Positions in a ring that is as long as it must be: how much of it each moment needs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace cairn::compiler {

/// Tensors lie one behind the other and die in any order; space is free again once everything older
/// is dead. Positions, in bits, grow for ever; the ring's size is what needed_bits says in the end.
class RingSpace {
 public:
  /// A new tensor behind all others, its begin a multiple of `alignment`. Returns its number.
  std::size_t add(std::uint64_t bits, std::uint64_t alignment = 1) {
    const std::uint64_t begin = (end_ + alignment - 1) / alignment * alignment;
    tensors_.push_back({begin, 0, 0});
    end_ = begin + bits;
    return tensors_.size() - 1;
  }
  /// The first `bits` bits are written.
  void write(std::size_t number, std::uint64_t bits) {
    Tensor& t = tensors_[number];
    t.head = std::max(t.head, bits);
    needed_ = std::max(needed_, t.begin + t.head - oldest(t.begin + t.head));
  }
  /// The first `bits` bits are free.
  void free_before(std::size_t number, std::uint64_t bits) {
    Tensor& t = tensors_[number];
    t.tail = std::max(t.tail, std::min(bits, t.head));
  }
  void remove(std::size_t number) { tensors_[number].tail = tensors_[number].head; }

  std::uint64_t begin(std::size_t number) const { return tensors_[number].begin; }
  std::uint64_t needed_bits() const { return needed_; }
  std::uint64_t live_bits() const {
    std::uint64_t bits = 0;
    for (const Tensor& t : tensors_)
      bits += t.head - t.tail;
    return bits;
  }

 private:
  struct Tensor {
    std::uint64_t begin, head, tail;
  };

  std::uint64_t oldest(std::uint64_t position) const {
    for (const Tensor& t : tensors_)
      if (t.head > t.tail) position = std::min(position, t.begin + t.tail);
    return position;
  }

  std::vector<Tensor> tensors_;
  std::uint64_t end_ = 0;
  std::uint64_t needed_ = 0;
};

}  // namespace cairn::compiler
