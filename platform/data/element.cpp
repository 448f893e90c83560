// The number types of data files.
#include "platform/data/element.hpp"

#include <algorithm>
#include <cstring>

namespace cairn::platform {

namespace {

template <typename T>
std::vector<double> decode_as(std::span<const std::uint8_t> bytes, std::uint64_t count,
                              std::endian order) {
  std::vector<double> out(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::array<std::uint8_t, sizeof(T)> raw{};
    std::memcpy(raw.data(), bytes.data() + i * sizeof(T), sizeof(T));
    if (order != std::endian::native) std::ranges::reverse(raw);
    out[i] = static_cast<double>(std::bit_cast<T>(raw));
  }
  return out;
}

}  // namespace

std::vector<double> decode(std::span<const std::uint8_t> bytes, std::uint64_t count,
                           Element element, std::endian order) {
  switch (element) {
    case Element::kU8:
      return decode_as<std::uint8_t>(bytes, count, order);
    case Element::kI8:
      return decode_as<std::int8_t>(bytes, count, order);
    case Element::kU16:
      return decode_as<std::uint16_t>(bytes, count, order);
    case Element::kI16:
      return decode_as<std::int16_t>(bytes, count, order);
    case Element::kU32:
      return decode_as<std::uint32_t>(bytes, count, order);
    case Element::kI32:
      return decode_as<std::int32_t>(bytes, count, order);
    case Element::kI64:
      return decode_as<std::int64_t>(bytes, count, order);
    case Element::kF32:
      return decode_as<float>(bytes, count, order);
    case Element::kF64:
      break;
  }
  return decode_as<double>(bytes, count, order);
}

}  // namespace cairn::platform
