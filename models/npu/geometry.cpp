#include "models/npu/geometry.hpp"

#include <algorithm>
#include <stdexcept>

namespace cairn::npu {

namespace {

const GeometryValue& find(const std::vector<GeometryValue>& values, std::string_view key) {
  const auto it =
      std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.key == key; });
  if (it == values.end()) throw std::out_of_range("no geometry value '" + std::string(key) + "'");
  return *it;
}

/// FNV-1a over the bytes of a value.
void mix(std::uint32_t& hash, std::uint64_t value) {
  for (int i = 0; i < 8; ++i)
    hash = (hash ^ static_cast<std::uint32_t>((value >> (8 * i)) & 0xff)) * 0x0100'0193u;
}

}  // namespace

std::int64_t Geometry::at(std::string_view key) const {
  return find(values, key).value;
}

void Geometry::set(std::string_view key, std::int64_t value) {
  auto& changed = const_cast<GeometryValue&>(find(values, key));
  changed.value = value;
  if (!changed.in_buffer) return;
  std::int64_t bytes = 0;
  for (const GeometryValue& v : values)
    if (v.in_buffer) bytes += v.value;
  buffer_bytes = static_cast<std::uint32_t>((bytes + 7) / 8 * 8);  // an SRAM has whole words
}

std::uint32_t Geometry::hash() const {
  std::uint32_t hash = 0x811c'9dc5u;
  mix(hash, core_id);
  mix(hash, feature_bits);
  mix(hash, weight_bytes);
  mix(hash, buffer_bytes);
  mix(hash, reload ? 1 : 0);
  for (const GeometryValue& v : values)
    mix(hash, static_cast<std::uint64_t>(v.value));
  return hash;
}

}  // namespace cairn::npu
