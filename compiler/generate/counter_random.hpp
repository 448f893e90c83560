// Random words as a function of a key and a counter: any part of a sequence can be made alone.
#pragma once

#include <cstdint>

namespace cairn::compiler {

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014): word `counter` of the sequence `key`.
constexpr std::uint64_t random_word(std::uint64_t key, std::uint64_t counter) {
  std::uint64_t x = key + (counter + 1) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// In [0, 1), 32 bits.
constexpr double random_fraction(std::uint64_t key, std::uint64_t counter) {
  return static_cast<double>(random_word(key, counter) >> 32) * 0x1p-32;
}

}  // namespace cairn::compiler
