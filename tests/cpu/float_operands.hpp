// Operands for checks of binary32 arithmetic: corners, and random ones that meet often.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace cairn::test {

/// Zeros, subnormals, the ends of each range, what lies beside powers of two, NaNs; of both signs.
inline const std::vector<std::uint32_t>& float_corners() {
  static const std::vector<std::uint32_t> all = [] {
    std::vector<std::uint32_t> values;
    for (const std::uint32_t v :
         {0x0000'0000u, 0x0000'0001u, 0x0000'0002u, 0x0000'0003u, 0x0040'0000u, 0x007f'fffeu,
          0x007f'ffffu, 0x0080'0000u, 0x0080'0001u, 0x00ff'ffffu, 0x0100'0000u, 0x3eff'ffffu,
          0x3f00'0000u, 0x3f00'0001u, 0x3f7f'ffffu, 0x3f80'0000u, 0x3f80'0001u, 0x3fc0'0000u,
          0x4020'0000u, 0x4b00'0001u, 0x4eff'ffffu, 0x4f00'0000u, 0x4f00'0001u, 0x4f7f'ffffu,
          0x4f80'0000u, 0x7e80'0000u, 0x7f00'0000u, 0x7f7f'fffeu, 0x7f7f'ffffu, 0x7f80'0000u,
          0x7fc0'0000u, 0x7fc1'2345u, 0x7f80'0001u, 0x7fbf'ffffu}) {
      values.push_back(v);
      values.push_back(v | 0x8000'0000);
    }
    return values;
  }();
  return all;
}

class FloatOperands {
 public:
  explicit FloatOperands(std::uint32_t seed) : random_(seed) {}

  std::uint32_t next() {
    const std::uint32_t word = raw();
    switch (raw() % 8) {
      case 0:
        return float_corners()[word % float_corners().size()];
      case 1:  // around one
        return (word & 0x807f'ffff) | (120 + word % 16) << 23;
      case 2:  // few bits: sums, products and quotients that end in a tie
        return word & 0xfff8'0000;
      case 3:  // subnormal and just above
        return word & 0x81ff'ffff;
      case 4:  // beside the last one
        return last_ ^ (word & 0x8180'0007);
      default:
        return last_ = word;
    }
  }
  std::uint32_t raw() { return static_cast<std::uint32_t>(random_()); }

 private:
  std::mt19937 random_;
  std::uint32_t last_ = 0;
};

}  // namespace cairn::test
