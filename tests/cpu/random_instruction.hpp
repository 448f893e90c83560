// Random single instructions with operands chosen so that a program stays inside its slot.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

#include "tests/cpu/encode.hpp"

namespace cairn::test {

/// Draws registers, operands and instructions. x2 and x8 are never written: they lead to the
/// program's memory.
class RandomInstruction {
 public:
  explicit RandomInstruction(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  std::uint32_t word() { return static_cast<std::uint32_t>(random_()); }
  std::int32_t signed_bits(unsigned bits) {
    return static_cast<std::int32_t>(below(1u << bits)) - (1 << (bits - 1));
  }
  template <typename T>
  T pick(std::initializer_list<T> from) {
    return from.begin()[below(static_cast<std::uint32_t>(from.size()))];
  }

  /// Any register to read.
  std::uint32_t source() { return below(32); }
  /// A register that may be written, x0 among them.
  std::uint32_t target();
  /// One that holds its value: neither x0 nor reserved, nor one of these.
  std::uint32_t scratch(std::initializer_list<std::uint32_t> except = {});
  /// One of x8..x15 that may be written, as 0..7.
  std::uint32_t short_target();

  /// From here on until release() nobody writes to x`reg`.
  void reserve(std::uint32_t reg) { reserved_ |= 1u << reg; }
  void release(std::uint32_t reg) { reserved_ &= ~(1u << reg); }
  bool is_reserved(std::uint32_t reg) const { return (reserved_ >> reg & 1) != 0; }

  std::uint32_t arithmetic();  ///< OP, OP-IMM, LUI, AUIPC, M
  std::uint32_t compressed();  ///< any 16-bit instruction but jumps, traps and x2's
  std::uint32_t load();        ///< from the data area, any alignment, 16-bit forms among them
  std::uint32_t store();
  std::uint32_t branch();      ///< any conditional branch or jump, distance 0
  std::uint32_t raw_word();    ///< 32 random bits that neither jump nor reach memory
  std::uint32_t raw_parcel();  ///< 16 random bits that neither jump nor reach memory

 private:
  std::mt19937 random_;
  std::uint32_t reserved_ = 1u << 2 | 1u << 8;
};

}  // namespace cairn::test
