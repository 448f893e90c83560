#include "models/npu/mapping.hpp"

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
  const_cast<GeometryValue&>(find(values, key)).value = value;
}

std::uint32_t Geometry::hash() const {
  std::uint32_t hash = 0x811c'9dc5u;
  mix(hash, core_id);
  mix(hash, feature_bits);
  mix(hash, weight_bytes);
  for (const GeometryValue& v : values)
    mix(hash, static_cast<std::uint64_t>(v.value));
  return hash;
}

std::uint64_t peak_feature_bits(const numbers::Layer& layer, const Schedule& schedule) {
  return ring_span_bits(layer, schedule, in_feature_bits(layer));
}

std::uint64_t ring_span_bits(const numbers::Layer& layer, const Schedule& schedule,
                             std::uint64_t out_distance) {
  const std::uint64_t in_pixel = std::uint64_t(layer.in.channels) * layer.in_type.bits;
  const std::uint64_t out_pixel = std::uint64_t(layer.out.channels) * layer.out_type.bits;
  std::uint64_t peak = in_feature_bits(layer), tail = 0;
  for (std::size_t o = 0; o < schedule.live_from.size(); ++o) {
    peak = std::max(peak, out_distance + (o + 1) * out_pixel - tail);
    tail = schedule.live_from[o] * in_pixel;
  }
  return peak;
}

std::uint64_t in_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.in.elements()) * layer.in_type.bits;
}

std::uint64_t out_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.out.elements()) * layer.out_type.bits;
}

}  // namespace cairn::npu
