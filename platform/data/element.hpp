// The number types of data files.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cairn::platform {

enum class Element : std::uint8_t { kU8, kI8, kU16, kI16, kU32, kI32, kI64, kF32, kF64 };

constexpr std::size_t bytes_of(Element element) {
  constexpr std::array<std::size_t, 9> kBytes = {1, 1, 2, 2, 4, 4, 8, 4, 8};
  return kBytes[static_cast<std::size_t>(element)];
}

constexpr bool is_real(Element element) {
  return element == Element::kF32 || element == Element::kF64;
}

/// Numbers of `element` at the start of `bytes`, which holds `count` of them.
std::vector<double> decode(std::span<const std::uint8_t> bytes, std::uint64_t count,
                           Element element, std::endian order);

}  // namespace cairn::platform
