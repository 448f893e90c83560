// Bit fields to bytes and back on every instruction set, against one bit at a time.
#include "models/npu/numbers/bit_fields.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers {
namespace {

using test::Random;
using Bytes = std::vector<std::uint8_t>;

Bytes random_bytes(Random& random, std::size_t count) {
  Bytes bytes(count);
  for (auto& b : bytes)
    b = static_cast<std::uint8_t>(random.in(0, 255));
  return bytes;
}

int field_of(const Bytes& bytes, std::uint64_t bit, int bits) {
  int field = 0;
  for (int i = 0; i < bits; ++i)
    field |= (bytes[(bit + i) / 8] >> (bit + i) % 8 & 1) << i;
  return field;
}

template <typename Check>
void for_random_ranges(std::uint64_t seed, Check check) {
  std::cout << "seed " << seed << "\n";
  Random random(seed);
  for (int trial = 0; trial < 4000; ++trial) {
    const int bits = random.in(1, 8);
    const auto count = static_cast<std::size_t>(random.in(0, 4 + trial / 10));
    const auto bit =
        static_cast<std::uint64_t>(random.chance(50) ? 8 * random.in(0, 9) : random.in(0, 70));
    for (const InstructionSet set : kInstructionSets) {
      if (!has_instruction_set(set)) continue;
      ASSERT_NO_FATAL_FAILURE(check(random, bits, count, bit, set))
          << bits << " bits, " << count << " fields at bit " << bit << ", " << name_of(set);
    }
  }
}

TEST(BitFieldsTest, ExpandToTheBytesTheyStandFor) {
  for_random_ranges(
      1, [](Random& random, int bits, std::size_t count, std::uint64_t bit, InstructionSet set) {
        // Exactly the bytes of the range: a sanitiser sees a read beside them.
        const Bytes bytes = random_bytes(random, (bit + count * bits + 7) / 8);
        const int flip = random.in(0, (1 << bits) - 1);
        const int less = bits == 8 ? 0 : random.in(0, 1 << (bits - 1));
        Bytes out(count + 1, 0xee);
        expand_fields(bytes.data(), bit, bits, count, static_cast<std::uint8_t>(flip),
                      static_cast<std::uint8_t>(less), out.data(), set);
        for (std::size_t i = 0; i < count; ++i)
          ASSERT_EQ(out[i], ((field_of(bytes, bit + i * bits, bits) ^ flip) - less) & 0xff) << i;
        ASSERT_EQ(out[count], 0xee);
      });
}

TEST(BitFieldsTest, CollapseAndLeaveEveryOtherBitAlone) {
  for_random_ranges(2, [](Random& random, int bits, std::size_t count, std::uint64_t bit,
                          InstructionSet set) {
    const Bytes fields = random_bytes(random, count);
    const Bytes before = random_bytes(random, (bit + count * bits + 7) / 8);
    const int flip = random.in(0, (1 << bits) - 1);
    Bytes after = before;
    collapse_fields(fields.data(), count, static_cast<std::uint8_t>(flip), after.data(), bit, bits,
                    set);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(field_of(after, bit + i * bits, bits), (fields[i] ^ flip) & ((1 << bits) - 1)) << i;
    for (std::uint64_t at = 0; at < before.size() * 8; ++at)
      ASSERT_TRUE((at >= bit && at < bit + count * bits) ||
                  field_of(after, at, 1) == field_of(before, at, 1))
          << "bit " << at;
  });
}

}  // namespace
}  // namespace cairn::numbers
