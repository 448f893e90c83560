// A memory port of a stepped twin: bits through a register of one word.
#pragma once

#include <cstdint>
#include <span>

namespace cairn::npu {

/// Bit b of the memory is bit b % 8 of byte b / 8; positions count modulo `ring_bits`.
class TwinPort {
 public:
  TwinPort(std::span<std::uint8_t> memory, std::uint64_t ring_bits, std::uint64_t& words)
      : memory_(memory), ring_bits_(ring_bits), words_(words) {}

  bool read(std::uint64_t bit) {
    const std::uint64_t at = reach(bit);
    return (memory_[at / 8] >> (at % 8) & 1) != 0;
  }
  void write(std::uint64_t bit, bool value) {
    const std::uint64_t at = reach(bit);
    const auto mask = static_cast<std::uint8_t>(1u << (at % 8));
    memory_[at / 8] =
        static_cast<std::uint8_t>(value ? memory_[at / 8] | mask : memory_[at / 8] & ~mask);
  }
  /// `bits` bits, least significant first.
  std::uint32_t read_field(std::uint64_t bit, int bits) {
    std::uint32_t field = 0;
    for (int i = 0; i < bits; ++i)
      field |= std::uint32_t{read(bit + i)} << i;
    return field;
  }
  void write_field(std::uint64_t bit, int bits, std::uint32_t field) {
    for (int i = 0; i < bits; ++i)
      write(bit + i, (field >> i & 1) != 0);
  }

 private:
  std::uint64_t reach(std::uint64_t bit) {
    const std::uint64_t at = bit % ring_bits_, word = at / 64;
    if (word != register_) ++words_;
    register_ = word;
    return at;
  }

  std::span<std::uint8_t> memory_;
  std::uint64_t ring_bits_;
  std::uint64_t& words_;
  std::uint64_t register_ = ~std::uint64_t{0};  // index of the word it holds
};

}  // namespace cairn::npu
